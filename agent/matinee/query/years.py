"""Years and decades in which a film must have come out, read from a request."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField
from matinee.query.terms import Term

_OLDEST = 1880
_WINDOW = 48
"""How many characters to either side decide what a year means."""

_DECADES = {
    "twenties": 1920,
    "thirties": 1930,
    "forties": 1940,
    "fifties": 1950,
    "sixties": 1960,
    "seventies": 1970,
    "eighties": 1980,
    "nineties": 1990,
    "noughties": 2000,
    "naughties": 2000,
    "aughts": 2000,
}
_PARTS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_THIRDS = {"early": (0, 33), "mid": (34, 66), "late": (67, 99)}
_MOMENT = re.compile(
    r"(?<![\w$\u00a3\u20ac#])"
    r"(?:(?P<part>early|mid|late)(?:(?:-| |/| to |-to-| and )(?P<until>mid|late))?[- ](?:the )?)?"
    r"(?:'?(?P<decade>(?:18|19|20)?\d0)'?s|(?P<year>(?:18[89]|19\d|20\d)\d)|'(?P<short>\d\d)(?!\d|'?s)"
    rf"|(?P<word>{'|'.join(_DECADES)}))(?![\w%]|[.,]\d)"
)

_AND_ON = re.compile(
    r"^(?: | ?(?:-|/|&|to|through|thru|until|till|and|or|and/or|, and|, or)(?: the| from)?(?: the)? ?| ?,(?: the)? ?)$"
)
_SPAN = re.compile(r"\b(?:between|from)(?: about| around| the){0,2}(?: years?)? ?$")
_COMPARISON = re.compile(
    r"(?:(?P<since>\b(?:since|starting(?: from| in| with)?|no earlier than|not earlier than|as of|from (?:the )?year))"
    r"|(?P<after>\b(?:after|later than|newer than|more recent than|younger than|post))"
    r"|(?P<before>\b(?:before|older than|earlier than|prior to|pre|predating))"
    r"|(?P<until>\b(?:until|till|up to|up until|no later than|not later than))"
    r"|(?P<around>\b(?:around|circa|roughly|approximately|approx|ca)))"
    r"[- ]?(?:(?:the|of|year|years|about|like|say|from|in) )*'?$"
)
_OR_LATER = re.compile(
    r"^(?:\+|,? ?(?:or|and|&) (?:later|newer|after|up|above|onwards?|more recent|younger|beyond)"
    r"| ?(?:onwards?|on(?= ?$|[,.;:!?])|forward|(?:-|to|until|till) ?(?:now|today|present|the present|date)))"
)
_OR_EARLIER = re.compile(r"^,? ?(?:or|and) (?:earlier|older|before|prior|below)")
_REFUSED = re.compile(
    r"\b(?:no|not|nothing|never|don'?t|isn'?t|aren'?t|without|avoid|except|hate|skip|non)\b[^,.;:!?]*$"
)
_REFUSAL_ENDS = re.compile(r"\b(?:but|just|only|instead|rather|prefer|want|give)\b[^,.;:!?]*$")

_MADE = re.compile(
    r"\b(?:made|released|came out|come out|coming out|comes out|produced|shot|filmed"
    r"|(?:films?|movies?|flicks?|something|anything|stuff) (?:from|of))\b"
)
_FROM = re.compile(r"\b(?:from|made in|released in|out in)(?: the)? ?'?$")
_ELSEWHEN = re.compile(  # the time of the plot, or of the viewer's own life
    r"\b(?:set (?:in|during|around|at|between)|tak(?:es?|ing) place|happen(?:s|ing)?|story of|about|life in|lived?"
    r"|living|world of|based in|turn of|during|died|saw|seen|watched|remember|born|grew up|grown up|growing up|raised"
    r"|kid|child|childhood|teen|teenager|when i|i was|married|bought|rented|aired|back (?:in|around))\b"
)
_OWNED = re.compile(r"\b(?:his|her|their|my|your|our|its|hers)[- ]?$")
_DATED = re.compile(r"(?:\b(?:from|in|of|during|year|the|by|best|top|new|for)[- ]|[\[/]|^)'?$")
_NO_DATE = re.compile(
    r"^ (?:years?|people|men|women|dollars|miles|soldiers|days|hours|minutes|times|feet|pounds|euros|bucks|km|light)\b"
    r"|^[- ](?:styled?|esque|inspired|themed|vibes?|aesthetic|feel|music|nostalgia|setting|kids?|child|throwback)\b"
)

_COUNTS = {
    "couple of": 3,
    "couple": 3,
    "few": 5,
    "two": 2,
    "three": 3,
    "five": 5,
    "ten": 10,
    "fifteen": 15,
    "twenty": 20,
}
_LAST_YEARS = re.compile(
    rf"\b(?:last|past|previous)(?: (?P<count>\d{{1,2}}|{'|'.join(_COUNTS)}))? (?P<unit>years|decades?)\b"
)
_NAMED_YEAR = re.compile(
    r"\b(?:from|of|released|out|movies?|films?|made|best|top)(?: in| of| from| the){0,2}"
    r" (?P<which>this year|last year|this decade|this century|last century)\b"
)
_AGED = re.compile(r"\b(?:(?P<no>no|not|nothing) )?older than (?P<age>\d{1,2}) years\b")


class _Moment(NamedTuple):
    start: int
    end: int
    low: int
    high: int
    bare: bool
    """A year by itself, or a decade that may be somebody's age: it needs a word that makes it a date."""


def read_years(request: Request, terms: list[Term], this_year: int) -> Iterator[Constraint]:
    """Yield the bounds on the year, inclusive, both ends of a decade apart."""
    moments = [m for m in map(_moment, _MOMENT.finditer(request.folded)) if m and m.low <= this_year + 2]
    dated = {t.first for t in terms if t.kind in ("genre", "place")}
    starts = {request.words[i].start for i in dated}
    previous_end = 0
    for group in _groups(request, moments):
        yield from _bounds(request, group, previous_end, starts)
        previous_end = group[-1].end
    yield from _relative(request, this_year)


def _moment(match: re.Match[str]) -> _Moment | None:
    part, until = match["part"], match["until"]
    if match["year"] or match["short"]:
        year = int(match["year"] or 0) or int(match["short"]) + (1900 if int(match["short"]) >= 30 else 2000)
        if part and year % 10 == 0:
            return _Moment(*match.span(), *_portion(year, part, until), bare=False)
        return _Moment(*match.span(), year, year, bare=True)
    if match["word"]:
        decade = _DECADES[match["word"]]
        return _Moment(*match.span(), *_portion(decade, part, until), bare=decade <= 1960)
    digits = match["decade"]
    if digits in ("1800", "1900"):  # the century is meant, as a rule
        low, high = _THIRDS[part] if part else (0, 99)
        return _Moment(*match.span(), int(digits) + low, int(digits) + high, bare=False)
    decade = int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 20 else 1900)
    aged = len(digits) == 2 and 1920 <= decade <= 1960 and "'" not in match[0]
    return _Moment(*match.span(), *_portion(decade, part, until), bare=aged) if decade >= _OLDEST else None


def _portion(decade: int, part: str | None, until: str | None) -> tuple[int, int]:
    if not part:
        return decade, decade + 9
    return decade + _PARTS[part][0], decade + _PARTS[until or part][1]


def _groups(request: Request, moments: list[_Moment]) -> Iterator[list[_Moment]]:
    group: list[_Moment] = moments[:1]
    for before, after in pairwise(moments):
        between = request.folded[before.end : after.start]
        if len(between) <= 12 and _AND_ON.match(between):
            group.append(after)
        else:
            yield group
            group = [after]
    if group:
        yield group


def _bounds(request: Request, group: list[_Moment], since: int, starts: set[int]) -> Iterator[Constraint]:
    start, end = group[0].start, group[-1].end
    low, high = min(m.low for m in group), max(m.high for m in group)
    left = request.folded[max(since, start - _WINDOW) : start]
    right = request.folded[end : end + _WINDOW]
    if _is_no_date(left, right, group, request, starts):
        return
    compared = None if len(group) > 1 else _COMPARISON.search(left)
    opening = _SPAN.search(left) if len(group) > 1 else compared
    later, earlier = _OR_LATER.match(right), _OR_EARLIER.match(right)
    begins = start - len(left) + opening.start() if opening else start
    ends = end + (later.end() if later else earlier.end() if earlier else 0)
    refused = _is_refused(left[: compared.start()] if compared else left)
    said, certainty = request.said_at(begins, ends), 1.0
    bounds: tuple[int | None, int | None] = (low, high)
    match compared.lastgroup if compared else None:
        case "since":
            bounds = (low, None)
        case "after":
            bounds = (None, high) if refused else (high + 1, None)
        case "before":
            bounds = (low, None) if refused else (None, low - 1)
        case "until":
            bounds = (None, high)
        case "around":
            bounds, certainty = (low - 2, high + 2), 0.8
        case _ if later:
            bounds = (low, None)
        case _ if earlier:
            bounds = (None, high)
        case _ if refused:
            return  # a decade that is refused leaves two ranges, which no single bound can say
    yield from _constraints(*bounds, said, certainty)


def _is_no_date(left: str, right: str, group: list[_Moment], request: Request, starts: set[int]) -> bool:
    clause = re.split(r"[.;!?]", left)[-1]
    if _FROM.search(left):
        clause = ""
    elsewhen = max((m.start() for m in _ELSEWHEN.finditer(clause)), default=-1)
    made = max((m.start() for m in _MADE.finditer(clause)), default=-1)
    if elsewhen > made or _OWNED.search(left) or _NO_DATE.match(right):
        return True
    if left.endswith("(") and request.folded[: group[0].start - 1].rstrip()[-1:].isalnum():
        return True  # the year of a film that the catalogue does not have
    if not group[0].bare or len(group) > 1 or _COMPARISON.search(left) or _DATED.search(left):
        return False
    return not (
        _OR_LATER.match(right)
        or _OR_EARLIER.match(right)
        or _before_film(request, group[-1].end, starts)
        or _closes(right, left)
    )


def _before_film(request: Request, end: int, starts: set[int]) -> bool:
    at = end + 1 if request.folded[end : end + 1] == " " else end
    word = re.match(r"\w+", request.folded[at : at + 20])
    return at in starts or (word is not None and word[0] in word_set("common", "film"))


def _closes(right: str, left: str) -> bool:
    return not right.strip(" ]").strip() or (right[:1] in ",.;!?)]" and left.endswith((" ", "[")))


def _is_refused(left: str) -> bool:
    return bool(_REFUSED.search(left)) and not _REFUSAL_ENDS.search(left)


def _constraints(low: int | None, high: int | None, said: dict[str, Any], certainty: float) -> Iterator[Constraint]:
    if low is not None:
        yield Constraint(field=ConstraintField.YEAR, op="at_least", value=low, certainty=certainty, **said)
    if high is not None:
        yield Constraint(field=ConstraintField.YEAR, op="at_most", value=high, certainty=certainty, **said)


def _relative(request: Request, this_year: int) -> Iterator[Constraint]:
    low: int | None
    high: int | None
    for found in _LAST_YEARS.finditer(request.folded):
        left = request.folded[max(0, found.start() - _WINDOW) : found.start()]
        if (_FROM.search(left) or not _ELSEWHEN.search(left)) and not _is_refused(left):
            count = found["count"] or "1"
            years = (int(count) if count.isdigit() else _COUNTS[count]) * (
                10 if found["unit"].startswith("decade") else 1
            )
            if found["count"] or found["unit"] != "years":
                yield from _constraints(this_year - years, None, request.said_at(*found.span()), 0.9)
    for found in _NAMED_YEAR.finditer(request.folded):
        low, high = {
            "this year": (this_year, this_year),
            "last year": (this_year - 1, this_year - 1),
            "this decade": (this_year - this_year % 10, None),
            "this century": (2001, None),
            "last century": (1901, 2000),
        }[found["which"]]
        yield from _constraints(low, high, request.said_at(found.start("which"), found.end()), 0.9)
    for found in _AGED.finditer(request.folded):
        bound = this_year - int(found["age"])
        low, high = (bound, None) if found["no"] else (None, bound - 1)
        yield from _constraints(low, high, request.said_at(*found.span()), 0.9)
