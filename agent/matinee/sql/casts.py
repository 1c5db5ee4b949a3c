"""Casts: which types may be named, how large, and what a value becomes by them."""

from matinee.sql.literals import constant_integer, dimension_of
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.scope import Statement
from matinee.sql.trends import mixed
from matinee.sql.values import VECTORS, Node, Value, named

# A type's kind, the largest size in parentheses after its name (0: none may be given), and its names.
_TABLE = """
number     0       int2 int4 int8 smallint integer bigint float4 float8
number     30      numeric
boolean    0       bool boolean
text       0       text
text       2000    varchar
date       0       date
vector     16000   vector
halfvec    16000   halfvec
sparsevec  100000  sparsevec
bit        16000   bit
"""
_TYPES = {
    name: (kind, int(most))
    for kind, most, *names in (line.split() for line in _TABLE.strip().splitlines())
    for name in names
}
_ALIASES = {"int": "int4", "real": "float4", "decimal": "numeric", "float": "float8", "double": "float8"}
# The grammar spells these with `pg_catalog.` of its own accord.
_BUILT_IN = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric", "bool", "varchar", "bit"})
MAX_SCALE = 15


def cast(fields: Node, value: Value, statement: Statement) -> Value:
    """Return what a value is after a cast to the type that a TypeName node names.

    Raises:
        Rejection: the type is not on the list, too large, or the vector has another dimension.
    """
    name, size = _type(fields)
    kind = _TYPES[name][0]
    array = "arrayBounds" in fields
    if array and (len(fields["arrayBounds"]) > 1 or kind in VECTORS or kind == "bit"):
        raise Rejection("type", f"`{name}` arrays of this form are not allowed: one dimension of text or numbers is")
    if kind in VECTORS:
        return _to_vector(kind, size, value, statement)
    if kind == "bit":
        size = size or value.dimension
        weight = max(value.weight, (size or 1) // 256)
        return Value("bit", size, value.encoder, weight, value.refs, parameter=value.parameter)
    if kind == "text" and value.kind in VECTORS and not array:
        raise Rejection("type", "a vector as text is not allowed: its numbers mean nothing to a reader")
    if name == "numeric" and size is None and value.kind.removesuffix("[]") == "text":
        raise Rejection("type", "text as `numeric` may have any number of digits: cast to numeric(20, 2) or float8")
    followed = kind == "number" or (kind == "boolean" and not array)
    trend = value.trend if followed else mixed([value.trend])
    if array:
        return Value(f"{kind}[]", weight=value.weight, refs=value.refs, trend=trend, parameter=value.parameter)
    return Value(kind, weight=value.weight, refs=value.refs, trend=trend)


def _to_vector(kind: str, size: int | None, value: Value, statement: Statement) -> Value:
    dimension = value.dimension
    if value.kind == "literal" and value.text is not None:
        dimension = dimension_of(value.text, kind)
    elif value.kind == "text":
        raise Rejection("type", f"text is no {kind}: only a vector column, a literal '[1,2,3]' or $1 is cast to {kind}")
    elif value.kind == "parameter" and value.parameter is not None:
        statement.bind(value.parameter, None, size)
    if size and dimension and size != dimension:
        raise Rejection("dimension", f"{kind}({size}) is not the dimension of this vector, which has {dimension}")
    encoder = value.encoder if value.kind in VECTORS else None
    weight = max(value.weight, 1 + (size or dimension or 0) // 8)
    return Value(kind, size or dimension, encoder, weight, value.refs, parameter=value.parameter)


def _type(fields: Node) -> tuple[str, int | None]:
    """Return the type's name and its size."""
    *schema, name = named(fields["names"])
    if schema == ["pg_catalog"] and name == "bpchar":
        raise Rejection("type", "type `char` is not allowed: use `text`")
    if schema and (schema != ["pg_catalog"] or name not in _BUILT_IN):
        shown = shorten(".".join([*schema, name]))
        raise Rejection("type", f"type `{shown}` is not allowed: write types without a schema")
    name = _ALIASES.get(name, name)
    if name not in _TYPES:
        raise unknown("type", "type", name, [*_TYPES, *_ALIASES])
    return name, _size(name, fields.get("typmods", []))


def _size(name: str, modifiers: list[Node]) -> int | None:
    most = _TYPES[name][1]
    if not modifiers:
        return None
    sizes = [number for node in modifiers if (number := constant_integer(node)) is not None]
    if len(sizes) < len(modifiers):
        raise Rejection("type", f"the size of `{name}` must be a whole number")
    size, *scale = sizes
    if not 1 <= size <= most or len(scale) > (name == "numeric"):
        raise Rejection("type", f"`{name}({', '.join(map(str, sizes))})` is not allowed: at most `{name}({most})`")
    if scale and not 0 <= scale[0] <= MAX_SCALE:
        raise Rejection("type", f"`{name}` takes a scale between 0 and {MAX_SCALE}")
    return size
