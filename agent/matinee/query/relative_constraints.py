"""Years, lengths and ratings said without a number ("recent", "something short"); `words/vague.toml` lists them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.negation import Stance
from matinee.language.request import MASK, Request
from matinee.models import Constraint, ConstraintField
from matinee.query.name_context import cue_at
from matinee.query.sentence_mode import before_film_word, before_kind, manner_of_sentence, stands_freely
from matinee.query.terms import Term

_PLACEHOLDERS = frozenset(("one", "ones", "thing", "things"))
_IS = frozenset(("is", "are", "was", "were"))
_NEAR = 8
"""How many words to either side may say that a word tells of a film named, or of a liking."""

_RELATIVE = 0.7
"""How certain a bound is that is counted from a film named."""


class Measures(NamedTuple):
    """What the films have that a request compares with."""

    years: Sequence[int] = ()
    runtimes: Sequence[int] = ()
    """Minutes."""

    def of(self, field: ConstraintField) -> Sequence[int]:
        """Return their figures of this field."""
        return {ConstraintField.YEAR: self.years, ConstraintField.RUNTIME: self.runtimes}.get(field, ())


NOTHING_TO_COMPARE = Measures()


def read_vague(
    request: Request,
    terms: Sequence[Term],
    explicit: Collection[ConstraintField],
    this_year: int,
    measures: Measures = NOTHING_TO_COMPARE,
) -> Iterator[Constraint]:
    """Yield a weak demand for each vague word, except on the fields that the request gives an explicit number for.

    "Newer" and "older", "shorter" and "longer" count from the `measures`, if there are any.
    """
    described = before_film_word(request, terms) - _before_placeholder(request, terms) | before_kind(request, terms)
    for term in terms:
        if term.kind != "vague" or term.row["field"] in explicit:
            continue
        bound = _bound(term)
        if bound and _is_meant(request, term, term.first in described):
            compared = measures.of(term.row["field"])
            if compared and term.stance is Stance.WANTED and _compares(request, term):
                more = bound["op"] == "at_least"
                yield Constraint(
                    field=term.row["field"],
                    op=bound["op"],
                    value=max(compared) + 1 if more else min(compared) - 1,
                    certainty=_RELATIVE,
                    **request.said(term.first, term.last),
                )
                continue
            if "value" not in bound and "years_ago" not in bound:
                continue  # it says something beside a film alone
            yield Constraint(
                field=term.row["field"],
                op=bound["op"],
                value=bound["value"] if "value" in bound else this_year - bound["years_ago"],
                certainty=term.row["certainty"],
                **request.said(term.first, term.last),
            )


def _bound(term: Term) -> dict[str, Any] | None:
    if term.stance is Stance.OPEN:
        return None
    return term.row if term.stance is Stance.WANTED else term.row.get("refused")


def _compares(request: Request, term: Term) -> bool:
    return " ".join(request.norms[term.first : term.last]) in term.row.get("compared", ())


def _before_placeholder(request: Request, terms: Sequence[Term]) -> set[int]:
    """Return the terms before "one" or "things", which say too little of a film: "the new one"."""
    return {t.first for t in terms if request.flows(t.last) and request.norms[t.last] in _PLACEHOLDERS}


def _tells_of_taste(request: Request, term: Term) -> bool:
    """Tell whether a word describes a film named ("Heat is a modern favorite") or what the viewer likes in general."""
    first, last = term.first, term.last
    while first > 0 and request.flows(first) and term.first - first < _NEAR:
        first -= 1
    while request.flows(last) and last - term.last < _NEAR:
        last += 1
    around = (*range(first, term.first), *range(term.last, last))
    if any(request.norms[i] in _IS and MASK in request.norms[max(0, i - 1) : i + 2] for i in around):
        return True
    liked = False
    while first < term.first:
        if cue := cue_at(request, first):
            liked = cue.kind == "love"
        elif request.norms[first] in word_set("common", "wishes"):
            liked = False
        first = cue.end if cue else first + 1
    return liked and first == term.first


def _is_meant(request: Request, term: Term, describes_film: bool) -> bool:
    if term.manner == "anywhere":
        return True
    if manner_of_sentence(request, term.first) in ("topic", "told") or _tells_of_taste(request, term):
        return False
    return describes_film or (term.manner == "freely" and stands_freely(request, term))
