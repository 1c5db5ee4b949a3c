"""The range table: what each SELECT reads from, the columns in sight, and what is counted over the whole statement."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from matinee.sql.grammar import MAX_DEPTH, MAX_PARAMETERS
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.schema import Schema
from matinee.sql.values import Node, Value

SYSTEM_COLUMNS = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax", "oid"})

Place = Literal["whole", "arm", "inner"]
"""Where a SELECT stands: it is the statement, an arm of the UNION that is the statement, or within something else."""


class Query(NamedTuple):
    """A query's columns and the most rows that it can give; None: as many as the tables have.

    `by_distance` tells whether it reads a distance, which may decide what rows it gives.
    """

    columns: dict[str, Value]
    rows: int | None
    by_distance: bool = False


@dataclass(slots=True)
class Relation:
    """A table, query or function in FROM.

    `bit` marks it in the `refs` of values; `rows` is None without a bound; `base` is true of a stored table; `lateral`
    has the bits of the relations that it is computed from, row by row.
    """

    name: str
    columns: dict[str, Value]
    bit: int
    rows: int | None
    base: bool = False
    lateral: int = 0

    def read(self, name: str) -> Value | None:
        """Return the value of a column; None: there is no such column.

        Raises:
            Rejection: there are two.
        """
        value = self.columns.get(name)
        if value is None:
            return None
        if value.kind == "ambiguous":
            raise Rejection("ambiguous", f"`{name}` is in `{self.name}` twice: give each column a name of its own")
        return value._replace(refs=self.bit, text=None)


@dataclass(slots=True)
class Statement:
    """What is counted over the whole statement.

    `query` checks a SELECT, which expressions and FROM may hold; `tables` counts the stored tables that are read;
    `distances` the distances, and `correlations` the columns of queries around the one that reads them; `vectors` has
    the encoder and the dimension of each parameter that is a vector; `stars` are the column lists that take the place
    of each `*`, by the byte at which it begins.
    """

    schema: Schema
    query: Callable[[Node, "Scope", Place], Query]
    vector_dimension: int | None
    relations: int = 0
    tables: int = 0
    arms: int = 0
    depth: int = 0
    distances: int = 0
    correlations: int = 0
    vectors: dict[int, tuple[str | None, int | None]] = field(default_factory=dict)
    parameters: set[int] = field(default_factory=set)
    stars: dict[int, str] = field(default_factory=dict)

    @property
    def next_bit(self) -> int:
        """Return the bit of the relation that is added next."""
        return 1 << self.relations

    def enter(self) -> None:
        """Count one level of nesting; the caller takes it off after the level.

        Raises:
            Rejection: it is one too many.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Rejection("depth", f"the statement is nested deeper than {MAX_DEPTH} levels")

    def parameter(self, number: int) -> Value:
        """Return the value of a parameter.

        Raises:
            Rejection: its number is too large.
        """
        if not 1 <= number <= MAX_PARAMETERS:
            raise Rejection("parameter", f"`${number}` is not a parameter: allowed are $1 to ${MAX_PARAMETERS}")
        self.parameters.add(number)
        return Value("parameter", parameter=number)

    def bind(self, number: int, encoder: str | None, dimension: int | None) -> None:
        """Remember that a parameter is a vector of this encoder and dimension.

        Raises:
            Rejection: it stands beside a vector of another encoder or dimension, too.
        """
        known_encoder, known_dimension = self.vectors.get(number, (None, None))
        if encoder and known_encoder and encoder != known_encoder:
            raise Rejection("encoder", f"${number} is of two encoders, {known_encoder} and {encoder}: bind two")
        for expected in (known_dimension, self.vector_dimension):
            if dimension and expected and dimension != expected:
                raise Rejection("dimension", f"${number} has {expected} dimensions, but is compared with {dimension}")
        self.vectors[number] = (encoder or known_encoder, dimension or known_dimension)


@dataclass(slots=True)
class Scope:
    """One SELECT: the relations of its FROM, the CTEs in sight, and the SELECT around it.

    `merged` are the columns of USING; `links` the relations that an equality joins, and whether it compares keys;
    `aggregates` and `sets` tell whether the target list aggregates rows or gives several for one; `multiplies` whether
    FROM repeats the rows of a table; `windows` the order of each named window.
    """

    statement: Statement
    parent: "Scope | None"
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
        """Return the bits of this SELECT's own relations."""
        mask = 0
        for relation in self.relations:
            mask |= relation.bit
        return mask

    def outside(self, ctes: dict[str, Query]) -> "Scope":
        """Return the scope of a query in FROM or WITH: it sees CTEs and the SELECTs around this one."""
        return Scope(self.statement, self.parent, ctes)

    def column(self, reference: list[Node]) -> Value:
        """Return the value of a column reference, from the parts of its name.

        Raises:
            Rejection: no such column is in scope, or more than one.
        """
        if any("String" not in part for part in reference):
            raise Rejection("star", "`*` is allowed in the select list of a query over named columns only")
        *table, name = [part["String"].get("sval", "") for part in reference]
        if not table:
            return self._unqualified(name)
        if len(table) > (2 if table[0] == self.statement.schema.name else 1):
            shown = shorten(".".join([*table, name]))
            raise Rejection("schema", f"`{shown}`: write a column as `column` or `table.column`")
        relation = self.relation(table[-1])
        value = relation.read(name)
        if value is None:
            raise _no_column(name, relation.columns)
        return value

    def relation(self, name: str) -> Relation:
        """Return the relation of this name or alias in this SELECT or one around it.

        Raises:
            Rejection: there is none.
        """
        for relation in self._visible():
            if relation.name == name:
                self.statement.correlations += relation not in self.relations
                return relation
        raise unknown("table", "table or alias", name, [relation.name for relation in self._visible()])

    def _unqualified(self, name: str) -> Value:
        for scope in self._outwards():
            if scope is self.parent:
                self.statement.correlations += 1
            if name in scope.merged:
                return scope.merged[name]
            found = [value for relation in scope.relations if (value := relation.read(name)) is not None]
            if len(found) > 1:
                aliases = " or ".join(f"`{r.name}.{name}`" for r in scope.relations if name in r.columns)
                raise Rejection("ambiguous", f"`{name}` is in more than one table: write {aliases}")
            if found:
                return found[0]
        raise _no_column(name, [column for relation in self._visible() for column in relation.columns])

    def _outwards(self) -> "Iterator[Scope]":
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def _visible(self) -> Iterator[Relation]:
        return (relation for scope in self._outwards() for relation in scope.relations)


def _no_column(name: str, allowed: Iterable[str]) -> Rejection:
    if name in SYSTEM_COLUMNS:
        listed = ", ".join(sorted(set(allowed))[:24])
        return Rejection("system_column", f"`{name}` is a system column, which is not allowed: allowed are {listed}")
    return unknown("column", "column", name, allowed)
