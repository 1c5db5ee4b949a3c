"""Reads the beginning of a line, or of what looks like a pick within one: marker, label, title, year, and the rest.

Every form that models write comes down to these five. What makes a heading certain is a marker or emphasis before the
title, a year behind it, and a separator behind that; the fewer of them there are, the more of the line must be read.
"""

import re
from dataclasses import dataclass

from matinee.language.sentences import SentenceSplitter
from matinee.reasons.answer_events import Heading
from matinee.reasons.labels import label_kind
from matinee.reasons.line_start import CREDIT, YEAR, Labelled, LineStart, line_start, narrow, read_label
from matinee.reasons.sentence_text import plain_text

LONGEST = 300
"""Characters after which a line without a heading is text."""

_TITLE_MAX = 120
_TITLE_WORDS = 14
_YEAR_FIRST = re.compile(rf"[(\[]({YEAR})[)\]][\s*_:\u2013\u2014-]*")
_YEAR_AFTER = re.compile(
    rf"[*_`\s]*[(\[][^()\[\]\n\d]{{0,60}}?\b({YEAR})\b[^()\[\]\n]{{0,60}}[)\]]"
    rf"|[*_`]*\s*(?:,|/|\||[-\u2013\u2014])\s+({YEAR})(?=[*_`]*\s*(?:[:|\n]|[-\u2013\u2014]\s|$))"
)
_YEAR_MAY_COME = re.compile(r"[\s,|/(\[\u2013\u2014-]*[\d\s]*")
# What may stand between year and separator: quotes that close, (PG-13), a star and a rating
_BESIDES = re.compile(
    r"[*_`\"\u201d\u00bb\s]*(?:[(\[][^()\[\]\n]{0,40}[)\]][*_`\s]*"
    r"|(?:[\u2600-\u2bff\U0001f000-\U0001faff]\ufe0f?|IMDb:?)\s*[\d.]*(?:/\d*)?[*_`\s]*)*"
)
_SEPARATOR = re.compile(r"[:|\u2013\u2014-]|\u2192")
_SOFT_SEPARATOR = re.compile(r"[;,]")
_WORD_BEHIND = re.compile(r"[;,]\s*\S+\s")
_TITLE_ENDS = re.compile(r":\s|\s[-\u2013\u2014]\s|\u2014|$")
# Title: Up / Year: 2009
_NEXT_LABEL = re.compile(r"\s*(?:[,;]\s*|\s[/|\u2013\u2014-]\s+)(?=([A-Za-z][A-Za-z ]{2,24}):)")
_QUOTES = {
    '"': '"',
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab",
    "\u2018": "\u2019",
    "'": "'",
    "\u300a": "\u300b",
    "\u300c": "\u300d",
}
_EDGES = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u300a\u300b*_`#~ \u00a0"


@dataclass(frozen=True)
class Head:
    """A heading and where what follows it begins.

    Attributes:
        at: where the title begins.
        weak: there is neither number nor year, so that it may be the title of a section.
    """

    heading: Heading
    rest: int
    at: int = 0
    weak: bool = False
    labelled: bool = False


@dataclass(frozen=True)
class Text:
    """No heading: text begins at `rest`; `item`: behind a bullet or a number."""

    rest: int
    item: bool


def read_head(raw: str, *, over: bool, within: bool = False, opens: bool = True) -> Head | Labelled | Text | None:
    """Return how a line, or what looks like a pick within one, begins; None: more of it has to be read.

    Args:
        raw: what has been read of it.
        over: nothing that comes after can belong to a heading.
        within: it stands within a line, where less is taken for a heading.
        opens: it stands where a sentence may begin.
    """
    text = narrow(raw)
    start = line_start(text)
    label = None if within else read_label(text, start, over=over)
    if label is not None and label.kind != "title":
        return None if label.pending else label
    at = label.rest if label else start.at
    year = None
    if first := _YEAR_FIRST.match(text, at):
        year, at = int(first[1]), first.end()
    over = over or bool(SentenceSplitter().feed(text[at:]))
    place = _Place(over=over, within=within, opens=opens, labelled=label is not None)
    found = _TitleReader(raw, text, at, start, place, year).read()
    if isinstance(found, Head) or not over:
        return found
    return Text(start.at, item=start.item)


def plain_title(title: str) -> str:
    """Return a title without the quotes, emphasis and separators around it."""
    return plain_text(title).strip(_EDGES + ":").strip(_EDGES)


@dataclass(frozen=True)
class _Place:
    """Where a title stands, and whether more may come."""

    over: bool
    within: bool
    opens: bool
    labelled: bool


class _TitleReader:
    """Reads title and year from where they begin."""

    def __init__(self, raw: str, text: str, at: int, start: LineStart, place: _Place, year: int | None) -> None:
        self._raw, self._text, self._at, self._start, self._year = raw, text, at, start, year
        self._over, self._within, self._labelled = place.over, place.within, place.labelled
        self._opens = place.opens

    def read(self) -> Head | None:
        """Return the heading; None: there is none, or more has to be read."""
        if year := _YEAR_AFTER.search(self._text, self._at + 1):
            return self._with_year(year)
        if self._labelled:
            return self._of_label()
        if delimited := self._delimited():
            return self._without_year(*delimited)
        if not self._over:
            return None
        if self._start.number is not None or self._start.header or self._year is not None:
            return self._bare()
        return None

    def _head(self, title: str, year: int | None, rest: int) -> Head:
        number, numbered = self._start.number, self._start.numbered
        return Head(
            Heading(number, numbered, plain_title(title), year),
            rest,
            self._at,
            weak=number is None and year is None and not self._labelled,
            labelled=self._labelled,
        )

    def _with_year(self, found: re.Match[str]) -> Head | None:
        title = self._raw[self._at : found.start()]
        quoted = self._at < len(self._text) and self._text[self._at] in _QUOTES
        strict = not self._start.marked and not quoted and not self._labelled
        if not is_title(plain_title(title), share=0.61 if strict else 0.4):
            return None
        besides = _BESIDES.match(self._text, found.end())
        end = besides.end() if besides else found.end()
        credit = CREDIT.match(self._text, end)
        if credit and (credit.end() == len(self._text) or _SEPARATOR.match(self._text, credit.end())):
            end = credit.end()
        year = int(found[1] or found[2])
        if end == len(self._text):
            return self._head(title, year, end) if self._over else None
        return self._behind_year(title, year, end, named=bool(quoted or self._start.emphasis))

    def _behind_year(self, title: str, year: int, end: int, *, named: bool) -> Head | None:
        numbered = self._start.number is not None
        if _SEPARATOR.match(self._text, end) or (self._labelled and self._text[end] in ",;/"):
            return self._head(title, year, end + 1)
        if _SOFT_SEPARATOR.match(self._text, end):
            certain = numbered and (self._over or _WORD_BEHIND.match(self._text, end))
            return self._head(title, year, end + 1) if certain else None
        if self._text[end] == "." and (numbered or named):
            return self._head(title, year, end + 1) if self._over or end + 1 < len(self._text) else None
        # 1. **Up** (2009) is a film about ...: the title is part of the sentence
        return self._head(title, year, self._at) if (numbered or named) and self._opens else None

    def _of_label(self) -> Head | None:
        if (cut := _NEXT_LABEL.search(self._text, self._at)) and label_kind(cut[1]):
            return self._head(self._raw[self._at : cut.start()], self._year, cut.end())
        if not self._over or len(self._text) > LONGEST:
            return None
        ends = _TITLE_ENDS.search(self._text, self._at)
        title = self._raw[self._at :]
        if ends and ends.end() < len(self._text) and not is_title(plain_title(title)):
            return self._head(self._raw[self._at : ends.start()], self._year, ends.end())
        return self._head(title, self._year, len(self._text))

    def _delimited(self) -> tuple[str, int] | None:
        """Return a title in quotes or emphasis, and where it ends."""
        text, at = self._text, self._at
        if at >= len(text):
            return None
        if closing := _QUOTES.get(text[at]):
            behind = r"(?<=\S)" if closing in "\"'" else ""  # else it may open a quotation, or be an apostrophe
            end = re.compile(rf"{behind}[{closing}](?!\w)").search(text, at + 1)
            return (self._raw[at + 1 : end.start()], end.end()) if end else None
        if emphasis := self._start.emphasis:
            close = text.find(emphasis, at)
            return (self._raw[at:close], close + len(emphasis)) if close > at else None
        return None

    def _without_year(self, title: str, end: int) -> Head | None:
        if not is_title(plain_title(title), share=0.4) or not self._opens:
            return self._bare() if self._over else None
        rest = end + len(self._text[end:]) - len(self._text[end:].lstrip(' *_`"\u201d'))
        inner_colon = title.rstrip().endswith(":")
        if not self._over and not inner_colon and _YEAR_MAY_COME.fullmatch(self._text, rest):
            return None
        if rest == len(self._text):
            return self._head(title, self._year, rest) if self._over and not self._within else None
        if inner_colon or _SEPARATOR.match(self._text, rest):
            return self._head(title, self._year, rest if inner_colon else rest + 1)
        if self._start.number is None or self._within or (self._text[rest] in "([" and not self._over):
            return None
        return self._head(title, self._year, self._at)

    def _bare(self) -> Head | None:
        """Return the heading of a numbered line that has neither year nor quotes."""
        if self._within and not (self._opens and self._start.numbered == "bracket"):
            return None
        ends = _TITLE_ENDS.search(self._text, self._at)
        if ends and not (self._within and ends.start() == len(self._text)):
            title = plain_title(self._raw[self._at : ends.start()])
            if is_title(title):
                return self._head(title, self._year, ends.end())
        if self._start.numbered == "bracket" and not self._within:
            return self._head("", None, self._at)
        return None


def is_title(text: str, *, share: float = 0.5) -> bool:
    """Tell whether a text may be a film's title rather than part of a sentence.

    Args:
        text: without quotes and markup.
        share: of its longer words that are written large, at least.
    """
    words = text.split()
    if not words or len(words) > _TITLE_WORDS or len(text) > _TITLE_MAX:
        return False
    first = next((char for char in text if char.isalnum()), "")
    if not first or (first.islower() and not any(char.isupper() for char in words[0])):
        return False
    longer = [word for word in words if len(word.strip("\"'(),.:;!?\u2019")) > 3]
    large = sum(not next((char for char in word if char.isalnum()), "A").islower() for word in longer)
    return large >= share * len(longer)
