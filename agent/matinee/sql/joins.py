"""Conditions: which relations they link or pin to a few rows, and that no two relations are crossed without a bound."""

from math import prod

from matinee.sql.calls import operator
from matinee.sql.expressions import expression, subquery
from matinee.sql.grammar import MAX_CROSS, only
from matinee.sql.literals import constant_text
from matinee.sql.rejection import Rejection
from matinee.sql.schema import ARRAY_WEIGHT
from matinee.sql.scope import Scope
from matinee.sql.values import Node, named

PINNED_ROWS = 10
"""Rows that one value of a key is taken to have at most."""


def condition(node: Node, scope: Scope) -> None:
    """Check WHERE or ON, and remember which relations its equalities link or pin to a few rows.

    Raises:
        Rejection: a part of it is not allowed.
    """
    if "BoolExpr" in node and node["BoolExpr"]["boolop"] == "AND_EXPR":
        for part in only("BoolExpr", node["BoolExpr"])["args"]:
            condition(part, scope)
    elif "SubLink" in node:
        fields = only("SubLink", node["SubLink"])
        value, query = subquery(fields, scope)
        if fields["subLinkType"] == "ANY_SUBLINK" and "operName" not in fields:
            _pin(fields["testexpr"], value.refs, query.rows, scope)
    elif "A_Expr" in node:
        _comparison(only("A_Expr", node["A_Expr"]), scope)
    else:
        expression(node, scope)


def bound_rows(scope: Scope) -> None:
    """Set the most rows that FROM can give, and whether it repeats the rows of a table.

    Raises:
        Rejection: relations are crossed without a condition that links them, and not bounded by a LIMIT.
    """
    relations = scope.relations
    groups = [(relation.bit, relation.rows) for relation in relations]
    keyed = [relation.bit for relation in relations if relation.rows is None and not relation.lateral]
    for left, right, key in scope.links:
        groups = _linked(groups, left | right)
        if key and left in keyed and right in keyed:
            keyed.remove(right)
    for relation in relations:
        if relation.lateral & scope.mask:
            groups = _linked(groups, relation.bit | relation.lateral & scope.mask)
    endless = sum(rows is None for _, rows in groups)
    product = prod(rows or 1 for _, rows in groups)
    if endless > 1 or product > (MAX_CROSS if endless else MAX_CROSS * MAX_CROSS):
        names = ", ".join(f"`{relation.name}`" for relation in relations)
        instead = f"ON a.movie_id = b.movie_id, or bound one side by a subquery with LIMIT {MAX_CROSS} at most"
        raise Rejection("cross_join", f"{names} are joined without a condition: write {instead}")
    unnested = [relation for relation in relations if relation.lateral]
    long = any(value.weight > ARRAY_WEIGHT for relation in unnested for value in relation.columns.values())
    scope.multiplies = len(keyed) > 1 or len(unnested) > 1 or long
    unbounded = any(relation.rows is None or relation.base for relation in relations)
    scope.rows = None if unbounded else prod(relation.rows or 1 for relation in relations)


def _comparison(fields: Node, scope: Scope) -> None:
    kind, name = fields["kind"], named(fields["name"][-1:])[0]
    if kind == "AEXPR_OP" and name == "=":
        _equality(fields, scope)
        return
    value = expression({"A_Expr": fields}, scope)
    if kind == "AEXPR_IN" and name == "=":
        items = fields["rexpr"]["List"]["items"]
        if all("A_Const" in item or "ParamRef" in item for item in items):
            _pin(fields["lexpr"], value.refs, len(items), scope)
    elif kind in {"AEXPR_LIKE", "AEXPR_ILIKE"} and name in {"~~", "~~*"}:
        text = constant_text(fields["rexpr"])
        if text is not None and not {"%", "_"} & set(text):
            _pin(fields["lexpr"], value.refs, PINNED_ROWS, scope)


def _equality(fields: Node, scope: Scope) -> None:
    sides = fields["lexpr"], fields["rexpr"]
    rows = [only("RowExpr", side["RowExpr"])["args"] for side in sides if "RowExpr" in side]
    if len(rows) == 2 and len(rows[0]) == len(rows[1]):
        for left, right in zip(*rows, strict=True):
            _comparison({**fields, "lexpr": left, "rexpr": right}, scope)
        return
    if rows or len(fields["name"]) > 1:
        expression({"A_Expr": fields}, scope)
        return
    left, right = (expression(side, scope) for side in sides)
    operator(scope, "=", left, right)
    one, other = left.refs & scope.mask, right.refs & scope.mask
    if one and other and not one & other:
        scope.links.append((one, other, all(_column(side) == "movie_id" for side in sides)))
    _pin(sides[0], left.refs, None if other else PINNED_ROWS, scope)
    _pin(sides[1], right.refs, None if one else PINNED_ROWS, scope)


def _column(node: Node) -> str:
    """Return the name of the column that a node refers to, empty if it is no column reference."""
    name = node["ColumnRef"]["fields"][-1] if "ColumnRef" in node else {}
    column: str = name.get("String", {}).get("sval", "")
    return column


def _pin(node: Node, refs: int, rows: int | None, scope: Scope) -> None:
    """Bound a stored table of which a key column must equal one of a few constants."""
    call = node.get("FuncCall")
    if call and named(call["funcname"]) in (["lower"], ["upper"]):
        node = call["args"][0]
    if rows is None or _column(node) not in scope.statement.schema.keys:
        return
    for relation in scope.relations:
        if relation.bit == refs and relation.base and (relation.rows is None or rows < relation.rows):
            relation.rows = rows


def _linked(groups: list[tuple[int, int | None]], bits: int) -> list[tuple[int, int | None]]:
    """Join the groups that share one of the bits; a group is bounded if each of its relations is."""
    joined = [group for group in groups if group[0] & bits]
    bounds = [rows for _, rows in joined]
    mask = 0
    for group, _ in joined:
        mask |= group
    rows = None if None in bounds else max((rows or 1 for rows in bounds), default=1)
    return [*(group for group in groups if not group[0] & bits), (mask, rows)]
