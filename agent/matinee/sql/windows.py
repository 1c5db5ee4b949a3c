"""Windows: what they run along, and which functions over them rise with it."""

from matinee.sql.constants import constant_integer
from matinee.sql.directions import RANKS
from matinee.sql.ordering import ordering
from matinee.sql.query_scope import QueryScope
from matinee.sql.rejection import Rejection
from matinee.sql.traversal import expressions, only
from matinee.sql.values import MIXED, Node

_TAKING = frozenset({"lag", "lead", "first_value", "last_value", "nth_value"})
"""Window functions whose result is a value of some row."""


def window(definition: Node, level: QueryScope) -> int:
    """Check a window, OVER (...) or one of the WINDOW clause, and return 1 if it runs from near to far, else 0."""
    fields = only("WindowDef", definition)
    expressions(fields.get("partitionClause", []), level)
    along = ordering(fields.get("orderClause", []), level, {}, [])
    for bound in ("startOffset", "endOffset"):
        if bound in fields and constant_integer(fields[bound]) is None:
            raise Rejection("arguments", "the frame of a window must be bounded by whole numbers")
    if along:
        order = 1 if along[0].order else 0
    else:
        order = level.windows.get(fields.get("refname") or fields.get("name", ""), 0)
    if "name" in fields and "orderClause" in fields:
        level.windows[fields["name"]] = order
    return order


def over(name: str, own: int, order: int) -> int:
    """Return the order of a window function over a window that runs along a distance, or does not."""
    if not order or name in _TAKING:
        return own
    if name == "sum":
        return MIXED  # it rises if nothing that is added is negative
    return order if name in RANKS else own
