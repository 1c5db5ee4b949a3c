"""Tells the lines of an answer apart, character by character: which are headings, labels, and which are text.

A line is held until it is certain how it begins; after that its text runs on. The beginning of another pick within a
line is held in the same way.
"""

import re

from matinee.reasons.line_start import Line, line_start, read_line
from matinee.reasons.picks import Picks
from matinee.reasons.sentence_text import label_kind
from matinee.reasons.shown_text import RECORD

LONGEST = 300
"""Characters after which a line without a heading is text."""

_DECIDING = frozenset(" :;,.!?|)]}*_\"'\u201c\u201d\u00bb\u2013\u2014-\u3002\uff01\uff1f\uff1a\uff09")
"""Characters at which it may become certain how a line begins."""
_BEHIND_HEADING = frozenset(" *_`:;,|\u2013\u2014-")
_MARKER = r"(?:\[\s*\d{1,3}\s*\]|\(?\d{1,2}[.)](?=[\s*])|\d\ufe0f?\u20e3|[\u2460-\u2473\u2776-\u277f])"
_BEGINS_WITHIN = re.compile(rf"{_MARKER}|\[\s*\d{{0,3}}\s*\]?$|\(?\d{{0,2}}[.)\ufe0f]?$")
_INNER = re.compile(rf"(?<=[\s(;,.]){_MARKER}[*_.,;):]*(?=\s)")
# Title: Up / Year: 2009
_INNER_LABEL = re.compile(r"(?:[,;]|\s[/|\u2013\u2014-])\s+(?=([A-Za-z][A-Za-z ]{2,24}):)")
_CONNECTING = re.compile(r"[\s,;&.]*(?:and|or)?[\s,;&.]*")


class LineReader:
    """Takes in an answer as lines of Markdown and hands what it finds to the picks."""

    def __init__(self, picks: Picks) -> None:
        self._picks = picks
        self._indent: int | None = None  # of the first heading
        self._strong = False  # a heading had a number or a year, so that all should
        self._new_line()

    def _new_line(self) -> None:
        self._held: str | None = ""
        self._within = False  # what is held stands within a line
        self._looked_back = False
        self._skip = False  # nothing of the line is read
        self._behind_heading = False
        self._space = True
        self._header = False  # the line is a header with a pick's heading

    @property
    def holding(self) -> bool:
        """Whether anything is held that is not certain yet."""
        return bool(self._held and self._held.strip())

    def feed(self, text: str) -> None:
        """Take in more of the answer."""
        for char in text:
            if char in f"\n{RECORD}":
                self._end_line()
                if char == RECORD:
                    self._picks.close()
            elif self._skip:
                pass
            elif self._held is not None:
                self._hold(char)
            else:
                self._flow(char)

    def finish(self, *, broken: bool) -> None:
        """Take what is held at the end of the text; `broken`: a heading or a sentence that is not whole is none."""
        if not broken:
            self._decide_all()
        elif self._within:
            self._picks.text(self._held or "")
        elif self._held and (line := read_line(self._held, over=True)) and line.kind == "text":
            self._begin_text(line, self._held)
        if broken:
            self._picks.drop_fragment()
        self._picks.close(last=True)

    def _end_line(self) -> None:
        if self._held is not None and not self._within and not any(map(str.isalnum, self._held)):
            self._picks.end_paragraph()
        else:
            self._decide_all()
        if self._header:  # ### Up (2009) - Animation
            self._picks.drop_fragment()
            self._picks.end_sentence()
        self._new_line()

    def _decide_all(self) -> None:
        while self._held:
            self._decide(over=True)

    def _hold(self, char: str) -> None:
        self._held = held = (self._held or "") + char
        if self._within and not _BEGINS_WITHIN.match(held):
            self._release(held)
        elif char in _DECIDING or len(held) > LONGEST:
            if char == " " and not self._within and not self._looked_back:
                self._look_back(held)
            self._decide(over=len(held) > LONGEST)

    def _look_back(self, held: str) -> None:
        """End the sentence of the line before as soon as it is certain that it does not run on into this one."""
        word = held.split()[-1:]
        if word and line_start(held).item:
            self._picks.end_sentence()
        elif word and word[0].lstrip(">"):
            self._picks.end_sentence(word[0].lstrip(">"))
        else:
            return
        self._looked_back = True

    def _flow(self, char: str) -> None:
        if self._behind_heading:
            if char in _BEHIND_HEADING:
                return
            self._behind_heading, self._space = False, True
        if self._space and (char in "[(" or char.isdigit()):
            self._held, self._within = char, True
        else:
            self._release(char)

    def _release(self, text: str) -> None:
        self._held, self._within = None, False
        self._space = text[-1:].isspace() or text[-1:] in '(["\u201c'
        self._picks.text(text)

    def _decide(self, *, over: bool) -> None:
        """Decide how what is held begins, if it is certain."""
        held = self._held or ""
        segment, remainder = held, ""
        if inner := _INNER.search(f"{held} " if over else held, max(1, line_start(held).at)):
            segment, remainder = held[: inner.start()], held[inner.start() :]
        elif (inner := _INNER_LABEL.search(held)) and label_kind(inner[1]):
            segment, remainder = held[: inner.start()], held[inner.end() :]
        line = read_line(segment, over=over or bool(remainder), within=self._within)
        if line is None:
            return
        within, self._held, self._within = self._within, None, False
        if line.kind == "pick" and self._is_pick(line, segment, within=within):
            if within:
                self._picks.drop_fragment(but_first=True)  # Second, [2] Up (2009): ...
            self._begin_pick(line, segment, last=not remainder)
        elif line.kind in ("pick", "text"):
            self._begin_text(line, segment, within=within)
        else:
            self._read_label(line, segment)
        if remainder:
            self._held = ""
            # [2], [3] and [5]
            self._within = (
                inner is not None and inner.re is _INNER and (line.kind != "pick" or bool(line.heading.title))
            )
            self.feed(remainder)

    def _is_pick(self, line: Line, text: str, *, within: bool) -> bool:
        if line.weak:
            return not self._strong and not within
        deeper = self._indent is not None and _indent(text) > self._indent and self._picks.reading
        return not (deeper and line.heading.year is None and line.heading.numbered == "list" and not within)

    def _begin_pick(self, line: Line, text: str, *, last: bool) -> None:
        self._picks.begin(line.heading, weak=line.weak)
        if not line.weak:
            self._strong = True
            self._indent = _indent(text) if self._indent is None else self._indent
        self._header = self._header or line.header
        self._behind_heading = True
        rest = text[line.rest :]
        self.feed("" if not last and _CONNECTING.fullmatch(rest) else rest)

    def _begin_text(self, line: Line, text: str, *, within: bool = False) -> None:
        self._held = None
        if within:
            self._release(text)
        elif line.header:  # the title of a section
            self._picks.end_paragraph()
            self._skip = True
        elif line.item:
            self._picks.end_sentence()
            self.feed(text[line.at :])
        else:
            self._picks.text(" ")
            self.feed(text[line.at :])

    def _read_label(self, line: Line, text: str) -> None:
        if line.kind in ("reason", "confidence", "fact"):
            self._picks.label()
            self._skip = line.kind == "fact"
            self._behind_heading = True
            self.feed(text[line.rest if line.kind == "reason" else line.at :])
            return
        if line.kind == "title" and line.numbered:
            self._picks.begin(line.heading)
        else:
            self._picks.add(line.heading)
        if line.kind == "title":
            self._behind_heading = True
            self.feed(text[line.rest :])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
