"""How long a film may be, in minutes, read from a request."""

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField

_ONES = {w: n for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_COUNTS = (
    _ONES
    | _TENS
    | {"a": 1, "an": 1, "fifteen": 15, "forty five": 45, "forty-five": 45}
    | dict.fromkeys(("hundred", "a hundred", "one hundred"), 100)
    | dict.fromkeys(("hundred and twenty", "a hundred and twenty", "one hundred and twenty"), 120)
)
_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_HOUR = r"(?:-| )?(?:hours?|hrs?|h)"
_MINUTE = r"(?:-| )?(?:minutes?|mins?|min|m)"
_DURATION = re.compile(
    r"(?<![\w.,$\u00a3\u20ac'])"
    r"(?:(?P<half_hour>half (?:an )?hour)"
    rf"|(?P<hours>{_NUMBER})(?P<and_half> and a half)?{_HOUR}\b(?P<half> and a half)?"
    rf"|(?P<h>\d)h(?=\d\d\b)|(?P<minutes>{_NUMBER})(?P<minute>{_MINUTE})(?!\w))"
    rf"(?:(?<=[rsh]) ?(?:and )?(?P<rest>\d{{1,2}}|{'|'.join(_COUNTS)})(?:{_MINUTE})?"
    r"(?!\w|[-.]\w| (?:hours?|stars?|out|years?|films?|movies?|kids?)))?"
)
_LOW_END = re.compile(
    r"(?<![\w.,])(?P<low>\d{1,3}(?:\.\d)?)(?= ?(?:-|to|and) ?\d{1,3}(?:\.\d)?"
    rf"(?:{_MINUTE}(?!\w)|(?P<hours>{_HOUR}\b)))"
)
_BETWEEN = re.compile(r"\b(?:between|from)(?: about| around)? ?$")

_WINDOW = 40
"""How many characters to either side decide what a length means."""

_LEFT = re.compile(
    r"(?<!\w)(?:(?P<under>under|less than|below|shorter than|fewer than|at (?:the )?most|max(?:imum)?(?: of)?|up to"
    r"|not exceed(?:ing)?|doesn'?t exceed|no more than|no longer than|not longer than|not more than|isn'?t longer than"
    r"|within|<=?|(?:only )?(?:have|got)(?: only)?(?: about)?|fits? in(?:to)?|keep it to)"
    r"|(?P<over>over|more than|longer than|at least|above|min(?:imum)?(?: of)?|no shorter than|not shorter than"
    r"|no less than|not less than|exceeding|exceeds|north of|>=?)"
    r"|(?P<about>about|around|roughly|approximately|approx\.?|circa|~|like|close to|near)) ?$"
)
_RIGHT = re.compile(
    r"^ ?(?:(?P<under>(?:long )?(?:or|and|&) (?:less|under|shorter|below|fewer)|max(?:imum)?\b|tops\b|at (?:the )?most)"
    r"|(?P<over>(?:long )?(?:or|and|&) (?:more|longer|over|up|above)|minimum\b|at least|plus\b|\+)"
    r"|(?P<about>-?ish\b|or so\b|give or take))"
)
_REFUSED = re.compile(
    r"\b(?:no|not|nothing|never|don'?t|isn'?t|aren'?t|won'?t|can'?t|cannot|without|doesn'?t|avoid)\b[^,.;:!?]*$"
)
_DESCRIBES = re.compile(
    r"^-?(?: long\b| in length| runtime"
    r"| (?:film|movie|flick|comedy|drama|thriller|horror|documentary|epic|feature)s?\b)"
)
_ELSEWHERE = re.compile(
    r"^ (?:ago|later|before|of (?:my|the|screen)|into|in\b|a (?:day|week)|per\b|after|from now|until|till|away|every"
    r"|drive|flight|straight|to (?:live|save|find|escape|go|get|solve|survive|stop))"
)
_OTHER_SPANS = re.compile(
    r"\b(?:for|in|after|every|first|last|next|flight (?:is|takes|of)|been|waited|slept|work(?:ed|ing)?|watching)\b"
    r"[^,.;:!?]*$"
)
_OWN_TIME = re.compile(
    r"\b(?:i|we|i'?ve|we'?ve|i'll)(?: (?:do|really|just|now|currently))?(?: only)? (?:have|got|have got)"
    r"(?: only)?(?: about| around| like)? ?$|\b(?:i|we)'ve(?: only)? got(?: only)?(?: about| around)? ?$"
)
_SHORTEST, _LONGEST = 5, 600
"""Minutes; what is longer ("24 hours to live") is no film's length."""

_SLACK = 10


class _Duration(NamedTuple):
    start: int
    end: int
    minutes: int
    bare: bool = False
    """A number whose unit comes later, which says nothing but in a range."""


def read_runtime(request: Request) -> Iterator[Constraint]:
    """Yield the bounds on the length; "under two hours" lets a film of two hours through."""
    durations = sorted([*_with_unit(request), *_without_unit(request)])
    durations = [d for d in durations if _SHORTEST <= d.minutes <= _LONGEST]
    at = 0
    while at < len(durations):
        first, second = durations[at], durations[at + 1] if at + 1 < len(durations) else None
        if second and first.minutes < second.minutes and _is_range(request, first, second):
            said = request.said_at(first.start, second.end)
            yield _bound("at_least", first.minutes, said, 1.0)
            yield _bound("at_most", second.minutes, said, 1.0)
            at += 2
        else:
            if not first.bare:
                yield from _bounds(request, first)
            at += 1


def _with_unit(request: Request) -> Iterator[_Duration]:
    return map(_duration, _DURATION.finditer(request.folded))


def _without_unit(request: Request) -> Iterator[_Duration]:
    """Yield the 90 of "90 to 120 minutes", in the unit of what follows it."""
    for match in _LOW_END.finditer(request.folded):
        minutes = float(match["low"]) * (60 if match["hours"] else 1)
        yield _Duration(match.start(), match.end("low"), round(minutes), bare=True)


def _is_range(request: Request, first: _Duration, second: _Duration) -> bool:
    between = request.folded[first.end : second.start].strip()
    if between == "and":
        return first.bare or bool(_BETWEEN.search(request.folded[max(0, first.start - _WINDOW) : first.start]))
    return between in ("-", "to")


def _duration(match: re.Match[str]) -> _Duration:
    if match["half_hour"]:
        return _Duration(*match.span("half_hour"), 30)
    if match["minutes"]:
        return _Duration(match.start(), match.end("minute"), round(_number(match["minutes"])))
    minutes = 60 * (_number(match["hours"] or match["h"]) + (0.5 if match["and_half"] or match["half"] else 0))
    if match["rest"] and match["rest"] not in ("a", "an"):
        return _Duration(*match.span(), round(minutes + _number(match["rest"])))
    return _Duration(match.start(), match.start("rest") if match["rest"] else match.end(), round(minutes))


def _number(words: str) -> float:
    return float(_COUNTS[words]) if words in _COUNTS else float(words.replace(",", "."))


def _bounds(request: Request, duration: _Duration) -> Iterator[Constraint]:
    start, end, minutes = duration[:3]
    left, right = request.folded[max(0, start - _WINDOW) : start], request.folded[end : end + _WINDOW]
    before, after = _LEFT.search(left), _RIGHT.match(right)
    described, own_time = _DESCRIBES.match(right), _OWN_TIME.search(left)
    if not (after or described or own_time) and (_ELSEWHERE.match(right) or (not before and _OTHER_SPANS.search(left))):
        return
    begins = start - len(left) + before.start() if before else start
    said = request.said_at(begins, end + (after.end() if after else 0))
    kind = after.lastgroup if after else before.lastgroup if before else None
    if before and not after and kind == "over" and _REFUSED.search(left[: before.start()]):
        kind = "under"
    if own_time:
        yield _bound("at_most", minutes, said, 0.8)
    elif kind == "under":
        yield _bound("at_most", minutes, said, 1.0)
    elif kind == "over":
        yield _bound("at_least", minutes, said, 1.0)
    elif kind == "about" or described:
        yield _bound("at_least", minutes - _SLACK, said, 0.9)
        yield _bound("at_most", minutes + _SLACK, said, 0.9)


def _bound(op: Literal["at_least", "at_most"], minutes: int, said: dict[str, Any], certainty: float) -> Constraint:
    return Constraint(field=ConstraintField.RUNTIME, op=op, value=minutes, certainty=certainty, **said)
