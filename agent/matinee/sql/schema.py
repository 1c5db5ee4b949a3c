"""What statements may read: tables, their columns with PostgreSQL's type names, and which encoder wrote each vector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from matinee.sql.trends import NONNEGATIVE, UNRELATED
from matinee.sql.values import Value

# Weights are in units of about 32 bytes; they bound what one value can grow to, not what it takes on disk.
WIDE_WEIGHT = 32
ARRAY_WEIGHT = 4
VECTOR_WEIGHT = 48

_KINDS = {
    "int": "number",
    "integer": "number",
    "bigint": "number",
    "smallint": "number",
    "real": "number",
    "double precision": "number",
    "numeric": "number",
    "text": "text",
    "varchar": "text",
    "boolean": "boolean",
    "tsvector": "tsvector",
    "date": "date",
}


@dataclass(frozen=True)
class Schema:
    """The tables that may be read.

    `tables` maps a table to its columns and their types; `vectors` a vector column to its encoder's name and
    dimension; `wide` names the columns of long text; `unshown` those that `*` leaves out of the result, besides the
    vectors; `keys` those that pick out one film or very few; `vector_schema` is where the extension is that has the
    type of vectors, where that is another schema than `name`. Numbers are taken to be none below 0.
    """

    tables: Mapping[str, Mapping[str, str]]
    vectors: Mapping[str, tuple[str, int]]
    name: str = "public"
    wide: frozenset[str] = frozenset({"content", "overview"})
    unshown: frozenset[str] = frozenset({"content"})
    keys: frozenset[str] = field(default=frozenset({"movie_id", "title"}))
    vector_schema: str | None = None

    @property
    def schemas(self) -> list[str]:
        """Return the schemas in which statements find tables, types and operators."""
        return list(dict.fromkeys([self.name, self.vector_schema or self.name]))

    @cached_property
    def values(self) -> dict[str, dict[str, Value]]:
        """Return each table's columns as the guard's values."""
        return {
            table: {c: self._value(c, kind) for c, kind in columns.items()} for table, columns in self.tables.items()
        }

    def _value(self, column: str, declared: str) -> Value:
        if column in self.vectors:
            encoder, dimension = self.vectors[column]
            return Value(declared.split("(")[0].strip(), dimension, encoder, VECTOR_WEIGHT)
        if declared.endswith("[]"):
            return Value(_KINDS.get(declared[:-2].strip(), "other") + "[]", weight=ARRAY_WEIGHT)
        weight = WIDE_WEIGHT if column in self.wide else 1
        kind = _KINDS.get(declared.split("(")[0].strip(), "other")
        return Value(kind, weight=weight, trend=NONNEGATIVE if kind == "number" else UNRELATED)


DEFAULT = Schema(
    tables={
        "movies": {
            "movie_id": "text",
            "title": "text",
            "year": "int",
            "genres": "text[]",
            "directors": "text[]",
            "stars": "text[]",
            "runtime": "int",
            "languages": "text[]",
            "countries": "text[]",
            "imdb_rating": "real",
            "imdb_votes": "int",
            "metascore": "int",
            "overview": "text",
            "keywords": "text[]",
            "content": "text",
            "embedding": "vector(384)",
            "embedding_minilm": "vector(384)",
        }
    },
    vectors={
        "embedding": ("BAAI/bge-small-en-v1.5 (int8)", 384),
        "embedding_minilm": ("sentence-transformers/all-MiniLM-L6-v2", 384),
    },
)


def quoted(name: str) -> str:
    """Return the name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'
