"""SELECT statements: their clauses in the order in which PostgreSQL looks names up, and how many rows they give."""

from collections.abc import Mapping

from matinee.sql.expressions import expression, expressions, window
from matinee.sql.grammar import MAX_ARMS, MAX_INNER_LIMIT, MAX_LIMIT, MAX_LIST, MAX_OFFSET, in_words, only, opened
from matinee.sql.joins import bound_rows, condition
from matinee.sql.literals import constant_integer
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.scope import Place, Query, Scope
from matinee.sql.sources import renamed, source
from matinee.sql.targets import target_list
from matinee.sql.trends import ascending
from matinee.sql.values import Node, Value, merge, named, trends


def query(node: Node, around: Scope, place: Place) -> Query:
    """Return the columns of a SELECT, and how many rows it can give.

    Args:
        node: the statement.
        around: the scope that it stands in: its columns and CTEs are in sight.
        place: whether it is the whole statement or a part.

    Raises:
        Rejection: it, or a part of it, is not allowed.
    """
    for name in node:
        if name != "SelectStmt":
            raise Rejection("statement", f"only SELECT is allowed, not {in_words(name)}: write one SELECT")
    around.statement.enter()
    before = around.statement.distances
    result = _select(node["SelectStmt"], around, place)
    around.statement.depth -= 1
    return result._replace(by_distance=around.statement.distances > before)


def _select(select: Node, around: Scope, place: Place) -> Query:
    if "intoClause" in select:
        raise Rejection("into", "SELECT INTO writes a table, which is not allowed: leave INTO out")
    if "lockingClause" in select:
        raise Rejection("locking", "FOR UPDATE and FOR SHARE lock rows, which is not allowed: leave them out")
    only("SelectStmt", select)
    scope = Scope(around.statement, around, _with(select, around))
    if select.get("op", "SETOP_NONE") != "SETOP_NONE":
        result = _set_operation(select, scope, "inner" if place == "inner" else "arm")
    elif "valuesLists" in select:
        result = _values(select["valuesLists"], scope)
    else:
        result = _plain(select, scope, place)
    items = select.get("sortClause", [])
    ascending(items, trends(_output(opened(item)[1]["node"], scope, result.columns, "ORDER BY") for item in items))
    return Query(result.columns, _limit(select, None if scope.sets else result.rows, place == "whole"))


def _with(select: Node, around: Scope) -> dict[str, Query]:
    """Return the CTEs in sight, with those of WITH."""
    clause = select.get("withClause", {"ctes": []})
    if clause.get("recursive"):
        raise Rejection("recursive", "WITH RECURSIVE is not allowed: write plain WITH")
    ctes, own = dict(around.ctes), set()
    for item in only("WithClause", clause)["ctes"]:
        _, fields = opened(item)
        name = fields["ctename"]
        if name in own:
            raise Rejection("ambiguous", f"WITH names `{shorten(name)}` twice")
        own.add(name)
        # A CTE in a subquery sees the columns of the queries around it, as the subquery itself does.
        made = query(fields["ctequery"], Scope(around.statement, around, dict(ctes)), "inner")
        ctes[name] = made._replace(columns=renamed(made, named(fields.get("aliascolnames", [])), name))
    return ctes


def _plain(select: Node, scope: Scope, place: Place) -> Query:
    for item in select.get("fromClause", []):
        source(item, scope)
    if "whereClause" in select:
        condition(select["whereClause"], scope)
    bound_rows(scope)
    targets = select.get("targetList", [])
    if not targets:
        raise Rejection("arguments", "SELECT without columns is not allowed: name what to return")
    for item in select.get("windowClause", []):
        window(item["WindowDef"], scope)
    columns = target_list(targets, scope, place)
    for item in select.get("groupClause", []):
        if "GroupingSet" in item:
            raise Rejection("grouping", "GROUPING SETS, ROLLUP, CUBE and GROUP BY () are not allowed: group by columns")
        _output(item, scope, columns, "GROUP BY")
    for item in select.get("distinctClause", []):
        if item:
            _output(item, scope, columns, "DISTINCT ON")
    if "havingClause" in select:
        expression(select["havingClause"], scope)
    rows = scope.rows
    if "groupClause" not in select and (scope.aggregates or "havingClause" in select):
        rows = 1
    return Query(columns, None if scope.sets else rows)


def _output(node: Node, scope: Scope, columns: Mapping[str, Value], clause: str) -> Value:
    """Return the value of an item of ORDER BY, GROUP BY or DISTINCT ON: a column of the result, or an expression."""
    position = constant_integer(node)
    if position is not None:
        if not 1 <= position <= len(columns):
            raise Rejection("column", f"{clause} {position}: there are {len(columns)} columns")
        return list(columns.values())[position - 1]
    parts = node["ColumnRef"]["fields"] if "ColumnRef" in node else []
    if len(parts) == 1 and "String" in parts[0]:
        value = columns.get(named(parts)[0])
        if value is not None:
            if value.kind == "ambiguous" and clause != "GROUP BY":
                raise Rejection("ambiguous", f"{clause} names a column that the result has twice")
            return value
    return expression(node, scope)


def _values(lists: list[Node], scope: Scope) -> Query:
    if len(lists) > MAX_LIST:
        raise Rejection("in_list", f"VALUES has {len(lists)} rows; at most {MAX_LIST} are allowed")
    rows = [expressions(row["List"]["items"], scope) for row in lists]
    if len({len(row) for row in rows}) > 1:
        raise Rejection("arguments", "the rows of VALUES differ in length")
    return Query({f"column{n}": merge(column) for n, column in enumerate(zip(*rows, strict=True), 1)}, len(rows))


def _set_operation(select: Node, scope: Scope, place: Place) -> Query:
    statement = scope.statement
    statement.arms += 1
    if statement.arms > MAX_ARMS:
        raise Rejection("relations", f"more than {MAX_ARMS} UNIONs are not allowed")
    left, right = (query({"SelectStmt": select[side]}, scope, place) for side in ("larg", "rarg"))
    if len(left.columns) != len(right.columns):
        raise Rejection("arguments", "the SELECTs of a UNION must return the same number of columns")
    pairs = zip(left.columns.items(), right.columns.values(), strict=True)
    columns = {name: merge([a, b]) if a.kind != "ambiguous" else a for (name, a), b in pairs}
    return Query(columns, None if left.rows is None or right.rows is None else left.rows + right.rows)


def _limit(select: Node, rows: int | None, outermost: bool) -> int | None:
    """Return the most rows that are left by LIMIT and OFFSET."""
    most = MAX_LIMIT if outermost else MAX_INNER_LIMIT
    if "limitOffset" in select:
        offset = constant_integer(select["limitOffset"])
        if offset is None or not 0 <= offset <= MAX_OFFSET:
            raise Rejection("offset", f"OFFSET must be a literal between 0 and {MAX_OFFSET}")
    if "limitCount" in select:
        count = constant_integer(select["limitCount"])
        if count is None or not 1 <= count <= most:
            raise Rejection("limit", f"LIMIT must be a literal between 1 and {most}")
        if select.get("limitOption") == "LIMIT_OPTION_WITH_TIES":
            raise Rejection("limit", "WITH TIES is not allowed: it can give more rows than the LIMIT")
        rows = count if rows is None else min(rows, count)
    if outermost and (rows is None or rows > most):
        raise Rejection("limit", f"the statement needs a LIMIT: add LIMIT 20 at its end, {most} at most")
    return rows
