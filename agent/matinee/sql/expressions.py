"""Expressions: each node type of the tree has a handler here; one that has none refuses the statement."""

import re
from collections.abc import Callable, Iterable

from matinee.sql.allowed import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_PARAMETERS,
    MAX_VECTOR_ELEMENTS,
    MAX_WEIGHT,
    NODES,
    VALUE_FUNCTIONS,
)
from matinee.sql.casts import cast
from matinee.sql.constants import constant, constant_integer, constant_text
from matinee.sql.levels import Level, Query
from matinee.sql.operators import binary, pattern, unary
from matinee.sql.refusal import Refusal, shorten
from matinee.sql.scope import column
from matinee.sql.values import Node, Value

_BOOLEAN = Value("boolean")


def opened(node: Node) -> tuple[str, Node]:
    """Return a node's type and fields.

    Raises:
        Refusal: the type, or one of the fields, is not on the list.
    """
    for name, fields in node.items():
        return name, only(name, fields)
    raise Refusal("node", "an empty expression is not allowed")


def only(name: str, fields: Node) -> Node:
    """Return the fields, all of which must be on the list of this node type."""
    allowed = NODES.get(name)
    if allowed is None:
        raise Refusal("node", f"{_words(name)} is not allowed: write one SELECT over the listed tables")
    if not fields.keys() <= allowed:
        extra = ", ".join(_words(field) for field in fields if field not in allowed)
        raise Refusal("node", f"{extra} in {_words(name)} is not allowed: leave it out")
    return fields


def expression(node: Node, level: Level) -> Value:
    """Return what is known of an expression.

    Raises:
        Refusal: it, or a part of it, is not allowed.
    """
    name, fields = opened(node)
    handler = _HANDLERS.get(name)
    if handler is None:
        raise Refusal("node", f"{_words(name)} is not allowed here: write a plain expression")
    statement = level.statement
    statement.depth += 1
    if statement.depth > MAX_DEPTH:
        raise Refusal("depth", f"the statement is nested deeper than {MAX_DEPTH} levels")
    value = handler(fields, level)
    statement.depth -= 1
    if value.weight > MAX_WEIGHT:
        raise Refusal("size", "an expression repeats or collects too much text: use fewer or shorter columns")
    return value


def expressions(nodes: Iterable[Node], level: Level) -> list[Value]:
    """Return what is known of each expression."""
    return [expression(node, level) for node in nodes]


def merge(values: list[Value], kind: str | None = None) -> Value:
    """Return what is known of a value that is one of these (CASE, COALESCE, GREATEST)."""
    typed = [v for v in values if v.kind not in {"null", "literal", "parameter"}]
    first = typed[0] if typed else values[0]
    encoders = {v.encoder for v in typed if v.encoder}
    if len(encoders) > 1:
        raise Refusal("encoder", "one expression mixes vectors of two encoders: use columns of one encoder")
    orders = {v.order for v in typed if v.order}
    return Value(
        kind or first.kind,
        first.dimension,
        first.encoder,
        max(v.weight for v in values),
        union(values),
        orders.pop() if len(orders) == 1 else 0,
    )


def union(values: Iterable[Value]) -> int:
    """Return the bits of all the relations that these values read."""
    refs = 0
    for value in values:
        refs |= value.refs
    return refs


def sublink(fields: Node, level: Level) -> tuple[Value, Value | None, Query]:
    """Return the value of a subquery in an expression, what stands before its IN or ANY, and the query."""
    kind = fields["subLinkType"]
    query = level.statement.query(fields["subselect"], level, level.ctes, False)
    if kind == "EXISTS_SUBLINK":
        return _BOOLEAN, None, query
    if kind in {"EXPR_SUBLINK", "ARRAY_SUBLINK", "ANY_SUBLINK", "ALL_SUBLINK"} and len(query.columns) != 1:
        raise Refusal("arguments", "a subquery in an expression must return one column")
    only_column = next(iter(query.columns.values()))
    if kind == "EXPR_SUBLINK":
        return only_column._replace(refs=0), None, query
    if kind == "ARRAY_SUBLINK":
        if query.rows is None or query.rows > MAX_LIST:
            raise Refusal("size", f"ARRAY(SELECT ...) needs a LIMIT of at most {MAX_LIST} in its subquery")
        return Value(f"{only_column.kind}[]", weight=only_column.weight * max(1, query.rows)), None, query
    if kind in {"ANY_SUBLINK", "ALL_SUBLINK"}:
        left = expression(fields["testexpr"], level)
        binary(level.statement, operator_name(fields.get("operName", [{"String": {"sval": "="}}])), left, only_column)
        return Value("boolean", refs=left.refs), left, query
    raise Refusal("node", f"{_words(kind)} is not allowed: compare with one column")


def operator_name(names: list[Node]) -> str:
    """Return the name of an operator without a schema."""
    if len(names) != 1:
        raise Refusal("operator", "OPERATOR(schema.name) is not allowed: write the operator itself")
    name: str = names[0]["String"]["sval"]
    return name


def _column(fields: Node, level: Level) -> Value:
    return column(fields["fields"], level)


def _parameter(fields: Node, level: Level) -> Value:
    number = fields.get("number", 0)
    if not 1 <= number <= MAX_PARAMETERS:
        raise Refusal("parameter", f"`${number}` is not a parameter: allowed are $1 to ${MAX_PARAMETERS}")
    level.statement.parameters.add(number)
    return Value("parameter", parameter=number)


def _operation(fields: Node, level: Level) -> Value:
    kind, name = fields["kind"], operator_name(fields["name"])
    if kind == "AEXPR_OP" and "lexpr" not in fields:
        return unary(name, expression(fields["rexpr"], level))
    left = expression(fields["lexpr"], level)
    right_node = fields["rexpr"]
    if kind == "AEXPR_OP":
        right = expression(right_node, level)
        if name in {"~", "~*", "!~", "!~*"}:
            pattern(name, constant_text(right_node))
        if name == "^" and not -10 <= (constant_integer(right_node) or 0) <= 10:
            raise Refusal("arguments", "`^` takes an exponent between -10 and 10")
        return binary(level.statement, name, left, right)
    if kind in {"AEXPR_LIKE", "AEXPR_ILIKE"}:
        return Value("boolean", refs=left.refs | expression(right_node, level).refs)
    if kind == "AEXPR_IN":
        return _in_list(fields, level, left)
    if kind in {"AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM"}:
        bounds = expressions(right_node["List"]["items"], level)
        return Value("boolean", refs=left.refs | union(bounds))
    if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"}:
        return binary(level.statement, "=", left, expression(right_node, level))
    if kind == "AEXPR_NULLIF":
        return merge([left, expression(right_node, level)])._replace(kind=left.kind)
    if kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
        return _any_of(name, left, expression(right_node, level))
    raise Refusal("operator", f"{_words(kind.removeprefix('AEXPR_'))} is not allowed: use LIKE, ILIKE or `~`")


def _in_list(fields: Node, level: Level, left: Value) -> Value:
    items = fields["rexpr"]["List"]["items"]
    if len(items) > MAX_LIST:
        raise Refusal("in_list", f"the IN list has {len(items)} values; at most {MAX_LIST} are allowed")
    values = expressions(items, level)
    for value in values:
        binary(level.statement, "=", left, value)
    return Value("boolean", refs=left.refs | union(values))


def _any_of(name: str, left: Value, right: Value) -> Value:
    if right.kind == "literal":
        raise Refusal(
            "any_text", f"`{name} ANY('{shorten(right.text or '', 20)}')` needs an array: write ANY(ARRAY['...'])"
        )
    if not right.kind.endswith("[]") and right.kind not in {"parameter", "null", "other"}:
        raise Refusal("any_text", f"`{name} ANY(...)` needs an array, not a {right.kind}: write ANY(ARRAY[...])")
    if name not in {"=", "<>", "<", ">", "<=", ">=", "~~", "~~*", "!~~", "!~~*"}:
        raise Refusal("operator", f"`{name} ANY(...)` is not allowed: use = ANY(...)")
    return Value("boolean", refs=left.refs | right.refs)


def _logic(fields: Node, level: Level) -> Value:
    return Value("boolean", refs=union(expressions(fields["args"], level)))


def _test(fields: Node, level: Level) -> Value:
    return Value("boolean", refs=expression(fields["arg"], level).refs)


def _case(fields: Node, level: Level) -> Value:
    refs = expression(fields["arg"], level).refs if "arg" in fields else 0
    results = []
    for branch in fields["args"]:
        _, when = opened(branch)
        refs |= expression(when["expr"], level).refs
        results.append(expression(when["result"], level))
    if "defresult" in fields:
        results.append(expression(fields["defresult"], level))
    merged = merge(results)
    return merged._replace(refs=merged.refs | refs)


def _one_of(fields: Node, level: Level) -> Value:
    return merge(expressions(fields["args"], level))


def _subquery(fields: Node, level: Level) -> Value:
    return sublink(fields, level)[0]


def _array(fields: Node, level: Level) -> Value:
    elements = fields.get("elements", [])
    if len(elements) > MAX_LIST:
        numbers = len(elements) <= MAX_VECTOR_ELEMENTS and all("A_Const" in element for element in elements)
        if not numbers or any("sval" in element["A_Const"] for element in elements):
            raise Refusal("in_list", f"the ARRAY has {len(elements)} elements; at most {MAX_LIST} are allowed")
    if not elements:
        return Value("other[]")
    values = expressions(elements, level)
    kind = {"literal": "text", "null": "other", "parameter": "other"}.get(values[0].kind, values[0].kind)
    dimension = len(values) if kind == "number" else None
    return Value(f"{kind}[]", dimension, weight=sum(v.weight for v in values) // 4 + 1, refs=union(values))


def _indirection(fields: Node, level: Level) -> Value:
    value = expression(fields["arg"], level)
    for step in fields["indirection"]:
        if "A_Indices" not in step:
            raise Refusal("column", "a field or `*` of a value is not allowed: name the column as `table.column`")
        _, indices = opened(step)
        bounds = [expression(indices[bound], level) for bound in ("lidx", "uidx") if bound in indices]
        if not value.kind.endswith("[]") and value.kind not in {"parameter", "other"}:
            raise Refusal("operand", f"[...] needs an array, not a {value.kind}")
        kind = value.kind if indices.get("is_slice") else value.kind.removesuffix("[]")
        value = Value(kind, weight=value.weight, refs=value.refs | union(bounds))
    return value


def _value_function(fields: Node, level: Level) -> Value:
    if fields.get("op") not in VALUE_FUNCTIONS:
        name = str(fields.get("op")).removeprefix("SVFOP_")
        raise Refusal("function", f"{name} is not allowed: CURRENT_DATE, CURRENT_TIMESTAMP and LOCALTIMESTAMP are")
    return Value("date")


def _cast(fields: Node, level: Level) -> Value:
    return cast(only("TypeName", fields["typeName"]), expression(fields["arg"], level), level.statement)


def _function(fields: Node, level: Level) -> Value:
    from matinee.sql.functions import call  # it walks arguments with the functions above

    return call(fields, level)


def _words(name: str) -> str:
    """Return PostgreSQL's name of a node in words: CreateTableAsStmt -> CREATE TABLE AS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name.removesuffix("Stmt").removesuffix("Clause")).upper().strip()


_HANDLERS: dict[str, Callable[[Node, Level], Value]] = {
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
    "FuncCall": _function,
    "TypeCast": _cast,
    "A_ArrayExpr": _array,
    "A_Indirection": _indirection,
    "SQLValueFunction": _value_function,
}
