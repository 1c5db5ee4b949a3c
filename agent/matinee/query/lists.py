"""Lists that a request asks for: winners of prizes, and films directed by women. No row of a catalogue tells either."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from tomllib import loads
from typing import Any, NamedTuple

from matinee.language.folding import fold
from matinee.language.negation import stance_of
from matinee.language.request import Request
from matinee.language.tokens import norms
from matinee.query.title_forms import title_words
from matinee.query.titles import TitleLookup
from matinee.records.prizes import all_prizes
from matinee.records.tables import text_of
from matinee.understanding import Constraint, ConstraintField, Span

_CLAUSE = re.compile(r"[^.!?;]+")
_SEVERAL = 2
_OR = re.compile(r"(?<!')\bor\b|/")
_NEAR = 40
"""Characters between a prize and what it was won for."""
_BESIDE = 12
"""Characters between a prize and the word that says that it was won."""
_NOMINATED = "Who was nominated is not on record here, only who won: films that won {} come first."
_LOST = "Who was nominated and did not win is not on record here; films that won {} are left out."
_UNLISTED = "Who won an Academy Award for {} is not on record here."
_NONE = "No film of this catalogue is known to have won {}."


class ListedFilms(NamedTuple):
    """The demands that lists answer, and what the viewer should know of them, in sentences."""

    demands: list[Constraint]
    hints: list[Constraint]
    """What was nominated may have won."""
    remarks: list[str]


class _List(NamedTuple):
    keys: tuple[str, ...]
    name: str
    said: re.Pattern[str]
    alone: bool
    """Whether its name says by itself that films of the list are meant."""


class _Named(NamedTuple):
    """A list at this span of a request."""

    keys: tuple[str, ...]
    name: str
    span: Span


@cache
def _data() -> dict[str, Any]:
    return loads(text_of("lists.toml"))


@cache
def _lists(table: str) -> tuple[_List, ...]:
    return tuple(
        _List(tuple(row["keys"]), row["name"], _pattern(row["said"]), row.get("alone", False)) for row in _data()[table]
    )


@cache
def _words(table: str, key: str) -> re.Pattern[str]:
    return _pattern(_data()[table][key])


def _pattern(said: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(said)})(?!\w)")


def read_lists(request: Request, titles: TitleLookup) -> ListedFilms:
    """Return what the request demands of prizes and of women as directors."""
    asked = ListedFilms([], [], [])
    for clause in _CLAUSE.finditer(request.folded):
        for named in _together(request, list(_prizes(request, titles, clause))):
            _demand(request, titles, clause, named, asked)
        unlisted = _words("oscar", "unlisted").search(clause[0])
        if unlisted and not (asked.demands or asked.hints) and _words("oscar", "said").search(clause[0]):
            asked.remarks.append(_UNLISTED.format(unlisted[0]))
    asked.demands.extend(_of_women(request, titles))
    return asked


def _prizes(request: Request, titles: TitleLookup, clause: re.Match[str]) -> Iterator[_Named]:
    """Yield the prizes that a clause speaks of; a category alone is the Academy's, unless another prize is named."""
    start, end = clause.span()
    spoken = (m for m in _words("oscar", "said").finditer(request.folded, start, end) if _is_prize(request, titles, m))
    oscar = next(spoken, None)
    telling = any(_words("winning", key).search(request.folded, start, end) for key in _data()["winning"])
    found = False
    for row in _lists("list"):
        for match in row.said.finditer(request.folded, start, end):
            if row.alone or telling:
                found = True
                yield _Named(row.keys, row.name, match.span())
    if not (telling or oscar):
        return
    categories = list(_categories(request, clause, oscar))
    if found:  # "the BAFTA for best actress"
        categories = [one for one in categories if "best picture" in request.folded[slice(*one.span)]]
    yield from categories
    if oscar and telling and not categories and not _words("oscar", "unlisted").search(request.folded, start, end):
        keys = tuple(sorted({prize.prize for prize in all_prizes() if prize.prize.startswith("oscar")}))
        yield _Named(keys, _data()["oscar"]["name"], oscar.span())


def _together(request: Request, named: list[_Named]) -> list[_Named]:
    """Return as one the prizes of which any will do: "the Oscar or the Palme d'Or"."""
    start, end = min((n.span[0] for n in named), default=0), max((n.span[1] for n in named), default=0)
    if len(named) < _SEVERAL or not _OR.search(request.folded, start, end):
        return named
    keys = dict.fromkeys(key for one in named for key in one.keys)
    return [_Named(tuple(keys), " or ".join(dict.fromkeys(one.name for one in named)), (start, end))]


def _is_prize(request: Request, titles: TitleLookup, match: re.Match[str]) -> bool:
    """Tell whether an Oscar is the prize and nobody of that name."""
    at = request.word_at(match.start())
    return not titles.people.called(request.norms[at : at + 2])


def _categories(request: Request, clause: re.Match[str], oscar: re.Match[str] | None) -> Iterator[_Named]:
    taken: list[Span] = []
    for row in _lists("category"):
        for match in row.said.finditer(request.folded, *clause.span()):
            near = oscar and abs(match.start() - oscar.start()) <= _NEAR
            free = all(match.end() <= a or b <= match.start() for a, b in taken)
            if free and (near or (match[0].startswith("best ") and not oscar)):
                taken.append(match.span())
                both = (match.span(), oscar.span()) if oscar else (match.span(),)
                yield _Named(row.keys, row.name, (min(a for a, _ in both), max(b for _, b in both)))


def _demand(request: Request, titles: TitleLookup, clause: re.Match[str], named: _Named, asked: ListedFilms) -> None:
    """Add the demand of a prize, and what is to be said of it."""
    keys, name, span = named
    missed = _words("winning", "missed").search(clause[0]) is not None
    nominated = not missed and _words("winning", "nominated").search(clause[0]) is not None
    won = _words("winning", "won").search(request.folded, *clause.span())
    refused = missed or stance_of(request, request.word_at(span[0]), request.word_at(span[1])).refuses
    if won and won.start() <= span[1] + _BESIDE and span[0] <= won.end() + _BESIDE:
        span = (min(span[0], won.start()), max(span[1], won.end()))
    films = {film.movie_id for key, year in _winners(keys) for film in titles.dated(key, year)}
    soft = nominated and not won
    (asked.hints if soft else asked.demands).append(
        Constraint(
            field=ConstraintField.MOVIE_ID,
            op="none_of" if refused else "any_of",
            value=sorted(films),
            told=f"{'not ' if refused else ''}{name if name.startswith('in ') else f'a winner of {name}'}",
            **request.said_at(*span),
        )
    )
    if missed:
        asked.remarks.append(_LOST.format(name))
    elif soft:
        asked.remarks.append(_NOMINATED.format(name))
    if not films:
        asked.remarks.append(_NONE.format(name))


@cache
def _winners(keys: tuple[str, ...]) -> frozenset[tuple[str, int]]:
    """Return the titles on these lists, as they are looked up, with their years."""
    won = [prize for prize in all_prizes() if prize.prize in keys]
    return frozenset((title_words(fold(title)), prize.year) for prize in won for title in prize.film.split(" / "))


def _of_women(request: Request, titles: TitleLookup) -> Iterator[Constraint]:
    match = _words("women", "said").search(request.folded)
    if match is None:
        return
    refused = stance_of(request, request.word_at(match.start()), request.word_at(match.end())).refuses
    people = (person for name in _women() for person in titles.people.called(name))
    yield Constraint(
        field=ConstraintField.DIRECTORS,
        op="none_of" if refused else "any_of",
        value=sorted({person.name for person in people if person.directed}),
        told=f"{'not ' if refused else ''}{_data()['women']['name']}",
        **request.said_at(*match.span()),
    )


@cache
def _women() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(norms(fold(name))) for name in text_of("women_directors.txt").splitlines() if name)
