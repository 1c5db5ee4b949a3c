"""How well a film must be rated, on IMDb (0..10) or by critics (metascore, 0..100), read from a request."""

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField

_WORDS = {w: n for n, w in enumerate("three four five six seven eight nine ten".split(), 3)}
_OUT_OF = {"100": 100.0, "10": 10.0, "ten": 10.0, "5": 5.0, "five": 5.0}
_NUMBER = re.compile(
    rf"(?<![\w.,$\u00a3\u20ac/-])(?P<value>\d{{1,3}}(?:[.,]\d)?|{'|'.join(_WORDS)})"
    rf"(?:(?P<percent> ?%| percent)| ?(?:/|out of) ?(?P<of>{'|'.join(_OUT_OF)}))?(?!\w|[.,/:-]\d)"
)
_TOLD = re.compile(r"imdb|rat(?:ed|ing)|scor|star|critic|tomat|[%/]|percent|out of")

_WINDOW = 40
"""How many characters to either side decide what a number means."""

_SCALES = (
    r"(?P<critics>metascore|metacritic|meta score|meta critic|critics?'? score)"
    r"|(?P<tomatoes>rotten tomatoes|tomatometer)"
    r"|(?P<viewers>imdb|rat(?:ed|ing|ings)|scor(?:e|es|ed|ing))"
)
_SCALE_LEFT = re.compile(rf"\b(?:{_SCALES})")
_SCALE_RIGHT = re.compile(
    r"^ ?(?:\+|(?:and|or) (?:more|higher|above|better|up|over)|plus)? ?(?:(?:on|in|from|at|by) )?(?:the )?"
    rf"(?:{_SCALES}|(?P<stars>stars?))\b"
)
_LINKING = re.compile(
    r"(?:[ :=<>~-]|\b(?:a|an|and|at|average|be|better|above|around|below|from|greater|has|have|higher|imdb|is|its|it"
    r"|least|less|lower|metacritic|min|minimum|more|most|must|no|north|not|of|on|over|rated|rating|score|should|starting"
    r"|than|that|the|their|to|under|with|out|user)\b)*$"
)
_BELOW = re.compile(
    r"(?<!\w)(?:below|under|less than|at most|lower than|worse than|<=?)(?: an?| imdb| rating| score| of)* ?$"
)
_BELOW_OUTRIGHT = re.compile(r"^ ?(?:stars? )?or (?:less|lower|below|under|worse)\b")
_NEGATED = re.compile(r"\b(?:no|not|nothing|never|isn'?t|aren'?t|don'?t|without|avoid)\b[^,.;!?]*$")
_VERDICT = re.compile(r"\b(?:gave|give|giving|i'?d rate|i rated|i rate|was|were)\b[^,.;!?]*$")
_FREQUENCY = re.compile(r"^ (?:times?|people|dentists|days|nights)\b")
_OPENING = re.compile(r"\b(?:imdb|rated|rating|at least|over|above|below|under|more than|less than)\b[^,.;!?]*$")
_CLOSING = re.compile(r"^(?: ?stars?)?(?:\+| (?:and|or) (?:more|higher|above|better|up|less|lower|below))?")


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
        number = float(_WORDS.get(match["value"]) or match["value"].replace(",", "."))
        scale = _scale(number, match, left, right)
        if scale is None or _VERDICT.search(left) or _FREQUENCY.match(right):
            continue
        top = 10 if scale.field == "imdb_rating" else 100
        value = round(number * top / scale.top, 1)
        if not top / 100 < value <= top:
            continue
        below = _BELOW_OUTRIGHT.match(right) or (_BELOW.search(left) and not _NEGATED.search(left))
        yield Constraint(
            field=ConstraintField(scale.field),
            op="at_most" if below else "at_least",
            value=value,
            certainty=scale.certainty,
            **_said(request, match, left, right),
        )


def _scale(number: float, match: re.Match[str], left: str, right: str) -> _Scale | None:
    """Return the scale that a number is on, or None when it is no rating."""
    given = 100.0 if match["percent"] else _OUT_OF.get(match["of"])
    after = _SCALE_RIGHT.match(right)
    before = next((m for m in _SCALE_LEFT.finditer(left) if _LINKING.match(left, m.end())), None)
    found = after or before
    match found.lastgroup if found else None:
        case "critics":
            return _Scale("metascore", given or (10.0 if number <= 10 else 100.0), 1.0)
        case "tomatoes":
            return _Scale("metascore", given or 100.0, 0.5)
        case "stars":
            # Up to five, people count stars as newspapers do.
            return _Scale("imdb_rating", given or (5.0 if number <= 5 else 10.0), 1.0 if number > 5 else 0.6)
        case "viewers" if given == 100:
            return _Scale("metascore", 100.0, 0.8)
        case "viewers":
            return _Scale("imdb_rating", given or 10.0, 1.0)
        case _:
            return _Scale("imdb_rating", given, 1.0) if given in (5, 10) else None


def _said(request: Request, match: re.Match[str], left: str, right: str) -> dict[str, Any]:
    opening, closing = _OPENING.search(left), _CLOSING.match(right)
    start = match.start() - (len(left) - opening.start() if opening else 0)
    return request.said_at(start, match.end() + (closing.end() if closing else 0))
