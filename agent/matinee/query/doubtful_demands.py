"""Demands that may rest on a wrong reading of the words, held against what a chat model makes of the same request."""

from collections.abc import Sequence

from matinee.models import Movie
from matinee.understanding import Constraint, ConstraintField, Understanding

_LEAST_JUDGED = 3
"""Films that must be named before their breaking a demand says anything."""


def without_doubtful(
    understood: Understanding, wish: Understanding, films: Sequence[Movie], dated: Sequence[Movie]
) -> Understanding:
    """Return the reading with those demands as hints that are doubtful and that the model does not see.

    It sees a demand where its own sentence makes one of the same kind, or where half of the films that it names meet
    it. A demand that words state plainly stays, whatever the model says.

    Args:
        understood: what the rules read.
        wish: what they read in the model's sentence.
        films: the films that it named and the catalogue has.
        dated: all films that it named with a year, of which nothing else need be known.
    """
    stated = {demand.field for demand in (*wish.constraints, *wish.hints)}
    dropped = []
    for demand in understood.constraints:
        together = [c for c in understood.constraints if (c.field, c.words) == (demand.field, demand.words)]
        judged = dated if demand.field is ConstraintField.YEAR else films
        if demand.is_doubtful and demand.field not in stated and not _are_met(together, judged):
            dropped.append(demand)
    if not dropped:
        return understood
    kept = [demand for demand in understood.constraints if demand not in dropped]
    return understood.model_copy(update={"constraints": kept, "hints": [*understood.hints, *dropped]})


def _are_met(demands: Sequence[Constraint], films: Sequence[Movie]) -> bool:
    meeting = sum(all(demand.holds(film) for demand in demands) for film in films)
    return len(films) < _LEAST_JUDGED or 2 * meeting >= len(films)
