"""Reads how a line begins, or what looks like a pick within one: marker, label, title, year, and the rest.

Every form that models write comes down to these five. What makes a heading certain is a marker or emphasis before the
title, a year behind it, and a separator behind that; the fewer of them there are, the more of the line must be read.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from matinee.language.sentences import SentenceSplitter
from matinee.reasons.answer_events import Heading, Numbered
from matinee.reasons.sentence_text import Kind, label_kind, plain_text

_YEAR = r"((?:1[89]|20)\d\d)"
_DASH = "[-\u2013\u2014]"
_OPENING, _CLOSING = "\"'“”„«»‘《「", "\"'”“»«’》」"
# Full-width forms of what this module looks for
_WIDE = str.maketrans("［］（）【】：．，；｜－０１２３４５６７８９", "[]()[]:.,;|-0123456789")

# Bullets, emphasis, header signs and pictures; circled digits are markers
_LEAD = (
    r"[\s#>*_`~\\|=+\u00b7\u2013\u2014\u2022\u2023\u2190-\u245f\u2500-\u2775\u2794-\u2bff\ufe0f"
    r"\U0001f000-\U0001faff-]*"
)
_START = re.compile(
    rf"({_LEAD})(?:(?:\[\s*(?P<bracket>\d{{1,3}})\s*\][*_]*[.):]?|\((?P<round>\d{{1,2}})\)[.:]?"
    r"|(?P<keycap>\d{1,2})\ufe0f?\u20e3[.):]?|(?P<circled>[\u2460-\u2473\u2776-\u2793])[.):]?"
    r"|(?:(?:film|movie|pick|number|no\.?|recommendation|option|choice|suggestion)\s*#?\s*)?"
    rf"(?P<list>\d{{1,2}})(?:[*_]*\\?[.):](?!\d)|\s+{_DASH}(?=\s))|(?<=#)(?P<hash>\d{{1,2}})\b[.):]?)({_LEAD}))?",
    re.I,
)
_BULLET = re.compile(r"[^\s#>*_`~\\|=]\s*|\*\s")
_LABEL = re.compile(r"([^\W\d_][^\n:.!?;|]{0,56}?)[*_`\s]*:[*_`]*")
_VALUE = re.compile(r"[\s*_(\[#\"']*(\d{1,4})\b")
_YEAR_FIRST = re.compile(rf"[(\[]{_YEAR}[)\]][\s*_:\u2013\u2014-]*")
_YEAR_AFTER = re.compile(
    rf"[*_`\s]*[(\[][^()\[\]\n\d]{{0,60}}?\b{_YEAR}\b[^()\[\]\n]{{0,60}}[)\]]"
    rf"|[*_`]*\s*(?:,|/|\||{_DASH})\s+{_YEAR}(?=[*_`]*\s*(?:[:|\n]|{_DASH}\s|$))"
)
_YEAR_MAY_COME = re.compile(r"[\s,|/(\[\u2013\u2014-]*[\d\s]*")
# What may stand between year and separator: quotes that close, (PG-13), a star and a rating, who directed it
_BESIDES = re.compile(
    r"[*_`\"\u201d\u00bb\s]*(?:[(\[][^()\[\]\n]{0,40}[)\]][*_`\s]*"
    r"|(?:[\u2600-\u2bff\U0001f000-\U0001faff]\ufe0f?|IMDb:?)\s*[\d.]*(?:/\d*)?[*_`\s]*)*"
)
_CREDIT = re.compile(
    r"(?:,\s*)?(?:(?:[Dd]irected|[Ww]ritten)(?:\s+by)?|[Bb]y|[Dd]ir\.|[Ss]tarring)(?!\w)\s*"
    rf"(?:(?:and|&|de|von|van|der|la|del|di)\s+|[^\W\d_a-z][\w'\u2019.-]*,?(?:\s+|(?=\W)|$))*(?=[:|]|{_DASH}|\W*$)"
)
_SEPARATOR = re.compile(rf"[:|\u2192]|{_DASH}")
_WORD_BEHIND = re.compile(r"[;,]\s*\S+\s")
_TITLE_ENDS = re.compile(rf":\s|\s{_DASH}\s|\u2014|$")
_DELIMITED = re.compile(
    rf"(?:[*_`]+|[{_OPENING}])+(?P<title>\S.*?)(?<=\S)(?:[*_`]+|[{_CLOSING}])(?!\w)[\s*_`{_CLOSING}]*"
)
_SENTENCE_MAY_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]\W*\w")


@dataclass
class Line:
    """How a line begins.

    Attributes:
        number: of the pick, and how it is written.
        at: where the title or the text begins.
        emphasis: the marks of it that are open there.
        header: there is the sign of a header.
        item: there is that or a number or a bullet, so that no sentence runs on into the line.
        kind: a pick's heading, a label, or neither.
        title: and year, of a heading or behind a label.
        rest: where what follows the heading or the label begins.
    """

    number: int | None
    numbered: Numbered
    at: int
    emphasis: str
    header: bool
    item: bool
    kind: Kind | Literal["pick", "text"] = "text"
    title: str = ""
    year: int | None = None
    rest: int = 0

    @property
    def heading(self) -> Heading:
        """What the line tells of the pick."""
        return Heading(self.number, self.numbered, self.title, self.year)

    @property
    def weak(self) -> bool:
        """Whether there is neither number nor year, so that it may be the title of a section."""
        return self.number is None and self.year is None and self.kind == "pick"

    def named(self, title: str, rest: int, year: int | None = None) -> "Line":
        """Return the line as one that names a film."""
        self.kind = "pick" if self.kind == "text" else self.kind
        self.title, self.rest, self.year = _plain_title(title), rest, year or self.year
        return self


def line_start(text: str) -> Line:
    """Return a line as text behind its bullet, number and marks."""
    found = _START.match(text.translate(_WIDE))
    assert found is not None
    how, digits = next(((name, digits) for name, digits in found.groupdict().items() if digits), ("", ""))
    begins = found[1] + (found[found.re.groups] or "")
    return Line(
        number=int(unicodedata.numeric(digits) if how == "circled" else int(digits)) if how else None,
        numbered="bracket" if how == "bracket" else "list" if how else "none",
        at=found.end(),
        emphasis=begins[len(begins.rstrip("*_`")) :],
        header="#" in begins,
        item=bool(how) or "#" in begins or _BULLET.search(begins) is not None,
    )


def read_line(text: str, *, over: bool, within: bool = False) -> Line | None:
    """Return how a line, or what looks like a pick within one, begins; None: more of it has to be read.

    Args:
        text: what has been read of it.
        over: nothing that comes after can belong to a heading.
        within: it stands within a line, where less is taken for a heading.
    """
    text = text.translate(_WIDE)
    line = line_start(text)
    if not within:
        _read_label(text, line, over=over)
        if line.kind not in ("text", "title"):
            return line if over or line.kind not in ("year", "number", "rank") else None
    if first := _YEAR_FIRST.match(text, line.at):
        line.at, line.year = first.end(), int(first[1])
    over = over or bool(_SENTENCE_MAY_END.search(text, line.at) and SentenceSplitter().feed(text[line.at :]))
    if year := _YEAR_AFTER.search(text, line.at + 1):
        found = _with_year(text, line, year, over=over, within=within)
    else:
        found = None if within else _without_year(text, line, over=over)
    return found or (line if over else None)


def is_title(text: str, *, share: float = 0.5) -> bool:
    """Tell whether a text may be a film's title rather than part of a sentence.

    Args:
        text: without quotes and markup.
        share: of its longer words that are written large, at least.
    """
    words = text.split()
    first = next(filter(str.isalnum, text), "")
    if not first or len(words) > 14 or len(text) > 120 or (first.islower() and words[0].islower()):
        return False
    longer = [word for word in words if len(word.strip("\"'(),.:;!?\u2019")) > 3]
    return sum(not next(filter(str.isalnum, word), "A").islower() for word in longer) >= share * len(longer)


def _plain_title(text: str) -> str:
    return plain_text(text).strip(f"{_OPENING}{_CLOSING}*_`#~:- \u00a0")


def _with_year(text: str, line: Line, found: re.Match[str], *, over: bool, within: bool) -> Line | None:
    """Return the heading with a title before a year."""
    title, named = text[line.at : found.start()], bool(line.emphasis) or text[line.at] in _OPENING
    if not is_title(_plain_title(title), share=0.4 if named or line.item or line.kind == "title" else 0.61):
        return None
    end = found.end()
    for beside in (_BESIDES, _CREDIT):
        if more := beside.match(text, end):
            end = more.end()
    behind = text[end : end + 1]
    if behind in ";,./" and behind:
        certain = line.kind == "title" or (line.number is not None and (over or _WORD_BEHIND.match(text, end)))
        certain = certain or (behind == "." and (named or line.number is not None))
        return line.named(title, end + 1, int(found[1] or found[2])) if certain else None
    if not behind and not over:
        return None
    if not behind or _SEPARATOR.match(behind):
        return line.named(title, end + 1, int(found[1] or found[2]))
    # 1. **Up** (2009) is a film about ...: the title is part of the sentence
    is_part = (line.number is not None or named) and not within
    return line.named(title, line.at, int(found[1] or found[2])) if is_part else None


def _without_year(text: str, line: Line, *, over: bool) -> Line | None:
    """Return the heading of a line that has no year behind its title."""
    if line.kind == "text" and (found := _DELIMITED.match(text, line.at - len(line.emphasis))):
        title, end = found["title"], found.end()
        if is_title(_plain_title(title), share=0.4):
            if title.endswith(":"):
                return line.named(title, end)
            if not over and _YEAR_MAY_COME.fullmatch(text, end):
                return None
            if end == len(text) or _SEPARATOR.match(text, end):
                return line.named(title, end + 1)
            return line.named(title, line.at) if line.number is not None and (over or text[end] not in "([") else None
    if not over or (line.kind == "text" and line.number is None and line.year is None and not line.header):
        return None
    ends = _TITLE_ENDS.search(text, line.at)
    title = text[line.at : ends.start() if ends else len(text)]
    if line.kind == "title" and (is_title(_plain_title(text[line.at :])) or not is_title(_plain_title(title))):
        return line.named(text[line.at :], len(text))
    if is_title(_plain_title(title)) and ends:
        return line.named(title, ends.end())
    return line.named("", line.at) if line.numbered == "bracket" else None


def _read_label(text: str, line: Line, *, over: bool) -> None:
    """Read which label the line begins with, and the year or the number that it announces."""
    found = _LABEL.match(text, line.at)
    kind = label_kind(found[1]) if found else None
    rest = found.end() if found else 0
    if kind is None:  # **Why it fits**   ### Why it fits
        end = text.find(line.emphasis, line.at) if line.emphasis else len(text) if line.header and over else -1
        behind = text[end:].lstrip("*_` ")
        kind = label_kind(text[line.at : end]) if end > line.at and (behind or over) else None
        rest = len(text) - len(behind.lstrip("*_` :\u2013\u2014-"))
        if kind == "title" or (kind is None and not (over and _CREDIT.fullmatch(text[line.at :].strip("*_` ().")))):
            return
    line.kind, line.rest = kind or "fact", rest
    value = _VALUE.match(text, rest)
    if kind == "title":
        line.at = rest
    elif kind == "year":
        line.year = int(value[1]) if value else None
    elif kind in ("number", "rank"):
        line.number = int(value[1]) if value else None
        line.numbered = "list" if kind == "rank" and "[" not in text[rest:] else "bracket"
