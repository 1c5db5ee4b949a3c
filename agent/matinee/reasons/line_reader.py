"""Reads the lines of an answer, character by character: which are headings, labels, rows, objects, and which are text.

A line is held until it is certain how it begins; after that its text runs on. The beginning of another pick within a
line is held in the same way.
"""

import re

from matinee.reasons.headings import LONGEST, Head, Text, read_head
from matinee.reasons.json_reader import BEGINS, BEGUN, JsonReader
from matinee.reasons.line_start import Labelled, begins_item, line_start, narrow
from matinee.reasons.pick_builder import PickBuilder
from matinee.reasons.table_reader import TableReader, columns_of

_DECIDING = frozenset(" :;,.!?|)]}*_\"'\u201c\u201d\u00bb\u2013\u2014-\u3002\uff01\uff1f\uff1a\uff09")
"""Characters at which it may become certain how a line begins."""
_RULE = re.compile(r"[\s*_=~#>\u2500\u2501\u2014-]*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_BEHIND_HEADING = frozenset(" *_`:;,|\u2013\u2014-")
_MARKER = (
    r"(?:\[\s*(?P<bracket>\d{1,3})\s*\]|\(?(?P<list>\d{1,2})[.)](?=[\s*])"
    r"|(?P<sign>\d\ufe0f?\u20e3|[\u2460-\u2473\u2776-\u277f]))"
)
_WITHIN = re.compile(_MARKER)
_INNER = re.compile(rf"(?<=[\s(;,.])\s*{_MARKER}[*_.,;):]*(?:\s|$)")
_MAY_BECOME_MARKER = re.compile(r"\[\s*\d{0,3}\s*\]?|\(?\d{1,2}[.)\ufe0f]?")
_CONNECTING = re.compile(r"[\s,;&.]*(?:and|or)?[\s,;&.]*")


class LineReader:
    """Takes in an answer as Markdown and hands what it finds to the builder."""

    def __init__(self, picks: PickBuilder) -> None:
        self._picks = picks
        self._json: JsonReader | None = None
        self._table: TableReader | None = None
        self._headed_table = False
        self._last_number = 0
        self._indent: int | None = None  # of the first heading
        self._strong = False  # a heading had a number or a year, so that all should
        self._new_line()

    def _new_line(self) -> None:
        self._held: str | None = ""
        self._within = False  # what is held stands within a line
        self._opens_sentence = True  # what is held stands where a sentence may begin
        self._looked_back = False
        self._skip = False  # nothing of the line is read
        self._behind_heading = False
        self._space = True
        self._in_row = False
        self._header = False  # the line is a header with a pick's heading

    @property
    def holding(self) -> bool:
        """Whether anything is held that is not certain yet."""
        return bool(self._held and self._held.strip())

    def read(self, char: str) -> None:
        """Take in a character."""
        if self._json is not None:
            consumed = self._json.read(char)
            if self._json.done:
                if not consumed:
                    self._picks.close()
                self._json = None
                self._new_line()
            if consumed:
                return
        if self._in_row and self._table is not None and char != "\n":
            self._table.read(char)
        elif char == "\n":
            self._end_line()
        elif self._skip:
            return
        elif self._held is not None:
            self._hold(char)
        else:
            self._flow(char)

    def finish(self, *, broken: bool) -> None:
        """Take what is held at the end of the text; `broken`: a heading that is not whole is none."""
        if broken:
            if self._held and self._json is None and not self._in_row:
                self._keep_text(self._held)
        elif self._json is not None:
            self._json.finish()
        elif self._in_row and self._table is not None:
            self._table.end_row()
        elif self._held:
            self._decide_at_end()

    def _keep_text(self, held: str) -> None:
        """Let what is held at a text's break run on as text, unless a heading may have begun with it."""
        if self._within:
            self._release(held)
        elif isinstance(found := read_head(held, over=True), Text):
            self._held = None
            self._begin_text(found, held, len(held), within=False)
            if self._held:
                self._release(self._held)

    def _end_line(self) -> None:
        held = self._held
        if self._in_row and self._table is not None:
            self._table.end_row()
            self._new_line()
            return
        self._table, self._headed_table = None, False
        if held is not None and BEGUN.search(held) and "{" in held and len(held) < LONGEST:
            self._held = f"{held}\n"  # an object whose first key is on the next line
            return
        elif held is not None and not self._within and _RULE.fullmatch(held):
            self._picks.end_paragraph()
        elif held is not None and not self._within and _FENCE.match(held):
            self._picks.end_sentence()
        elif held is not None and not self._within and (columns := columns_of(held.split("|"))):
            self._table, self._headed_table = TableReader(self._picks, columns), True
        elif held:
            self._decide_at_end()
        if self._header:  # ### Up (2009) - Animation
            self._picks.drop_fragment()
            self._picks.end_sentence()
        self._new_line()

    def _decide_at_end(self) -> None:
        self._decide(ended=True)
        if self._held:  # what followed a heading on the line
            self._decide(ended=True)

    def _hold(self, char: str) -> None:
        assert self._held is not None
        self._held += char
        if not self._within and (self._headed_table or (char == "|" and not self._held[:-1].strip())):
            self._begin_row()
        elif self._within and len(self._held) <= 8:
            if not (_MAY_BECOME_MARKER.fullmatch(self._held) or _WITHIN.match(self._held) or BEGUN.search(self._held)):
                self._decide(ended=False)
        elif char in _DECIDING or len(self._held) > LONGEST:
            if not self._within and char == " ":
                self._look_back()
            self._decide(ended=False)

    def _look_back(self) -> None:
        """End the sentence of the line before as soon as it is certain that it does not run on into this one."""
        words = (self._held or "").split()
        if self._looked_back or not words:
            return
        if begins_item(self._held or ""):
            self._looked_back = True
            self._picks.end_sentence()
        elif bare := words[-1].lstrip(">"):
            self._looked_back = True
            self._picks.end_sentence_before(bare)

    def _begin_row(self) -> None:
        held, self._held = self._held or "", None
        self._in_row = True
        if self._table is None:
            self._table = TableReader(self._picks)
        for char in held:
            self._table.read(char)

    def _flow(self, char: str) -> None:
        if self._behind_heading:
            if char in _BEHIND_HEADING:
                return
            self._behind_heading = False
            self._space = True
        if self._space and (char in "[({" or char.isdigit()):
            self._held, self._within = char, True
            return
        self._pass_on(char)

    def _decide(self, *, ended: bool) -> None:
        """Decide how what is held begins, if it is certain."""
        held = self._held or ""
        if self._begins_object(held):
            return
        begins = _WITHIN.match(held.lstrip())
        if self._within and (begins is None or not self._may_count(begins)):
            self._release(held)
            return
        segment, remainder = self._up_to_next(held)
        over = ended or bool(remainder) or len(held) > LONGEST
        found = read_head(segment, over=over, within=self._within, opens=self._opens_sentence)
        if found is None:
            return
        within, self._held, self._within = self._within, None, False
        if isinstance(found, Head) and self._is_pick(found, segment, within=within):
            if within:
                self._picks.drop_fragment(but_first=True)  # Second, [2] Up (2009): ...
            self._header = not within and segment.lstrip("> ").startswith("#")
            self._begin_pick(found, segment, remainder)
        elif isinstance(found, Labelled):
            self._read_label(found, segment + remainder)
        else:
            self._begin_text(found, segment + remainder, len(segment), within=within)

    def _begins_object(self, held: str) -> bool:
        """Go over to JSON where an object has begun; tell whether one has, or still may."""
        if "{" not in held:
            return False
        if BEGINS.search(held):
            at = held.rindex("{")
            self._held, self._within = None, False
            self._picks.end_sentence()
            self._json = JsonReader(self._picks)
            for char in held[at:]:
                self._json.read(char)
            return True
        return BEGUN.search(held) is not None and len(held) <= LONGEST

    def _may_count(self, marker: re.Match[str]) -> bool:
        """Tell whether a number within a line may be that of the next pick."""
        return bool(marker["bracket"]) or bool(marker["sign"]) or int(marker["list"]) == self._last_number + 1

    def _up_to_next(self, held: str) -> tuple[str, str]:
        """Return what is held up to the marker of another pick on the same line, and the rest."""
        for found in _INNER.finditer(held, line_start(narrow(held)).at):
            counts = found["bracket"] or found["sign"]
            if counts or int(found["list"]) in (self._last_number + 1, self._last_number + 2):
                at = found.start() + len(found[0]) - len(found[0].lstrip())
                return held[:at], held[at:]
        return held, ""

    def _is_pick(self, head: Head, line: str, *, within: bool) -> bool:
        heading = head.heading
        if head.weak:
            return not self._strong and not within
        indent = len(line) - len(line.lstrip())
        deeper = self._indent is not None and indent > self._indent and self._picks.open
        return not (deeper and heading.year is None and heading.numbered == "list" and not within)

    def _begin_pick(self, head: Head, segment: str, remainder: str) -> None:
        heading = head.heading
        if head.labelled and heading.number is None:
            self._picks.set(title=heading.title, year=heading.year)
        else:
            self._picks.begin(heading, weak=head.weak)
        if not head.weak:
            self._strong = True
            if self._indent is None:
                self._indent = len(segment) - len(segment.lstrip())
        if heading.number is not None:
            self._last_number = heading.number
        rest = segment[head.rest :]
        if remainder and _CONNECTING.fullmatch(rest):
            rest = ""
        if (head.labelled and rest) or (remainder and not rest and not heading.title):
            self._held = ""  # Title: Up / Year: 2009     [2], [3] and [5]
        else:
            self._behind_heading = True
        self._again(rest + remainder)

    def _read_label(self, found: Labelled, line: str) -> None:
        self._picks.label()
        if found.kind == "fact":
            self._skip = True
        elif found.kind == "confidence":
            self._again(line)
        elif found.kind == "reason":
            self._behind_heading = True
            self._again(line[found.rest :])
        elif found.kind == "year":
            if found.value:
                self._picks.set(year=found.value)
            self._held = ""
            self._again(line[found.rest :])
        else:
            self._picks.set(number=found.value, numbered="list" if found.kind == "rank" else "bracket")
            self._held = ""
            self._again(line[found.rest :])

    def _begin_text(self, found: Head | Text, line: str, size: int, *, within: bool) -> None:
        """Let a line that is no heading, or something of that size within it, run on as text."""
        if within:
            self._release(line[:size])
            self._again(line[size:])
            return
        if line.lstrip("> ").startswith("#"):  # the title of a section
            self._picks.end_paragraph()
            self._skip = True
            return
        if isinstance(found, Text) and not found.item:
            self._picks.text(" ")
        else:
            self._picks.end_sentence()
        self._again(line[found.rest if isinstance(found, Text) else found.at :])

    def _release(self, text: str) -> None:
        self._held, self._within = None, False
        for char in text:
            self._pass_on(char)

    def _pass_on(self, char: str) -> None:
        self._space = char.isspace() or char in '(["\u201c'
        if char in ".!?\u2026\u3002\uff01\uff1f":
            self._opens_sentence = True
        elif char.isalnum():
            self._opens_sentence = False
        self._picks.text(char)

    def _again(self, text: str) -> None:
        for char in text:
            self.read(char)
