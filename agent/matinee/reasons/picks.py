"""Puts picks together from headings, fields in any order, and running text.

A heading is given as soon as nothing can be added to it: when its year is known, when its reason begins, or when it is
closed. Sentences that come before their title wait for it.
"""

from dataclasses import dataclass, field

from matinee.language.sentences import SentenceSplitter, is_whole
from matinee.reasons.answer_events import Confidence, Event, Heading, Sentence
from matinee.reasons.sentence_text import is_remark, read_sentence

BLANK = Heading(None, "none", "", None)


@dataclass
class _Pick:
    """A pick under way; `weak`: it may be the title of a section."""

    heading: Heading = BLANK
    weak: bool = False
    given: bool = False
    sure: bool = False
    told: set[str] = field(default_factory=set)
    waiting: list[Event] = field(default_factory=list)
    paragraph: int = 0
    in_paragraph: bool = False
    labelled: bool = False
    closed: bool = False

    @property
    def named(self) -> bool:
        return bool(self.heading.title) or self.heading.number is not None


class Picks:
    """Collects the events of one answer, pick by pick."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._pick = _Pick(closed=True)
        self._splitter = SentenceSplitter()
        self._paragraphs = 0  # that a pick has; what comes behind the last one's is no part of it

    @property
    def reading(self) -> bool:
        """Whether text that comes now belongs to a pick."""
        pick = self._pick
        return pick.named and not pick.closed and (pick.labelled or pick.paragraph <= self._paragraphs)

    @property
    def writing(self) -> bool:
        """Whether a sentence is under way."""
        return self.reading and not self._splitter.empty

    def take(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def begin(self, heading: Heading, *, weak: bool = False) -> None:
        """Begin a pick with its heading, or add to one that has a number alone or the same title."""
        pick, old = self._pick, self._pick.heading
        again = heading.title and old.title.casefold() == heading.title.casefold() and old.year == heading.year
        if not (pick.told or pick.waiting) and self._splitter.empty and heading.number in (None, old.number):
            if again:
                return
            if old.number is not None and not old.title:
                self.add(heading)
                return
        self.record()
        self._pick.weak, self._pick.heading = weak, heading
        self._give_if_complete()

    def record(self) -> None:
        """Begin a pick whose parts come in any order."""
        self.close()
        self._pick = _Pick()

    def add(self, part: Heading) -> None:
        """Add parts to the heading under way; a second title begins another pick."""
        if self._pick.closed or (part.title and self._pick.heading.title):
            self.record()
        old = self._pick.heading
        if not self._pick.given:
            numbered = part if old.number is None else old
            self._pick.heading = Heading(
                numbered.number, numbered.numbered, old.title or part.title, old.year or part.year
            )
        self._give_if_complete()

    def text(self, text: str) -> None:
        """Add running text to the reason under way."""
        pick = self._pick
        if not pick.closed:
            if pick.named and not pick.given and not pick.weak and not text.isspace():
                self._give()
            self._say(self._splitter.feed(text))

    def end_sentence(self) -> None:
        """End the sentence under way, whether it has a stop or not."""
        self._say(self._splitter.finish())

    def end_sentence_before(self, word: str) -> None:
        """End the sentence under way if it cannot go on with this word."""
        if not self._splitter.empty and self._splitter.ends_before(word):
            self.end_sentence()

    def drop_fragment(self, *, but_first: bool = False) -> None:
        """Forget the text under way if it is no whole sentence; `but_first`: unless it is all that the reason has."""
        if not is_whole(self._splitter.pending) and (self._pick.told or not but_first):
            self._splitter = SentenceSplitter()

    def end_paragraph(self) -> None:
        """End the paragraph; the next one belongs to the pick only if it turns out to."""
        self.end_sentence()
        if self._pick.in_paragraph:
            self._pick.paragraph += 1
            self._pick.in_paragraph = self._pick.labelled = False

    def label(self) -> None:
        """Note a label: what comes now, and the paragraphs before, belong to the pick."""
        self.end_sentence()
        self._pick.labelled = True
        self._release()

    def close(self, *, last: bool = False) -> None:
        """End the pick under way; `last`: no other one follows it."""
        self.end_sentence()
        pick = self._pick
        if pick.named and not pick.weak:
            self._give()
        if not last and not pick.closed:
            if pick.waiting and isinstance(said := pick.waiting[-1], Sentence) and said.text.endswith(":"):
                pick.waiting.pop()  # And for something lighter:
            self._release()
        pick.closed = True

    def _say(self, sentences: list[str]) -> None:
        pick = self._pick
        for raw in sentences:
            if pick.closed:
                return
            text, sure = read_sentence(raw)
            if text and is_remark(text):
                pick.closed = True
            elif text and pick.weak and not pick.given and text.endswith(":"):
                pick.closed, pick.heading = True, BLANK  # the title of a section, and its introduction
            elif text and text not in pick.told:
                if pick.weak:
                    self._give()
                pick.told.add(text)
                pick.in_paragraph = True
                self._emit(Sentence(text))
            if sure is not None and not pick.sure:
                pick.sure = True
                self._emit(Confidence(sure))

    def _emit(self, event: Event) -> None:
        if self._pick.given and (self.reading or isinstance(event, Confidence)):
            self._events.append(event)
        else:
            self._pick.waiting.append(event)

    def _release(self) -> None:
        pick = self._pick
        if pick.given and pick.waiting:
            self._paragraphs = max(self._paragraphs, pick.paragraph - (not pick.in_paragraph))
            self._events += pick.waiting
            pick.waiting = []

    def _give_if_complete(self) -> None:
        if self._pick.heading.title and self._pick.heading.year is not None:
            self._give()

    def _give(self) -> None:
        if not self._pick.given:
            self._pick.given = True
            self._events.append(self._pick.heading)
            self._release()
