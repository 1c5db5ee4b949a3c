"""Demands on rows, in the words of no store; `qdrant_filters` and `pgvector_filters` translate them."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from matinee.understanding import TRAIT_FIELDS, Constraint, ConstraintField

Operator = Literal["at_least", "at_most", "any_of", "all_of", "none_of"]

_HIGHEST = 18
"""Of ages and of levels. A trait's limit is told as the values that it excludes: films without the trait pass."""

ID = "id"
"""The field by which a condition speaks of the row's id."""


class Condition(NamedTuple):
    """A demand on one field, as in `Constraint`; a row that lacks the field meets `none_of` alone."""

    field: str
    op: Operator
    value: float | Collection[str] | Collection[int]


class Either(NamedTuple):
    """A demand that is met where any of its conditions is."""

    conditions: tuple[Condition, ...]


Filter = Sequence[Condition | Either]
"""Demands that a row has to meet all of."""


def film_filter(constraints: Sequence[Constraint], exclude: Collection[str] = (), identity: str = ID) -> Filter:
    """Return the demands of films, or of rows whose field `identity` holds a film's id.

    What is written of a film, and what counts for some films alone, no store looks at: `Constraint.holds` tells.
    """
    demands: list[Condition | Either] = []
    for constraint in constraints:
        op, value = constraint.op, constraint.value
        if constraint.field is ConstraintField.TEXT or constraint.unless_known:
            continue
        if constraint.field in TRAIT_FIELDS:
            above = value if isinstance(value, list) else range(int(value) + 1, _HIGHEST + 1)
            demands.append(Condition(f"traits.{constraint.field}", "none_of", above))
            continue
        if constraint.field is ConstraintField.PEOPLE and isinstance(value, list):
            demands.extend(_of_people(op, value))
        else:
            name = identity if constraint.field is ConstraintField.MOVIE_ID else constraint.field.value
            demands.append(Condition(name, op, value))
    return [*demands, Condition(identity, "none_of", exclude)] if exclude else demands


def _of_people(op: Operator, names: list[str]) -> list[Condition | Either]:
    """Return a demand on directors and stars alike; no store knows a field that is both."""
    if op == "none_of":
        return [Condition(name, op, names) for name in ("directors", "stars")]
    return [
        Either((Condition("directors", "any_of", among), Condition("stars", "any_of", among)))
        for among in ([names] if op == "any_of" else [[name] for name in names])
    ]
