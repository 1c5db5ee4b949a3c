"""Languages and countries wanted and refused, and content that a viewer asks to be spared.

A people's adjective is read as its language where it has one of its own ("French"), else as its country
("British"), for a film is known by its language more surely than by who paid for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matinee.language.lexicon import load
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.query.meaning import meant
from matinee.query.sentence_mode import is_film_word
from matinee.query.terms import Term, runs
from matinee.understanding import Constraint, ConstraintField

_MADE = 0.8
"""How certain a demand is on how a film is made: of many films it is not known."""


def read_places(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield what the request says about languages and countries."""
    for listed in runs(request, meant(request, terms, "place"), "tight", "or", "and", "comma"):
        for wanted in (True, False):
            if alike := [t for t in listed if (t.stance is Stance.WANTED if wanted else t.stance.refuses)]:
                yield from _demands(request, alike, wanted=wanted)


def read_avoided(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield a demand for every kind of content that is refused; merely mentioned content gives none.

    How a film is made is wanted where it is named: in black and white, in colour, silent.
    """
    begins = {term.first for term in terms}
    for term in terms:
        made = term.kind == "avoid" and "wanted" in term.row and term.stance is Stance.WANTED
        alone = term.last - term.first > 1 or not request.flows(term.last)
        if made and (alone or term.last in begins or is_film_word(request, term.last)):
            yield Constraint(
                field=ConstraintField.KEYWORDS,
                op=term.row["wanted"],
                value=term.row["keywords"],
                certainty=_MADE,
                **request.said(term.first, term.last),
            )
    for term in meant(request, terms, "avoid"):
        softly = term.stance is Stance.SPARINGLY
        yield from content(
            term.row, more=int(softly), certainty=0.6 if softly else 0.9, **request.said(term.first, term.last)
        )


def content(row: Mapping[str, Any], more: int = 0, **said: Any) -> Iterator[Constraint]:
    """Yield what a row of `avoid.toml` rules out: by level, where it is known of a film; else by keywords.

    Args:
        row: the row.
        more: how much more than its levels a film may have ("not too violent").
        said: the words, their span and how certain they are.
    """
    out: list[tuple[list[str], ConstraintField | None]] = [(row["keywords"], None)] if "keywords" in row else []
    for level, most in row.get("levels", {}).items():
        field = ConstraintField(level)
        yield Constraint(field=field, op="at_most", value=most + more, **said)
        out.append((load("avoid")["unknown"][level], field))
    for keywords, unless in out:
        yield Constraint(field=ConstraintField.KEYWORDS, op="none_of", value=keywords, unless_known=unless, **said)


def _demands(request: Request, terms: Sequence[Term], *, wanted: bool) -> Iterator[Constraint]:
    said = request.said(terms[0].first, terms[-1].last)
    by_country = any(map(_by_country, terms))
    kept = [t for t in terms if "languages_except" in t.row]
    for term in kept:
        yield Constraint(
            field=ConstraintField.LANGUAGES,
            op="none_of" if wanted else "any_of",
            value=term.row["languages_except"],
            certainty=term.row["certainty"] if wanted else 1.0,
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


def _by_country(term: Term) -> bool:
    return term.manner == "names" or not {"languages", "languages_except"} & term.row.keys()


def _names(row: dict[str, Any], by_country: bool) -> list[str]:
    first, second = ("countries", "languages") if by_country else ("languages", "countries")
    names: list[str] = row.get(first) or row.get(second) or []
    return names
