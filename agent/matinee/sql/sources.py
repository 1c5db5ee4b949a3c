"""FROM: tables, subqueries, functions and joins, and that no two of them are crossed without a bound."""

from matinee.sql.allowed import MAX_CROSS, MAX_FROM, MAX_RELATIONS, PINNED_ROWS
from matinee.sql.constants import constant_text
from matinee.sql.expressions import sublink
from matinee.sql.functions import element
from matinee.sql.operators import binary
from matinee.sql.query_scope import Query, QueryScope, Relation
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.schema import ARRAY_WEIGHT
from matinee.sql.traversal import expression, only, opened
from matinee.sql.values import Node, Value

_JOINS = frozenset({"JOIN_INNER", "JOIN_LEFT", "JOIN_RIGHT", "JOIN_FULL"})


def source(node: Node, level: QueryScope) -> None:
    """Add what a FROM item names to the level.

    Raises:
        Refusal: a table is unknown, or the item is of a form that is not allowed.
    """
    name, fields = opened(node)
    if name == "RangeVar":
        _table(fields, level)
    elif name == "RangeSubselect":
        _subquery(fields, level)
    elif name == "RangeFunction":
        _function(fields, level)
    elif name == "JoinExpr":
        _join(fields, level)
    else:
        raise Rejection("node", "FROM may name tables, subqueries and unnest() only")


def condition(node: Node, level: QueryScope) -> None:
    """Check WHERE or ON, and remember which relations its equalities link or pin to a few rows."""
    if "BoolExpr" in node and node["BoolExpr"]["boolop"] == "AND_EXPR":
        for part in only("BoolExpr", node["BoolExpr"])["args"]:
            condition(part, level)
    elif "SubLink" in node:
        value, left, query = sublink(only("SubLink", node["SubLink"]), level)
        fields = node["SubLink"]
        if left is not None and fields["subLinkType"] == "ANY_SUBLINK" and "operName" not in fields:
            _pin(fields["testexpr"], left, query.rows, level)
        del value
    elif "A_Expr" in node:
        _comparison(node, level)
    else:
        expression(node, level)


def bounded(level: QueryScope) -> None:
    """Set the level's bound of rows.

    Raises:
        Refusal: relations are crossed without a condition that links them, and not bounded by a LIMIT.
    """
    groups = [(r.bit, r.rows) for r in level.relations]
    keyed = [r.bit for r in level.relations if r.rows is None and not r.lateral]
    for left, right, key in level.links:
        groups = _joined(groups, left, right)
        if key:
            keyed = [bit for bit in keyed if not (bit == right and left in keyed)]
    for relation in level.relations:
        if relation.lateral & level.mask:
            groups = _joined(groups, relation.bit, relation.lateral & level.mask)
    endless = [mask for mask, rows in groups if rows is None]
    product = 1
    for _, rows in groups:
        product *= rows or 1
    if len(endless) > 1 or (endless and product > MAX_CROSS) or product > MAX_CROSS * MAX_CROSS:
        names = ", ".join(f"`{r.name}`" for r in level.relations)
        raise Rejection(
            "cross_join",
            f"{names} are joined without a condition: write ON a.movie_id = b.movie_id, name one film by its title, "
            f"or bound one side by a subquery with LIMIT {MAX_CROSS} at most",
        )
    unnested = [r for r in level.relations if r.lateral]
    long = any(v.weight > ARRAY_WEIGHT for r in unnested for v in r.columns.values())
    level.multiplies = len(keyed) > 1 or len(unnested) > 1 or long
    rows = 1
    for relation in level.relations:
        if relation.rows is None or relation.base:
            level.rows = None
            return
        rows *= relation.rows
    level.rows = rows


def renamed(query: Query, names: list[str], of: str) -> dict[str, Value]:
    """Return a query's columns under the names of an alias's column list."""
    if len(names) > len(query.columns):
        raise Rejection("column", f"`{shorten(of)}` has {len(query.columns)} columns, but {len(names)} names are given")
    columns: dict[str, Value] = {}
    for name, value in zip([*names, *list(query.columns)[len(names) :]], query.columns.values(), strict=True):
        columns[name] = Value("ambiguous") if name in columns else value
    return columns


def names_of(nodes: list[Node]) -> list[str]:
    """Return the texts of a list of name nodes."""
    return [node["String"].get("sval", "") for node in nodes]


def _add(level: QueryScope, relation: Relation) -> None:
    statement = level.statement
    statement.relations += 1
    if any(other.name == relation.name for other in level.relations):
        raise Rejection("ambiguous", f"`{relation.name}` is in FROM twice: give each an alias of its own")
    level.relations.append(relation)
    if len(level.relations) > MAX_FROM or statement.relations > MAX_RELATIONS:
        raise Rejection(
            "relations", f"too many tables: at most {MAX_FROM} in one FROM and {MAX_RELATIONS} in all are allowed"
        )


def _bit(level: QueryScope) -> int:
    return 1 << level.statement.relations


def _alias(fields: Node) -> tuple[str | None, list[str]]:
    if "alias" not in fields:
        return None, []
    alias = only("Alias", fields["alias"])
    return alias["aliasname"], names_of(alias.get("colnames", []))


def _table(fields: Node, level: QueryScope) -> None:
    schema = level.statement.schema
    name, of = fields["relname"], fields.get("schemaname")
    if of is not None and of != schema.name:
        raise Rejection("schema", f"schema `{shorten(of)}` is not allowed: write the table's name alone")
    alias, names = _alias(fields)
    bit = _bit(level)
    if of is None and name in level.ctes:
        query = level.ctes[name]
        _add(level, Relation(alias or name, renamed(query, names, name), bit, query.rows))
        return
    columns = schema.values.get(name)
    if columns is None:
        raise unknown("table", "table", name, [*schema.tables, *level.ctes])
    if names:
        # The list renames by position, and the stored table may have other columns in other places.
        raise Rejection("column", f"column names after the table `{name}` are not allowed: rename with AS in SELECT")
    level.statement.tables += 1
    _add(level, Relation(alias or name, columns, bit, None, base=True))


def _subquery(fields: Node, level: QueryScope) -> None:
    alias, names = _alias(fields)
    lateral = bool(fields.get("lateral"))
    outer = level if lateral else level.parent
    query = level.statement.query(fields["subquery"], outer, level.ctes, "inner")
    if lateral and (query.rows is None or query.rows > MAX_CROSS):
        raise Rejection("lateral", f"a LATERAL subquery needs a LIMIT of at most {MAX_CROSS}")
    name = alias or f"?{level.statement.relations}"
    before = level.mask if lateral else 0
    _add(level, Relation(name, renamed(query, names, name), _bit(level), query.rows, lateral=before))


def _function(fields: Node, level: QueryScope) -> None:
    calls = fields["functions"]
    if len(calls) != 1:
        raise Rejection("function", "ROWS FROM (...) is not allowed: use unnest()")
    items = calls[0]["List"]["items"]
    called, inner = opened(items[0])
    if len(items) > 1 and items[1]:
        raise Rejection("function", "a function with a list of column types is not allowed")
    if called != "FuncCall" or names_of(inner["funcname"]) != ["unnest"]:
        shown = ".".join(names_of(inner["funcname"])) if called == "FuncCall" else called
        raise Rejection("function", f"`{shorten(shown)}()` is not allowed in FROM: only unnest() is")
    if len(inner.get("args", [])) != 1:
        raise Rejection("arguments", "unnest() takes 1 argument in FROM")
    array = expression(inner["args"][0], level)
    value = element(array)._replace(refs=0)
    alias, names = _alias(fields)
    name = alias or "unnest"
    columns = {names[0] if names else name: value}
    if fields.get("ordinality"):
        columns[names[1] if len(names) > 1 else "ordinality"] = Value("number")
    if len(names) > len(columns):
        raise Rejection("column", f"unnest() gives {len(columns)} columns, but {len(names)} names are given")
    own = array.refs & level.mask
    _add(level, Relation(name, columns, _bit(level), None if own else MAX_CROSS, lateral=own))


def _join(fields: Node, level: QueryScope) -> None:
    if fields.get("jointype") not in _JOINS:
        raise Rejection("node", "this kind of join is not allowed: use JOIN, LEFT JOIN, RIGHT JOIN or FULL JOIN")
    start = len(level.relations)
    source(fields["larg"], level)
    middle = len(level.relations)
    source(fields["rarg"], level)
    left, right = level.relations[start:middle], level.relations[middle:]
    for name in names_of(fields.get("usingClause", [])):
        a, b = _only_one(name, left, level), _only_one(name, right, level)
        level.links.append((a.bit, b.bit, name == "movie_id"))
        level.merged[name] = a.columns[name]._replace(refs=a.bit | b.bit)
    if "quals" in fields:
        condition(fields["quals"], level)


def _only_one(name: str, relations: list[Relation], level: QueryScope) -> Relation:
    having = [r for r in relations if name in r.columns and r.columns[name].kind != "ambiguous"]
    if not having:
        raise unknown("column", "column", name, [c for r in relations for c in r.columns])
    if len(having) > 1 and name not in level.merged:
        raise Rejection("ambiguous", f"USING ({name}): more than one table on one side has it")
    return having[0]


def _comparison(node: Node, level: QueryScope) -> None:
    fields = only("A_Expr", node["A_Expr"])
    kind = fields["kind"]
    equal = kind == "AEXPR_OP" and fields["name"] == [{"String": {"sval": "="}}]
    if equal and "RowExpr" in fields["lexpr"] and "RowExpr" in fields["rexpr"]:
        left_nodes, right_nodes = (only("RowExpr", fields[side]["RowExpr"])["args"] for side in ("lexpr", "rexpr"))
        if len(left_nodes) == len(right_nodes):
            for left_node, right_node in zip(left_nodes, right_nodes, strict=True):
                _comparison({"A_Expr": {**fields, "lexpr": left_node, "rexpr": right_node}}, level)
            return
    if equal and "RowExpr" not in fields["lexpr"]:
        left, right = expression(fields["lexpr"], level), expression(fields["rexpr"], level)
        binary(level.statement, "=", left, right)
        _link(fields, left, right, level)
        _pin(fields["lexpr"], left, PINNED_ROWS if not right.refs & level.mask else None, level)
        _pin(fields["rexpr"], right, PINNED_ROWS if not left.refs & level.mask else None, level)
        return
    value = expression(node, level)
    if kind == "AEXPR_IN" and fields["name"] == [{"String": {"sval": "="}}]:
        items = fields["rexpr"]["List"]["items"]
        if all("A_Const" in item or "ParamRef" in item for item in items):
            _pin(fields["lexpr"], value, len(items), level)
    elif kind in {"AEXPR_LIKE", "AEXPR_ILIKE"} and fields["name"][0]["String"]["sval"] in {"~~", "~~*"}:
        text = constant_text(fields["rexpr"])
        if text is not None and not {"%", "_"} & set(text):
            _pin(fields["lexpr"], value, PINNED_ROWS, level)


def _link(fields: Node, left: Value, right: Value, level: QueryScope) -> None:
    mask = level.mask
    one, other = left.refs & mask, right.refs & mask
    if one and other and not one & other:
        key = all(
            "ColumnRef" in fields[side] and fields[side]["ColumnRef"]["fields"][-1] == {"String": {"sval": "movie_id"}}
            for side in ("lexpr", "rexpr")
        )
        level.links.append((one, other, key))


def _pin(node: Node, value: Value, rows: int | None, level: QueryScope) -> None:
    """Bound a stored table of which a key column must equal one of a few constants."""
    if rows is None:
        return
    call = node.get("FuncCall")
    if call and names_of(call["funcname"]) in (["lower"], ["upper"]) and call.get("args"):
        node = call["args"][0]
    name = node["ColumnRef"]["fields"][-1].get("String", {}).get("sval") if "ColumnRef" in node else None
    if name in level.statement.schema.keys:
        for relation in level.relations:
            if relation.bit == value.refs and relation.base and (relation.rows is None or rows < relation.rows):
                relation.rows = rows


def _joined(groups: list[tuple[int, int | None]], left: int, right: int) -> list[tuple[int, int | None]]:
    """Join the groups that share a bit with either side; a group is bounded if each of its relations is."""
    mask, rows, rest = 0, 1, []
    endless = False
    for bits, bound in groups:
        if bits & (left | right):
            mask |= bits
            endless = endless or bound is None
            rows = max(rows, bound or 1)
        else:
            rest.append((bits, bound))
    return [*rest, (mask, None if endless else rows)]
