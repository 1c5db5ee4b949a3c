"""Which vectors may be compared with each other: those of one type, dimension and encoder."""

from matinee.sql.literals import dimension_of
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.scope import Statement
from matinee.sql.values import UNTYPED, VECTORS, Value


def distance(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a distance between vectors; parameters beside a vector become vectors.

    Raises:
        Rejection: a side is no vector, they are of two types, dimensions or encoders, or none is a stored one.
    """
    columns = " or ".join(f"`{column}`" for column in statement.schema.vectors)
    kinds = {left.kind, right.kind}
    if not kinds & VECTORS:
        sides = f"{_said(left)} stands beside {_said(right)}"
        raise Rejection("operand", f"{name} needs vectors, but {sides}: allowed vector columns are {columns}")
    if len(kinds & VECTORS) > 1:
        raise Rejection("operand", f"{name} stands between {left.kind} and {right.kind}: cast both to the same type")
    pair(statement, name, left, right)
    if left.encoder is None and right.encoder is None:
        raise Rejection("operand", f"{name} reads no vector column: one side must be {columns}")


def bit_distance(statement: Statement, name: str, left: Value, right: Value) -> None:
    """Check the two sides of a distance between bit strings.

    Raises:
        Rejection: a side is none, or they are of two lengths or encoders.
    """
    kinds = {left.kind, right.kind}
    if "bit" not in kinds or not kinds <= UNTYPED | {"bit"}:
        raise Rejection("operand", f"{name} needs bit strings on both sides: binary_quantize(embedding)::bit(384)")
    pair(statement, name, left, right)


def pair(statement: Statement, name: str, left: Value, right: Value) -> Value:
    """Check that two vectors, or bit strings, are of one encoder and dimension, and return the one that is typed."""
    stored, other = (left, right) if left.kind in VECTORS or left.kind == "bit" else (right, left)
    other = _typed(name, other, stored)
    if stored.encoder and other.encoder and stored.encoder != other.encoder:
        raise Rejection("encoder", f"{name} compares vectors of two encoders, {stored.encoder} and {other.encoder}")
    if stored.dimension and other.dimension and stored.dimension != other.dimension:
        unit = "bits" if stored.kind == "bit" else "dimensions"
        raise Rejection("dimension", f"{name} compares a vector of {stored.dimension} {unit} with {other.dimension}")
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
    raise Rejection("operand", f"{name} needs a vector on both sides, but one is {_said(value)}")


def _said(value: Value) -> str:
    return f"the text '{shorten(value.text, 20)}'" if value.text is not None else f"a {value.kind}"
