"""Calls of functions and operators: whether one is as its signature asks, and what it gives."""

import re
from collections.abc import Sequence

from matinee.sql.literals import constant_integer, constant_text, pattern
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.results import COLLECTED_WEIGHT, Call, result
from matinee.sql.schema import WIDE_WEIGHT
from matinee.sql.scope import Scope
from matinee.sql.signatures import AGGREGATES, FUNCTIONS, LIKES, OPERATORS, Signature
from matinee.sql.trends import MIXED
from matinee.sql.values import VECTORS, Node, Value, named

_LITERALS = {
    "separator": (re.compile(".{0,20}", re.S), "of at most 20 characters"),
    "format": (re.compile(".{0,40}", re.S), "of at most 40 characters"),
    "replacement": (re.compile(".{0,100}", re.S), "of at most 100 characters"),
    "flags": (re.compile("[gi]*"), "of `g` and `i`"),
    "template": (re.compile("(?:[^%]|%%|%s)*"), "whose only placeholder is %s"),
    "configuration": (re.compile("english|simple"), "that is 'english' or 'simple'"),
}
_WHOLE = {"digits": 15, "exponent": 10}
# What the grammar itself puts behind special syntax: EXTRACT(... FROM ...), TRIM(...), LIKE ... ESCAPE.
_SYNTAX = frozenset({"extract", "substring", "btrim", "ltrim", "rtrim", "position", "like_escape"})


def operator(scope: Scope, name: str, left: Value, right: Value, node: Node | None = None) -> Value:
    """Return what comes out of an operator between two values.

    Args:
        scope: where the operator stands.
        name: the operator, LIKE as `~~`.
        left: the value on its left.
        right: the value on its right.
        node: what is on its right, where a literal may be asked for.

    Raises:
        Rejection: the operator is not allowed, or not between these.
    """
    if name not in OPERATORS:
        raise _unknown(name)
    call = Call(name, OPERATORS[name], ({}, node or {}), (left, right), scope)
    _check_arguments(call)
    return result(call)


def signed(name: str, value: Value) -> Value:
    """Return what comes out of a sign before a value."""
    if name not in {"+", "-"}:
        raise _unknown(name)
    trend = value.trend.negated() if name == "-" else value.trend
    return value._replace(kind="number", text=None, parameter=None, trend=trend)


def _unknown(name: str) -> Rejection:
    listed = " ".join(sorted(OPERATORS.keys() - LIKES))
    return Rejection("operator", f"unknown operator `{shorten(name, 20)}`: allowed are {listed}")


def function(fields: Node) -> tuple[str, Signature]:
    """Return the name and the signature of the function that a FuncCall node calls.

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


def function_call(call: Call, fields: Node, sort: Sequence[Value], along: int | None) -> Value:
    """Return what is known of a function's result.

    Args:
        call: the function and its arguments.
        fields: of the FuncCall node.
        sort: what the function's own ORDER BY sorts by.
        along: 1 for a call over a window that runs from near to far, 0 over another one, None without a window.

    Raises:
        Rejection: the call has not the form that the function's signature asks for.
    """
    rule = call.signature.rule
    _check_form(call.name, rule, fields)
    if "agg_order" in fields or "agg_distinct" in fields:
        weight = max((value.weight for value in [*sort, *call.values]), default=0)
        if weight > (COLLECTED_WEIGHT + 1 if call.scope.multiplies else WIDE_WEIGHT):
            raise Rejection("size", f"{call.name}() sorts too much text: sort by shorter columns, such as title")
    if fields.get("agg_star"):
        call = call._replace(signature=call.signature._replace(arguments=(), counts=range(1)))
    _check_arguments(call)
    value = result(call)
    if rule == "ordered":
        return sort[0]._replace(text=None)
    if along and call.name == "sum":
        return value._replace(trend=value.trend._replace(order=MIXED))  # it rises if nothing that is added is negative
    if along and call.signature.trend == "rank":
        return value._replace(trend=value.trend._replace(order=1))
    return value


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
    kinds, counts = call.signature.arguments, call.signature.counts
    if len(call.values) not in counts:
        wanted = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        raise Rejection("arguments", f"{call.shown} takes {wanted} arguments, not {len(call.values)}")
    if kinds and kinds[0].endswith("?") and len(call.values) < len(kinds):
        kinds = kinds[1:]
    for place, (node, value) in enumerate(zip(call.nodes, call.values, strict=True)):
        _check_argument(call.shown, kinds[min(place, len(kinds) - 1)].rstrip("?*"), node, value)


def _check_argument(shown: str, kind: str, node: Node, value: Value) -> None:
    if kind == "any":
        return
    if kind == "vector":
        if value.kind not in VECTORS:
            raise Rejection("operand", f"{shown} needs a vector, not a {value.kind}")
    elif value.kind in VECTORS:
        instead = "avg, sum, vector_dims, l2_distance, ... are" if shown.endswith(")") else "use <=>, <->, <#> or <+>"
        raise Rejection("operand", f"{shown} is not for a {value.kind}: {instead}")
    elif kind == "pattern":
        pattern(shown, constant_text(node))
    elif kind in _LITERALS:
        text, (form, described) = constant_text(node), _LITERALS[kind]
        if text is None or not form.fullmatch(text):
            raise Rejection("arguments", f"the {kind} of {shown} must be a literal {described}")
    elif kind in _WHOLE:
        number, most = constant_integer(node), _WHOLE[kind]
        if number is None or not -most <= number <= most:
            raise Rejection("arguments", f"the {kind} of {shown} must be a whole number between -{most} and {most}")
