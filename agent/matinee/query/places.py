"""Languages and countries wanted and refused; `words/places.toml` names them.

A people's adjective is read as its language where it has one of its own ("French"), else as its country
("British"), for a film is known by its language more surely than by who paid for it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField
from matinee.query.sentence_mode import (
    before_film_word,
    before_kind,
    film_word_soon,
    manner_of_sentence,
    stands_freely,
)
from matinee.query.terms import Term, link, runs

_SPOKEN = frozenset(("language", "speaking", "spoken", "dialogue"))
_ACCEPTING = frozenset(("fine", "ok", "okay", "happy", "problem", "good", "cool", "comfortable"))
_MAKERS = frozenset(("from", "made", "produced"))
_MADE_IN = (["made", "in"], ["produced", "in"])


def read_places(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield what the request says about languages and countries."""
    described = before_film_word(request, terms) | before_kind(request, terms)
    genres = {t.first for t in terms if t.kind == "genre"}
    meant = {t for t in terms if t.kind == "place" and _is_meant(request, t, described, genres)}
    for before, after in pairwise(terms):
        if before in meant and after.kind == "place" and link(request, before, after) not in ("tight", "apart"):
            meant.add(after)
    for listed in runs(request, sorted(meant, key=lambda t: t.first), "tight", "or", "and", "comma"):
        for wanted in (True, False):
            stances = (Stance.WANTED,) if wanted else (Stance.REFUSED, Stance.SPARINGLY)
            if alike := [t for t in listed if t.stance in stances]:
                yield from _demands(request, alike, wanted=wanted)


def _is_meant(request: Request, term: Term, described: set[int], genres: set[int]) -> bool:
    before = request.norms[term.first - 1] if term.first else ""
    match term.manner:
        case "anywhere":
            return before not in _ACCEPTING
        case "refused":
            return term.stance.refuses
        case "prefix":
            return request.gaps[term.last] == "-"
    plot = manner_of_sentence(request, term.first) in ("topic", "told")
    if term.manner == "names":
        made = before in _MAKERS or request.norms[max(0, term.first - 2) : term.first] in _MADE_IN
        return (made and not plot) or term.first in described
    after = request.norms[term.last] if request.flows(term.last) else ""
    if after in _SPOKEN or (before == "in" and "languages" in term.row and not _goes_on(request, term)):
        return True
    if term.stance is Stance.WANTED and plot:
        return False
    soon = film_word_soon(request, term.last) or (request.flows(term.last) and term.last + 1 in genres)
    return term.first in described or soon or stands_freely(request, term)


def _goes_on(request: Request, term: Term) -> bool:
    """Tell whether a noun follows: "in Spanish Harlem" speaks of no language."""
    return request.flows(term.last) and request.words[term.last].capital


def _demands(request: Request, terms: Sequence[Term], *, wanted: bool) -> Iterator[Constraint]:
    said = request.said(terms[0].first, terms[-1].last)
    by_country = any(_field(t) == "countries" for t in terms)
    kept = [t for t in terms if "languages_except" in t.row]
    for term in kept:
        yield Constraint(
            field=ConstraintField.LANGUAGES,
            op="none_of" if wanted else "any_of",
            value=term.row["languages_except"],
            certainty=term.row["certainty"],
            **request.said(term.first, term.last),
        )
    rows = [t.row for t in terms if t not in kept]
    values = [name for row in rows for name in _names(row, by_country)]
    if values:
        yield Constraint(
            field=ConstraintField.COUNTRIES if by_country else ConstraintField.LANGUAGES,
            op="any_of" if wanted else "none_of",
            value=list(dict.fromkeys(values)),
            certainty=min(row.get("certainty", 0.9) for row in rows),
            **said,
        )


def _field(term: Term) -> str:
    return (
        "countries"
        if term.manner == "names" or not ({"languages", "languages_except"} & term.row.keys())
        else "languages"
    )


def _names(row: dict[str, Any], by_country: bool) -> list[str]:
    first, second = ("countries", "languages") if by_country else ("languages", "countries")
    names: list[str] = row.get(first) or row.get(second) or []
    return names
