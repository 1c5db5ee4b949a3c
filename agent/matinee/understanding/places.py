"""Languages and countries wanted and refused; `words/places.toml` names them.

A people's adjective is read as its language where it has one of its own ("French"), else as its country
("British"), for a film is known by its language more surely than by who paid for it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from matinee.models import Constraint, ConstraintField
from matinee.understanding.setting import (
    before_film_word,
    is_film_word,
    manner_of_sentence,
    stands_freely,
)
from matinee.understanding.terms import Stance, Term, link, runs
from matinee.understanding.text import Request

_SPOKEN = frozenset(("language", "speaking", "spoken", "dialogue"))
_ACCEPTING = frozenset(("fine", "ok", "okay", "happy", "problem", "good", "cool", "comfortable"))
_MAKERS = frozenset(("from", "made", "produced"))


def read_places(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield what the request says about languages and countries."""
    filmed = before_film_word(request, [t for t in terms if t.kind != "avoid"])
    following = dict(pairwise(terms))
    meant = {t for t in terms if t.kind == "place" and _is_meant(request, t, t.first in filmed, following.get(t))}
    for before, after in pairwise(terms):
        if (
            before in meant
            and after.kind == "place"
            and after not in meant
            and link(request, before, after) in ("or", "and", "comma")
        ):
            meant.add(after)
    for listed in runs(request, sorted(meant, key=lambda t: t.first), "tight", "or", "and", "comma"):
        for stance in (Stance.WANTED, Stance.REFUSED):
            rows = [
                t
                for t in listed
                if (t.stance is Stance.WANTED) == (stance is Stance.WANTED) and t.stance is not Stance.OPEN
            ]
            if rows:
                yield from _demands(request, rows, wanted=stance is Stance.WANTED)


def _is_meant(request: Request, term: Term, before_film: bool, following: Term | None) -> bool:
    before = request.norms[term.first - 1] if term.first else ""
    if term.manner == "anywhere":
        return term.stance is not Stance.OPEN and before not in _ACCEPTING
    if term.manner == "refused":
        return term.stance in (Stance.REFUSED, Stance.SPARINGLY)
    if term.manner == "prefix":
        return request.gaps[term.last] == "-"
    if term.manner == "names":
        made = before in _MAKERS or (
            before == "in" and request.norms[term.first - 2 : term.first - 1] in (["made"], ["produced"])
        )
        return (
            made
            or before_film
            or (
                request.flows(term.last)
                and following is not None
                and following.kind == "genre"
                and following.first == term.last
            )
        )
    after = request.norms[term.last] if request.flows(term.last) else ""
    if after in _SPOKEN or (before == "in" and "languages" in term.row and not _goes_on(request, term)):
        return True
    if term.stance is Stance.WANTED and manner_of_sentence(request, term.first) in ("topic", "told"):
        return False
    kind = following is not None and following.kind in ("genre", "vague") and link(request, term, following) == "tight"
    near_film = (
        request.flows(term.last)
        and request.flows(term.last + 1)
        and (
            is_film_word(request, term.last + 1)
            or (following is not None and following.kind == "genre" and following.first == term.last + 1)
        )
    )
    return before_film or kind or near_film or stands_freely(request, term)


def _goes_on(request: Request, term: Term) -> bool:
    """Tell whether a noun follows: "in Spanish Harlem" speaks of no language."""
    return request.flows(term.last) and request.words[term.last].capital


def _demands(request: Request, terms: Sequence[Term], *, wanted: bool) -> Iterator[Constraint]:
    words = request.quote(terms[0].first, terms[-1].last)
    by_country = any(_field(t) == "countries" for t in terms)
    kept = [t for t in terms if "languages_except" in t.row]
    for term in kept:
        yield Constraint(
            field=ConstraintField.LANGUAGES,
            op="none_of" if wanted else "any_of",
            value=term.row["languages_except"],
            words=request.quote(term.first, term.last),
            certainty=term.row["certainty"],
        )
    rows = [t.row for t in terms if t not in kept]
    values = [name for row in rows for name in _names(row, by_country)]
    if values:
        yield Constraint(
            field=ConstraintField.COUNTRIES if by_country else ConstraintField.LANGUAGES,
            op="any_of" if wanted else "none_of",
            value=list(dict.fromkeys(values)),
            words=words,
            certainty=min(row.get("certainty", 0.9) for row in rows),
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
