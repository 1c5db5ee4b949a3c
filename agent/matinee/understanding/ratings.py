"""How well a film must be rated, on IMDb (0..10) or by critics (metascore, 0..100), read from a request."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from matinee.models import Constraint, ConstraintField
from matinee.understanding.text import Request

_WORDS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_NUMBER = re.compile(
    rf"(?<![\w.,$\u00a3\u20ac/-])(?P<value>\d{{1,3}}(?:[.,]\d)?|{'|'.join(_WORDS)})"
    r"(?:(?P<percent> ?%| percent)| ?(?:/|out of) ?(?P<of>100|10|5|ten|five))?(?!\w|[.,/:-]\d)"
)
_WINDOW = 40
_SCALES = (
    r"(?P<critics>metascore|metacritic|meta score|meta critic|critics?'? score)|(?P<tomatoes>rotten tomatoes|tomatometer)"
    r"|(?P<viewers>imdb|rat(?:ed|ing|ings)|scor(?:e|es|ed|ing))"
)
_SCALE_LEFT = re.compile(rf"\b(?:{_SCALES})")
_SCALE_RIGHT = re.compile(
    r"^ ?(?:\+|(?:and|or) (?:more|higher|above|better|up|over)|plus)? ?(?:(?:on|in|from|at|by) )?(?:the )?"
    rf"(?:{_SCALES}|(?P<stars>stars?))\b"
)
_LINKING = re.compile(
    r"(?:[ :=<>~-]|\b(?:a|an|and|at|average|be|better|above|around|below|from|greater|has|have|higher|imdb|is|its|it|least|less|lower|metacritic|min|minimum"
    r"|more|most|must|no|north|not|of|on|over|rated|rating|score|should|starting|than|that|the|their|to|under|with|out|user)\b)*$"
)
_BELOW = re.compile(
    r"(?<!\w)(?:below|under|less than|at most|lower than|worse than|<=?)(?: an?| imdb| rating| score| of)* ?$"
)
_NEGATED = re.compile(r"\b(?:no|not|nothing|never|isn'?t|aren'?t|don'?t|without|avoid)\b[^,.;!?]*$")
_VERDICT = re.compile(r"\b(?:gave|give|giving|i'?d rate|i rated|i rate|was|were)\b[^,.;!?]*$")
_FREQUENCY = re.compile(r"^ (?:times?|people|dentists|days|nights)\b")
_BELOW_OUTRIGHT = re.compile(r"^ ?(?:stars? )?or (?:less|lower|below|under|worse)\b")


_TOLD = re.compile(r"imdb|rat(?:ed|ing)|scor|star|critic|tomat|[%/]|percent|out of")


class _Scale(NamedTuple):
    field: Literal["imdb_rating", "metascore"]
    top: float
    certainty: float


def read_ratings(request: Request) -> Iterator[Constraint]:
    """Yield the bounds on ratings; one that is said without "above" or "below" is a floor."""
    if not _TOLD.search(request.folded):
        return
    for match in _NUMBER.finditer(request.folded):
        left = request.folded[max(0, match.start() - _WINDOW) : match.start()]
        right = request.folded[match.end() : match.end() + _WINDOW]
        scale = _scale(match, left, right)
        if scale is None or _VERDICT.search(left) or _FREQUENCY.match(right):
            continue
        number = float(_WORDS.get(match["value"]) or match["value"].replace(",", "."))
        aim = 10 if scale.field == "imdb_rating" else 100
        value = round(number * aim / scale.top, 1)
        if not 0 < value <= aim or (aim == 100 and value <= 1):
            continue
        below = _BELOW_OUTRIGHT.match(right) or (_BELOW.search(left) and not _NEGATED.search(left))
        yield Constraint(
            field=ConstraintField(scale.field),
            op="at_most" if below else "at_least",
            value=value,
            words=_words(request, match, left),
            certainty=scale.certainty,
        )


def _scale(match: re.Match[str], left: str, right: str) -> _Scale | None:
    """Return the scale that a number is on, or None when it is no rating."""
    number = float(_WORDS.get(match["value"]) or match["value"].replace(",", "."))
    given = {"100": 100.0, "10": 10.0, "ten": 10.0, "5": 5.0, "five": 5.0}.get(
        match["of"] or ("100" if match["percent"] else "")
    )
    after = _SCALE_RIGHT.match(right)
    before = [m for m in _SCALE_LEFT.finditer(left) if _LINKING.match(left, m.end())]
    name = after.lastgroup if after else before[0].lastgroup if before else None
    if name == "critics":
        return _Scale("metascore", given or (10.0 if number <= 10 else 100.0), 1.0)
    if name == "tomatoes":
        return _Scale("metascore", given or 100.0, 0.5)
    if name == "stars":
        # Up to five, people count stars as newspapers do.
        return _Scale("imdb_rating", given or (5.0 if number <= 5 else 10.0), 1.0 if number > 5 else 0.6)
    if match["percent"]:
        return _Scale("metascore", 100.0, 0.8) if name else None
    if given is not None:
        return _Scale("imdb_rating", given, 1.0)
    return _Scale("imdb_rating", 10.0, 1.0) if name == "viewers" else None


def _words(request: Request, match: re.Match[str], left: str) -> str:
    compared = re.search(
        r"(?:\b(?:imdb|rated|rating|at least|over|above|below|under|more than|less than)\b[^,.;!?]*)$", left
    )
    start = match.start() - (len(left) - compared.start() if compared else 0)
    more = re.match(
        r"^(?: ?stars?)?(?:\+| (?:and|or) (?:more|higher|above|better|up|less|lower|below))?",
        request.folded[match.end() :],
    )
    return request.text[start : match.end() + (more.end() if more else 0)].strip()
