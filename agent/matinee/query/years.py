"""Years and decades in which a film must have come out, read from a request."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from matinee.language.lexicon import forms, load, word_set
from matinee.language.numbers import number
from matinee.language.request import Request
from matinee.query.quantities import Amount, Around, Unit, around, bounds, comparison
from matinee.query.terms import Term
from matinee.understanding import Constraint, ConstraintField

_OLDEST = 1880
_YEARS = Unit(ConstraintField.YEAR, step=1, slack=2)
_DECADES = {
    word: decade
    for decade, words in zip(range(1920, 2010, 10), load("quantities")["year"]["decades"], strict=True)
    for word in words.split()
}
_PARTS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_THIRDS = {"early": (0, 33), "mid": (34, 66), "late": (67, 99)}
_PART = "|".join(_PARTS)
_MOMENT = re.compile(
    r"(?<![\w$\u00a3\u20ac#])"
    rf"(?:(?P<part>{_PART})(?:(?:-| |/| to |-to-| and )(?P<until>{_PART}))?[- ](?:the )?)?"
    r"(?:'?(?P<decade>(?:18|19|20)?\d0)'?s|(?P<year>(?:18[89]|19\d|20\d)\d)|'(?P<short>\d\d)(?!\d|'?s)"
    rf"|(?P<word>{'|'.join(_DECADES)}))(?![\w%]|[.,]\d)"
)
_SPAN = re.compile(r"\b(?:between|from)(?: about| around| the){0,2}(?: years?)? ?$")
_FROM = re.compile(r"\b(?:from|made in|released in|out in)(?: the)? ?'?$")

_COUNTS = {"couple of": 3, "couple": 3, "few": 5}
_LAST_YEARS = re.compile(
    rf"\b(?:last|past|previous)(?: (?P<count>{'|'.join(_COUNTS)}|[\w-]+))? (?P<unit>years|decades?)\b"
)
_CENTURY = re.compile(r"\b(?:(?P<past>20th|twentieth)|21st|twenty[- ]first)[- ]century\b(?! fox| studios)")
_AGED = re.compile(r"\bolder than (?P<age>\d{1,2}) years\b")


@cache
def _context() -> dict[str, re.Pattern[str]]:
    said = forms("quantities", "year")
    return {
        "compared": comparison("dates"),
        "made": re.compile(rf"\b(?:{said('made')})\b"),
        "elsewhen": re.compile(rf"\b(?:{said('elsewhen')})\b"),
        "no_date": re.compile(rf"^(?:{said('no_date')})"),
        "joins": re.compile(rf"^ ?(?:(?:{said('joins')})(?: the| from)?(?: the)? ?|,(?: the)? ?)$"),
        "owned": re.compile(rf"\b(?:{said('owned')})[- ]?$"),
        "named": re.compile(
            rf"\b(?:{said('named_after')})(?: in| of| from| the){{0,2}}"
            r" (?P<which>(?:this|last) (?:year|century)|this decade)\b"
        ),
        "dated": re.compile(rf"(?:\b(?:{said('dated')})[- ]|[\[/]|^)'?$"),
    }


def read_years(request: Request, terms: list[Term], this_year: int) -> Iterator[Constraint]:
    """Yield the bounds on the year, inclusive, both ends of a decade apart."""
    moments = [m for m in map(_moment, _MOMENT.finditer(request.folded)) if m and m.low <= this_year + 2]
    starts = {request.words[t.first].start for t in terms if t.kind in ("genre", "place")}
    previous_end = 0
    for group in _groups(request, moments):
        yield from _bounds(request, group, previous_end, starts)
        previous_end = group[-1].end
    yield from _relative(request, this_year)


def _moment(match: re.Match[str]) -> Amount | None:
    part, until = match["part"], match["until"]
    if match["year"] or match["short"]:
        year = int(match["year"] or 0) or int(match["short"]) + (1900 if int(match["short"]) >= 30 else 2000)
        if part and year % 10 == 0:
            return Amount(*match.span(), *_portion(year, part, until))
        return Amount(*match.span(), year, year, bare=True)
    if match["word"]:
        decade = _DECADES[match["word"]]
        return Amount(*match.span(), *_portion(decade, part, until), bare=decade <= 1960)
    digits = match["decade"]
    if digits in ("1800", "1900"):  # the century is meant, as a rule
        low, high = _THIRDS[part] if part else (0, 99)
        return Amount(*match.span(), int(digits) + low, int(digits) + high)
    decade = int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 20 else 1900)
    aged = len(digits) == 2 and 1920 <= decade <= 1960 and "'" not in match[0]
    return Amount(*match.span(), *_portion(decade, part, until), bare=aged) if decade >= _OLDEST else None


def _portion(decade: int, part: str | None, until: str | None) -> tuple[int, int]:
    if not part:
        return decade, decade + 9
    return decade + _PARTS[part][0], decade + _PARTS[until or part][1]


def _groups(request: Request, moments: list[Amount]) -> Iterator[list[Amount]]:
    group: list[Amount] = moments[:1]
    for before, after in pairwise(moments):
        between = request.folded[before.end : after.start]
        if len(between) <= 12 and _context()["joins"].match(between):
            group.append(after)
        else:
            yield group
            group = [after]
    if group:
        yield group


def _bounds(request: Request, group: list[Amount], since: int, starts: set[int]) -> Iterator[Constraint]:
    end, low, high = group[-1].end, min(m.low for m in group), max(m.high for m in group)
    several = len(group) > 1
    near = around(request, group[0].start, end, _SPAN if several else _context()["compared"], since)
    if _is_no_date(request, group, near, starts):
        return
    kind = near.kind or "within"
    if kind == "within" and near.refused:
        return  # a decade that is refused leaves two ranges, which no single bound can say
    certainty = 0.8 if kind == "around" else 1.0
    said = request.said_at(near.start, near.end)
    doubtful = group[0].bare and not (several or near.kind) and not _is_plain(request, group[0], near, starts)
    for bound in bounds(_YEARS, kind, low, high, certainty=certainty, **said):
        yield bound.model_copy(update={"doubtful": True}) if doubtful else bound


def _is_plain(request: Request, moment: Amount, near: Around, starts: set[int]) -> bool:
    """Tell whether the words beside a year say that films of it are asked for: "from 1999", "a 1999 film"."""
    clause = re.split(r"[.;!?,]", near.left)[-1]
    if _FROM.search(near.left) or _context()["made"].search(clause) or _before_film(request, moment.end, starts):
        return True
    before = [word for word in request.words if word.end <= moment.start][-2:]
    return any(word.start in starts or word.norm in word_set("common", "film") for word in before)


def _is_no_date(request: Request, group: list[Amount], near: Around, starts: set[int]) -> bool:
    left, right, context = near.left, near.right, _context()
    clause = "" if _FROM.search(left) else re.split(r"[.;!?]", left)[-1]
    elsewhen, made = (
        max((m.start() for m in context[key].finditer(clause)), default=-1) for key in ("elsewhen", "made")
    )
    if elsewhen > made or context["owned"].search(left) or context["no_date"].match(right):
        return True
    if left.endswith("(") and request.folded[: group[0].start - 1].rstrip()[-1:].isalnum():
        return True  # the year of a film that the catalogue does not have
    if not group[0].bare or len(group) > 1 or near.before or near.after or context["dated"].search(left):
        return False
    return not (_before_film(request, group[-1].end, starts) or _closes(right, left))


def _before_film(request: Request, end: int, starts: set[int]) -> bool:
    following = request.word_at(end)
    if following == len(request.words) or request.words[following].start > end + 1:
        return False
    word = request.words[following]
    return word.start in starts or word.norm in word_set("common", "film")


def _closes(right: str, left: str) -> bool:
    return not right.strip(" ]").strip() or (right[:1] in ",.;!?)]" and left.endswith((" ", "[")))


def _relative(request: Request, this_year: int) -> Iterator[Constraint]:
    """Yield the bounds that are told from this year: "of the last ten years"."""
    decade = this_year - this_year % 10
    named = {
        "this year": ("within", this_year, this_year),
        "last year": ("within", this_year - 1, this_year - 1),
        "this decade": ("since", decade, decade),
        "this century": ("since", 2001, 2001),
        "last century": ("within", 1901, 2000),
    }
    found = [(match.span("which"), *named[match["which"]]) for match in _context()["named"].finditer(request.folded)]
    compared, elsewhen = _context()["compared"], _context()["elsewhen"]
    for match in _CENTURY.finditer(request.folded):
        near = around(request, *match.span(), compared)
        if not near.refused and (_FROM.search(near.left) or not elsewhen.search(near.left)):
            found.append((match.span(), *(("within", 1901, 2000) if match["past"] else ("since", 2001, 2001))))
    for match in _LAST_YEARS.finditer(request.folded):
        near, decades = around(request, *match.span(), compared), match["unit"].startswith("decade")
        count = _COUNTS.get(match["count"]) or number(match["count"] or ("one" if decades else ""))
        if count and not near.refused and (_FROM.search(near.left) or not elsewhen.search(near.left)):
            since = this_year - round(count) * (10 if decades else 1)
            found.append((match.span(), "since", since, since))
    for match in _AGED.finditer(request.folded):
        refused = around(request, *match.span(), compared).refused
        bound = this_year - int(match["age"])
        found.append((match.span(), "since" if refused else "before", bound, bound))
    for (start, end), kind, low, high in found:
        said = request.said_at(start, end)
        yield from bounds(_YEARS, kind, low, high, certainty=0.9, **said)
