"""Reads how a line begins, or what looks like a pick within one: marker, label, title, year, and the rest.

Every form that models write comes down to these five. What makes a heading certain is a marker or emphasis before the
title, a year behind it, and a separator behind that; the fewer of them there are, the more of the line must be read.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from matinee.language.sentences import SentenceSplitter
from matinee.reasons.answer_events import Heading
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
# Why it fits:   and in emphasis or in a header without the colon, too
_LABEL = re.compile(r"([^\W\d_][^\n:.!?;|*(\[]{0,56}?)(?:[*_`\s]*(:)[*_`]*|[*_`]+|$)")
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
_TITLE_ENDS = re.compile(rf":\s|\s{_DASH}\s|\u2014|$")
_DELIMITED = re.compile(
    rf"(?:(?P<mark>[*_`]+)|(?P<single>['‘])|[{_OPENING}])(?P<title>\S.*?)(?<=\S)"
    rf"(?(mark)(?P=mark)|(?(single)['’]|[\"”“»«》」]))(?!\w)[\s*_`{_CLOSING}]*"
)
_NUMBER_WITHIN = re.compile(r"\s\[\d{1,3}\]")
_SENTENCE_MAY_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]\W*\w")


@dataclass
class Line:
    """How a line begins.

    Attributes:
        heading: what it tells of a pick.
        at: where the title or the text begins.
        emphasis: the marks of it that are open there.
        header: there is the sign of a header.
        item: there is that or a number or a bullet, so that no sentence runs on into the line.
        kind: a pick's heading, a label, or neither.
        rest: where what follows the heading or the label begins.
    """

    heading: Heading
    at: int
    emphasis: str
    header: bool
    item: bool
    kind: Kind | Literal["pick", "text"] = "text"
    rest: int = 0

    @property
    def numbered(self) -> bool:
        """Whether there is a number."""
        return self.heading.number is not None

    @property
    def weak(self) -> bool:
        """Whether there is neither number nor year, so that it may be the title of a section."""
        return self.kind == "pick" and not self.numbered and self.heading.year is None

    def named(self, title: str, rest: int, year: int | None = None) -> "Line":
        """Return the line as one that names a film."""
        kind = "pick" if self.kind == "text" else self.kind
        heading = replace(self.heading, title=_plain_title(title), year=year or self.heading.year)
        return replace(self, kind=kind, heading=heading, rest=rest)


def line_start(text: str) -> Line:
    """Return a line as text behind its bullet, number and marks."""
    found = _START.match(text.translate(_WIDE))
    assert found is not None
    how, digits = next(((name, digits) for name, digits in found.groupdict().items() if digits), ("", ""))
    number = int(unicodedata.numeric(digits) if how == "circled" else int(digits)) if how else None
    begins = found[1] + (found[found.re.groups] or "")
    return Line(
        Heading(number, "bracket" if how == "bracket" else "list" if how else "none", "", None),
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
    line = line_start(text) if within else _with_label(text, line_start(text), over=over)
    if line.kind not in ("text", "title"):
        return line if over or line.kind in ("reason", "confidence", "fact") else None
    if first := _YEAR_FIRST.match(text, line.at):
        line = replace(line, at=first.end(), heading=replace(line.heading, year=int(first[1])))
    over = over or bool(_SENTENCE_MAY_END.search(text, line.at) and SentenceSplitter().feed(text[line.at :]))
    if year := _YEAR_AFTER.search(text, line.at + 1):
        found = _with_year(text, line, year, over=over, within=within)
    elif within:
        found = None
    else:
        found = _without_year(text, line, over=over)
    return found or (line if over else None)


def _plain_title(text: str) -> str:
    return plain_text(text).strip(f"{_OPENING}{_CLOSING}*_`#~:- \u00a0")


def _with_label(text: str, line: Line, *, over: bool) -> Line:
    """Return the line with the label that it begins with, and the year or the number that this announces."""
    found = _LABEL.match(text, line.at)
    kind = label_kind(found[1]) if found else None
    if kind and found and not found[2]:
        marked = line.emphasis or line.header
        kind = kind if marked and kind != "title" and (over or found.end() < len(text)) else None
    if kind is None or found is None:
        is_credit = over and _CREDIT.fullmatch(text[line.at :].strip("*_` ()."))
        return replace(line, kind="fact", rest=len(text)) if is_credit else line
    value = _VALUE.match(text, found.end())
    number, heading = int(value[1]) if value else None, line.heading
    if kind == "year":
        heading = replace(heading, year=number)
    elif kind in ("number", "rank"):
        heading = replace(heading, number=number, numbered="list" if kind == "rank" else "bracket")
    return replace(line, kind=kind, heading=heading, at=found.end() if kind == "title" else line.at, rest=found.end())


def _is_title(text: str, *, share: float = 0.5) -> bool:
    """Tell whether a text may be a film's title: `share` of its longer words are written large."""
    longer = [word for word in _plain_title(text).split() if len(word.strip("\"'(),.:;!?\u2019")) > 3]
    return sum(not next(filter(str.isalnum, word), "A").islower() for word in longer) >= share * len(longer)


def _with_year(text: str, line: Line, year: re.Match[str], *, over: bool, within: bool) -> Line | None:
    """Return the heading with a title before a year."""
    title, named = text[line.at : year.start()], bool(line.emphasis) or text[line.at] in _OPENING
    certain = named or line.numbered
    if year[2] and not (certain or "|" in year[0]):
        return None  # Berlin, 1990: a wall falls.
    if _NUMBER_WITHIN.search(title):
        return None  # First, [4] Arrival (2016): ...
    if not _is_title(title, share=0 if certain else 0.5):
        return None
    end = year.end()
    for beside in (_BESIDES, _CREDIT):
        end = found.end() if (found := beside.match(text, end)) else end
    ends, rest = over, end + 1
    if _SEPARATOR.match(text, end):
        ends = True
    elif text[end : end + 1] == ".":
        ends = certain
    elif text[end : end + 1] in (";", ","):
        ends = line.numbered and over
    elif end < len(text):  # 1. **Up** (2009) is a film about ...: the title is part of the sentence
        ends, rest = certain and not within, line.at
    return line.named(title, rest, int(year[1] or year[2])) if ends else None


def _without_year(text: str, line: Line, *, over: bool) -> Line | None:
    """Return the heading with a title in quotes or emphasis, or of a numbered line that is over."""
    found = _DELIMITED.match(text, line.at - len(line.emphasis)) if line.kind == "text" else None
    if found and _is_title(title := found["title"]):
        end = found.end()
        if not over and _YEAR_MAY_COME.fullmatch(text, end):
            return None
        if _SEPARATOR.match(text, end):
            return line.named(title, end + 1)
        if line.numbered and (over or text[end] not in "(["):
            return line.named(title, line.at)
    labelled = line.kind == "title"
    if not over or not (labelled or line.numbered or line.header):
        return None
    ends = _TITLE_ENDS.search(text, line.at)
    if ends and _is_title(title := text[line.at : ends.start()]) and not (labelled and _is_title(text[line.at :])):
        return line.named(title, ends.end())
    if labelled:  # Title: Mission: Impossible
        return line.named(text[line.at :], len(text))
    return line.named("", line.at) if line.heading.numbered == "bracket" else None
