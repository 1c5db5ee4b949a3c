"""ORDER BY: of the whole, of a window, of an aggregate; and the way that distances run."""

from collections.abc import Mapping

from matinee.sql.constants import constant_integer
from matinee.sql.query_scope import QueryScope
from matinee.sql.rejection import Rejection
from matinee.sql.traversal import expression, opened
from matinee.sql.values import MIXED, Node, Value


def ordering(
    items: list[Node], level: QueryScope, outputs: Mapping[str, Value], columns: list[Value], aggregate: bool = False
) -> list[Value]:
    """Check what rows are ordered by, and return what is known of each expression.

    Args:
        items: the SortBy nodes.
        level: the SELECT in which names are looked up.
        outputs: the result columns by name, which the last ORDER BY may use.
        columns: the same in order.
        aggregate: the order decides no sequence of rows, so that a distance may run either way.

    Raises:
        Refusal: an expression is not allowed, or a distance runs from far to near.
    """
    values = [_value(opened(item)[1]["node"], level, outputs, columns) for item in items]
    for item, value in zip(items, values, strict=True):
        falling = item["SortBy"].get("sortby_dir") == "SORTBY_DESC"
        if aggregate:
            continue
        if value.order == MIXED:
            raise Rejection(
                "direction",
                "ORDER BY may put the farthest films first, as it both rises and falls with a distance, or is text or "
                "a product of unknown sign: order by the distance itself, ascending",
            )
        if value.order == 1 and falling:
            raise Rejection("direction", "ORDER BY a distance must run ascending, nearest first: leave DESC out")
        if value.order == -1 and not falling:
            raise Rejection("direction", "ORDER BY a similarity must run DESC, most similar first: add DESC")
    return values


def _value(node: Node, level: QueryScope, outputs: Mapping[str, Value], columns: list[Value]) -> Value:
    position = constant_integer(node)
    if position is not None and columns:
        if not 1 <= position <= len(columns):
            raise Rejection("column", f"ORDER BY {position}: there are {len(columns)} columns")
        return columns[position - 1]
    if "ColumnRef" in node and outputs:
        fields = node["ColumnRef"]["fields"]
        if len(fields) == 1 and "String" in fields[0]:
            value = outputs.get(fields[0]["String"].get("sval", ""))
            if value is not None:
                if value.kind == "ambiguous":
                    raise Rejection("ambiguous", "ORDER BY names a column that the result has twice")
                return value
    return expression(node, level)
