"""Walking the tree: a node's type and fields against the lists, and the handler of each type of expression."""

import re
from collections.abc import Iterable

from matinee.sql.allowed import MAX_DEPTH, MAX_WEIGHT, NODES
from matinee.sql.directions import combined
from matinee.sql.query_scope import QueryScope
from matinee.sql.rejection import Rejection
from matinee.sql.values import Node, Value


def opened(node: Node) -> tuple[str, Node]:
    """Return a node's type and fields.

    Raises:
        Refusal: the type, or one of the fields, is not on the list.
    """
    for name, fields in node.items():
        return name, only(name, fields)
    raise Rejection("node", "an empty expression is not allowed")


def only(name: str, fields: Node) -> Node:
    """Return the fields, all of which must be on the list of this node type."""
    allowed = NODES.get(name)
    if allowed is None:
        raise Rejection("node", f"{in_words(name)} is not allowed: write one SELECT over the listed tables")
    if not fields.keys() <= allowed:
        extra = ", ".join(in_words(field) for field in fields if field not in allowed)
        raise Rejection("node", f"{extra} in {in_words(name)} is not allowed: leave it out")
    return fields


def expression(node: Node, level: QueryScope) -> Value:
    """Return what is known of an expression.

    Raises:
        Refusal: it, or a part of it, is not allowed.
    """
    name, fields = opened(node)
    statement = level.statement
    handler = statement.handlers.get(name)
    if handler is None:
        raise Rejection("node", f"{in_words(name)} is not allowed here: write a plain expression")
    statement.depth += 1
    if statement.depth > MAX_DEPTH:
        raise Rejection("depth", f"the statement is nested deeper than {MAX_DEPTH} levels")
    value = handler(fields, level)
    statement.depth -= 1
    if value.weight > MAX_WEIGHT:
        raise Rejection("size", "an expression repeats or collects too much text: use fewer or shorter columns")
    return value


def expressions(nodes: Iterable[Node], level: QueryScope) -> list[Value]:
    """Return what is known of each expression."""
    return [expression(node, level) for node in nodes]


def merge(values: list[Value], kind: str | None = None) -> Value:
    """Return what is known of a value that is one of these (CASE, COALESCE, GREATEST)."""
    typed = [v for v in values if v.kind not in {"null", "literal", "parameter"}]
    first = typed[0] if typed else values[0]
    encoders = {v.encoder for v in typed if v.encoder}
    if len(encoders) > 1:
        raise Rejection("encoder", "one expression mixes vectors of two encoders: use columns of one encoder")
    numbers = [v for v in values if v.kind != "null"] or values
    return Value(
        kind or first.kind,
        first.dimension,
        first.encoder,
        max(v.weight for v in values),
        union(values),
        combined(v.order for v in values),
        low=min(v.low for v in numbers),
        high=max(v.high for v in numbers),
    )


def union(values: Iterable[Value]) -> int:
    """Return the bits of all the relations that these values read."""
    refs = 0
    for value in values:
        refs |= value.refs
    return refs


def in_words(name: str) -> str:
    """Return PostgreSQL's name of a node in words: CreateTableAsStmt -> CREATE TABLE AS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name.removesuffix("Stmt").removesuffix("Clause")).upper().strip()
