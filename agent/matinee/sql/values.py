"""What the guard knows of an expression without running it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from matinee.sql.rejection import Rejection
from matinee.sql.trends import UNRELATED, Trend, either

Node = dict[str, Any]
"""A node of PostgreSQL's parse tree, `{"ColumnRef": {"fields": [...]}}`, or its fields."""

VECTORS = frozenset({"vector", "halfvec", "sparsevec"})
UNTYPED = frozenset({"null", "literal", "parameter"})
"""What takes the type of the expression beside it."""


class Value(NamedTuple):
    """An expression's kind and what the rules ask of it.

    `kind` is text, number, boolean, vector, text[], literal (a string not typed yet), parameter, null, other, ...;
    `weight` bounds its size in units of 32 bytes; `refs` has a bit for each relation that it reads; `text` is a
    literal's own text.
    """

    kind: str
    dimension: int | None = None
    encoder: str | None = None
    weight: int = 1
    refs: int = 0
    trend: Trend = UNRELATED
    text: str | None = None
    parameter: int | None = None

    @property
    def may_be_array(self) -> bool:
        """Tell whether the value is an array, or of a type that is not known."""
        return self.kind.endswith("[]") or self.kind in {"parameter", "other"}


def union(values: Iterable[Value]) -> int:
    """Return the bits of all the relations that these values read."""
    refs = 0
    for value in values:
        refs |= value.refs
    return refs


def trends(values: Iterable[Value]) -> list[Trend]:
    """Return the trend of each value."""
    return [value.trend for value in values]


def merge(values: Sequence[Value]) -> Value:
    """Return what is known of a value that is one of these (CASE, COALESCE, GREATEST, UNION).

    Raises:
        Rejection: they are vectors of two encoders.
    """
    typed = [value for value in values if value.kind not in UNTYPED]
    if len({value.encoder for value in typed if value.encoder}) > 1:
        raise Rejection("encoder", "one expression mixes vectors of two encoders: use columns of one encoder")
    first = typed[0] if typed else values[0]
    trend = either(trends([value for value in values if value.kind != "null"] or values))
    weight = max(value.weight for value in values)
    return Value(first.kind, first.dimension, first.encoder, weight, union(values), trend)


def named(nodes: Iterable[Node]) -> list[str]:
    """Return the texts of a list of name nodes."""
    return [node["String"].get("sval", "") for node in nodes]
