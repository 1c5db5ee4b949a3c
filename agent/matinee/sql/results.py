"""What a call of a function or operator gives, by the rule of its signature."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matinee.sql.grammar import MAX_WEIGHT
from matinee.sql.literals import constant_integer, constant_text, pattern
from matinee.sql.rejection import Rejection
from matinee.sql.scope import Scope
from matinee.sql.signatures import FUNCTIONS, Signature
from matinee.sql.trends import MIXED, Trend, follow
from matinee.sql.values import UNTYPED, VECTORS, Node, Value, trends, union
from matinee.sql.vectors import bit_distance, distance, pair

COLLECTED_WEIGHT = 4
_OPEN = UNTYPED | {"other"}
"""Kinds of what may be of any type."""


class Call(NamedTuple):
    """A function or operator with its arguments, as nodes and as what is known of them."""

    name: str
    signature: Signature
    nodes: Sequence[Node]
    values: Sequence[Value]
    scope: Scope

    @property
    def shown(self) -> str:
        """Return how a reason names it."""
        return f"{self.name}()" if self.name in FUNCTIONS else f"`{self.name}`"


def result(call: Call) -> Value:
    """Return what a call gives whose arguments are as its signature asks.

    Raises:
        Rejection: the rule of the signature does not allow it.
    """
    signature = call.signature
    value = _RULES.get(signature.rule, _unchanged)(call)
    trend = follow(call.name if signature.trend == "self" else signature.trend, trends(call.values))
    trend = trend._replace(low=max(trend.low, signature.low))
    if value.trend.order == MIXED:
        trend = value.trend
    return value._replace(trend=trend, refs=union(call.values))


def element(array: Value) -> Value:
    """Return what is known of an element of an array.

    Raises:
        Rejection: it is no array.
    """
    if not array.may_be_array and array.kind != "null":
        raise Rejection("operand", f"unnest() needs an array column, not a {array.kind}")
    order = array.trend.order
    return Value(array.kind.removesuffix("[]"), weight=array.weight, refs=array.refs, trend=Trend(order))


def _unchanged(call: Call) -> Value:
    """Return a result that is no larger than the arguments."""
    first = call.values[0] if call.values else Value("null")
    weight = max((value.weight for value in call.values), default=1)
    kind = call.signature.kind
    if kind == "same":
        kind = "text" if first.kind in {"literal", "parameter"} and call.signature.rule == "-" else first.kind
        return Value(kind, first.dimension, first.encoder, weight)
    if kind == "array":
        return Value("other[]", weight=weight)
    return Value(kind, weight=1 if kind in {"number", "boolean", "date"} else weight)


def _sum(call: Call) -> Value:
    array = next((value.kind for value in call.values if value.kind.endswith("[]")), "other[]")
    weight = sum(value.weight for value in call.values)
    return Value("text" if call.signature.kind == "text" else array, weight=weight)


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
    kind = "text" if call.signature.kind == "text" else f"{call.values[0].kind.removesuffix('[]')}[]"
    rows = call.scope.rows
    if rows is not None and rows * weight <= MAX_WEIGHT:
        return Value(kind, weight=max(1, rows * weight))
    if weight > COLLECTED_WEIGHT + 1 or call.scope.multiplies:
        raise Rejection("size", f"{call.name}() collects too much: take short columns, or from a subquery with LIMIT")
    return Value(kind, weight=MAX_WEIGHT * 3 // 4)


def _unnest(call: Call) -> Value:
    call.scope.sets = True
    return element(call.values[0])


def _distance(call: Call) -> Value:
    call.scope.statement.distances += 1
    between = bit_distance if call.signature.rule == "bits" else distance
    between(call.scope.statement, call.shown, *call.values)
    return Value("number")


def _comparison(call: Call) -> Value:
    if any(value.kind in VECTORS for value in call.values):
        pair(call.scope.statement, call.shown, *call.values)
    return Value("boolean")


def _arithmetic(call: Call) -> Value:
    name, (left, right) = call.name, call.values
    if left.kind in VECTORS or right.kind in VECTORS:
        if name not in {"+", "-", "*"}:
            raise Rejection("operand", f"`{name}` is not for vectors: +, - and * are")
        vector = pair(call.scope.statement, call.shown, left, right)
        return vector._replace(parameter=None, text=None, trend=Trend(MIXED))  # the norm of a difference is a distance
    if name == "^":
        exponent = right.trend
        if exponent.low != exponent.high or not -10 <= exponent.low <= 10:
            # A numeric to the power of a column has as many digits as the column says.
            raise Rejection("arguments", "`^` takes a literal exponent between -10 and 10")
        return Value("number", weight=left.weight * 10)
    likeness = name == "%" and "text" in {left.kind, right.kind}  # of pg_trgm
    weight = left.weight + right.weight if name in {"*", "/"} else max(left.weight, right.weight)
    return Value("boolean" if likeness else "number", weight=weight)


def _sets(call: Call) -> Value:
    name, kinds = call.name, [value.kind for value in call.values]
    weight = sum(value.weight for value in call.values)
    if "tsquery" in kinds and name in {"||", "&&"}:
        return Value("tsquery", weight=weight)
    array = next((kind for kind in kinds if kind.endswith("[]")), None)
    if name == "||":
        return Value(array or ("tsvector" if kinds == ["tsvector", "tsvector"] else "text"), weight=weight)
    if array is None or not all(kind.endswith("[]") or kind in _OPEN for kind in kinds):
        said = " and ".join(kinds)
        raise Rejection("operand", f"`{name}` stands between arrays, not {said}: write genres {name} ARRAY['Drama']")
    return Value("boolean")


def _search(call: Call) -> Value:
    kinds = {value.kind for value in call.values}
    if not kinds & {"tsvector", "tsquery"} or not kinds <= {"tsvector", "tsquery"} | _OPEN:
        raise Rejection("operand", "`@@` stands between to_tsvector('english', ...) and websearch_to_tsquery(...)")
    return Value("boolean")


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
    "comparison": _comparison,
    "arithmetic": _arithmetic,
    "sets": _sets,
    "search": _search,
    "subvector": _subvector,
    "quantize": _quantize,
}
