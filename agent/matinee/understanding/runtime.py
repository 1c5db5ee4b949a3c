"""How long a film may be, in minutes, read from a request."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matinee.models import Constraint, ConstraintField
from matinee.understanding.text import Request

_ONES = {w: n for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_TENS = {
    w: n
    for n, w in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
}
_COUNTS = _ONES | _TENS | {"a": 1, "an": 1, "fifteen": 15, "forty five": 45, "forty-five": 45, "a hundred": 100, "hundred": 100,
                           "one hundred": 100, "a hundred and twenty": 120, "hundred and twenty": 120, "one hundred and twenty": 120}  # fmt: skip
_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_HOUR = r"(?:-| )?(?:hours?|hrs?|h)"
_MINUTE = r"(?:-| )?(?:minutes?|mins?|min|m)"
_DURATION = re.compile(
    rf"(?<![\w.,$\u00a3\u20ac'])(?:(?P<half_hour>half (?:an )?hour)|(?P<hours>{_NUMBER})(?P<and_half> and a half)?{_HOUR}\b"
    rf"(?P<half> and a half)?|(?P<h>\d)h(?=\d\d\b)|(?P<minutes>{_NUMBER}){_MINUTE}(?!\w))"
    rf"(?:(?<=[rsh]) ?(?:and )?(?P<rest>\d{{1,2}}|{'|'.join(_COUNTS)})(?P<unit>{_MINUTE})?(?!\w|[-.]\w| (?:hours?|stars?|out|years?|films?|movies?|kids?)))?"
)
_RANGE = re.compile(
    rf"(?<![\w.,])(?P<low>\d{{2,3}}) ?(?:-|to|and) ?(?P<high>\d{{2,3}}){_MINUTE}(?!\w)|(?<![\w.,])(?P<low_h>\d(?:\.\d)?) ?(?:-|to|and) ?(?P<high_h>\d(?:\.\d)?){_HOUR}\b"
)
_WINDOW = 40
_UNDER = (
    r"under|less than|below|shorter than|fewer than|at most|at the most|max(?:imum)?(?: of)?|up to|within|in under|not exceed(?:ing)?|doesn'?t exceed"
    r"|no more than|no longer than|not longer than|not more than|isn'?t longer than|<=?|only have|only got|have only|have(?: about)?|got(?: about)?|fits? in(?:to)?|keep it (?:to|under|below)"
)
_OVER = r"over|more than|longer than|at least|above|minimum(?: of)?|min|no shorter than|not shorter than|no less than|not less than|exceeding|exceeds|north of|>=?"
_ABOUT = r"about|around|roughly|approximately|approx\.?|circa|~|like|close to|near"
_LEFT = re.compile(
    rf"(?:(?P<under>(?<!\w)(?:{_UNDER}))|(?P<over>(?<!\w)(?:{_OVER}))|(?P<about>(?<!\w)(?:{_ABOUT}))) ?$"
)
_RIGHT = re.compile(
    r"^ ?(?:(?P<under>(?:long )?(?:or|and|&) (?:less|under|shorter|below|fewer)|max(?:imum)?\b|tops\b|at (?:the )?most)"
    r"|(?P<over>(?:long )?(?:or|and|&) (?:more|longer|over|up|above)|minimum\b|at least|plus\b|\+)|(?P<about>-?ish\b|or so\b|give or take))"
)
_REFUSED = re.compile(
    r"\b(?:no|not|nothing|never|don'?t|isn'?t|aren'?t|won'?t|can'?t|cannot|without|doesn'?t|avoid)\b[^,.;:!?]*$"
)
_DESCRIBES = re.compile(
    r"^-?(?: long\b| in length| runtime| (?:film|movie|flick|comedy|drama|thriller|horror|documentary|epic|feature)s?\b)"
)
_ELSEWHERE = re.compile(
    r"^ (?:ago|later|before|of (?:my|the|screen)|into|in\b|a (?:day|week)|per\b|after|from now|until|till|away|every|drive|flight|straight|to (?:live|save|find|escape|go|get|solve|survive|stop))"
)
_OTHER_SPANS = re.compile(
    r"\b(?:for|in|after|every|first|last|next|flight (?:is|takes|of)|been|waited|slept|work(?:ed|ing)?|watching)\b[^,.;:!?]*$"
)
_OWN_TIME = re.compile(
    r"\b(?:i|we|i've|we've|ive|i'll)(?: (?:do|really|just|now|currently))? (?:only )?(?:have|got|have got)(?: only)?(?: about| around| like)? ?$"
)
_LONGEST = 300
_SLACK = 10


class _Duration(NamedTuple):
    start: int
    end: int
    minutes: int


def read_runtime(request: Request) -> Iterator[Constraint]:
    """Yield the bounds on the length; "under two hours" lets a film of two hours through."""
    folded, taken = request.folded, 0
    for span in _RANGE.finditer(folded):
        low, high = (
            (int(span["low"]), int(span["high"]))
            if span["low"]
            else (round(float(span["low_h"]) * 60), round(float(span["high_h"]) * 60))
        )
        if 10 <= low < high <= _LONGEST:
            taken = span.end()
            yield _bound("at_least", low, request.text[slice(*span.span())], 1.0)
            yield _bound("at_most", high, request.text[slice(*span.span())], 1.0)
    for match in _DURATION.finditer(folded):
        duration = _duration(match)
        if duration and duration.start >= taken:
            yield from _bounds(request, duration)


def _duration(match: re.Match[str]) -> _Duration | None:
    if match["half_hour"]:
        return _Duration(*match.span(), 30)
    if match["minutes"]:
        return _Duration(match.start(), match.end("minutes") + _unit_length(match), round(_number(match["minutes"])))
    hours = _number(match["hours"] or match["h"]) + (0.5 if match["and_half"] or match["half"] else 0)
    rest = _number(match["rest"]) if match["rest"] else 0
    if match["rest"] in ("a", "an"):
        rest = 0
    end = match.end() if rest else match.start("rest") if match["rest"] else match.end()
    return _Duration(match.start(), end, round(hours * 60 + rest))


def _unit_length(match: re.Match[str]) -> int:
    unit = re.match(_MINUTE, match.string[match.end("minutes") :])
    return unit.end() if unit else 0


def _number(words: str) -> float:
    return float(_COUNTS[words]) if words in _COUNTS else float(words.replace(",", "."))


def _bounds(request: Request, duration: _Duration) -> Iterator[Constraint]:
    start, end, minutes = duration
    left, right = request.folded[max(0, start - _WINDOW) : start], request.folded[end : end + _WINDOW]
    before, after = _LEFT.search(left), _RIGHT.match(right)
    if not 5 <= minutes <= _LONGEST:
        return
    own_time = _OWN_TIME.search(left)
    if not after and not own_time and (_ELSEWHERE.match(right) or (not before and _OTHER_SPANS.search(left))):
        return
    found = before or after
    begins = start - len(left) + before.start() if before else start
    words = request.text[begins : end + (after.end() if after else 0)].strip()
    kind = (after or before).lastgroup if found else None  # type: ignore[union-attr]
    if (
        kind in ("under", "over")
        and not after
        and before
        and _REFUSED.search(left[: before.start()])
        and kind == "over"
    ):
        kind = "under"
    if own_time:
        yield _bound("at_most", minutes, words, 0.8)
    elif kind == "under":
        yield _bound("at_most", minutes, words, 1.0)
    elif kind == "over":
        yield _bound("at_least", minutes, words, 1.0)
    elif kind == "about" or _DESCRIBES.match(right):
        yield _bound("at_least", minutes - _SLACK, words, 0.9)
        yield _bound("at_most", minutes + _SLACK, words, 0.9)


def _bound(op: str, minutes: int, words: str, certainty: float) -> Constraint:
    return Constraint.model_validate(
        {"field": ConstraintField.RUNTIME, "op": op, "value": minutes, "words": words, "certainty": certainty}
    )
