"""SELECT statements: their clauses in the order in which PostgreSQL looks names up, and how many rows they give."""

from matinee.sql.allowed import (
    MAX_ARMS,
    MAX_DEPTH,
    MAX_INNER_LIMIT,
    MAX_LIMIT,
    MAX_LIST,
    MAX_OFFSET,
    MAX_TARGETS,
)
from matinee.sql.constants import constant_integer
from matinee.sql.ordering import ordering
from matinee.sql.query_scope import Place, Query, QueryScope
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.sources import bounded, condition, names_of, renamed, source
from matinee.sql.stars import is_star, star
from matinee.sql.traversal import expression, expressions, merge, only, opened
from matinee.sql.values import Node, Value
from matinee.sql.windows import window

_STATEMENT = "only SELECT is allowed, not {}: write one SELECT over the listed tables"


def query(node: Node, parent: QueryScope | None, ctes: dict[str, Query], place: Place) -> Query:
    """Return the columns of a SELECT, and how many rows it can give.

    Raises:
        Refusal: it, or a part of it, is not allowed.
    """
    assert parent is not None
    for name in node:
        if name != "SelectStmt":
            raise Rejection("statement", _STATEMENT.format(kind_of(name)))
    statement = parent.statement
    statement.depth += 1
    if statement.depth > MAX_DEPTH:
        raise Rejection("depth", f"the statement is nested deeper than {MAX_DEPTH} levels")
    result = _select(node["SelectStmt"], parent, ctes, place)
    statement.depth -= 1
    return result


def kind_of(node: str) -> str:
    """Return the statement that a node type stands for: InsertStmt -> INSERT."""
    words = "".join(f" {c}" if c.isupper() else c for c in node.removesuffix("Stmt"))
    return words.upper().strip()


def _select(select: Node, parent: QueryScope, ctes: dict[str, Query], place: Place) -> Query:
    if "intoClause" in select:
        raise Rejection("into", "SELECT INTO writes a table, which is not allowed: leave INTO out")
    if "lockingClause" in select:
        raise Rejection("locking", "FOR UPDATE and FOR SHARE lock rows, which is not allowed: leave them out")
    only("SelectStmt", select)
    if "withClause" in select:
        ctes = _with(select["withClause"], parent, ctes)
    level = QueryScope(parent.statement, parent, ctes)
    if select.get("op", "SETOP_NONE") != "SETOP_NONE":
        result = _set_operation(select, parent, ctes, "inner" if place == "inner" else "arm")
    elif "valuesLists" in select:
        result = _values(select["valuesLists"], level)
    else:
        result = _plain(select, level, place)
    columns = list(result.columns.values())
    if "sortClause" in select:
        ordering(select["sortClause"], level, result.columns, columns)
    return Query(result.columns, _limit(select, None if level.sets else result.rows, place == "whole"))


def _with(clause: Node, parent: QueryScope, ctes: dict[str, Query]) -> dict[str, Query]:
    if clause.get("recursive"):
        raise Rejection("recursive", "WITH RECURSIVE is not allowed: write plain WITH")
    known, own = dict(ctes), set()
    for item in only("WithClause", clause)["ctes"]:
        _, fields = opened(item)
        name = fields["ctename"]
        if name in own:
            raise Rejection("ambiguous", f"WITH names `{shorten(name)}` twice")
        own.add(name)
        # A CTE in a subquery sees the columns of the queries around it, as the subquery itself does.
        made = parent.statement.query(fields["ctequery"], parent, dict(known), "inner")
        known[name] = Query(renamed(made, names_of(fields.get("aliascolnames", [])), name), made.rows)
    return known


def _plain(select: Node, level: QueryScope, place: Place) -> Query:
    for item in select.get("fromClause", []):
        source(item, level)
    if "whereClause" in select:
        condition(select["whereClause"], level)
    if level.relations:
        bounded(level)
    targets = select.get("targetList", [])
    if not targets:
        raise Rejection("arguments", "SELECT without columns is not allowed: name what to return")
    for item in select.get("windowClause", []):
        window(item["WindowDef"], level)
    columns = _targets(targets, level, place)
    values = list(columns.values())
    for item in select.get("groupClause", []):
        _group(item, level, columns, values)
    for item in select.get("distinctClause", []):
        if item:
            ordering([{"SortBy": {"node": item}}], level, columns, values, aggregate=True)
    if "havingClause" in select:
        expression(select["havingClause"], level)
    rows = level.rows
    if "groupClause" not in select and (level.aggregates or "havingClause" in select):
        rows = 1
    return Query(columns, None if level.sets else rows)


def _targets(targets: list[Node], level: QueryScope, place: Place) -> dict[str, Value]:
    columns: dict[str, Value] = {}
    for target in targets:
        _, fields = opened(target)
        node = fields["val"]
        if is_star(node):
            found = star(node["ColumnRef"], level, place)
        else:
            found = [(fields.get("name") or _name(node), expression(node, level))]
        for name, value in found:
            columns[_free(name, columns)] = value
            if name in columns and name != "?column?" and columns[name] is not value:
                columns[name] = columns[name]._replace(kind="ambiguous")
    if len(columns) > MAX_TARGETS:
        raise Rejection("arguments", f"SELECT returns {len(columns)} columns; at most {MAX_TARGETS} are allowed")
    return columns


def _free(name: str, columns: dict[str, Value]) -> str:
    # A name given twice keeps its place in the order of columns under a name that no statement can spell.
    return f"{name}\0{len(columns)}" if name in columns else name


def _name(node: Node) -> str:
    """Return the name that PostgreSQL gives a column without AS."""
    kind, fields = next(iter(node.items()))
    if kind == "ColumnRef":
        return names_of(fields["fields"][-1:])[0]
    if kind == "FuncCall":
        return names_of(fields["funcname"][-1:])[0]
    if kind == "TypeCast":
        inner = _name(fields["arg"])
        return inner if inner != "?column?" else names_of(fields["typeName"]["names"][-1:])[0]
    if kind == "A_Indirection":
        return _name(fields["arg"])
    if kind == "CaseExpr":
        inner = _name(fields["defresult"]) if "defresult" in fields else "?column?"
        return "case" if inner == "?column?" else inner
    if kind == "MinMaxExpr":
        return "greatest" if fields.get("op") == "IS_GREATEST" else "least"
    if kind == "SubLink" and fields["subLinkType"] == "EXPR_SUBLINK":
        targets = fields["subselect"].get("SelectStmt", {}).get("targetList", [])
        return targets[0]["ResTarget"].get("name") or _name(targets[0]["ResTarget"]["val"]) if targets else "?column?"
    return _NAMES.get(kind, "?column?")


_NAMES = {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array"}


def _group(item: Node, level: QueryScope, columns: dict[str, Value], values: list[Value]) -> None:
    if "GroupingSet" in item:
        raise Rejection("grouping", "GROUPING SETS, ROLLUP, CUBE and GROUP BY () are not allowed: group by columns")
    position = constant_integer(item)
    if position is not None:
        if not 1 <= position <= len(values):
            raise Rejection("column", f"GROUP BY {position}: there are {len(values)} columns")
        return
    if "ColumnRef" in item:
        fields = item["ColumnRef"]["fields"]
        if len(fields) == 1 and "String" in fields[0] and fields[0]["String"]["sval"] in columns:
            return
    expression(item, level)


def _values(lists: list[Node], level: QueryScope) -> Query:
    if len(lists) > MAX_LIST:
        raise Rejection("in_list", f"VALUES has {len(lists)} rows; at most {MAX_LIST} are allowed")
    rows = [expressions(row["List"]["items"], level) for row in lists]
    if len({len(row) for row in rows}) > 1:
        raise Rejection("arguments", "the rows of VALUES differ in length")
    return Query({f"column{n + 1}": merge(list(column)) for n, column in enumerate(zip(*rows, strict=True))}, len(rows))


def _set_operation(select: Node, parent: QueryScope, ctes: dict[str, Query], place: Place) -> Query:
    statement = parent.statement
    statement.arms += 1
    if statement.arms > MAX_ARMS:
        raise Rejection("relations", f"more than {MAX_ARMS} UNIONs are not allowed")
    left, right = (statement.query({"SelectStmt": select[side]}, parent, ctes, place) for side in ("larg", "rarg"))
    if len(left.columns) != len(right.columns):
        raise Rejection("arguments", "the SELECTs of a UNION must return the same number of columns")
    pairs = zip(left.columns.items(), right.columns.values(), strict=True)
    columns = {name: merge([a, b]) if a.kind != "ambiguous" else a for (name, a), b in pairs}
    unbounded = left.rows is None or right.rows is None
    return Query(columns, None if unbounded else (left.rows or 0) + (right.rows or 0))


def _limit(select: Node, rows: int | None, outermost: bool) -> int | None:
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
