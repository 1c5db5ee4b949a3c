"""Reads what stands before a title: the lead of a line, the number of a pick, and labels."""

import re
import unicodedata
from dataclasses import dataclass

from matinee.reasons.answer_events import Numbered
from matinee.reasons.labels import Kind, label_kind

YEAR = r"(?:1[89]|20)\d\d"
# Full-width forms of what this module looks for.
_WIDE = str.maketrans(
    "\uff3b\uff3d\uff08\uff09\u3010\u3011\uff1a\uff0e\uff0c\uff1b\uff5c\uff0d\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "[]()[]:.,;|-0123456789",
)

# Bullets, emphasis, header signs and pictures; circled digits are markers.
_LEAD = re.compile(
    r"[\s#>*_`~\\|=+\u00b7\u2013\u2014\u2022\u2023\u2190-\u245f\u2500-\u2775\u2794-\u2bff\ufe0f"
    r"\U0001f000-\U0001faff-]*"
)
_BULLET = re.compile(r"[^\s#>*_`~\\|=]\s*|\*\s")
_CIRCLED = r"[\u2460-\u2473\u2776-\u2793\u24f5-\u24fe]"
_MARKER = re.compile(
    r"\[\s*(?:(?:film|movie|no\.?|#)\s*)?(?P<bracket>\d{1,3})\s*\][*_]*[.):]?"
    r"|(?P<keycap>\d{1,2})\ufe0f?\u20e3[.):]?"
    rf"|(?P<circled>{_CIRCLED})[.):]?"
    r"|\((?P<round>\d{1,2})\)[.:]?"
    r"|(?:(?:film|movie|pick|number|no\.?|recommendation|option|choice|suggestion)\s*#?\s*)?"
    r"(?P<list>\d{1,2})(?:[*_]*\\?[.):](?!\d)|\s+[-\u2013\u2014](?=\s))"
    r"|(?<=#)(?P<hash>\d{1,2})\b[.):]?",
    re.I,
)
# directed by Joel Coen and Ethan Coen
CREDIT = re.compile(
    r"(?:,\s*)?(?:(?:[Dd]irected|[Ww]ritten)(?:\s+by)?|[Bb]y|[Dd]ir\.|[Ss]tarring)(?!\w)\s*"
    r"(?P<names>(?:(?:and|&|de|von|van|der|la|del|di)\s+|[^\W\d_a-z][\w'\u2019.-]*,?(?:\s+|(?=\W)|$))*)"
)
_LABEL = re.compile(r"([^\W\d_][^\n:.!?;|]{0,56}?)[*_`\s]*:[*_`]*")
_YEAR_ALONE = re.compile(rf"[*_(\[\s]*({YEAR})[)\]*_\s.]*")
_VALUE = re.compile(r"[\s*_(\[#]*(\d{1,4})\b[)\]*_]*[\s,;|/.-]*")


@dataclass(frozen=True)
class Labelled:
    """A label, the year or number that it announces, and where what follows begins.

    Attributes:
        pending: the year or number is still to be read.
    """

    kind: Kind
    rest: int
    value: int | None = None
    pending: bool = False


@dataclass(frozen=True)
class LineStart:
    """What stands before a title.

    Attributes:
        number: of the pick, and how it is written.
        at: where the title or the text begins.
        emphasis: the marks of it that are open there.
        bullet: there is a bullet or a picture.
        header: there is the sign of a header.
    """

    number: int | None
    numbered: Numbered
    at: int
    emphasis: str
    bullet: bool
    header: bool

    @property
    def item(self) -> bool:
        """Whether the line is an item of a list or a header, into which no sentence runs on."""
        return self.number is not None or self.bullet or self.header

    @property
    def marked(self) -> bool:
        """Whether anything tells the line from running text."""
        return self.number is not None or bool(self.emphasis) or self.bullet or self.header


def narrow(text: str) -> str:
    """Return a text of the same length with full-width brackets, stops and digits as plain ones."""
    return text.translate(_WIDE)


def begins_item(text: str) -> bool:
    """Tell whether a line begins with a number or a bullet, so that no sentence runs on into it."""
    return line_start(narrow(text)).item


def line_start(text: str) -> LineStart:
    """Return what stands before the title or the text of a line."""
    lead = _LEAD.match(text)
    at = lead.end() if lead else 0
    number, numbered, begins = None, "none", text[:at]
    marker = _MARKER.match(text, at)
    if marker:
        number, numbered = _number(marker)
        then = _LEAD.match(text, marker.end())
        at = then.end() if then else marker.end()
        begins += text[marker.end() : at]
    emphasis = begins[len(begins.rstrip("*_`")) :]
    return LineStart(
        number=number,
        numbered="bracket" if numbered == "bracket" else "list" if number is not None else "none",
        at=at,
        emphasis=emphasis,
        bullet=_BULLET.search(begins) is not None,
        header="#" in begins,
    )


def _number(marker: re.Match[str]) -> tuple[int, str]:
    kind = marker.lastgroup or ""
    digits = marker[kind]
    return int(unicodedata.numeric(digits)) if kind == "circled" else int(digits), kind


def read_label(text: str, start: LineStart, *, over: bool) -> Labelled | None:
    """Return the label that a line begins with; `over`: nothing that comes after can belong to it."""
    found = _LABEL.match(text, start.at)
    kind, end = (label_kind(found[1]), found.end()) if found else (None, 0)
    if kind is None:
        kind, end = _emphasised_label(text, start, over=over)
    if kind in ("year", "number", "rank"):
        value = _VALUE.match(text, end)
        if value and (over or value.end() < len(text)):
            return Labelled(kind, value.end(), int(value[1]))
        return Labelled(kind, end, pending=not over)
    if kind is not None:
        return Labelled(kind, end)
    if over and (year := _YEAR_ALONE.fullmatch(text)):
        return Labelled("year", len(text), int(year[1]))
    return Labelled("fact", len(text)) if over and _is_credit(text[start.at :]) else None


def _emphasised_label(text: str, start: LineStart, *, over: bool) -> tuple[Kind | None, int]:
    # **Why it fits**   ### Why it fits
    end = -1
    if start.emphasis:
        end = text.find(start.emphasis, start.at)
    elif start.header and over:
        end = len(text)
    kind = label_kind(text[start.at : end]) if end > start.at else None
    behind = text[end:].lstrip("*_` ")
    if kind is None or kind == "title" or (not behind and not over):
        return None, 0
    return kind, len(text) - len(behind.lstrip("*_` :\u2013\u2014-"))


def _is_credit(text: str) -> bool:
    found = CREDIT.fullmatch(text.strip("*_` ()."))
    return found is not None and found["names"] != ""
