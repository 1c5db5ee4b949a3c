"""What the guard knows of an expression without running it."""

from typing import Any, NamedTuple

Node = dict[str, Any]

VECTORS = frozenset({"vector", "halfvec", "sparsevec"})


class Value(NamedTuple):
    """An expression's kind and what the rules ask of it.

    `kind` is text, number, boolean, vector, text[], literal (a string not typed yet), parameter, null, ... ;
    `weight` bounds its size in units of 32 bytes; `refs` has a bit for each relation that it reads; `order` is 1 for
    a distance (small is near), -1 for a similarity (large is near); `text` is a literal's own text.
    """

    kind: str
    dimension: int | None = None
    encoder: str | None = None
    weight: int = 1
    refs: int = 0
    order: int = 0
    text: str | None = None
    parameter: int | None = None
