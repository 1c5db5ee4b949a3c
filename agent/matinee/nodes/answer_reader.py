"""Reads an answer as the model writes it, and gives what of it may be shown.

A heading is shown when its film can stand, a sentence when it has been judged; a pick of which no sentence may be shown
ends with a composed reason. So nothing that was shown has to be taken back.

What costs the viewer least decides when an answer is stopped. While the repair is unspent, it is stopped at the first
pick that clearly cannot stand; small slips stop nothing. In a second answer faulty picks are passed over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from matinee import events
from matinee.events.schema import WRITES_ABOUT
from matinee.models import Movie, MovieRecommendation
from matinee.reasons.checker import Judged
from matinee.reasons.parser import AnswerParser, Confidence, Event, Heading, Sentence
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.shown_text import RECORD, ShownText
from matinee.reasons.stream_guard import PASSED_OVER, StreamGuard, is_grave
from matinee.reasons.title_matching import Fault

Judge = Callable[[str, Movie], Awaitable[Judged]]

_AT_ONCE = 80
"""Characters that are read before the guard looks again."""


class AnswerReader:
    """Reads one answer.

    Args:
        builder: makes the recommendations.
        judge: gives the verdict on a sentence about a film.
        guard: says when a text has gone wrong beyond its form.
        offered: how many films the answer may choose from.
        is_last: whether no repair is left.
    """

    def __init__(
        self, builder: RecommendationBuilder, judge: Judge, guard: StreamGuard, offered: int, *, is_last: bool
    ) -> None:
        self.stopped = ""
        self.text = ""
        """The answer so far, without what the model thought before it."""
        self._builder = builder
        self._judge = judge
        self._guard = guard
        self._offered = offered
        self._is_last = is_last
        self._passed_over = 0
        self._parser = AnswerParser()
        self._shown = ShownText()

    @property
    def complete(self) -> bool:
        """Tell whether there are enough picks, or no films left to pick, so that the model need not write on."""
        return self._builder.full or len(self._builder.picks) >= self._offered

    async def read(self, text: str) -> AsyncIterator[str]:
        """Take in more of the answer; yield what may be shown by now.

        A model may give its whole answer at once: it is read, and watched, a little at a time like any other.
        """
        for start in range(0, len(text), _AT_ONCE):
            if self.stopped or self.complete:
                return
            async for piece in self._read(text[start : start + _AT_ONCE]):
                yield piece

    async def _read(self, text: str) -> AsyncIterator[str]:
        said = self._answered(text)
        found = self._parser.feed(text)
        async for piece in self._take(found):
            yield piece
        begun = any(isinstance(event, Heading) for event in found)
        if self.stopped or self.complete:
            return
        if why := self._guard.read(said, in_pick=self._parser.in_pick, begun=begun):
            self._builder.faults.append(f"{why[0].upper()}{why[1:]}.")
            self.stopped = why

    async def finish(self, *, broken: bool) -> AsyncIterator[str]:
        """Yield what is left at the answer's end; of a text that broke off or was stopped, whole sentences only."""
        if not self.complete:
            broken = broken or bool(self.stopped)
            torn = broken and self._parser.torn
            async for piece in self._take(self._parser.finish(broken=broken)):
                yield piece
            if torn:
                self._builder.break_off()
        async for piece in self._close():
            yield piece

    def _answered(self, text: str) -> str:
        """Return what of a piece is the answer's, and no reasoning: that may be long, and in any language."""
        answered = shown = ""
        for char in text:
            hidden = self._shown.hides
            new = self._shown.feed(char)
            if RECORD in new:  # what came before was reasoning, too
                self.text = answered = shown = ""
                self._guard.forget()
                continue
            shown += new
            if not (hidden and self._shown.hides):
                answered += char
        self.text += shown
        return answered

    async def _take(self, found: Sequence[Event]) -> AsyncIterator[str]:
        for event in found:
            if self.complete:
                return
            match event:
                case Heading():
                    async for piece in self._open(event):
                        yield piece
                case Sentence(text=text) if film := self._builder.film:
                    judged = self._builder.add(await self._judge(text, film))
                    if judged.shown:
                        yield f" {text}"
                case Confidence(value=value):
                    self._builder.sure(value)

    async def _open(self, named: Heading) -> AsyncIterator[str]:
        async for piece in self._close():
            yield piece
        if self.complete or self.stopped:
            return
        film = self._builder.open(named)
        if isinstance(film, Fault):
            self._passed_over += 1
            allowed = PASSED_OVER if self._is_last else 0 if is_grave(named, self._offered) else 1
            if self._passed_over > allowed:
                self.stopped = film.rstrip(".")
            return
        self._passed_over = 0
        events.status("generate", f"{WRITES_ABOUT}{film.label}", phase="writing")
        yield f"{break_after(self._builder.picks)}{heading(film.title, film.year)}"

    async def _close(self) -> AsyncIterator[str]:
        film = self._builder.film
        shown = self._builder.shows
        pick = await asyncio.to_thread(self._builder.close) if film else None
        if pick is None:
            return
        if not shown:
            yield f" {pick.reasoning}"
        events.recommendation(pick, len(self._builder.picks))


async def told(picks: Sequence[MovieRecommendation], before: Sequence[MovieRecommendation]) -> AsyncIterator[str]:
    """Yield the paragraphs of picks that are finished, word by word, and hand each over after its last word."""
    done = list(before)
    for pick in picks:
        yield f"{break_after(done)}{heading(pick.title, pick.year)}"
        for word in pick.reasoning.split(" "):
            yield f" {word}"
        done.append(pick)
        events.recommendation(pick, len(done))


def paragraph(pick: MovieRecommendation) -> str:
    """Return the pick as one paragraph of the answer."""
    return f"{heading(pick.title, pick.year)} {pick.reasoning}"


def heading(title: str, year: int | None) -> str:
    """Return what begins a pick's paragraph."""
    return f"{title} ({year}):" if year else f"{title}:"


def break_after(picks: Sequence[MovieRecommendation]) -> str:
    """Return what stands between the paragraphs before and the next."""
    return "\n\n" if picks else ""
