"""Content that a viewer asks to be spared, as keywords that a film must not have; `words/avoid.toml` lists them."""

from collections.abc import Iterator, Sequence

from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.models import Constraint, ConstraintField
from matinee.query.terms import Term

_CERTAINTY = {Stance.REFUSED: 0.9, Stance.SPARINGLY: 0.6}


def read_avoided(request: Request, terms: Sequence[Term]) -> Iterator[Constraint]:
    """Yield a demand for every kind of content that is refused; merely mentioned content gives none."""
    for term in terms:
        if term.kind == "avoid" and (term.manner == "always" or term.stance in _CERTAINTY):
            yield Constraint(
                field=ConstraintField.KEYWORDS,
                op="none_of",
                value=term.row["keywords"],
                certainty=term.row.get("certainty", _CERTAINTY.get(term.stance, 0.9)),
                **request.said(term.first, term.last),
            )
