"""Tells the lines of an answer apart, character by character: which are headings, labels, and which are text.

A line is held until it is certain how it begins; after that its text runs on. The beginning of another pick within a
line is held in the same way.
"""

import re

from matinee.reasons.answer_events import Heading
from matinee.reasons.line_start import Line, line_start, read_line
from matinee.reasons.picks import Picks
from matinee.reasons.sentence_text import label_kind
from matinee.reasons.shown_text import RECORD

LONGEST = 300
"""Characters after which a line without a heading is text."""

_DECIDING = frozenset(" :;,.!?|)]}*_\"'\u201c\u201d\u00bb\u2013\u2014-\u3002\uff01\uff1f\uff1a\uff09")
"""Characters at which it may become certain how a line begins."""
_BEHIND_HEADING = frozenset(" *_`:;,|\u2013\u2014-")
# What is, or may become, the number of a pick within a line
_BEGINS_WITHIN = re.compile(
    r"\[\s*\d{0,3}\s*(?:\]|$)|\(?\d{0,2}(?:[.)](?=[\s*]|$)|$)|\d\ufe0f?(?:\u20e3|$)|[\u2460-\u2473\u2776-\u2793]"
)
# Title: Up / Year: 2009
_INNER_LABEL = re.compile(r"(?:[,;]|\s[/|\u2013\u2014-])\s+(?=([A-Za-z][A-Za-z ]{2,24}):)")
_NUMBERS = re.compile(r"(?:[\s,;&]*(?:(?:and|or)\s*)?\[\d{1,3}\])+[\s.]*")


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
            elif self._held is not None:
                self._hold(char)
            elif not self._skip:
                self._flow(char)

    def finish(self, *, broken: bool) -> None:
        """Take what is held at the end of the text; `broken`: a heading or a sentence that is not whole is none."""
        if broken and self._held and not self._within:
            line = read_line(self._held, over=True)
            self._held = self._held if line and line.kind == "text" else ""
        self._decide_all()
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
        while self._held:  # what followed a heading on the line may be held in its turn
            self._decide(over=True)

    def _hold(self, char: str) -> None:
        self._held = held = (self._held or "") + char
        if self._within and not _BEGINS_WITHIN.match(held):
            self._release(held)
        elif char in _DECIDING or len(held) > LONGEST:
            self._decide(over=len(held) > LONGEST)

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
        held, within = self._held or "", self._within
        if not (within or self._looked_back) and (over or held.endswith(" ")):
            self._look_back(held)
        if over and _NUMBERS.fullmatch(held):  # [2], [3] and [5]
            self._held = None
            for number in re.findall(r"\d+", held):
                self._picks.begin(Heading(int(number), "bracket", "", None))
            return
        label = _INNER_LABEL.search(held)
        end, begin = label.span() if label and label_kind(label[1]) else (len(held), len(held))
        line = read_line(held[:end], over=over or end < len(held), within=within)
        if line is None:
            return
        self._held, self._within = None, False
        self.feed(held[self._take(line, held[:end], within=within) : end])
        if end < len(held):
            self._held = ""
            self.feed(held[begin:])

    def _look_back(self, held: str) -> None:
        """End the sentence of the line before as soon as it is certain that it does not run on into this one."""
        word = "".join(held.split()[:1]).lstrip(">")
        self._looked_back = bool(word)
        if word:
            self._picks.end_sentence("" if line_start(held).item else word)

    def _take(self, line: Line, text: str, *, within: bool) -> int:
        """Take in a line, or what stands within one; return where what runs on as text begins."""
        if line.kind in ("pick", "title") and self._is_pick(line, text, within=within):
            if within:
                self._picks.drop_fragment(but_first=True)  # Second, [2] Up (2009): ...
            if line.kind == "pick" or line.numbered:
                self._picks.begin(line.heading, weak=line.weak)
            else:
                self._picks.add(line.heading)
            if not line.weak:
                self._strong = True
                self._indent = _indent(text) if self._indent is None else self._indent
            self._header, self._behind_heading = self._header or line.header, True
            return line.rest
        if line.kind in ("year", "number", "rank"):
            self._picks.add(line.heading)
            return len(text)
        if line.kind in ("reason", "confidence", "fact"):
            self._picks.label()
            self._skip = line.kind == "fact"
            self._behind_heading = True
            return line.rest if line.kind == "reason" else line.at
        if line.header and not within:  # the title of a section
            self._picks.end_paragraph()
            self._skip = True
        elif within:
            self._space = False
            self._picks.text(text)
            return len(text)
        else:
            self._picks.text(" ")
        return line.at

    def _is_pick(self, line: Line, text: str, *, within: bool) -> bool:
        if line.weak:
            return not self._strong and not within
        deeper = self._indent is not None and _indent(text) > self._indent and self._picks.reading
        return not (deeper and line.heading.year is None and line.heading.numbered == "list" and line.kind == "pick")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
