"""The scopes in which names are looked up: a statement, its SELECTs inside one another, and what each reads from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from matinee.sql.schema import Schema
from matinee.sql.values import Node, Value

Place = Literal["whole", "arm", "inner"]
"""Where a SELECT stands: it is the statement, an arm of the UNION that is the statement, or within something else."""


class Query(NamedTuple):
    """A query's columns and the most rows that it can give; None: as many as the tables have."""

    columns: dict[str, Value]
    rows: int | None


@dataclass(slots=True)
class Relation:
    """A table, query or function in FROM. `base` is true of a stored table; `rows` is None without a bound."""

    name: str
    columns: dict[str, Value]
    bit: int
    rows: int | None
    base: bool = False
    lateral: int = 0


@dataclass(slots=True)
class QueryScope:
    """One SELECT: the relations of its FROM, the CTEs in sight, and the SELECT around it."""

    statement: "Statement"
    parent: "QueryScope | None"
    ctes: dict[str, Query]
    relations: list[Relation] = field(default_factory=list)
    merged: dict[str, Value] = field(default_factory=dict)
    links: list[tuple[int, int, bool]] = field(default_factory=list)
    aggregates: bool = False
    sets: bool = False
    rows: int | None = 1
    multiplies: bool = False
    windows: dict[str, int] = field(default_factory=dict)

    @property
    def mask(self) -> int:
        """Return the bits of this level's own relations."""
        mask = 0
        for relation in self.relations:
            mask |= relation.bit
        return mask


@dataclass(slots=True)
class Statement:
    """What is counted over the whole statement.

    `handlers` has one for each node type that an expression may be; `tables` counts the stored tables that are read;
    `edits` are the column lists that take the place of each `*`, by the byte at which it begins.
    """

    schema: Schema
    handlers: Mapping[str, "Handler"]
    query: Callable[[Node, "QueryScope | None", dict[str, Query], Place], Query]
    vector_dimension: int | None
    relations: int = 0
    tables: int = 0
    arms: int = 0
    depth: int = 0
    vectors: dict[int, tuple[str | None, int | None]] = field(default_factory=dict)
    parameters: set[int] = field(default_factory=set)
    edits: dict[int, str] = field(default_factory=dict)


Handler = Callable[[Node, QueryScope], Value]
"""Returns what is known of an expression of one node type, from its fields."""
