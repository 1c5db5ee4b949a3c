"""Reads picks out of a model's text while it is being written.

The model is asked for paragraphs that begin `[3] Arrival (2016): `. Small models write `3. **Arrival**
(2016) - ` or `## Arrival (2016)` instead, and all of these are read; what is not a pick is prose.
"""

import re
from typing import Literal

from pydantic import Field

from matinee.grounding.row_echo import begins_facts, without_row
from matinee.models import Value
from matinee.outside import plain

_MARKS = r"[*_#>`\s]*"
_NUMBER = r"(?:\[\s*(?P<bracket>\d{1,3})\s*\][.)]?|(?:film|movie|pick|number|no\.?|#)?\s*(?P<plain>\d{1,3})\s*[.):])"
_TITLE = r"(?P<title>[^\n]{1,150}?)"
_YEAR = r"\(\s*(?P<year>(?:18|19|20)\d\d)\s*\)"
_AFTER = r"[*_`\s]*(?:[:\u2013\u2014-]+|$)[*_`\s]*"
# With number, title and year all there, the sentence may also go on: `1) Up (2009), which ...`, as the list does: `; `.
_AFTER_ALL = r"[*_`\s]*(?:[:;,\u2013\u2014-]+|$)[*_`\s:\u2013\u2014-]*"

# [2], [3] and [5]
_NUMBERS = re.compile(r"^(?:\[\s*\d{1,3}\s*\](?:\s*(?:,|;|and\b|&))*\s*){2,}\.?$")

# [3]: reason
_BARE = re.compile(rf"^{_MARKS}\[\s*(?P<bracket>\d{{1,3}})\s*\](?P<plain>)(?P<title>){_MARKS}[:\u2013\u2014-]*\s*")

_HEADERS = (
    # [3] Arrival (2016): reason     3. **Arrival** (2016) - reason     1) Arrival (2016), which ...
    re.compile(rf"^{_MARKS}[-\u2022]?{_MARKS}{_NUMBER}{_MARKS}{_TITLE}[*_\s]*{_YEAR}{_AFTER_ALL}", re.I),
    # [3] Arrival: reason            3. Arrival
    re.compile(rf"^{_MARKS}[-\u2022]?{_MARKS}{_NUMBER}{_MARKS}{_TITLE}{_AFTER}", re.I),
    # **Arrival** (2016): reason     - Arrival (2016)
    re.compile(rf"^{_MARKS}[-\u2022]?{_MARKS}(?P<bracket>)(?P<plain>){_TITLE}[*_\s]*{_YEAR}{_AFTER}", re.I),
    _BARE,
)
# A heading with its year and what follows that: nothing yet to come can change how it is read.
_CERTAIN = (
    re.compile(_HEADERS[0].pattern.removesuffix(_AFTER_ALL) + r"[*_`\s]*[:;,\u2013\u2014-]", re.I),
    re.compile(_HEADERS[2].pattern.removesuffix(_AFTER) + r"[*_`\s]*[:\u2013\u2014-]", re.I),
)
_NO_YEAR_COMES = 160
"""Characters of a line after which its heading is read as it is."""
# The beginning of the form that the prompt asks for, enough to know that the paragraph before is done.
_BEGUN = re.compile(rf"^{_MARKS}\[\s*\d{{1,3}}\s*\]")
# (Confidence: 0.9)   Confidence score: 90%.   confidence = 9/10   I am 95% sure.
_SURE = re.compile(
    r"[*_(\[]*\b(?:(?:my|with|overall|a|the)\s+)*confidence(?:\s+(?:score|level|rating))?[*_]*\s*"
    r"(?:is|of|at|[:=\u2013\u2014-])?[*_\s]*(?P<after>\d{1,3}(?:\.\d+)?)\s*"
    r"(?P<unit>%|/\s*100?\b|/\s*1\b|out of 100?\b)?[*_)\]]*[.,;]?(?=\s|$)"
    r"|[(\[]?\b(?:I am|I'm|we are)\s+(?P<before>\d{1,3}(?:\.\d+)?)\s*%\s+(?:sure|confident|certain)"
    r"[)\]]*[.,;]?(?=\s|$)",
    re.I,
)
# Why this one suits the request, too:   Why it fits:
_LABEL = re.compile(
    r"(?:^|(?<=[.!?\u201d\"] ))[*_]*Why (?:it|this|that)(?: one| film| movie| pick)? (?:suits|fits|works)\b"
    r"[^.:\n]{0,40}[.:][*_]*(?:\s+|$)"
)
_LONGEST_LINE = 5000
_QUOTES = "\"'\u201c\u201d\u2018\u2019*_`# "


class Draft(Value):
    """One pick as a model wrote it, not yet checked."""

    number: int | None = Field(None, description="the candidate's number as written")
    numbered: Literal["bracket", "list", "none"] = Field(
        "none", description="`[3]` names a candidate, `3.` may only count"
    )
    title: str = ""
    year: int | None = None
    reason: str = ""
    confidence: float | None = Field(None, description="the model's own figure, 0..1, taken out of the reason")
    cut: bool = Field(False, description="the text broke off before the reason's end")


class DraftParser:
    """Feed it text as it comes; it returns each pick when its paragraph ends or the next one begins.

    `headings` counts the picks that have begun, and `heading` is the one that began last: known before its reason.
    """

    def __init__(self) -> None:
        self.headings = 0
        self.heading: Draft | None = None
        self._line = ""
        self._read_ahead = False
        self._open: Draft | None = None
        self._reason: list[str] = []

    @property
    def in_pick(self) -> bool:
        """Tell whether a pick's paragraph is being written."""
        return self._open is not None or self._read_ahead

    def feed(self, text: str) -> list[Draft]:
        """Take in more text; return the picks that it finished."""
        self._line += text
        done: list[Draft] = []
        if "\n" in text:
            *lines, self._line = self._line.split("\n")
            for line in lines:
                done.extend(self._take(line))
        if self._open is not None and (_BEGUN.match(self._line) or self._copies_facts()):
            done.extend(self._close())  # nothing more belongs to the pick: the rest of this line need not be awaited
        self._look_ahead()
        return done

    def finish(self, *, broken: bool = False) -> list[Draft]:
        """Return what is left when the text has ended; of one that broke off, only whole sentences."""
        done = self._take(self._line)
        self._line = ""
        last = self._close()
        if broken:
            last = [_cut(draft) for draft in last]
        return [*done, *last]

    def drop(self) -> None:
        """Forget the pick that is being written."""
        self._line, self._open, self._reason, self._read_ahead = "", None, [], False

    def _look_ahead(self) -> None:
        if self._read_ahead or not self._line:
            return
        line = plain(self._line) if "<" in self._line else self._line
        certain = any(pattern.match(line) for pattern in _CERTAIN) or len(line) > _NO_YEAR_COMES
        if certain and (header := _header(line)) is not None:
            self._read_ahead = True
            self._begin(header[0])

    def _begin(self, heading: Draft) -> None:
        self.headings += 1
        self.heading = heading

    def _take(self, raw: str) -> list[Draft]:
        ahead, self._read_ahead = self._read_ahead, False
        line = plain(raw[:_LONGEST_LINE])
        if _NUMBERS.match(line):
            return [*self._close(), *self._numbers_alone(line)]
        header = _header(line)
        if header is None:
            if self._open is None:
                return []
            if not line and _whole_sentences(" ".join(self._reason).strip()):
                return self._close()  # an empty line after a reason ends its paragraph
            self._reason.append(without_row(line))
            return []
        heading, rest = header[0], without_row(header[1])
        if self._same_again(heading):
            self._reason = [rest]
            return []
        done = self._close()
        self._open, self._reason = heading, [rest]
        if not ahead:
            self._begin(heading)
        return done

    def _numbers_alone(self, line: str) -> list[Draft]:
        drafts = [Draft(number=int(number), numbered="bracket") for number in re.findall(r"\d+", line)]
        for draft in drafts:
            self._begin(draft)
        return drafts

    def _copies_facts(self) -> bool:
        """Tell whether a line that lists the film's facts has begun after a whole reason, which ends it."""
        return begins_facts(self._line) and bool(_whole_sentences(" ".join(self._reason).strip()))

    def _same_again(self, heading: Draft) -> bool:
        """Tell whether this is the heading of the paragraph that has just begun, written once more."""
        opened = self._open
        if opened is None or "".join(self._reason).strip(_QUOTES) or not heading.title:
            return False
        return opened.title.casefold() == heading.title.casefold() and opened.year == heading.year

    def _close(self) -> list[Draft]:
        if self._open is None:
            return []
        reason = _once(_LABEL.sub("", re.sub(r"\s+", " ", " ".join(self._reason)).strip(" *_`#")))
        reason, sure = _own_figure(reason)
        done = self._open.model_copy(update={"reason": reason, "confidence": sure})
        self._open, self._reason = None, []
        return [done]


def _header(line: str) -> tuple[Draft, str] | None:
    for pattern in _HEADERS:
        if found := pattern.match(line):
            bracket, plain = found["bracket"], found["plain"]
            title = found["title"].strip(_QUOTES)
            if pattern is not _BARE and not _titled(title):
                continue
            number = bracket or plain
            return (
                Draft(
                    number=int(number) if number else None,
                    numbered="bracket" if bracket else "list" if plain else "none",
                    title=title,
                    year=int(found["year"]) if "year" in found.groupdict() and found["year"] else None,
                ),
                line[found.end() :].strip(),
            )
    return None


def _cut(draft: Draft) -> Draft:
    whole = _whole_sentences(draft.reason)
    return draft.model_copy(update={"reason": whole, "cut": whole != draft.reason})


def _own_figure(reason: str) -> tuple[str, float | None]:
    """Return the reason without the model's remarks on how sure it is, and the first of them as 0..1."""
    sure: float | None = None
    for found in _SURE.finditer(reason):
        value = float(found["before"] or found["after"])
        unit = (found["unit"] or ("%" if found["before"] else "")).replace(" ", "")
        if unit in ("%", "/100", "outof100") or (not unit and value > 10):
            value /= 100
        elif unit in ("/10", "outof10") or (not unit and value > 1):
            value /= 10
        if sure is None and 0 <= value <= 1:
            sure = value
    rest = re.sub(r"\s+", " ", _SURE.sub(" ", reason)).strip(" *_`#,;") if _SURE.search(reason) else reason
    return re.sub(r"\s+([.!?])", r"\1", rest), sure


def _once(text: str) -> str:
    """Return the text without sentences that it has said already, as looping models do."""
    return " ".join(dict.fromkeys(re.split(r"(?<=[.!?\u2026])\s+", text))).strip()


def _whole_sentences(text: str) -> str:
    ends = list(re.finditer(r"[.!?\u2026][\"'\u201d\u2019)]*(?=\s|$)", text))
    return text[: ends[-1].end()] if ends else ""


def _titled(text: str) -> bool:
    """Tell whether the words before a colon can be a title: a sentence about films is none."""
    words = text.split()
    return 0 < len(words) <= 14 and (text[:1].isupper() or text[:1].isdigit() or not text[:1].isascii())
