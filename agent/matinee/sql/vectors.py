"""Which vectors may stand on the two sides of a distance, and what a vector that is written out has to be."""

import re

from matinee.sql.query_scope import Statement
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.values import VECTORS, Value

_DENSE = re.compile(r"\s*\[\s*([^\]\[]*?)\s*\]\s*")
_SPARSE = re.compile(r"\s*\{\s*(?:\d{1,9}:[-+0-9.eE]{1,40}\s*(?:,\s*(?!\})|(?=\})))*\}\s*/\s*(\d{1,9})\s*")
_NUMBER = re.compile(r"[-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")


def dimension_of(text: str, kind: str = "vector") -> int:
    """Return the dimension of a vector that is written out, `[1,2,3]` or for a sparsevec `{1:1,3:2}/5`.

    Raises:
        Refusal: it is none.
    """
    if kind == "sparsevec":
        sparse = _SPARSE.fullmatch(text)
        if not sparse:
            raise Rejection("vector_literal", f"'{shorten(text)}' is not a sparsevec: write '{{1:0.5,3:1}}/384'")
        return int(sparse[1])
    dense = _DENSE.fullmatch(text)
    numbers = [n.strip() for n in dense[1].split(",")] if dense else []
    wrong = next((n for n in numbers if not _NUMBER.fullmatch(n)), None)
    if not numbers or wrong is not None:
        raise Rejection("vector_literal", f"'{shorten(text)}' is not a vector: write '[1,2,3]' or bind it as $1")
    return len(numbers)


def distance(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a vector operator or function; parameters beside a vector become vectors.

    Raises:
        Refusal: a side is no vector, they are of two types, dimensions or encoders, or none is a stored one.
    """
    if left.kind not in VECTORS and right.kind not in VECTORS:
        raise Rejection(
            "operand",
            f"`{name}` needs a vector on both sides, but {_say(left)} stands beside {_say(right)}: "
            f"allowed vector columns are {_columns(statement)}",
        )
    stored, other = (left, right) if left.kind in VECTORS else (right, left)
    if other.kind in VECTORS and other.kind != stored.kind:
        raise Rejection(
            "operand", f"`{name}` stands between {stored.kind} and {other.kind}: cast both to the same type"
        )
    check_pair(statement, name, stored, typed(statement, name, other, stored))
    if stored.encoder is None and other.encoder is None:
        raise Rejection("operand", f"`{name}` reads no vector column: one side must be {_columns(statement)}")


def check_pair(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check that two vectors are of one encoder and one dimension, and remember what parameters they are."""
    if left.encoder and right.encoder and left.encoder != right.encoder:
        raise Rejection(
            "encoder",
            f"`{name}` compares vectors of two encoders, {left.encoder} and {right.encoder}: use one encoder",
        )
    if left.dimension and right.dimension and left.dimension != right.dimension:
        raise Rejection(
            "dimension", f"`{name}` compares a vector of {left.dimension} dimensions with one of {right.dimension}"
        )
    for value, beside in ((left, right), (right, left)):
        if value.parameter is not None:
            bind(statement, value.parameter, beside.encoder, beside.dimension or value.dimension)


def typed(statement: Statement, name: str, value: Value, beside: Value) -> Value:
    """Return what stands beside a vector as a vector itself: literals are read, parameters and nulls taken."""
    if value.kind in VECTORS:
        return value
    if value.kind == "literal" and value.text is not None:
        return Value(beside.kind, dimension_of(value.text, beside.kind), weight=beside.weight)
    if value.kind == "parameter" and value.parameter is not None:
        bind(statement, value.parameter, beside.encoder, beside.dimension)
        return Value(beside.kind, beside.dimension, beside.encoder, beside.weight, parameter=value.parameter)
    if value.kind in {"null", "other"}:
        return Value(beside.kind, beside.dimension, beside.encoder, beside.weight, value.refs)
    raise Rejection("operand", f"`{name}` needs a vector on both sides, but one is {_say(value)}")


def bind(statement: Statement, number: int, encoder: str | None, dimension: int | None) -> None:
    """Remember that a parameter is a vector of this encoder and dimension."""
    known_encoder, known_dimension = statement.vectors.get(number, (None, None))
    if encoder and known_encoder and encoder != known_encoder:
        raise Rejection(
            "encoder", f"${number} is compared with vectors of two encoders, {known_encoder} and {encoder}: bind two"
        )
    given = statement.vector_dimension
    for expected in (known_dimension, given):
        if dimension and expected and dimension != expected:
            raise Rejection(
                "dimension", f"${number} has {expected} dimensions, but stands beside a vector of {dimension}"
            )
    statement.vectors[number] = (encoder or known_encoder, dimension or known_dimension)


def bits(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a distance between bit strings."""
    kinds = {left.kind, right.kind}
    if "bit" not in kinds or not kinds <= {"bit", "literal", "parameter", "null"}:
        raise Rejection(
            "operand", f"`{name}` needs bit strings: write binary_quantize(embedding)::bit(384) on both sides"
        )
    if left.encoder and right.encoder and left.encoder != right.encoder:
        raise Rejection("encoder", f"`{name}` compares vectors of two encoders, {left.encoder} and {right.encoder}")
    sizes = [v.dimension or (len(v.text) if v.text else None) for v in (left, right)]
    if sizes[0] and sizes[1] and sizes[0] != sizes[1]:
        raise Rejection("dimension", f"`{name}` compares {sizes[0]} bits with {sizes[1]}")


def _columns(statement: Statement) -> str:
    return " or ".join(f"`{column}`" for column in statement.schema.vectors)


def _say(value: Value) -> str:
    if value.kind == "literal":
        return f"the text '{shorten(value.text or '', 20)}'"
    return {"other": "a value"}.get(value.kind, f"a {value.kind}")
