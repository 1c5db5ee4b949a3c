"""Puts picks together from what the forms of an answer give: headings, fields in any order, and running text.

A heading is given as soon as nothing can be added to it: when its year is known, when its reason begins, or when it is
closed. Sentences that come before their title wait for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from matinee.language.sentences import SentenceSplitter, is_whole
from matinee.reasons.answer_events import Confidence, Event, Heading, Numbered, Sentence
from matinee.reasons.sentence_text import is_remark, read_sentence

_BLANK = Heading(None, "none", "", None)


@dataclass
class _Pick:
    heading: Heading = _BLANK
    weak: bool = False
    given: bool = False
    sure: bool = False
    told: set[str] = field(default_factory=set)
    waiting: list[Event] = field(default_factory=list)
    paragraph: int = 1
    in_paragraph: bool = False
    labelled: bool = False
    closed: bool = False


class PickBuilder:
    """Collects the events of one answer, pick by pick."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._pick: _Pick | None = None
        self._splitter = SentenceSplitter()
        self._paragraphs = 1

    @property
    def reading(self) -> bool:
        """Whether text that comes now belongs to a pick."""
        return self._pick is not None and self._belongs(self._pick)

    @property
    def titled(self) -> bool:
        """Whether the pick under way has a title."""
        return self._pick is not None and bool(self._pick.heading.title)

    @property
    def writing(self) -> bool:
        """Whether a sentence is under way."""
        return self.reading and not self._splitter.empty

    @property
    def open(self) -> bool:
        """Whether a pick has begun and not been closed."""
        return self._pick is not None

    def take(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def put_back(self, events: list[Event]) -> None:
        """Return events to those that the next call of `take` returns."""
        self._events = [*events, *self._events]

    def begin(self, heading: Heading, *, weak: bool = False) -> None:
        """Begin a pick with its heading, or add to the heading that has just been read."""
        pick = self._pick
        if pick is not None and not pick.told and self._splitter.empty:
            if _same(pick.heading, heading):
                return
            if not pick.given and not pick.heading.title and heading.number is None:
                number, numbered = pick.heading.number, pick.heading.numbered
                pick.heading = replace(heading, number=number, numbered=numbered)
                self._give_if_complete(pick)
                return
        self.close()
        self._pick = _Pick(heading, weak=weak)
        self._give_if_complete(self._pick)

    def begin_record(self) -> None:
        """Begin a pick whose parts come in any order."""
        self.close()
        self._pick = _Pick()

    def set(
        self,
        *,
        number: int | None = None,
        numbered: Numbered = "none",
        title: str = "",
        year: int | None = None,
        confidence: float | None = None,
    ) -> None:
        """Add parts to the pick under way; a second title begins another one."""
        if self._pick is None or (title and self._pick.heading.title):
            self.begin_record()
        pick = self._pick
        assert pick is not None
        if not pick.given:
            known = pick.heading
            pick.heading = Heading(
                number=known.number if number is None else number,
                numbered=known.numbered if number is None else numbered,
                title=known.title or title,
                year=known.year or year,
            )
        if confidence is not None:
            self._note(pick, confidence)

    def text(self, text: str) -> None:
        """Add running text to the reason under way."""
        pick = self._pick
        if pick is None or pick.closed:
            return
        if not pick.given and not pick.weak and not text.isspace():
            self._give_if_named(pick)
        self._say(self._splitter.feed(text))

    def end_sentence(self) -> None:
        """End the sentence under way, whether it has a stop or not."""
        if self._pick is not None:
            self._say(self._splitter.finish())

    def end_sentence_before(self, word: str) -> None:
        """End the sentence under way if it cannot go on with this word."""
        if self._pick is not None and not self._splitter.empty and self._splitter.ends_before(word):
            self.end_sentence()

    def drop_fragment(self, *, but_first: bool = False) -> None:
        """Forget the text under way if it is no whole sentence; `but_first`: unless it is all that the reason has."""
        pick = self._pick
        if pick is None or is_whole(self._splitter.pending) or (but_first and not pick.told):
            return
        self._splitter = SentenceSplitter()

    def end_paragraph(self) -> None:
        """End the paragraph; the next one belongs to the pick only if it turns out to."""
        self.end_sentence()
        if self._pick is not None and self._pick.in_paragraph:
            self._pick.paragraph += 1
            self._pick.in_paragraph = self._pick.labelled = False

    def label(self) -> None:
        """Note a label: what comes now, and the paragraphs before, belong to the pick."""
        self.end_sentence()
        if self._pick is not None:
            self._pick.labelled, self._pick.closed = True, False
            self._release(self._pick)

    def close(self, *, last: bool = False, broken: bool = False) -> None:
        """End the pick under way.

        Args:
            last: no other pick follows it.
            broken: the text broke off, so that a sentence without its end is none.
        """
        pick = self._pick
        if pick is None:
            return
        if broken and not is_whole(self._splitter.pending):
            self._splitter = SentenceSplitter()
        self.end_sentence()
        if not pick.weak:
            self._give_if_named(pick)
        if not last and not pick.closed:
            self._release(pick, but_introductions=True)
        self._pick = None

    def _belongs(self, pick: _Pick) -> bool:
        return not pick.closed and (pick.labelled or pick.paragraph <= self._paragraphs)

    def _say(self, sentences: Iterable[str]) -> None:
        pick = self._pick
        for raw in sentences:
            if pick is None or pick.closed:
                return
            text, sure = read_sentence(raw)
            if text and is_remark(text):
                pick.closed = True
                pick.waiting = [] if pick.given else pick.waiting
                return
            if pick.weak and not pick.given and text:
                if text.endswith(":"):
                    self._pick = None  # the title of a section, and its introduction
                    return
                self._give(pick)
            if text and text not in pick.told:
                pick.told.add(text)
                pick.in_paragraph = True
                self._emit(pick, Sentence(text))
            if sure is not None:
                self._note(pick, sure)

    def _note(self, pick: _Pick, sure: float) -> None:
        if not pick.sure:
            pick.sure = True
            self._emit(pick, Confidence(sure))

    def _emit(self, pick: _Pick, event: Event) -> None:
        if pick.given and (self._belongs(pick) or isinstance(event, Confidence)):
            self._events.append(event)
        else:
            pick.waiting.append(event)

    def _release(self, pick: _Pick, *, but_introductions: bool = False) -> None:
        if not pick.given:
            return
        waiting, pick.waiting = pick.waiting, []
        if but_introductions and waiting and isinstance(waiting[-1], Sentence) and waiting[-1].text.endswith(":"):
            waiting.pop()
        if waiting:
            self._paragraphs = max(self._paragraphs, pick.paragraph - (not pick.in_paragraph))
        self._events.extend(waiting)

    def _give_if_complete(self, pick: _Pick) -> None:
        if pick.heading.title and pick.heading.year is not None:
            self._give(pick)

    def _give_if_named(self, pick: _Pick) -> None:
        if pick.heading.title or pick.heading.number is not None:
            self._give(pick)

    def _give(self, pick: _Pick) -> None:
        if not pick.given:
            pick.given = True
            self._events.append(pick.heading)
            self._release(pick)


def _same(one: Heading, other: Heading) -> bool:
    """Tell whether a heading is written once more."""
    return (
        bool(other.title)
        and one.title.casefold() == other.title.casefold()
        and other.number in (None, one.number)
        and (one.year == other.year or other.year is None)
    )
