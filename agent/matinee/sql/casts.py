"""Casts: which types may be named, how large, and what a value becomes by them."""

from typing import Any

from matinee.sql.allowed import BUILT_IN_TYPES, TYPE_ALIASES, TYPES
from matinee.sql.query_scope import Statement
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.values import MIXED, VECTORS, Node, Value
from matinee.sql.vectors import bind, dimension_of


def cast(fields: Node, value: Value, statement: Statement) -> Value:
    """Return what a value is after a cast to the named type.

    Raises:
        Refusal: the type is not on the list, too large, or the vector has another dimension.
    """
    name, size = _type(fields)
    kind = TYPES[name][0]
    if "arrayBounds" in fields:
        if len(fields["arrayBounds"]) > 1 or kind in VECTORS or kind == "bit":
            raise Rejection(
                "type", f"`{name}` arrays of this form are not allowed: one dimension of text or numbers is"
            )
        _digits(name, size, value)
        order = value.order if kind == "number" else MIXED if value.order else 0
        return Value(f"{kind}[]", weight=value.weight, refs=value.refs, order=order, parameter=value.parameter)
    if kind in VECTORS:
        return _to_vector(kind, size, value, statement)
    if kind == "bit":
        size = size or value.dimension
        weight = max(value.weight, (size or 1) // 256)
        return Value("bit", size, value.encoder, weight, value.refs, parameter=value.parameter)
    if kind == "text" and value.kind in VECTORS:
        raise Rejection("type", "a vector as text is not allowed: its numbers mean nothing to a reader")
    if kind not in {"number", "boolean"}:
        return Value(kind, weight=value.weight, refs=value.refs, order=MIXED if value.order else 0)
    _digits(name, size, value)
    return Value(kind, weight=value.weight, refs=value.refs, order=value.order, low=value.low, high=value.high)


def _digits(name: str, size: int | None, value: Value) -> None:
    if name == "numeric" and size is None and value.kind.removesuffix("[]") == "text":
        raise Rejection(
            "type", "text as `numeric` may have any number of digits: cast to numeric(20, 2), int or float8"
        )


def _to_vector(kind: str, size: int | None, value: Value, statement: Statement) -> Value:
    dimension = value.dimension
    if value.kind == "literal" and value.text is not None:
        dimension = dimension_of(value.text, kind)
    elif value.kind == "text":
        raise Rejection("type", f"text is no {kind}: only a vector column, a literal '[1,2,3]' or $1 is cast to {kind}")
    elif value.kind == "parameter" and value.parameter is not None:
        bind(statement, value.parameter, None, size)
    if size and dimension and size != dimension:
        raise Rejection("dimension", f"{kind}({size}) is not the dimension of this vector, which has {dimension}")
    encoder = value.encoder if value.kind in VECTORS else None
    weight = max(value.weight, 1 + (size or dimension or 0) // 8)
    return Value(kind, size or dimension, encoder, weight, value.refs, parameter=value.parameter)


def _type(fields: Node) -> tuple[str, int | None]:
    names = [part["String"].get("sval", "") for part in fields.get("names", [])]
    name = names[-1] if names else ""
    if len(names) > 1 and (names[0] != "pg_catalog" or len(names) > 2 or name not in BUILT_IN_TYPES):
        if names == ["pg_catalog", "bpchar"]:
            raise Rejection("type", "type `char` is not allowed: use `text`")
        raise Rejection("type", f"type `{shorten('.'.join(names))}` is not allowed: write types without a schema")
    name = TYPE_ALIASES.get(name, name)
    if name not in TYPES:
        raise unknown("type", "type", name, [*TYPES, *TYPE_ALIASES])
    return name, _size(name, fields.get("typmods", []))


def _size(name: str, modifiers: list[dict[str, Any]]) -> int | None:
    most = TYPES[name][1]
    sizes: list[int] = []
    for node in modifiers:
        integer = node.get("A_Const", {}).get("ival")
        if integer is None:
            raise Rejection("type", f"the size of `{name}` must be a whole number")
        sizes.append(integer.get("ival", 0))
    if not sizes:
        return None
    if most is None or len(sizes) > (2 if name == "numeric" else 1) or not 1 <= sizes[0] <= most:
        raise Rejection("type", f"`{name}({', '.join(map(str, sizes))})` is not allowed: at most `{name}({most})`")
    if len(sizes) == 2 and not 0 <= sizes[1] <= 15:
        raise Rejection("type", f"`{name}` takes a scale between 0 and 15")
    return sizes[0]
