"""Expressions: each node type that one may be has a rule here; a node type without a rule is refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from matinee.sql.calls import function, function_call, operator, signed
from matinee.sql.casts import cast
from matinee.sql.grammar import MAX_LIST, MAX_VECTOR_ELEMENTS, MAX_WEIGHT, in_words, only, opened
from matinee.sql.literals import constant, constant_integer, constant_text, pattern, value_function
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.results import Call
from matinee.sql.scope import Query, Scope
from matinee.sql.signatures import AGGREGATES, COMPARISONS, LIKES
from matinee.sql.trends import MIXED, Trend, ascending, branches, combined, mixed, turned
from matinee.sql.values import UNTYPED, Node, Value, merge, named, trends, union

_EQUALS: list[Node] = [{"String": {"sval": "="}}]
_BOUNDS = ("startOffset", "endOffset")
_OF_EACH_FILM = frozenset({"ANY_SUBLINK", "ALL_SUBLINK", "ARRAY_SUBLINK"})
"""Subqueries that stand beside something of the film, though they themselves may be the same for all."""


def expression(node: Node, scope: Scope) -> Value:
    """Return what is known of an expression.

    Raises:
        Rejection: it, or a part of it, is not allowed.
    """
    name, fields = opened(node)
    rule = _RULES.get(name)
    if rule is None:
        raise Rejection("node", f"{in_words(name)} is not allowed here: write a plain expression")
    scope.statement.enter()
    value = rule(fields, scope)
    scope.statement.depth -= 1
    if value.weight > MAX_WEIGHT:
        raise Rejection("size", "an expression repeats or collects too much text: use fewer or shorter columns")
    return value


def expressions(nodes: Iterable[Node], scope: Scope) -> list[Value]:
    """Return what is known of each expression."""
    return [expression(node, scope) for node in nodes]


def subquery(fields: Node, scope: Scope) -> tuple[Value, Query]:
    """Return the value of a subquery in an expression (a SubLink node), and the query.

    What is no distance itself, but depends for each film on the rows that a distance chose, may stand for the distance.

    Raises:
        Rejection: it is not allowed, or returns more than the one column that the expression takes.
    """
    statement = scope.statement
    distances, correlations = statement.distances, statement.correlations
    value, query = _subquery(fields, scope)
    of_each_film = fields["subLinkType"] in _OF_EACH_FILM or statement.correlations > correlations
    if statement.distances > distances and of_each_film and not value.trend.order:
        value = value._replace(trend=Trend(MIXED))
    return value, query


def _subquery(fields: Node, scope: Scope) -> tuple[Value, Query]:
    kind = fields["subLinkType"]
    query = scope.statement.query(fields["subselect"], scope, "inner")
    if kind == "EXISTS_SUBLINK":
        return Value("boolean"), query
    name = _operator(fields.get("operName", _EQUALS))
    columns = list(query.columns.values())
    if kind == "ANY_SUBLINK" and "RowExpr" in fields["testexpr"]:
        return _compared_rows(name, _row(fields["testexpr"], scope), columns, scope), query
    if kind not in {"EXPR_SUBLINK", "ARRAY_SUBLINK", "ANY_SUBLINK", "ALL_SUBLINK"}:
        raise Rejection("node", f"{in_words(kind)} is not allowed: compare with one column")
    if len(columns) != 1:
        raise Rejection("arguments", "a subquery in an expression must return one column")
    (column,) = columns
    if kind == "EXPR_SUBLINK":
        kind = "text" if column.kind == "literal" else column.kind
        return column._replace(kind=kind, refs=0, text=None), query
    if kind == "ARRAY_SUBLINK":
        if query.rows is None or query.rows > MAX_LIST:
            raise Rejection("size", f"ARRAY(SELECT ...) needs a LIMIT of at most {MAX_LIST} in its subquery")
        return _array_of(column.kind, [column], column.weight * max(1, query.rows))._replace(refs=0), query
    left = expression(fields["testexpr"], scope)
    operator(scope, name, left, column)
    return Value("boolean", refs=left.refs), query


def window(definition: Node, scope: Scope) -> int:
    """Check a window, OVER (...) or one of the WINDOW clause, and return 1 if it runs from near to far, else 0."""
    fields = only("WindowDef", definition)
    expressions(fields.get("partitionClause", []), scope)
    items = fields.get("orderClause", [])
    along = _sorted_by(items, scope)
    ascending(items, trends(along))
    if any(bound in fields and constant_integer(fields[bound]) is None for bound in _BOUNDS):
        raise Rejection("arguments", "the frame of a window must be bounded by whole numbers")
    if not along:
        return scope.windows.get(fields.get("refname") or fields.get("name", ""), 0)
    order = 1 if along[0].trend.order else 0
    if "name" in fields:
        scope.windows[fields["name"]] = order
    return order


def _sorted_by(items: Sequence[Node], scope: Scope) -> list[Value]:
    return [expression(opened(item)[1]["node"], scope) for item in items]


def _call(fields: Node, scope: Scope) -> Value:
    name, signature = function(fields)
    nodes, items = fields.get("args", []), fields.get("agg_order", [])
    call = Call(name, signature, nodes, expressions(nodes, scope), scope)
    sort = _sorted_by(items, scope)
    if signature.rule == "collect":
        ascending(items, trends(sort))
    kept = expressions([fields["agg_filter"]] if "agg_filter" in fields else [], scope)
    along = window(fields["over"], scope) if "over" in fields else None
    filtered = combined(value.trend.order for value in kept)
    refs = union([*call.values, *sort, *kept])
    if along is None and signature.rule in AGGREGATES:
        if refs and not refs & scope.mask:
            raise Rejection("arguments", f"{name}() must aggregate rows of its own SELECT")
        scope.aggregates = True
    value = function_call(call, fields, sort, along)._replace(refs=refs)
    if filtered:
        order = filtered if name == "count" and along is None else MIXED
        value = value._replace(trend=value.trend._replace(order=order))
    return value


def _operator(names: list[Node]) -> str:
    if len(names) != 1:
        raise Rejection("operator", "OPERATOR(schema.name) is not allowed: write the operator itself")
    return named(names)[0]


def _operation(fields: Node, scope: Scope) -> Value:
    kind, name = fields["kind"], _operator(fields["name"])
    if "lexpr" not in fields:
        return signed(name, expression(fields["rexpr"], scope))
    if "RowExpr" in fields["lexpr"]:
        return _row_operation(kind, name, fields, scope)
    rule = _OPERATIONS.get(kind.removeprefix("AEXPR_"))
    if rule is None:
        raise Rejection("operator", f"{in_words(kind.removeprefix('AEXPR_'))} is not allowed: use LIKE, ILIKE or `~`")
    return rule(name, expression(fields["lexpr"], scope), fields["rexpr"], scope)


def _plain_operation(name: str, left: Value, node: Node, scope: Scope) -> Value:
    return operator(scope, name, left, expression(node, scope), node)


def _nullif(name: str, left: Value, node: Node, scope: Scope) -> Value:
    return merge([left, expression(node, scope)])._replace(kind=left.kind)


def _similar(name: str, left: Value, node: Node, scope: Scope) -> Value:
    text, *escape = [constant_text(argument) for argument in node["FuncCall"]["args"]]
    pattern("SIMILAR TO", text)
    if escape and len(escape[0] or "  ") > 1:
        raise Rejection("pattern", "the ESCAPE of SIMILAR TO must be one character")
    return _tested([left])


def _listed(name: str, left: Value, node: Node, scope: Scope) -> Value:
    values = expressions(_items(node), scope)
    for value in values:
        operator(scope, "=", left, value)
    return _tested([left, *values])


def _any_of(name: str, left: Value, node: Node, scope: Scope) -> Value:
    right = expression(node, scope)
    if not right.may_be_array and right.kind != "null":
        said = f"the text '{shorten(right.text or '', 20)}'" if right.kind == "literal" else f"a {right.kind}"
        raise Rejection("any_text", f"`{name} ANY(...)` needs an array, not {said}: write ANY(ARRAY['...'])")
    if name not in COMPARISONS | LIKES:
        raise Rejection("operator", f"`{name} ANY(...)` is not allowed: use = ANY(...)")
    return _tested([left, right])


def _tested(values: Sequence[Value]) -> Value:
    """Return a boolean that these values decide in a way that is not followed further."""
    return Value("boolean", refs=union(values), trend=mixed(trends(values)))


def _items(node: Node) -> list[Node]:
    items: list[Node] = node["List"]["items"]
    if len(items) > MAX_LIST:
        raise Rejection("in_list", f"the IN list has {len(items)} values; at most {MAX_LIST} are allowed")
    return items


def _row(node: Node, scope: Scope) -> list[Value]:
    """Return the columns of a row that is written out, or that a subquery gives."""
    name, fields = opened(node)
    if name == "RowExpr":
        return expressions(fields["args"], scope)
    if name == "SubLink" and fields["subLinkType"] == "EXPR_SUBLINK":
        return list(scope.statement.query(fields["subselect"], scope, "inner").columns.values())
    raise Rejection("operand", "a row (a, b) is compared with a row or with a subquery only")


def _row_operation(kind: str, name: str, fields: Node, scope: Scope) -> Value:
    if kind not in {"AEXPR_OP", "AEXPR_IN"}:
        raise Rejection("operand", "a row (a, b) is compared with = <> < <= > >= or IN only")
    left = _row(fields["lexpr"], scope)
    nodes = _items(fields["rexpr"]) if kind == "AEXPR_IN" else [fields["rexpr"]]
    rows = [_row(node, scope) for node in nodes]
    for row in rows:
        _compared_rows(name, left, row, scope)
    return _tested([*left, *(value for row in rows for value in row)])


def _compared_rows(name: str, left: list[Value], right: list[Value], scope: Scope) -> Value:
    if name not in COMPARISONS:
        raise Rejection("operator", f"rows are compared with = <> < <= > >=, not with `{shorten(name, 20)}`")
    if len(left) != len(right):
        raise Rejection("arguments", f"a row of {len(left)} columns is compared with one of {len(right)}")
    for one, other in zip(left, right, strict=True):
        operator(scope, name, one, other)
    return _tested(left)


def _logic(fields: Node, scope: Scope) -> Value:
    values = expressions(fields["args"], scope)
    order = combined(value.trend.order for value in values)
    if fields["boolop"] == "NOT_EXPR":
        order = turned(order)
    return Value("boolean", refs=union(values), trend=Trend(order))


def _case(fields: Node, scope: Scope) -> Value:
    conditions = [_tested([expression(fields["arg"], scope)])] if "arg" in fields else []
    results = []
    for branch in fields["args"]:
        _, when = opened(branch)
        conditions.append(expression(when["expr"], scope))
        results.append(expression(when["result"], scope))
    if "defresult" in fields:
        results.append(expression(fields["defresult"], scope))
    merged = merge(results)
    trend = merged.trend._replace(order=branches(trends(conditions), trends(results)))
    return merged._replace(refs=merged.refs | union(conditions), trend=trend)


def _array(fields: Node, scope: Scope) -> Value:
    nodes = fields.get("elements", [])
    if len(nodes) > (MAX_VECTOR_ELEMENTS if all(_is_number(node) for node in nodes) else MAX_LIST):
        raise Rejection("in_list", f"the ARRAY has {len(nodes)} elements; at most {MAX_LIST} are allowed")
    if not nodes:
        return Value("other[]")
    values = expressions(nodes, scope)
    first = values[0].kind
    kind = ("text" if first == "literal" else "other") if first in UNTYPED else first
    made = _array_of(kind, values, sum(value.weight for value in values) // 4 + 1)
    return made._replace(dimension=len(values) if kind == "number" else None)


def _array_of(kind: str, values: Sequence[Value], weight: int) -> Value:
    order = combined(value.trend.order for value in values)
    return Value(f"{kind}[]", weight=weight, refs=union(values), trend=Trend(order))


def _is_number(node: Node) -> bool:
    return "A_Const" in node and "sval" not in node["A_Const"]


def _indirection(fields: Node, scope: Scope) -> Value:
    value = expression(fields["arg"], scope)
    for step in fields["indirection"]:
        if "A_Indices" not in step:
            raise Rejection("column", "a field or `*` of a value is not allowed: name the column as `table.column`")
        _, indices = opened(step)
        places = expressions([indices[bound] for bound in ("lidx", "uidx") if bound in indices], scope)
        if not value.may_be_array:
            raise Rejection("operand", f"[...] needs an array, not a {value.kind}")
        array = value.kind if indices.get("is_slice") else value.kind.removesuffix("[]")
        trend = Trend(value.trend.order)
        value = Value(array, weight=value.weight, refs=value.refs | union(places), trend=trend)
    return value


def _test(fields: Node, scope: Scope) -> Value:
    return Value("boolean", refs=expression(fields["arg"], scope).refs)


_OPERATIONS: Mapping[str, Callable[[str, Value, Node, Scope], Value]] = {
    **dict.fromkeys(("OP", "LIKE", "ILIKE", "DISTINCT", "NOT_DISTINCT"), _plain_operation),
    **dict.fromkeys(("IN", "BETWEEN", "NOT_BETWEEN", "BETWEEN_SYM", "NOT_BETWEEN_SYM"), _listed),
    **dict.fromkeys(("OP_ANY", "OP_ALL"), _any_of),
    "SIMILAR": _similar,
    "NULLIF": _nullif,
}
"""The rule of each kind of A_Expr node, without its AEXPR_."""

_RULES: Mapping[str, Callable[[Node, Scope], Value]] = {
    "ColumnRef": lambda fields, scope: scope.column(fields["fields"]),
    "A_Const": lambda fields, scope: constant(fields),
    "ParamRef": lambda fields, scope: scope.statement.parameter(fields.get("number", 0)),
    "A_Expr": _operation,
    "BoolExpr": _logic,
    "NullTest": _test,
    "BooleanTest": _test,
    "CaseExpr": _case,
    "CoalesceExpr": lambda fields, scope: merge(expressions(fields["args"], scope)),
    "MinMaxExpr": lambda fields, scope: merge(expressions(fields["args"], scope)),
    "SubLink": lambda fields, scope: subquery(fields, scope)[0],
    "FuncCall": _call,
    "TypeCast": lambda fields, scope: cast(
        only("TypeName", fields["typeName"]), expression(fields["arg"], scope), scope.statement
    ),
    "A_ArrayExpr": _array,
    "A_Indirection": _indirection,
    "SQLValueFunction": lambda fields, scope: value_function(fields),
}
"""The rule of each node type that an expression may be."""
