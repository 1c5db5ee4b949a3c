"""Reads a model's answer while it is being written: which films it names, and what it says of each.

A pipeline over characters: reasoning is taken out (`reasoning_filter`), HTML becomes Markdown (`markup`), lines are
told apart here and by `headings`, JSON and tables have readers of their own, and what they find becomes picks in
`pick_builder`. A line is held until it is certain how it begins; after that its text runs on into sentences. Each
decision rests on the characters read so far, so the events are the same however the text is cut into chunks.
"""

from collections.abc import Sequence

from matinee.reasons.answer_events import Confidence, Event, Heading, Sentence
from matinee.reasons.line_reader import LineReader
from matinee.reasons.markup import MarkupReader
from matinee.reasons.pick_builder import PickBuilder
from matinee.reasons.reasoning_filter import ReasoningFilter

__all__ = ["AnswerParser", "Confidence", "Event", "Heading", "Sentence"]


class AnswerParser:
    """Takes in an answer piece by piece and returns what has become certain.

    Text before the first heading and remarks that close the answer are no sentences of a reason.
    """

    def __init__(self) -> None:
        self._reasoning = ReasoningFilter()
        self._begin()

    def _begin(self) -> None:
        self._markup = MarkupReader()
        self._picks = PickBuilder()
        self._lines = LineReader(self._picks)

    @property
    def in_pick(self) -> bool:
        """Whether a pick's text is being read."""
        return self._picks.reading

    @property
    def writing(self) -> bool:
        """Whether a heading or a sentence of a reason is under way."""
        return self._picks.writing or self._lines.holding

    def feed(self, text: str) -> list[Event]:
        """Take in more of the answer; return what it made certain."""
        self._read(self._reasoning.feed(text))
        return self._picks.take()

    def finish(self, *, broken: bool = False) -> list[Event]:
        """Return what is left at the end of the answer.

        Args:
            broken: the text broke off; a heading or a sentence that is not whole is none.
        """
        if not broken:
            self._read([*self._reasoning.finish(), self._markup.finish()])
        self._lines.finish(broken=broken)
        self._picks.close(last=True, broken=broken)
        events = self._picks.take()
        self._reasoning = ReasoningFilter()
        self._begin()
        return events

    def _read(self, pieces: Sequence[str | None]) -> None:
        for piece in pieces:
            if piece is None:
                # What has been given stays given; whether a chunk ended before it must not matter.
                given = self._picks.take()
                self._begin()
                self._picks.put_back(given)
                continue
            for char in self._markup.feed(piece):
                self._lines.read(char)
