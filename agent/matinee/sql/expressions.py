"""Expressions: each node type of the tree has a handler here or in `functions`; one that has none is refused."""

from collections.abc import Mapping

from matinee.sql.allowed import COMPARISONS, MAX_LIST, MAX_PARAMETERS, MAX_VECTOR_ELEMENTS, VALUE_FUNCTIONS
from matinee.sql.casts import cast
from matinee.sql.constants import constant, constant_text
from matinee.sql.directions import branches, combined, turned
from matinee.sql.operators import binary, pattern, unary
from matinee.sql.query_scope import Handler, Query, QueryScope
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.scope import column
from matinee.sql.traversal import expression, expressions, in_words, merge, only, opened, union
from matinee.sql.values import MIXED, Node, Value

_BOOLEAN = Value("boolean")
_EQUALS: list[Node] = [{"String": {"sval": "="}}]


def sublink(fields: Node, level: QueryScope) -> tuple[Value, Value | None, Query]:
    """Return the value of a subquery in an expression, what stands before its IN or ANY, and the query."""
    kind = fields["subLinkType"]
    query = level.statement.query(fields["subselect"], level, level.ctes, "inner")
    if kind == "EXISTS_SUBLINK":
        return _BOOLEAN, None, query
    if "RowExpr" in fields.get("testexpr", {}) and kind == "ANY_SUBLINK":
        name = operator_name(fields.get("operName", _EQUALS))
        return _rows(name, _row(fields["testexpr"], level), list(query.columns.values()), level), None, query
    if kind in {"EXPR_SUBLINK", "ARRAY_SUBLINK", "ANY_SUBLINK", "ALL_SUBLINK"} and len(query.columns) != 1:
        raise Rejection("arguments", "a subquery in an expression must return one column")
    only_column = next(iter(query.columns.values()))
    if kind == "EXPR_SUBLINK":
        return only_column._replace(refs=0), None, query
    if kind == "ARRAY_SUBLINK":
        if query.rows is None or query.rows > MAX_LIST:
            raise Rejection("size", f"ARRAY(SELECT ...) needs a LIMIT of at most {MAX_LIST} in its subquery")
        weight = only_column.weight * max(1, query.rows)
        return Value(f"{only_column.kind}[]", weight=weight, order=only_column.order), None, query
    if kind in {"ANY_SUBLINK", "ALL_SUBLINK"}:
        left = expression(fields["testexpr"], level)
        binary(level.statement, operator_name(fields.get("operName", _EQUALS)), left, only_column)
        return Value("boolean", refs=left.refs), left, query
    raise Rejection("node", f"{in_words(kind)} is not allowed: compare with one column")


def operator_name(names: list[Node]) -> str:
    """Return the name of an operator without a schema."""
    if len(names) != 1:
        raise Rejection("operator", "OPERATOR(schema.name) is not allowed: write the operator itself")
    name: str = names[0]["String"]["sval"]
    return name


def _column(fields: Node, level: QueryScope) -> Value:
    return column(fields["fields"], level)


def _parameter(fields: Node, level: QueryScope) -> Value:
    number = fields.get("number", 0)
    if not 1 <= number <= MAX_PARAMETERS:
        raise Rejection("parameter", f"`${number}` is not a parameter: allowed are $1 to ${MAX_PARAMETERS}")
    level.statement.parameters.add(number)
    return Value("parameter", parameter=number)


def _operation(fields: Node, level: QueryScope) -> Value:
    kind, name = fields["kind"], operator_name(fields["name"])
    if kind == "AEXPR_OP" and "lexpr" not in fields:
        return unary(name, expression(fields["rexpr"], level))
    right_node = fields["rexpr"]
    if "RowExpr" in fields["lexpr"]:
        return _row_comparison(kind, name, fields, level)
    left = expression(fields["lexpr"], level)
    if kind == "AEXPR_OP":
        return _plain_operation(name, left, right_node, level)
    if kind in {"AEXPR_LIKE", "AEXPR_ILIKE"}:
        return _test_of(left, expression(right_node, level))
    if kind == "AEXPR_SIMILAR":
        return _similar(left, right_node)
    if kind == "AEXPR_IN":
        return _in_list(fields, level, left)
    if kind in {"AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM"}:
        return _test_of(left, *expressions(right_node["List"]["items"], level))
    if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"}:
        return binary(level.statement, "=", left, expression(right_node, level))
    if kind == "AEXPR_NULLIF":
        return merge([left, expression(right_node, level)])._replace(kind=left.kind)
    if kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
        return _any_of(name, left, expression(right_node, level))
    raise Rejection("operator", f"{in_words(kind.removeprefix('AEXPR_'))} is not allowed: use LIKE, ILIKE or `~`")


def _plain_operation(name: str, left: Value, right_node: Node, level: QueryScope) -> Value:
    right = expression(right_node, level)
    if name in {"~", "~*", "!~", "!~*"}:
        pattern(name, constant_text(right_node))
    if name == "^" and (right.low != right.high or not -10 <= right.low <= 10):
        # A numeric to the power of a column has as many digits as the column says.
        raise Rejection("arguments", "`^` takes a literal exponent between -10 and 10")
    return binary(level.statement, name, left, right)


def _test_of(*values: Value) -> Value:
    """Return a boolean that these values decide in a way that is not followed further."""
    return Value("boolean", refs=union(values), order=MIXED if any(v.order for v in values) else 0)


def _similar(left: Value, node: Node) -> Value:
    arguments = node.get("FuncCall", {}).get("args", [])
    text = constant_text(arguments[0]) if arguments else None
    pattern("SIMILAR TO", text)
    if len(arguments) > 1 and len(constant_text(arguments[1]) or "  ") > 1:
        raise Rejection("pattern", "the ESCAPE of SIMILAR TO must be one character")
    return _test_of(left)


def _row(node: Node, level: QueryScope) -> list[Value]:
    """Return the columns of a row that is written out, or that a subquery gives."""
    name, fields = opened(node)
    if name == "RowExpr":
        return expressions(fields["args"], level)
    if name == "SubLink" and fields["subLinkType"] == "EXPR_SUBLINK":
        return list(level.statement.query(fields["subselect"], level, level.ctes, "inner").columns.values())
    raise Rejection("operand", "a row (a, b) is compared with a row or with a subquery only")


def _rows(name: str, left: list[Value], right: list[Value], level: QueryScope) -> Value:
    """Return what comes out of comparing two rows, column by column."""
    if name not in COMPARISONS:
        raise Rejection("operator", f"rows are compared with = <> < <= > >=, not with `{shorten(name, 20)}`")
    if len(left) != len(right):
        raise Rejection("arguments", f"a row of {len(left)} columns is compared with one of {len(right)}")
    for one, other in zip(left, right, strict=True):
        binary(level.statement, name, one, other)
    return _test_of(*left)


def _row_comparison(kind: str, name: str, fields: Node, level: QueryScope) -> Value:
    left = _row(fields["lexpr"], level)
    items = fields["rexpr"]["List"]["items"] if kind == "AEXPR_IN" else [fields["rexpr"]]
    if kind not in {"AEXPR_OP", "AEXPR_IN"}:
        raise Rejection("operand", "a row (a, b) is compared with = <> < <= > >= or IN only")
    if len(items) > MAX_LIST:
        raise Rejection("in_list", f"the IN list has {len(items)} rows; at most {MAX_LIST} are allowed")
    rows = [_row(item, level) for item in items]
    for row in rows:
        _rows(name, left, row, level)
    return _test_of(*left, *(value for row in rows for value in row))


def _in_list(fields: Node, level: QueryScope, left: Value) -> Value:
    items = fields["rexpr"]["List"]["items"]
    if len(items) > MAX_LIST:
        raise Rejection("in_list", f"the IN list has {len(items)} values; at most {MAX_LIST} are allowed")
    values = expressions(items, level)
    for value in values:
        binary(level.statement, "=", left, value)
    return _test_of(left, *values)


def _any_of(name: str, left: Value, right: Value) -> Value:
    if right.kind == "literal":
        raise Rejection(
            "any_text", f"`{name} ANY('{shorten(right.text or '', 20)}')` needs an array: write ANY(ARRAY['...'])"
        )
    if not right.kind.endswith("[]") and right.kind not in {"parameter", "null", "other"}:
        raise Rejection("any_text", f"`{name} ANY(...)` needs an array, not a {right.kind}: write ANY(ARRAY[...])")
    if name not in {"=", "<>", "<", ">", "<=", ">=", "~~", "~~*", "!~~", "!~~*"}:
        raise Rejection("operator", f"`{name} ANY(...)` is not allowed: use = ANY(...)")
    return _test_of(left, right)


def _logic(fields: Node, level: QueryScope) -> Value:
    values = expressions(fields["args"], level)
    order = combined(value.order for value in values)
    return Value("boolean", refs=union(values), order=turned(order) if fields["boolop"] == "NOT_EXPR" else order)


def _test(fields: Node, level: QueryScope) -> Value:
    return Value("boolean", refs=expression(fields["arg"], level).refs)


def _case(fields: Node, level: QueryScope) -> Value:
    conditions, results = [], []
    if "arg" in fields:
        conditions.append(_test_of(expression(fields["arg"], level)))
    for branch in fields["args"]:
        _, when = opened(branch)
        conditions.append(expression(when["expr"], level))
        results.append(expression(when["result"], level))
    if "defresult" in fields:
        results.append(expression(fields["defresult"], level))
    merged = merge(results)
    return merged._replace(refs=merged.refs | union(conditions), order=branches(conditions, results))


def _one_of(fields: Node, level: QueryScope) -> Value:
    return merge(expressions(fields["args"], level))


def _subquery(fields: Node, level: QueryScope) -> Value:
    return sublink(fields, level)[0]


def _array(fields: Node, level: QueryScope) -> Value:
    elements = fields.get("elements", [])
    if len(elements) > MAX_LIST:
        numbers = len(elements) <= MAX_VECTOR_ELEMENTS and all("A_Const" in element for element in elements)
        if not numbers or any("sval" in element["A_Const"] for element in elements):
            raise Rejection("in_list", f"the ARRAY has {len(elements)} elements; at most {MAX_LIST} are allowed")
    if not elements:
        return Value("other[]")
    values = expressions(elements, level)
    kind = {"literal": "text", "null": "other", "parameter": "other"}.get(values[0].kind, values[0].kind)
    dimension = len(values) if kind == "number" else None
    order = combined(v.order for v in values)
    return Value(f"{kind}[]", dimension, weight=sum(v.weight for v in values) // 4 + 1, refs=union(values), order=order)


def _indirection(fields: Node, level: QueryScope) -> Value:
    value = expression(fields["arg"], level)
    for step in fields["indirection"]:
        if "A_Indices" not in step:
            raise Rejection("column", "a field or `*` of a value is not allowed: name the column as `table.column`")
        _, indices = opened(step)
        bounds = [expression(indices[bound], level) for bound in ("lidx", "uidx") if bound in indices]
        if not value.kind.endswith("[]") and value.kind not in {"parameter", "other"}:
            raise Rejection("operand", f"[...] needs an array, not a {value.kind}")
        kind = value.kind if indices.get("is_slice") else value.kind.removesuffix("[]")
        value = Value(kind, weight=value.weight, refs=value.refs | union(bounds), order=value.order)
    return value


def _value_function(fields: Node, level: QueryScope) -> Value:
    if fields.get("op") not in VALUE_FUNCTIONS:
        name = str(fields.get("op")).removeprefix("SVFOP_")
        raise Rejection("function", f"{name} is not allowed: CURRENT_DATE, CURRENT_TIMESTAMP and LOCALTIMESTAMP are")
    return Value("date")


def _cast(fields: Node, level: QueryScope) -> Value:
    return cast(only("TypeName", fields["typeName"]), expression(fields["arg"], level), level.statement)


HANDLERS: Mapping[str, Handler] = {
    "ColumnRef": _column,
    "A_Const": constant,
    "ParamRef": _parameter,
    "A_Expr": _operation,
    "BoolExpr": _logic,
    "NullTest": _test,
    "BooleanTest": _test,
    "CaseExpr": _case,
    "CoalesceExpr": _one_of,
    "MinMaxExpr": _one_of,
    "SubLink": _subquery,
    "TypeCast": _cast,
    "A_ArrayExpr": _array,
    "A_Indirection": _indirection,
    "SQLValueFunction": _value_function,
}
"""The handler of each node type that an expression may be, but for function calls."""
