"""Puts picks together from headings, fields in any order, and running text.

A heading is given as soon as nothing can be added to it: when its year is known, when its reason begins, or when it is
closed. Sentences that come before their title wait for it.
"""

from dataclasses import dataclass, field

from matinee.language.sentences import SentenceSplitter, is_whole
from matinee.reasons.answer_events import Confidence, Event, Heading, Sentence
from matinee.reasons.sentence_text import is_remark, read_sentence

_UNNAMED = Heading(None, "none", "", None)


@dataclass
class _Pick:
    """A pick under way; `weak`: its heading may be the title of a section."""

    heading: Heading = _UNNAMED
    weak: bool = False
    given: bool = False
    closed: bool = False
    told: set[Event] = field(default_factory=set)
    waiting: list[Event] = field(default_factory=list)
    paragraph: int = 0
    in_paragraph: bool = False
    labelled: bool = False

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

    @property
    def torn(self) -> bool:
        """Whether a sentence is under way that would not be whole if the text broke off here."""
        return self.writing and not is_whole(self._splitter.pending)

    def take(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def begin(self, heading: Heading, *, weak: bool = False) -> None:
        """Begin a pick with its heading, or add to one that has a number alone or the same title."""
        old, untold = self._pick.heading, not self._pick.told and self._splitter.empty
        known = old.title.casefold() in ("" if old.number is not None else heading.title, heading.title.casefold())
        if not (untold and known and heading.number in (None, old.number) and old.year in (None, heading.year)):
            self.close()
            self._pick.weak = weak
        self.add(heading)

    def add(self, part: Heading) -> None:
        """Add parts to the heading under way; another title begins another pick."""
        title = self._pick.heading.title
        if self._pick.closed or (part.title and title and part.title != title):
            self.close()
        pick, old = self._pick, self._pick.heading
        if not pick.given:
            number = part if old.number is None else old
            pick.heading = Heading(number.number, number.numbered, old.title or part.title, old.year or part.year)
            if pick.heading.title and pick.heading.year:
                self._give()

    def text(self, text: str) -> None:
        """Add running text to the reason under way."""
        if not self._pick.closed:
            if self._pick.named and not self._pick.weak and not text.isspace():
                self._give()
            self._say(self._splitter.feed(text))

    def end_sentence(self, before: str = "") -> None:
        """End the sentence under way, whether it has a stop or not; `before`: if it cannot go on with this word."""
        if not before or (not self._splitter.empty and self._splitter.ends_before(before)):
            self._say(self._splitter.finish())

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
        """End the pick under way and begin one whose parts come in any order; `last`: no other one follows."""
        self.end_sentence()
        pick = self._pick
        if pick.named and not pick.weak:
            self._give()
        if not last and not pick.closed:
            if pick.waiting and isinstance(said := pick.waiting[-1], Sentence) and said.text.endswith(":"):
                pick.waiting.pop()  # And for something lighter:
            self._release()
        self._pick = _Pick()

    def _say(self, sentences: list[str]) -> None:
        pick = self._pick
        for text, sure in map(read_sentence, sentences):
            if pick.closed:
                return
            introduces = pick.weak and not pick.given and text.endswith(":")  # the title of a section before it
            if is_remark(text) or introduces:
                pick.closed = True
            elif text and Sentence(text) not in pick.told:
                self._give(pick.weak)
                self._tell(Sentence(text))
                pick.in_paragraph = True
            if sure is not None and not any(isinstance(event, Confidence) for event in pick.told):
                self._tell(Confidence(sure))

    def _tell(self, event: Event) -> None:
        self._pick.told.add(event)
        self._pick.waiting.append(event)
        if self.reading or isinstance(event, Confidence):
            self._release()

    def _give(self, certain: bool = True) -> None:
        if certain and not self._pick.given:
            self._pick.given = True
            self._events.append(self._pick.heading)
            self._release()

    def _release(self) -> None:
        pick = self._pick
        if pick.given and pick.waiting:
            self._paragraphs = max(self._paragraphs, pick.paragraph - (not pick.in_paragraph))
            self._events += pick.waiting
            pick.waiting = []
