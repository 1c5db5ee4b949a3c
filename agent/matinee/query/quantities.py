"""Lengths and ratings that films must have, read from numbers, and what the words around any number make of it."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from matinee.language.lexicon import alternatives, forms, word_set
from matinee.language.negation import refused_at, stance_of
from matinee.language.numbers import durations, number_at
from matinee.language.request import Request
from matinee.understanding import Constraint, ConstraintField

WINDOW = 48
"""How many characters to either side decide what a number means."""

_KINDS = ("own", "since", "after", "before", "until", "around")
_TURNED = {"since": "before", "after": "until", "before": "since", "until": "after"}
"""What a comparison becomes that is refused: "nothing after 1980"."""


def comparison(name: str, kinds: tuple[str, ...] = _KINDS[1:]) -> re.Pattern[str]:
    """Return what finds a comparison of this list before a number, as a group of the kind's name."""
    said = forms("quantities", name)
    groups = "|".join(rf"(?P<{kind}>{said(kind)})" for kind in kinds)
    return re.compile(rf"(?<!\w)(?:{groups})[- ]?(?:(?:{forms('quantities', 'between')('words')}) )*'?$")


class Amount(NamedTuple):
    """A number or span of numbers at these offsets; a `bare` one means something beside another alone."""

    start: int
    end: int
    low: float
    high: float
    bare: bool = False


class Around(NamedTuple):
    """What stands to either side of an amount, and what the two make of it together."""

    left: str
    right: str
    kind: str | None
    start: int
    end: int
    """Of the words that make the demand."""
    before: bool
    after: bool
    refused: bool


@cache
def _afterwards() -> re.Pattern[str]:
    said = forms("quantities", "afterwards")
    kinds = ("since", "until", "around", "limit_since", "limit_until")
    groups = "|".join(rf"(?P<{kind}>{said(kind)})" for kind in kinds)
    return re.compile(rf"^,? ?(?:{groups})(?! than\b| \d| an?\b| {alternatives('numbers', 'from_one')}\b)")


def around(request: Request, start: int, end: int, before: re.Pattern[str], since: int = 0) -> Around:
    """Return what stands around an amount, from offset `since` on; `before` finds the comparison to its left."""
    left = request.folded[max(since, start - WINDOW) : start]
    right = request.folded[end : end + WINDOW]
    opening, closing = before.search(left), _afterwards().match(right)
    begins = start - len(left) + opening.start() if opening else start
    refused = stance_of(request, request.word_at(begins), request.word_at(end)).refuses
    kind = closing.lastgroup if closing else opening.lastgroup if opening else None
    turns = _refuses_amount(request, request.word_at(begins)) if closing else refused and opening
    if turns and kind:
        kind = _TURNED.get(kind, kind)
    kind = kind and kind.removeprefix("limit_")
    ends = end + (closing.end() if closing else 0)
    return Around(left, right, kind, begins, ends, opening is not None, closing is not None, refused)


def _refuses_amount(request: Request, first: int) -> bool:
    """Tell whether the amount itself is refused ("nothing from 2010 or later"), not what is before it."""
    passed = word_set("refusal", "passed") | word_set("common", "film")
    while first > 0 and request.flows(first) and not refused_at(request, first) and request.norms[first - 1] in passed:
        first -= 1
    return first > 0 and request.flows(first) and refused_at(request, first)


class Unit(NamedTuple):
    """A field of numbers: how far on the next one is that "after" means, and what "around" gives to either side."""

    field: ConstraintField
    step: float = 0
    slack: float = 0


def bounds(unit: Unit, kind: str, low: float, high: float, **said: Any) -> Iterator[Constraint]:
    """Yield the bounds that a comparison makes of a span of numbers.

    Args:
        unit: what they are numbers of.
        kind: the comparison; `within` for none.
        low: the first of them.
        high: the last of them.
        said: the words, their span and how certain they are.
    """
    field, step, slack = unit
    least, most = {
        "since": (low, None),
        "after": (high + step, None),
        "before": (None, low - step),
        "until": (None, high),
        "around": (low - slack, high + slack),
        "within": (low, high),
    }[kind]
    if least is not None:
        yield Constraint(field=field, op="at_least", value=least, **said)
    if most is not None:
        yield Constraint(field=field, op="at_most", value=most, **said)


_BETWEEN = re.compile(r"\b(?:between|from)(?: about| around)? ?$")
_SHORTEST, _LONGEST = 5, 600
"""Minutes; what is longer ("24 hours to live") is no film's length."""
_MINUTES = Unit(ConstraintField.RUNTIME, step=1, slack=10)


def read_runtime(request: Request) -> Iterator[Constraint]:
    """Yield the bounds on the length in minutes; a film of two hours is not "under two hours"."""
    lengths = [length for length in _lengths(request) if _SHORTEST <= length.low <= _LONGEST]
    ranges = {one: other for one, other in pairwise(lengths) if one.low < other.low and _is_range(request, one, other)}
    for length in lengths:
        if other := ranges.get(length):
            said = request.said_at(length.start, other.end)
            yield from bounds(_MINUTES, "within", length.low, other.high, **said)
        elif not length.bare and length not in ranges.values():
            yield from _length(request, length)


def _lengths(request: Request) -> Iterator[Amount]:
    """Yield the lengths of time, and the 90 of "90 to 120 minutes"."""
    words = request.shown
    for first, last, minutes, _ in durations(request.text, words):
        joined = first - 1 if first and words[first - 1].low in ("to", "and") else first
        for at in range(max(0, joined - 2), joined):
            if (low := number_at(request.text, words, at)) and low[1] == joined:
                factor = 60 if words[last - 1].norm.lstrip("0123456789")[:1] == "h" and low[0] < 10 else 1
                yield Amount(words[at].start, words[joined - 1].end, low[0] * factor, low[0] * factor, bare=True)
                break
        yield Amount(words[first].start, words[last - 1].end, round(minutes), round(minutes))


def _is_range(request: Request, first: Amount, second: Amount) -> bool:
    between = request.folded[first.end : second.start].strip()
    if between == "and":
        return first.bare or bool(_BETWEEN.search(request.folded[max(0, first.start - WINDOW) : first.start]))
    return between in ("-", "to")


@cache
def _length_context() -> tuple[re.Pattern[str], ...]:
    said = forms("quantities", "runtime")
    return (
        comparison("amounts", _KINDS),
        re.compile(rf"^-?(?: (?:{said('describes')}))"),
        re.compile(rf"^(?: [\w-]+){{0,2}} (?:{said('describes')})"),
        re.compile(rf"^ (?:{said('elsewhere')})"),
        re.compile(rf"\b(?:{said('other_spans')})\b[^,.;:!?]*$"),
    )


def _length(request: Request, length: Amount) -> Iterator[Constraint]:
    before, describes, describes_soon, elsewhere, other_spans = _length_context()
    near = around(request, length.start, length.end, before)
    joined = "-" in request.text[length.start : length.end]  # "a two-hour courtroom drama"
    described = (describes_soon if joined else describes).match(near.right)
    kind, certainty = near.kind, 1.0
    told = near.after or described or kind == "own"
    if not told and (elsewhere.match(near.right) or (not near.before and other_spans.search(near.left))):
        return
    if kind == "own":
        kind, certainty = "until", 0.8
    elif kind == "around" or (described and kind is None):
        kind, certainty = "around", 0.9
    if kind:
        said = request.said_at(near.start, near.end)
        yield from bounds(_MINUTES, kind, *length[2:4], certainty=certainty, **said)


_OUT_OF = {"100": 100.0, "10": 10.0, "ten": 10.0, "5": 5.0, "five": 5.0}
_SHARE = re.compile(
    rf"(?P<stars> stars?)?(?:(?P<percent> ?%| percent)| ?(?:/|out of) ?(?P<of>{'|'.join(_OUT_OF)}))?(?!\w|[.,/:-]\d)"
)
_NO_RATING = re.compile(r"[\w.,$\u00a3\u20ac/-]$")
_FREQUENCY = re.compile(r"^ (?:times?|people|dentists|days|nights)\b")


class _Scale(NamedTuple):
    field: ConstraintField
    top: float
    certainty: float
    start: int | None = None
    """Where it is named before the number."""


@cache
def _rating_context() -> tuple[re.Pattern[str], ...]:
    said = forms("quantities", "rating")
    scales = "|".join(rf"(?P<{name}>{said(name)})" for name in ("critics", "tomatoes", "viewers"))
    more = r"(?:\+|(?:and|or) (?:more|higher|above|better|up|over)|plus)?"
    return (
        comparison("amounts"),
        re.compile(rf"\b(?:{scales})"),
        re.compile(rf"^ ?{more} ?(?:(?:on|in|from|at|by) )?(?:the )?(?:{scales})\b"),
        re.compile(rf"(?:[ :=<>~-]|\b(?:{said('linking')})\b)*$"),
        re.compile(rf"\b(?:{said('verdict')})\b[^,.;!?]*$"),
    )


def read_ratings(request: Request) -> Iterator[Constraint]:
    """Yield the bounds on IMDb's rating (0..10) or the critics' (0..100); one that compares nothing is a floor."""
    before, *_, verdict = _rating_context()
    for value, start, share in _numbers(request):
        near = around(request, start, share.end(), before)
        scale = _scale(value, share, near)
        if scale is None or verdict.search(near.left) or _FREQUENCY.match(near.right):
            continue
        top = 10 if scale.field is ConstraintField.IMDB_RATING else 100
        rating = round(value * top / scale.top, 1)
        if top / 100 < rating <= top:
            kind = near.kind if near.kind in ("before", "until") else "since"
            begins = near.start if scale.start is None else min(near.start, start - len(near.left) + scale.start)
            said = request.said_at(begins, near.end)
            yield from bounds(Unit(scale.field), kind, rating, rating, certainty=scale.certainty, **said)


def _numbers(request: Request) -> Iterator[tuple[float, int, re.Match[str]]]:
    """Yield the numbers, where each begins, and what it is a share of."""
    end = 0
    for i, word in enumerate(request.shown):
        found = number_at(request.text, request.shown, i) if i >= end else None
        if found and not _NO_RATING.search(request.folded[max(0, word.start - 1) : word.start]):
            end = found[1]
            if share := _SHARE.match(request.folded, request.words[end - 1].end):
                yield found[0], word.start, share


def _scale(value: float, share: re.Match[str], near: Around) -> _Scale | None:
    """Return the scale that a number is on, or None when it is no rating."""
    _, before, after, linking, _ = _rating_context()
    given = 100.0 if share["percent"] else _OUT_OF.get(share["of"])
    named = next((m for m in before.finditer(near.left) if linking.match(near.left, m.end())), None)
    start = named.start() if named else None
    viewers, critics = ConstraintField.IMDB_RATING, ConstraintField.METASCORE
    found = after.match(near.right) or named
    match "stars" if share["stars"] else found and found.lastgroup:
        case "critics":
            return _Scale(critics, given or (10.0 if value <= 10 else 100.0), 1.0, start)
        case "tomatoes":
            return _Scale(critics, given or 100.0, 0.5, start)
        case "stars":
            # Up to five, people count stars as newspapers do.
            return _Scale(viewers, given or (5.0 if value <= 5 else 10.0), 1.0 if value > 5 else 0.6, start)
        case "viewers" if given == 100:
            return _Scale(critics, 100.0, 0.8, start)
        case "viewers":
            return _Scale(viewers, given or 10.0, 1.0, start)
        case _:
            return _Scale(viewers, given, 1.0) if given in (5, 10) else None
