"""Series and studios whose films are asked for: "all the Alien films in order", "which Bond first", "Pixar movies"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from tomllib import loads
from typing import Any, NamedTuple

from matinee.language.folding import fold
from matinee.language.lexicon import load, word_set
from matinee.language.negation import stance_of
from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField, SortOrder
from matinee.query.terms import Term
from matinee.query.title_spelling import unremarkable
from matinee.query.titles import Film, TitleLookup, family_words, key_word, title_words
from matinee.records.tables import text_of

_LONGEST = 5
"""Words of a name."""
_FEWEST, _OF_A_TRILOGY = 2, 3
"""Films of a series."""
_FROM_THE_FIRST = 9
"""A series with more films is best begun with a good one, rather than with its first."""
_GOVERNS = 4
"""How many words before a name say that it is only likened or seen."""
_TOLD = "The catalogue has {} films of “{}”."


class Asked(NamedTuple):
    """The demand that the films are of a series or studio, the order they come in, and what is to be said of them."""

    demand: Constraint
    order: SortOrder | None
    remarks: list[str]


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = loads(text_of("lists.toml"))["series"]
    return data


@cache
def _said(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_data()[key])})\b")


def read_series(request: Request, titles: TitleLookup, terms: Sequence[Term]) -> Asked | None:
    """Return what a request asks of a series or studio; None where it names none, or only compares with it."""
    kinds = {i for term in terms if term.kind == "genre" for i in range(term.first, term.last)}
    for first, last in _spans(request):
        words = " ".join(key_word(norm) for norm in request.norms[first:last])
        if _is_asked(request, first, last, kinds) and (films := _films(titles, words)):
            return _asked(request, first, last, films)
    return None


def _spans(request: Request) -> Iterator[tuple[int, int]]:
    for size in range(_LONGEST, 0, -1):
        for first in range(len(request.words) - size + 1):
            if all(map(request.flows, range(first + 1, first + size))):
                yield first, first + size


def _films(titles: TitleLookup, words: str) -> list[Film]:
    """Return the films of a series or studio, by the name it is known by, or by their titles."""
    name = family_words(words)
    known = _data()["aliases"].get(name, name)
    films = titles.of_family(known, words if known == name else known)
    if words.endswith(" trilogy") and len(films) > _OF_A_TRILOGY:
        films = [film for film in films if name in title_words(fold(film.title))] or films
    return films if len(films) >= _FEWEST else []


def _is_asked(request: Request, first: int, last: int, kinds: set[int]) -> bool:
    """Tell whether the words around a name ask for the films that bear it."""
    left = _left(request, first)
    liked = not set(_data()["liking"]).isdisjoint(left[-_GOVERNS:]) and set(_data()["never"]).isdisjoint(left)
    if request.norms[first] in ("the", "a", "of") or liked or stance_of(request, first, last).refuses:
        return False
    after = request.norms[last] if request.flows(last) else ""
    families, films = set(_data()["families"]), word_set("common", "film")
    if after in families or request.norms[last - 1] in families:
        return True
    capital = request.capitals_tell and any(word.capital for word in request.words[max(1, first) : last])
    if _common().issuperset(request.norms[first:last]) and not capital:
        return False
    chosen = any(_said(key).search(request.folded) for key in ("in_order", "first", "worth"))
    return bool(after in films or last in kinds or chosen or _said("choosing").search(" ".join(left[-2:])))


@cache
def _common() -> frozenset[str]:
    """Return the words that mean themselves as a rule, or a mood, theme or occasion."""
    terms = (term for listed in load("vocabulary").values() if isinstance(listed, list) for term in listed)
    return unremarkable() | frozenset(word for term in terms for word in str(term).split())


def _left(request: Request, first: int) -> list[str]:
    begin = first
    while begin > 0 and request.flows(begin):
        begin -= 1
    return request.norms[begin:first]


def _asked(request: Request, first: int, last: int, films: Sequence[Film]) -> Asked:
    name = request.quote(first, last)
    demand = Constraint(
        field=ConstraintField.MOVIE_ID,
        op="any_of",
        value=[film.movie_id for film in films],
        told=f"a film of “{name}”",
        **request.said(first, last),
    )
    order, left = _order(request, len(films)), _left(request, first)
    told = bool(order or _said("whole").search(" ".join(left)))
    return Asked(demand, order, [_TOLD.format(len(films), name)] if told else [])


def _order(request: Request, films: int) -> SortOrder | None:
    if found := _said("in_order").search(request.folded):
        return SortOrder(column="year", falling=False, **request.said_at(*found.span()))
    if found := _said("first").search(request.folded):
        column, falling = ("year", False) if films < _FROM_THE_FIRST else ("imdb_rating", True)
        return SortOrder(column=column, falling=falling, **request.said_at(*found.span()))
    return None
