"""Function calls: whether one has the form that the table asks for, and what it gives."""

import re
from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from matinee.sql.function_table import AGGREGATES, FUNCTIONS, Function
from matinee.sql.grammar import MAX_WEIGHT
from matinee.sql.literals import constant_integer, constant_text
from matinee.sql.operators import bit_distance, distance, pattern
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.schema import WIDE_WEIGHT
from matinee.sql.scope import Scope
from matinee.sql.trends import MIXED, Trend, absolute, arithmetic, mixed, rising
from matinee.sql.values import VECTORS, Node, Value, named, trends

_LITERALS = {
    "separator": (re.compile(".{0,20}", re.S), "of at most 20 characters"),
    "format": (re.compile(".{0,40}", re.S), "of at most 40 characters"),
    "replacement": (re.compile(".{0,100}", re.S), "of at most 100 characters"),
    "flags": (re.compile("[gi]*"), "of `g` and `i`"),
    "template": (re.compile("(?:[^%]|%%|%s)*"), "whose only placeholder is %s"),
    "configuration": (re.compile("english|simple"), "that is 'english' or 'simple'"),
}
_WHOLE = {"digits": 15, "exponent": 10}
COLLECTED_WEIGHT = 4
# What the grammar itself puts behind special syntax: EXTRACT(... FROM ...), TRIM(...), LIKE ... ESCAPE.
_SYNTAX = frozenset({"extract", "substring", "btrim", "ltrim", "rtrim", "position", "like_escape"})


class Call(NamedTuple):
    """A function with its arguments, as nodes and as what is known of them."""

    name: str
    function: Function
    nodes: Sequence[Node]
    values: Sequence[Value]
    scope: Scope


def allowed_function(fields: Node) -> tuple[str, Function]:
    """Return the name and the table's line of the function that a FuncCall node calls.

    Raises:
        Rejection: it is not on the list.
    """
    *schema, name = named(fields["funcname"])
    of_grammar = fields.get("funcformat") == "COERCE_SQL_SYNTAX" or name == "like_escape"
    if schema and not (schema == ["pg_catalog"] and of_grammar and name in _SYNTAX):
        shown = shorten(".".join([*schema, name]))
        raise Rejection("function", f"`{shown}()` is not allowed: write functions without a schema")
    if name not in FUNCTIONS:
        raise unknown("function", "function", name, FUNCTIONS)
    return name, FUNCTIONS[name]


def result(call: Call, fields: Node, sort: Sequence[Value], along: int | None) -> Value:
    """Return what is known of a function's result, but for the relations that it reads.

    Args:
        call: the function and its arguments.
        fields: of the FuncCall node.
        sort: what the function's own ORDER BY sorts by.
        along: 1 for a call over a window that runs from near to far, 0 over another one, None without a window.

    Raises:
        Rejection: the call has not the form that the function's line asks for.
    """
    _check_form(call.name, call.function.rule, fields)
    if not fields.get("agg_star"):
        _check_arguments(call)
    if "agg_order" in fields or "agg_distinct" in fields:
        weight = max((value.weight for value in [*sort, *call.values]), default=0)
        if weight > (COLLECTED_WEIGHT + 1 if call.scope.multiplies else WIDE_WEIGHT):
            raise Rejection("size", f"{call.name}() sorts too much text: sort by shorter columns, such as title")
    if call.function.rule == "ordered":
        return sort[0]._replace(text=None)
    rule = _RULES.get(call.function.rule, _unchanged)
    trend = _trend(call.name, call.function, trends(call.values))
    if along:
        trend = _over(call.function, trend)
    return rule(call)._replace(trend=trend)


def element(array: Value) -> Value:
    """Return what is known of an element of an array.

    Raises:
        Rejection: it is no array.
    """
    if not array.may_be_array and array.kind != "null":
        raise Rejection("operand", f"unnest() needs an array column, not a {array.kind}")
    order = array.trend.order
    return Value(array.kind.removesuffix("[]"), weight=array.weight, refs=array.refs, trend=Trend(order))


def _check_form(name: str, rule: str, fields: Node) -> None:
    aggregates, over = rule in AGGREGATES, "over" in fields
    if rule == "window" and not over:
        raise Rejection("arguments", f"{name}() needs a window: write {name}() OVER (ORDER BY ...)")
    if over and not aggregates and rule != "window":
        raise Rejection("arguments", f"{name}() is no window function: leave OVER out")
    if not aggregates and any(f in fields for f in ("agg_order", "agg_filter", "agg_distinct", "agg_star")):
        raise Rejection("arguments", f"{name}() is no aggregate: leave DISTINCT, ORDER BY, FILTER and `*` out")
    if fields.get("agg_star") and name != "count":
        raise Rejection("arguments", f"`*` is for count(*): name a column in {name}()")
    if rule == "collect" and over:
        raise Rejection("size", f"{name}() over a window collects again for each row: use GROUP BY")
    if bool(fields.get("agg_within_group")) != (rule == "ordered"):
        form = f"{name}(...) WITHIN GROUP (ORDER BY ...)" if rule == "ordered" else "without WITHIN GROUP"
        raise Rejection("arguments", f"{name}() must be written {form}")


def _check_arguments(call: Call) -> None:
    name, kinds, counts = call.name, call.function.arguments, call.function.counts
    if len(call.values) not in counts:
        wanted = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        raise Rejection("arguments", f"{name}() takes {wanted} arguments, not {len(call.values)}")
    if kinds and kinds[0].endswith("?") and len(call.values) < len(kinds):
        kinds = kinds[1:]
    for place, (node, value) in enumerate(zip(call.nodes, call.values, strict=True)):
        _check_argument(name, kinds[min(place, len(kinds) - 1)].rstrip("?*"), node, value)


def _check_argument(name: str, kind: str, node: Node, value: Value) -> None:
    if kind == "any":
        return
    if kind == "vector":
        if value.kind not in VECTORS:
            raise Rejection("operand", f"{name}() needs a vector, not a {value.kind}")
    elif value.kind in VECTORS:
        raise Rejection("operand", f"{name}() is not for a {value.kind}: avg, sum, vector_dims, l2_distance, ... are")
    elif kind == "pattern":
        pattern(f"{name}()", constant_text(node))
    elif kind in _LITERALS:
        text, (form, described) = constant_text(node), _LITERALS[kind]
        if text is None or not form.fullmatch(text):
            raise Rejection("arguments", f"the {kind} of {name}() must be a literal {described}")
    elif kind in _WHOLE:
        number, most = constant_integer(node), _WHOLE[kind]
        if number is None or not -most <= number <= most:
            raise Rejection("arguments", f"the {kind} of {name}() must be a whole number between -{most} and {most}")


def _trend(name: str, function: Function, arguments: Sequence[Trend]) -> Trend:
    """Return how a function's result runs along a distance."""
    rule, low = function.trend, function.low
    if rule in ("free", "rank") or not arguments:
        return Trend(0, low)
    if rule in ("near", "far"):
        return Trend(1 if rule == "near" else -1, low)
    first, *rest = arguments
    if rule in ("^", "/"):
        return arithmetic(rule, first, rest[0])
    if rule == "-" or any(trend.order for trend in rest):
        return mixed(arguments)._replace(low=low)
    if rule == "rises":
        return rising(name, first)
    if rule == "abs":
        return absolute(first)
    if rule == "total":
        return Trend(first.order, 0.0 if first.sign == 1 else -inf)
    return first


def _over(function: Function, trend: Trend) -> Trend:
    """Return the trend of a function over a window that runs along a distance."""
    if function.trend == "total":
        return trend._replace(order=MIXED)  # it rises if nothing that is added is negative
    return trend._replace(order=1) if function.trend == "rank" else trend


def _unchanged(call: Call) -> Value:
    """Return a result that is no larger than the arguments."""
    first = call.values[0] if call.values else Value("null")
    weight = max((value.weight for value in call.values), default=1)
    kind = call.function.kind
    if kind == "same":
        kind = "text" if first.kind in {"literal", "parameter"} and call.function.rule == "-" else first.kind
        return Value(kind, first.dimension, first.encoder, weight)
    if kind == "array":
        return Value("other[]", weight=weight)
    return Value(kind, weight=1 if kind in {"number", "boolean", "date"} else weight)


def _sum(call: Call) -> Value:
    array = next((value.kind for value in call.values if value.kind.endswith("[]")), "other[]")
    weight = sum(value.weight for value in call.values)
    return Value("text" if call.function.kind == "text" else array, weight=weight)


def _joined(call: Call) -> Value:
    # Elements may be as short as one character, so that each separator is growth.
    growth = sum(len(constant_text(node) or "") for node in call.nodes[1:])
    return Value("text", weight=call.values[0].weight * (1 + growth))


def _replace(call: Call) -> Value:
    old, new = (constant_text(node) for node in call.nodes[1:])
    if old is None or new is None or len(new) > max(len(old), 1):
        raise Rejection("arguments", "replace() takes two literals, the second no longer than the first")
    return Value("text", weight=call.values[0].weight)


def _rewrite(call: Call) -> Value:
    """Bound what regexp_replace() gives: with `g` each character may be replaced, and each reference repeats it."""
    new, flags = (constant_text(node) or "" for node in [*call.nodes[2:], {}][:2])
    repeats = new.count("\\")
    growth = len(new) + repeats if "g" in flags else len(new) // 32 + repeats
    return Value("text", weight=call.values[0].weight * (1 + growth))


def _power(call: Call) -> Value:
    # exp() of a numeric has up to 2,600 digits.
    return Value("number", weight=max(90 if call.name == "exp" else 1, call.values[0].weight * 10))


def _substring(call: Call) -> Value:
    if len(call.nodes) == 2 and constant_integer(call.nodes[1]) is None:
        pattern("substring()", constant_text(call.nodes[1]))
    return _unchanged(call)


def _collect(call: Call) -> Value:
    weight = sum(value.weight for value in call.values)
    kind = "text" if call.function.kind == "text" else f"{call.values[0].kind.removesuffix('[]')}[]"
    rows = call.scope.rows
    if rows is not None and rows * weight <= MAX_WEIGHT:
        return Value(kind, weight=max(1, rows * weight))
    if weight > COLLECTED_WEIGHT + 1 or call.scope.multiplies:
        raise Rejection(
            "size",
            f"{call.name}() over this many rows collects too much: take short columns such as title from one table, "
            "or from a subquery with a LIMIT",
        )
    return Value(kind, weight=MAX_WEIGHT * 3 // 4)


def _unnest(call: Call) -> Value:
    call.scope.sets = True
    return element(call.values[0])


def _distance(call: Call) -> Value:
    between = bit_distance if call.function.rule == "bits" else distance
    between(call.scope.statement, f"{call.name}()", *call.values)
    return Value("number")


def _subvector(call: Call) -> Value:
    (vector, *_), (start, count) = call.values, map(constant_integer, call.nodes[1:])
    if start is None or count is None or start < 1 or count < 1 or start + count - 1 > (vector.dimension or 16000):
        raise Rejection("dimension", f"subvector() must lie within the {vector.dimension} dimensions of its vector")
    return vector._replace(dimension=count, parameter=None)


def _quantize(call: Call) -> Value:
    return Value("bit", call.values[0].dimension, call.values[0].encoder, 2)


_RULES: dict[str, Callable[[Call], Value]] = {
    "sum": _sum,
    "joined": _joined,
    "replace": _replace,
    "rewrite": _rewrite,
    "power": _power,
    "substring": _substring,
    "collect": _collect,
    "unnest": _unnest,
    "distance": _distance,
    "bits": _distance,
    "subvector": _subvector,
    "quantize": _quantize,
}
