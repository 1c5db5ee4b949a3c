"""Function calls: each allowed function's arguments are checked by the rule on its line of the list."""

import re
from collections.abc import Callable

from matinee.sql.allowed import (
    COLLECTED_WEIGHT,
    FUNCTIONS,
    MAX_WEIGHT,
    SEARCH_CONFIGURATIONS,
    SYNTAX_FUNCTIONS,
    Function,
)
from matinee.sql.constants import constant_integer, constant_text
from matinee.sql.directions import function as followed
from matinee.sql.operators import pattern
from matinee.sql.ordering import ordering
from matinee.sql.query_scope import QueryScope
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.schema import WIDE_WEIGHT
from matinee.sql.traversal import expression, expressions, union
from matinee.sql.values import VECTORS, Node, Value
from matinee.sql.vectors import bits, distance
from matinee.sql.windows import over, window

_FORMAT = re.compile(r"(?:[^%]|%%|%s)*")


def call(fields: Node, level: QueryScope) -> Value:
    """Return what is known of a function's result.

    Raises:
        Refusal: the function is not on the list, or its arguments are not as its rule asks.
    """
    name, function = _named(fields)
    nodes = fields.get("args", [])
    _form(name, function, fields)
    values = expressions(nodes, level)
    star = bool(fields.get("agg_star"))
    if (not star and not function.least <= len(values) <= function.most) or (name == "count" and not (star or values)):
        wanted = f"{function.least}" if function.least == function.most else f"{function.least} to {function.most}"
        raise Rejection("arguments", f"{name}() takes {wanted} arguments, not {len(values)}")
    sort = ordering(fields.get("agg_order", []), level, {}, [], aggregate=function.rule != "collect")
    refs = union([*values, *sort]) | _clauses(name, fields, [*sort, *values], level)
    order = 0
    if "over" in fields:
        order = window(fields["over"], level)
    elif function.rule in {"aggregate", "ordered", "collect"}:
        if refs and not refs & level.mask:
            raise Rejection("arguments", f"{name}() must aggregate rows of its own SELECT")
        level.aggregates = True
    for value in values:
        if value.kind in VECTORS and function.rule not in _VECTOR_RULES and name not in {"count", "nullif"}:
            raise Rejection(
                "operand", f"{name}() is not for a {value.kind}: avg, sum, vector_dims, l2_distance, ... are"
            )
    rule = _RULES.get(function.rule)
    result = rule(name, nodes, values, level) if rule else None
    if function.rule == "ordered":
        result = sort[0]._replace(text=None) if name == "mode" or values else None
    result = result or _plain(function, values)
    if function.rule not in {"distance", "product", "bits", "ordered"}:
        own, low, high = followed(name, values)
        result = result._replace(order=over(name, own, order), low=low, high=high)
    return result._replace(refs=refs)


def _named(fields: Node) -> tuple[str, Function]:
    names = [part["String"].get("sval", "") for part in fields["funcname"]]
    name = names[-1]
    of_grammar = fields.get("funcformat") == "COERCE_SQL_SYNTAX" or name == "like_escape"
    if len(names) > 1 and not (
        len(names) == 2 and names[0] == "pg_catalog" and of_grammar and name in SYNTAX_FUNCTIONS
    ):
        raise Rejection("function", f"`{shorten('.'.join(names))}()` is not allowed: write functions without a schema")
    function = FUNCTIONS.get(name)
    if function is None:
        raise unknown("function", "function", name, FUNCTIONS)
    return name, function


def _form(name: str, function: Function, fields: Node) -> None:
    aggregate = function.rule in {"aggregate", "ordered", "collect"}
    if function.rule == "window" and "over" not in fields:
        raise Rejection("arguments", f"{name}() needs a window: write {name}() OVER (ORDER BY ...)")
    if "over" in fields and not aggregate and function.rule != "window":
        raise Rejection("arguments", f"{name}() is no window function: leave OVER out")
    if not aggregate and any(f in fields for f in ("agg_order", "agg_filter", "agg_distinct", "agg_star")):
        raise Rejection("arguments", f"{name}() is no aggregate: leave DISTINCT, ORDER BY, FILTER and `*` out")
    if fields.get("agg_star") and name != "count":
        raise Rejection("arguments", f"`*` is for count(*): name a column in {name}()")
    if function.rule == "collect" and "over" in fields:
        raise Rejection("size", f"{name}() over a window collects again for each row: use GROUP BY")
    if bool(fields.get("agg_within_group")) != (function.rule == "ordered"):
        raise Rejection("arguments", f"{name}() must be written {_ordered_form(name, function)}")


def _ordered_form(name: str, function: Function) -> str:
    return f"{name}(...) WITHIN GROUP (ORDER BY ...)" if function.rule == "ordered" else "without WITHIN GROUP"


def _clauses(name: str, fields: Node, sort: list[Value], level: QueryScope) -> int:
    """Check what ORDER BY and DISTINCT of an aggregate sort, and its FILTER."""
    if "agg_order" in fields or "agg_distinct" in fields:
        weight = max((value.weight for value in sort), default=0)
        if weight > (COLLECTED_WEIGHT + 1 if level.multiplies else WIDE_WEIGHT):
            raise Rejection("size", f"{name}() sorts too much text: sort by shorter columns, such as title")
    return expression(fields["agg_filter"], level).refs if "agg_filter" in fields else 0


def _plain(function: Function, values: list[Value]) -> Value:
    """Return a result that is no larger than the arguments."""
    first = values[0] if values else Value("null")
    weight = max((v.weight for v in values), default=1)
    if function.kind == "same":
        kind = "text" if first.kind in {"literal", "parameter"} and function.rule == "" else first.kind
        return Value(kind, first.dimension, first.encoder, weight, order=first.order)
    if function.kind == "array":
        return Value("other[]", weight=weight)
    return Value(function.kind, weight=1 if function.kind in {"number", "boolean", "date"} else weight)


def _sum(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    arrays = (v.kind for v in values if v.kind.endswith("[]"))
    if name == "concat_ws":
        _separator(name, nodes[0])
    return Value(
        "text" if FUNCTIONS[name].kind == "text" else next(arrays, "other[]"), weight=sum(v.weight for v in values)
    )


def _joined(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    # Elements may be as short as one character, so that each separator is growth.
    growth = 1 + sum(_separator(name, node) for node in nodes[1:])
    return Value("text", weight=values[0].weight * growth)


def _separator(name: str, node: Node) -> int:
    text = constant_text(node)
    if text is None or len(text) > 20:
        raise Rejection("arguments", f"the separator of {name}() must be a literal of at most 20 characters")
    return len(text)


def _format(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    template = constant_text(nodes[0])
    if template is None or not _FORMAT.fullmatch(template):
        raise Rejection("arguments", "the template of format() must be a literal whose only placeholder is %s")
    return Value("text", weight=sum(v.weight for v in values))


def _replace(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    old, new = constant_text(nodes[1]), constant_text(nodes[2])
    if old is None or new is None or len(new) > max(len(old), 1):
        raise Rejection("arguments", "replace() takes two literals, the second no longer than the first")
    return Value("text", weight=values[0].weight)


def _rewrite(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    """Bound what regexp_replace() gives: with `g` each character may be replaced, and each reference repeats it."""
    new, flags = constant_text(nodes[2]), constant_text(nodes[3]) if len(nodes) > 3 else ""
    pattern(f"{name}()", constant_text(nodes[1]))
    if new is None or len(new) > 100:
        raise Rejection("arguments", f"the replacement of {name}() must be a literal of at most 100 characters")
    if flags is None or not set(flags) <= set("gi"):
        raise Rejection("arguments", f"the flags of {name}() must be a literal of `g` and `i`")
    repeats = new.count("\\")
    growth = len(new) + repeats if "g" in flags else len(new) // 32 + repeats
    return Value("text", weight=values[0].weight * (1 + growth))


def _digits(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value | None:
    digits = constant_integer(nodes[1]) if len(nodes) > 1 else 0
    if digits is None or not -15 <= digits <= 15:
        raise Rejection("arguments", f"{name}() takes a whole number of digits between -15 and 15")
    return None


def _power(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    if len(nodes) > 1 and not -10 <= (11 if (n := constant_integer(nodes[1])) is None else n) <= 10:
        raise Rejection("arguments", f"{name}() takes a whole exponent between -10 and 10")
    # exp() of a numeric has up to 2,600 digits.
    return Value("number", weight=max(90 if len(nodes) == 1 else 1, values[0].weight * 10))


def _pattern(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> None:
    pattern(f"{name}()", constant_text(nodes[1]))


def _substring(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> None:
    if len(nodes) == 2 and constant_integer(nodes[1]) is None:
        pattern("substring()", constant_text(nodes[1]))


def _short(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> None:
    text = constant_text(nodes[1])
    if text is None or len(text) > 40:
        raise Rejection("arguments", f"the format of {name}() must be a literal of at most 40 characters")


def _search(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> None:
    if len(nodes) < (3 if name == "ts_headline" else 2):
        return
    configuration = constant_text(nodes[0]["TypeCast"]["arg"] if "TypeCast" in nodes[0] else nodes[0])
    if configuration not in SEARCH_CONFIGURATIONS:
        listed = ", ".join(f"'{c}'" for c in sorted(SEARCH_CONFIGURATIONS))
        raise Rejection("arguments", f"the first argument of {name}() must be a configuration: {listed}")


def _collect(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    weight = sum(v.weight for v in values)
    kind = "text" if name == "string_agg" else f"{values[0].kind.removesuffix('[]')}[]"
    if level.rows is not None and level.rows * weight <= MAX_WEIGHT:
        return Value(kind, weight=max(1, level.rows * weight))
    if weight > COLLECTED_WEIGHT + 1 or level.multiplies:
        raise Rejection(
            "size",
            f"{name}() over this many rows collects too much: take short columns such as title from one table, "
            "or from a subquery with a LIMIT",
        )
    return Value(kind, weight=MAX_WEIGHT * 3 // 4)


def _unnest(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    level.sets = True
    return element(values[0])


def element(array: Value) -> Value:
    """Return what is known of an element of an array."""
    if not array.kind.endswith("[]") and array.kind not in {"parameter", "other", "null"}:
        raise Rejection("operand", f"unnest() needs an array column, not a {array.kind}")
    return Value(array.kind.removesuffix("[]"), weight=array.weight, refs=array.refs, order=array.order)


def _distance(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    distance(level.statement, f"{name}()", *values)
    if FUNCTIONS[name].rule == "product":
        return Value("number", order=-1)
    return Value("number", order=1, low=0.0)


def _bits(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    bits(level.statement, f"{name}()", *values)
    return Value("number", order=1, low=0.0)


def _vector(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> None:
    if values[0].kind not in VECTORS:
        raise Rejection("operand", f"{name}() needs a vector, not a {values[0].kind}")


def _subvector(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    _vector(name, nodes, values, level)
    start, count = constant_integer(nodes[1]), constant_integer(nodes[2])
    if start is None or count is None or start < 1 or count < 1 or start + count - 1 > (values[0].dimension or 16000):
        raise Rejection("dimension", f"subvector() must lie within the {values[0].dimension} dimensions of its vector")
    return values[0]._replace(dimension=count, parameter=None)


def _quantize(name: str, nodes: list[Node], values: list[Value], level: QueryScope) -> Value:
    _vector(name, nodes, values, level)
    return Value("bit", values[0].dimension, values[0].encoder, 2)


_Rule = Callable[[str, list[Node], list[Value], QueryScope], Value | None]
_RULES: dict[str, _Rule] = {
    "sum": _sum,
    "joined": _joined,
    "format": _format,
    "replace": _replace,
    "rewrite": _rewrite,
    "digits": _digits,
    "power": _power,
    "pattern": _pattern,
    "substring": _substring,
    "short": _short,
    "search": _search,
    "collect": _collect,
    "unnest": _unnest,
    "distance": _distance,
    "product": _distance,
    "bits": _bits,
    "vector": _vector,
    "subvector": _subvector,
    "quantize": _quantize,
}
_VECTOR_RULES = frozenset({"aggregate", "window", "distance", "product", "vector", "subvector", "quantize"})
