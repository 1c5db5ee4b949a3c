"""Reads a model's answer while it is being written: which films it names, and what it says of each.

A pipeline over characters: `shown_text` takes out reasoning and turns HTML into Markdown, `structures` turns JSON and
tables into labelled lines, `line_reader` tells headings, labels and text apart, and `picks` makes events of them. A
line is held until it is certain how it begins; after that its text runs on into sentences. Each decision rests on the
characters read so far, so the events are the same however the text is cut into chunks.
"""

from matinee.reasons.answer_events import Confidence, Event, Heading, Sentence
from matinee.reasons.line_reader import LineReader
from matinee.reasons.picks import Picks
from matinee.reasons.shown_text import ShownText
from matinee.reasons.structures import Structures

__all__ = ["AnswerParser", "Confidence", "Event", "Heading", "Sentence"]


class AnswerParser:
    """Takes in an answer piece by piece and returns what has become certain.

    Text before the first heading and remarks that close the answer are no sentences of a reason.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._shown, self._structures, self._picks = ShownText(), Structures(), Picks()
        self._lines = LineReader(self._picks)

    @property
    def in_pick(self) -> bool:
        """Whether a pick's text is being read."""
        return self._picks.reading

    @property
    def writing(self) -> bool:
        """Whether a heading or a sentence of a reason is under way."""
        return self._picks.writing or self._lines.holding

    @property
    def torn(self) -> bool:
        """Whether a reason would lose a sentence if the answer broke off here."""
        return self._picks.torn

    def feed(self, text: str) -> list[Event]:
        """Take in more of the answer; return what it made certain."""
        self._lines.feed(self._structures.feed(self._shown.feed(text)))
        return self._picks.take()

    def finish(self, *, broken: bool = False) -> list[Event]:
        """Return what is left at the end of the answer.

        Args:
            broken: the text broke off; a heading or a sentence that is not whole is none.
        """
        if not broken:
            self._lines.feed(self._structures.feed(self._shown.finish()) + self._structures.finish())
        self._lines.finish(broken=broken)
        events = self._picks.take()
        self._begin()
        return events
