"""ORDER BY: of the whole, of a window, of an aggregate; and the way that distances run."""

from collections.abc import Mapping

from matinee.sql.constants import constant_integer
from matinee.sql.expressions import expression, opened
from matinee.sql.levels import Level
from matinee.sql.refusal import Refusal
from matinee.sql.values import Node, Value


def ordering(
    items: list[Node], level: Level, outputs: Mapping[str, Value], columns: list[Value], aggregate: bool = False
) -> int:
    """Check what rows are ordered by and return the bits of the relations that it reads.

    `outputs` and `columns` are the result columns by name and in order, which the last ORDER BY may use.

    Raises:
        Refusal: an expression is not allowed, or a distance runs from far to near.
    """
    refs = 0
    for item in items:
        _, fields = opened(item)
        value = _value(fields["node"], level, outputs, columns)
        refs |= value.refs
        falling = fields.get("sortby_dir") == "SORTBY_DESC"
        if value.order == 1 and falling and not aggregate:
            raise Refusal("direction", "ORDER BY a distance must run ascending, nearest first: leave DESC out")
        if value.order == -1 and not falling and not aggregate:
            raise Refusal("direction", "ORDER BY a similarity must run DESC, most similar first: add DESC")
    return refs


def _value(node: Node, level: Level, outputs: Mapping[str, Value], columns: list[Value]) -> Value:
    position = constant_integer(node)
    if position is not None and columns:
        if not 1 <= position <= len(columns):
            raise Refusal("column", f"ORDER BY {position}: there are {len(columns)} columns")
        return columns[position - 1]
    if "ColumnRef" in node and outputs:
        fields = node["ColumnRef"]["fields"]
        if len(fields) == 1 and "String" in fields[0]:
            value = outputs.get(fields[0]["String"].get("sval", ""))
            if value is not None:
                if value.kind == "ambiguous":
                    raise Refusal("ambiguous", "ORDER BY names a column that the result has twice")
                return value
    return expression(node, level)
