"""Years, lengths and ratings said without a number ("recent", "something short"); `vague.toml` lists them."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.query.meaning import meant
from matinee.query.terms import Term
from matinee.understanding import Constraint, ConstraintField

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
    for term in meant(request, terms, "vague"):
        bound = term.row if term.stance is Stance.WANTED else term.row.get("refused")
        field, certainty = ConstraintField(term.row["field"]), term.row["certainty"]
        if bound is None or term.stance is Stance.OPEN or field in explicit:
            continue
        compared = " ".join(request.norms[term.first : term.last]) in term.row.get("compared", ())
        figures = measures.of(field) if compared and term.stance is Stance.WANTED else ()
        if figures:
            value, certainty = (max(figures) + 1 if bound["op"] == "at_least" else min(figures) - 1), _RELATIVE
        elif "years_ago" in bound:
            value = this_year - bound["years_ago"]
        elif "value" in bound:
            value = bound["value"]
        else:
            continue  # it says something beside a film alone
        said = request.said(term.first, term.last)
        yield Constraint(field=field, op=bound["op"], value=value, certainty=certainty, **said)
