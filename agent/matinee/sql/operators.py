"""Operators: which are allowed, between what, and what comes out; and the distances between vectors."""

import re
from collections.abc import Callable

from matinee.sql.literals import dimension_of
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.scope import Statement
from matinee.sql.trends import Trend, arithmetic, comparison, mixed
from matinee.sql.values import VECTORS, Value

MAX_PATTERN = 100
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
LIKES = frozenset({"~~", "~~*", "!~~", "!~~*"})
PATTERNS = frozenset({"~", "~*", "!~", "!~*"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
_ARRAYS = frozenset({"@>", "<@", "&&"})
_DISTANCES = {"<->": Trend(1, 0.0), "<=>": Trend(1, 0.0, 2.0), "<#>": Trend(1), "<+>": Trend(1, 0.0)}
_BIT_DISTANCES = frozenset({"<~>", "<%>"})
_OPEN = frozenset({"literal", "parameter", "null", "other"})
"""Kinds of what may be of any type."""

_BACK_REFERENCE = re.compile(r"\\[0-9]")
_LOOK_AROUND = re.compile(r"\(\?<?[=!]")


def binary(statement: Statement, name: str, left: Value, right: Value) -> Value:
    """Return what comes out of an operator between two values.

    Args:
        statement: where it is remembered which parameters are vectors.
        name: the operator, LIKE as `~~`.
        left: the value on its left.
        right: the value on its right.

    Raises:
        Rejection: the operator is not allowed, or not between these.
    """
    rule = _RULES.get(name)
    if rule is None:
        raise _unknown(name)
    return rule(statement, name, left, right)._replace(refs=left.refs | right.refs)


def unary(name: str, value: Value) -> Value:
    """Return what comes out of a sign before a value."""
    if name not in {"+", "-"}:
        raise _unknown(name)
    trend = value.trend.negated() if name == "-" else value.trend
    return value._replace(kind="number", text=None, parameter=None, trend=trend)


def distance(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a distance between vectors; parameters beside a vector become vectors.

    Raises:
        Rejection: a side is no vector, they are of two types, dimensions or encoders, or none is a stored one.
    """
    columns = " or ".join(f"`{column}`" for column in statement.schema.vectors)
    if left.kind not in VECTORS and right.kind not in VECTORS:
        raise Rejection(
            "operand",
            f"`{name}` needs a vector on both sides, but {_said(left)} stands beside {_said(right)}: "
            f"allowed vector columns are {columns}",
        )
    if left.kind in VECTORS and right.kind in VECTORS and left.kind != right.kind:
        raise Rejection("operand", f"`{name}` stands between {left.kind} and {right.kind}: cast both to the same type")
    _pair(statement, name, left, right)
    if left.encoder is None and right.encoder is None:
        raise Rejection("operand", f"`{name}` reads no vector column: one side must be {columns}")


def bit_distance(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a distance between bit strings.

    Raises:
        Rejection: a side is none, or they are of two lengths or encoders.
    """
    kinds = {left.kind, right.kind}
    if "bit" not in kinds or not kinds <= {"bit", "literal", "parameter", "null"}:
        raise Rejection(
            "operand", f"`{name}` needs bit strings: write binary_quantize(embedding)::bit(384) on both sides"
        )
    _pair(statement, name, left, right)


def pattern(name: str, text: str | None) -> None:
    """Check a regular expression, which must be short and written out."""
    if text is None:
        raise Rejection("pattern", f"the pattern of `{name}` must be a literal: use ILIKE for anything else")
    if len(text) > MAX_PATTERN:
        raise Rejection(
            "pattern", f"the pattern of `{name}` has {len(text)} characters; at most {MAX_PATTERN} are allowed"
        )
    if _LOOK_AROUND.search(text):
        # Each is tried again at every place of the text: a few of them take seconds.
        raise Rejection("pattern", f"the pattern of `{name}` may not look ahead or behind: use two conditions with AND")
    if _BACK_REFERENCE.search(text) or text.count("{") > 1 or text.startswith("***"):
        raise Rejection(
            "pattern", f"the pattern of `{name}` may have no back reference, no `***` and one {{m,n}} at most"
        )


def _pair(statement: Statement, name: str, left: Value, right: Value) -> Value:
    """Check that two vectors, or bit strings, are of one encoder and dimension, and return the one that is typed."""
    stored, other = (left, right) if left.kind in VECTORS or left.kind == "bit" else (right, left)
    other = _typed(name, other, stored)
    if stored.encoder and other.encoder and stored.encoder != other.encoder:
        raise Rejection(
            "encoder",
            f"`{name}` compares vectors of two encoders, {stored.encoder} and {other.encoder}: use one encoder",
        )
    if stored.dimension and other.dimension and stored.dimension != other.dimension:
        unit = "bits" if stored.kind == "bit" else "dimensions"
        raise Rejection(
            "dimension", f"`{name}` compares a vector of {stored.dimension} {unit} with one of {other.dimension}"
        )
    for value, beside in ((stored, other), (other, stored)):
        if value.parameter is not None and value.kind in VECTORS:
            statement.bind(value.parameter, beside.encoder, beside.dimension or value.dimension)
    return stored


def _typed(name: str, value: Value, beside: Value) -> Value:
    """Return what stands beside a vector as a vector itself: literals are read, parameters and NULLs taken."""
    if value.kind == beside.kind or {value.kind, beside.kind} <= VECTORS:
        return value
    if value.kind == "literal" and value.text is not None:
        return Value(beside.kind, dimension_of(value.text, beside.kind), weight=beside.weight)
    if value.kind in {"parameter", "null", "other"}:
        return beside._replace(parameter=value.parameter, refs=value.refs)
    raise Rejection("operand", f"`{name}` needs a vector on both sides, but one is {_said(value)}")


def _distance(statement: Statement, name: str, left: Value, right: Value) -> Value:
    distance(statement, name, left, right)
    return Value("number", trend=_DISTANCES[name])


def _bit_distance(statement: Statement, name: str, left: Value, right: Value) -> Value:
    bit_distance(statement, name, left, right)
    return Value("number", trend=Trend(1, 0.0))


def _comparison(statement: Statement, name: str, left: Value, right: Value) -> Value:
    if left.kind in VECTORS or right.kind in VECTORS:
        _pair(statement, name, left, right)
    return Value("boolean", trend=comparison(name, left.trend, right.trend))


def _match(statement: Statement, name: str, left: Value, right: Value) -> Value:
    if name in PATTERNS:
        pattern(name, right.text if right.kind == "literal" else None)
    return Value("boolean", trend=mixed((left.trend, right.trend)))


def _arithmetic(statement: Statement, name: str, left: Value, right: Value) -> Value:
    if left.kind in VECTORS or right.kind in VECTORS:
        if name not in {"+", "-", "*"}:
            raise Rejection("operand", f"`{name}` is not for vectors: +, - and * are")
        return _pair(statement, name, left, right)._replace(parameter=None, text=None)
    if name == "%" and "text" in {left.kind, right.kind}:  # pg_trgm's likeness
        return Value("boolean", weight=max(left.weight, right.weight))
    weight = left.weight + right.weight if name in {"*", "/"} else max(left.weight, right.weight)
    if name == "^":
        weight = left.weight * 10
        exponent = right.trend
        if exponent.low != exponent.high or not -10 <= exponent.low <= 10:
            # A numeric to the power of a column has as many digits as the column says.
            raise Rejection("arguments", "`^` takes a literal exponent between -10 and 10")
    return Value("number", weight=weight, trend=arithmetic(name, left.trend, right.trend))


def _search(statement: Statement, name: str, left: Value, right: Value) -> Value:
    kinds = {left.kind, right.kind}
    if not {"tsvector", "tsquery"} & kinds or not kinds <= {"tsvector", "tsquery"} | _OPEN:
        raise Rejection("operand", "`@@` stands between to_tsvector('english', ...) and websearch_to_tsquery(...)")
    return Value("boolean")


def _sets(statement: Statement, name: str, left: Value, right: Value) -> Value:
    kinds = (left.kind, right.kind)
    vector = next((kind for kind in kinds if kind in VECTORS), None)
    if vector:
        raise Rejection("operand", f"`{name}` is not for a {vector}: use <=>, <->, <#> or <+>")
    weight = left.weight + right.weight
    if "tsquery" in kinds and name in {"||", "&&"}:
        return Value("tsquery", weight=weight)
    trend = mixed((left.trend, right.trend))
    array = next((kind for kind in kinds if kind.endswith("[]")), None)
    if name == "||":
        return Value(array or ("tsvector" if kinds == ("tsvector", "tsvector") else "text"), weight=weight, trend=trend)
    if array is None or not all(kind.endswith("[]") or kind in _OPEN for kind in kinds):
        raise Rejection(
            "operand",
            f"`{name}` stands between arrays, not {kinds[0]} and {kinds[1]}: write genres {name} ARRAY['Drama']",
        )
    return Value("boolean", trend=trend)


_RULES: dict[str, Callable[[Statement, str, Value, Value], Value]] = {
    **dict.fromkeys(COMPARISONS, _comparison),
    **dict.fromkeys(PATTERNS | LIKES, _match),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    **dict.fromkeys(_ARRAYS | {"||"}, _sets),
    **dict.fromkeys(_DISTANCES, _distance),
    **dict.fromkeys(_BIT_DISTANCES, _bit_distance),
    "@@": _search,
}
_LISTED = " ".join(sorted(_RULES.keys() - LIKES))


def _unknown(name: str) -> Rejection:
    if name == "==>" or (name.startswith("<") and len(name) > 2):
        return Rejection(
            "operator", f"unknown operator `{shorten(name, 20)}`: did you mean `<=>`? (<->, <#>, <+> are allowed too)"
        )
    return Rejection("operator", f"unknown operator `{shorten(name, 20)}`: allowed are {_LISTED}")


def _said(value: Value) -> str:
    if value.kind == "literal":
        return f"the text '{shorten(value.text or '', 20)}'"
    return {"other": "a value"}.get(value.kind, f"a {value.kind}")
