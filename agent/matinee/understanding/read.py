"""Reads a request: the demands that it makes and the films that it names, by rule and without a model."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from matinee.models import Constraint, Understanding
from matinee.understanding.avoid import read_avoided
from matinee.understanding.genres import read_genres
from matinee.understanding.mentions import read_mentions
from matinee.understanding.places import read_places
from matinee.understanding.ratings import read_ratings
from matinee.understanding.runtime import read_runtime
from matinee.understanding.terms import read_terms
from matinee.understanding.text import Request, clean
from matinee.understanding.titles import TitleLookup
from matinee.understanding.vague import read_vague
from matinee.understanding.years import read_years

_LINK = re.compile(r"\b(?:https?://|www\.)\S+")


def understand(text: str, titles: TitleLookup, *, this_year: int | None = None) -> Understanding:
    """Return what a request demands, each demand with the words that say so, and the films that it names.

    `this_year` is what "recent" counts from; by default the clock's. A contradictory request gives contradictory
    demands: they are not weighed against each other here. Nothing is raised, whatever the text.
    """
    request = Request.of(clean(text))
    request = request.without(link.span() for link in _LINK.finditer(request.folded))
    mentions, named = read_mentions(request, titles)
    demands = _read(request.without(named), this_year or date.today().year)
    return Understanding(text=request.text, constraints=list(_distinct(demands)), mentions=mentions)


def _read(request: Request, this_year: int) -> Iterator[Constraint]:
    terms = read_terms(request)
    explicit = [*read_years(request, terms, this_year), *read_runtime(request), *read_ratings(request)]
    yield from read_genres(request, terms)
    yield from explicit
    yield from read_vague(request, terms, {c.field for c in explicit}, this_year)
    yield from read_places(request, terms)
    yield from read_avoided(request, terms)


def _distinct(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    surest: dict[tuple[object, ...], Constraint] = {}
    for found in constraints:
        value = frozenset(found.value) if isinstance(found.value, list) else found.value
        key = (found.field, found.op, value)
        if key not in surest or surest[key].certainty < found.certainty:
            surest[key] = found
    yield from surest.values()
