"""Series and studios whose films are asked for: "all the Alien films in order", "which Bond first", "Pixar movies"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from tomllib import loads
from typing import Any, NamedTuple

from matinee.language.folding import fold
from matinee.language.lexicon import load, word_set
from matinee.language.negation import refused_words, stance_of
from matinee.language.request import Request
from matinee.query.query_text import small_talk
from matinee.query.terms import Term
from matinee.query.title_forms import Film, family_words, key_word, title_words
from matinee.query.title_spelling import unremarkable
from matinee.query.titles import TitleLookup
from matinee.records.tables import text_of
from matinee.understanding import Constraint, ConstraintField, Mention, SortOrder

_LONGEST = 5
"""Words of a name."""
_FEWEST, _OF_A_TRILOGY = 2, 3
"""Films of a series."""
_FROM_THE_FIRST = 9
"""A series with more films is best begun with a good one, rather than with its first."""
_GOVERNS = 4
"""How many words before a name say that it is only likened or seen."""
_FAR = 10
"""How many words before a name may say that nothing of it was seen, or that all of it is wanted."""
_ARTICLES = frozenset(("the", "a", "an", "of", "and", "or"))
_TOLD = "The catalogue has {} films of “{}”."


class SeriesFilms(NamedTuple):
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


def read_series(request: Request, titles: TitleLookup, terms: Sequence[Term]) -> SeriesFilms | None:
    """Return what a request asks of a series or studio; None where it names none, or only compares with it."""
    kinds = {i for term in terms if term.kind == "genre" for i in range(term.first, term.last)}
    chosen = any(_said(key).search(request.folded) for key in ("in_order", "first", "worth"))
    refused = {i for one in refused_words(request) for i in range(one.first, one.last)}
    for first, last in _spans(request):
        if first in refused or not _is_asked(request, first, last, chosen=chosen or last in kinds):
            continue
        words = " ".join(key_word(norm) for norm in request.norms[first:last])
        if _is_name(request, first, last, titles.of_family(_name(words))) and (films := _films(titles, words)):
            return _asked(request, first, last, films)
    return None


def read_sequels(request: Request, titles: TitleLookup, named: Sequence[Mention]) -> Constraint | None:
    """Return the demand for the series of the one film that a request names, if it asks for sequels."""
    asked = _said("continued").search(request.folded)
    if asked is None or len(named) != 1 or named[0].role != "like":
        return None
    series = titles.brands.series_of(named[0].movie_id)
    if series is None or stance_of(request, request.word_at(asked.start()), request.word_at(asked.end())).refuses:
        return None
    told = f"a film of “{series}”"
    said = request.said_at(*asked.span())
    return Constraint(field=ConstraintField.SERIES, op="any_of", value=[series], told=told, **said)


def _spans(request: Request) -> Iterator[tuple[int, int]]:
    for size in range(_LONGEST, 0, -1):
        for first in range(len(request.words) - size + 1):
            if all(map(request.flows, range(first + 1, first + size))):
                yield first, first + size


def _name(words: str) -> str:
    name = family_words(words)
    known: str = _data()["aliases"].get(name, name)
    return known


def _films(titles: TitleLookup, words: str) -> list[Film]:
    """Return the films of a series or studio, by the name it is known by, or by their titles."""
    name = _name(words)
    known = titles.of_family(name)
    films = titles.of_family(name, words if name in words else name)
    if len(known) < _FEWEST and len({title_words(fold(film.title)) for film in films}) < _FEWEST:
        return []  # remakes make no series
    if words.endswith(" trilogy") and len(films) > _OF_A_TRILOGY:
        films = [film for film in films if name in title_words(fold(film.title))] or films
    return films if len(films) >= _FEWEST else []


def _is_asked(request: Request, first: int, last: int, *, chosen: bool) -> bool:
    """Tell whether the words around some others would ask for the films that bear their name."""
    if not _ARTICLES.isdisjoint((request.norms[first], request.norms[last - 1])):
        return False
    after = request.norms[last] if request.flows(last) else ""
    left = _left(request, first)
    telling = chosen or after in word_set("common", "film") or _is_kind(request, last)
    if not (telling or _said("choosing").search(" ".join(left[-2:]))):
        return False
    liked = not set(_data()["liking"]).isdisjoint(left[-_GOVERNS:]) and set(_data()["never"]).isdisjoint(left)
    return not liked and not stance_of(request, first, last).refuses


def _is_kind(request: Request, last: int) -> bool:
    """Tell whether a word before or at `last` says that the name is that of a series."""
    return not set(_data()["families"]).isdisjoint(request.norms[last - 1 : last + 1 if request.flows(last) else last])


def _is_name(request: Request, first: int, last: int, known: Sequence[Film]) -> bool:
    """Tell whether words that could mean themselves are a name."""
    words = {*request.norms[first:last]}
    if not words <= _common() or (known and last - first > 1):
        return True
    small = word_set("common", "small") if (kind := _is_kind(request, last)) else small_talk()
    if known and request.flows(last) and request.norms[last] in word_set("common", "film"):
        small = frozenset()  # "the Before films"
    capitals = (i for i in range(max(1, first), last) if request.words[i].capital and request.norms[i] not in small)
    return (request.capitals_tell and next(capitals, None) is not None) or (kind and not words <= small_talk())


@cache
def _common() -> frozenset[str]:
    """Return the words that mean themselves as a rule, or a mood, theme or occasion."""
    terms = (term for listed in load("vocabulary").values() for term in listed)
    return unremarkable() | frozenset(word for term in terms for word in term.split())


def _left(request: Request, first: int) -> list[str]:
    begin = first
    while begin > 0 and first - begin < _FAR and request.flows(begin):
        begin -= 1
    return request.norms[begin:first]


def _asked(request: Request, first: int, last: int, films: Sequence[Film]) -> SeriesFilms:
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
    return SeriesFilms(demand, order, [_TOLD.format(len(films), name)] if told else [])


def _order(request: Request, films: int) -> SortOrder | None:
    if found := _said("in_order").search(request.folded):
        return SortOrder(column="year", falling=False, **request.said_at(*found.span()))
    if found := _said("first").search(request.folded):
        column, falling = ("year", False) if films < _FROM_THE_FIRST else ("imdb_rating", True)
        return SortOrder(column=column, falling=falling, **request.said_at(*found.span()))
    return None
