"""Which demand gives way first when too few films meet them all."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matinee.models import Constraint


class Relaxation(NamedTuple):
    """The demands that are left, and a sentence about the one that gave way."""

    constraints: list[Constraint]
    gave_way: Constraint
    notice: str


def relaxations(constraints: Sequence[Constraint]) -> Iterator[Relaxation]:
    """Yield ever looser demands: first any of several genres for all of them, then the least certain dropped.

    What the viewer put in figures (certainty 1), refusals and limits of age and content never give way.
    """
    left = list(constraints)
    while soft := [c for c in left if c.gives_way]:
        weakest = min(soft, key=lambda c: (not _several(c), c.certainty))
        position = left.index(weakest)
        said = f"“{weakest.words}”" if weakest.words else weakest.label
        if _several(weakest):
            left[position] = weakest.model_copy(update={"op": "any_of"})
            together = " and ".join(weakest.value) if isinstance(weakest.value, list) else said
            notice = f"Too few films are {together} at once, so either counts for {said}."
        else:
            del left[position]
            notice = f"Too few films meet everything, so {said} was set aside."
        yield Relaxation(list(left), weakest, notice)


def _several(constraint: Constraint) -> bool:
    return constraint.op == "all_of" and isinstance(constraint.value, list) and len(constraint.value) > 1
