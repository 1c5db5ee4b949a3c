"""What the guard knows of an expression without running it."""

from math import inf
from typing import Any, NamedTuple

Node = dict[str, Any]

VECTORS = frozenset({"vector", "halfvec", "sparsevec"})

MIXED = 2
"""The order of what depends on a distance but is not known to rise or to fall with it."""


class Value(NamedTuple):
    """An expression's kind and what the rules ask of it.

    `kind` is text, number, boolean, vector, text[], literal (a string not typed yet), parameter, null, ... ;
    `weight` bounds its size in units of 32 bytes; `refs` has a bit for each relation that it reads; `order` is 1 for
    what rises with a distance (small is near), -1 for what falls (large is near), `MIXED` where neither is known, 0
    for what reads no distance; a number lies between `low` and `high`; `text` is a literal's own text.
    """

    kind: str
    dimension: int | None = None
    encoder: str | None = None
    weight: int = 1
    refs: int = 0
    order: int = 0
    text: str | None = None
    parameter: int | None = None
    low: float = -inf
    high: float = inf

    @property
    def sign(self) -> int:
        """Return 1 for a number that is never negative, -1 for one that is never positive, 0 where it may be both."""
        return 1 if self.low >= 0 else -1 if self.high <= 0 else 0
