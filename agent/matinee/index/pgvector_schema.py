"""The tables: typed columns and vectors, and a registry of which encoder built which vector column.

A table is made in one transaction, which `PGEngine.init_vectorstore_table` does not offer; the columns that
`PGVectorStore` reads (content, embedding, langchain_metadata) are its own. What is found in a database may also
have been made by a plain `PGVectorStore`, with fewer columns: a `Layout` says what is there.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from matinee.errors import IndexUnavailable
from matinee.index.pgvector_errors import FAILURES, cause, sqlstate
from matinee.index.table import Form

CONTENT = "content"
EMBEDDING = "embedding"
REST = "langchain_metadata"
WORDS = "content_tsv"
ENCODERS = "matinee_encoders"
PLAIN_ID = "langchain_id"

_MAKING = 7_204_120_310  # any number, the same in every process that makes tables
_LARGEST_PLAIN = 1536  # dimensions; a vector stored in its row must leave room there, a page has 8 kB


class Encoder(NamedTuple):
    """What built a vector column; the name is None where a plain `PGVectorStore` made it."""

    name: str | None
    dimension: int | None


@dataclass(frozen=True)
class Layout:
    """A table as it is in the database: the columns with their types, and the vector columns' encoders."""

    schema: str
    form: Form
    types: Mapping[str, str]
    encoders: Mapping[str, Encoder]

    @property
    def table(self) -> str:
        """Return the quoted name of the table with its schema."""
        return f"{quoted(self.schema)}.{quoted(self.form.table)}"

    @property
    def id_column(self) -> str:
        """Return the id column: matinee's, else the one that a plain `PGVectorStore` makes."""
        return self.form.id_column if self.form.id_column in self.types else PLAIN_ID

    @property
    def typed(self) -> list[str]:
        """Return the typed columns that are there, without the id."""
        return [name for name in self.form.columns if name in self.types and name != self.id_column]

    @property
    def is_readable(self) -> bool:
        """Tell whether it has an id, a text and a vector, as every table of a `PGVectorStore` has."""
        return {self.id_column, CONTENT, EMBEDDING} <= set(self.types) and EMBEDDING in self.encoders


def quoted(name: str) -> str:
    """Return the name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def encoder_column(encoder: str) -> str:
    """Return the name of the column that holds a secondary encoder's vectors, as `embedding_minilm`."""
    slug = re.sub(r"[^a-z0-9]+", "_", encoder.lower()).strip("_")
    return f"{EMBEDDING}_{slug}"[:63].rstrip("_")


async def current_schema(connection: AsyncConnection) -> str:
    """Return the schema in which tables are made and found."""
    return str(await connection.scalar(text("SELECT coalesce(current_schema(), 'public')")))


async def read_layout(connection: AsyncConnection, form: Form) -> Layout | None:
    """Return what the database has under the form's name; None where there is no such table."""
    schema = await current_schema(connection)
    rows = await connection.execute(
        text(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
            "WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        ),
        {"name": f"{quoted(schema)}.{quoted(form.table)}"},
    )
    types = {str(name): str(kind) for name, kind in rows}
    if not types:
        return None
    registered: dict[str, str] = {}
    if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{quoted(schema)}.{ENCODERS}"}):
        named = await connection.execute(
            text(f"SELECT column_name, encoder FROM {quoted(schema)}.{ENCODERS} WHERE table_name = :table"),
            {"table": form.table},
        )
        registered = {str(column): str(encoder) for column, encoder in named}
    encoders = {
        name: Encoder(registered.get(name), int(size[1]) if (size := re.search(r"\((\d+)\)", kind)) else None)
        for name, kind in types.items()
        if kind.startswith(("vector", "halfvec"))
    }
    return Layout(schema, form, types, encoders)


async def make_table(connection: AsyncConnection, form: Form, encoder: Encoder, location: str) -> None:
    """Make the table, its first indexes and its entry in the registry, all in the transaction of the connection.

    Raises:
        IndexUnavailable: the extension is missing and cannot be created, or the user may not make tables.
    """
    async with making(connection, location) as schema:
        await _ensure_extension(connection, location)
        for statement in _statements(schema, form, encoder):
            await connection.execute(text(statement))
        await register(connection, schema, form.table, EMBEDDING, encoder)


@asynccontextmanager
async def making(connection: AsyncConnection, location: str) -> AsyncIterator[str]:
    """Yield the schema to make tables in, while no other process makes any.

    Raises:
        IndexUnavailable: the user may not make tables.
    """
    await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MAKING})
    schema = await current_schema(connection)
    try:
        yield schema
    except FAILURES as error:
        if sqlstate(error) not in ("42501", "3F000"):
            raise
        said = " ".join(str(cause(error)).split())
        raise IndexUnavailable(
            f"The tables at {location} cannot be made ({said}); have an administrator run "
            f"`GRANT CREATE, USAGE ON SCHEMA {schema} TO <the user in MATINEE_POSTGRES_DSN>;`."
        ) from error


async def _ensure_extension(connection: AsyncConnection, location: str) -> None:
    """Make the extension where it is missing.

    Raises:
        IndexUnavailable: it cannot be made, or is where the user may not use it; the message says what to run.
    """
    try:
        await connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    except FAILURES as error:
        if sqlstate(error) not in ("42501", "0A000", "58P01"):
            raise
        install = "" if sqlstate(error) == "42501" else "install pgvector 0.8 or newer on the server and "
        raise IndexUnavailable(
            f"The database at {location} lacks the extension vector; have an administrator {install}run `CREATE "
            "EXTENSION vector;` in that database, or unset MATINEE_POSTGRES_DSN to use the embedded server."
        ) from error
    schema = await vector_schema(connection)
    usable = text("SELECT has_schema_privilege(:schema, 'USAGE')")
    if schema and not await connection.scalar(usable, {"schema": schema}):
        raise IndexUnavailable(
            f"The extension vector of the database at {location} is in the schema {quoted(schema)}, which we may not "
            f"use; have an administrator run `GRANT USAGE ON SCHEMA {quoted(schema)} TO <the user in "
            "MATINEE_POSTGRES_DSN>;`."
        )


async def vector_schema(connection: AsyncConnection) -> str | None:
    """Return the schema of the extension, or None where it is missing."""
    found = await connection.scalar(
        text("SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'")
    )
    return None if found is None else str(found)


async def register(connection: AsyncConnection, schema: str, table: str, column: str, encoder: Encoder) -> None:
    """Remember which encoder builds a vector column."""
    await connection.execute(
        text(
            f"INSERT INTO {quoted(schema)}.{ENCODERS} (table_name, column_name, encoder, dimension) "
            "VALUES (:table, :column, :encoder, :dimension) ON CONFLICT (table_name, column_name) "
            "DO UPDATE SET encoder = EXCLUDED.encoder, dimension = EXCLUDED.dimension"
        ),
        {"table": table, "column": column, "encoder": encoder.name, "dimension": encoder.dimension},
    )


def registry_statement(schema: str) -> str:
    """Return the statement that makes the registry where it is missing."""
    return (
        f"CREATE TABLE IF NOT EXISTS {quoted(schema)}.{ENCODERS} (table_name text, column_name text, "
        "encoder text NOT NULL, dimension integer NOT NULL, PRIMARY KEY (table_name, column_name))"
    )


def kept_in_rows(table: str, column: str, dimension: int | None) -> list[str]:
    """Return the statement that keeps vectors in their rows.

    PostgreSQL would move them out of rows above 2 kB, and every distance would then fetch one from elsewhere.
    """
    if not dimension or dimension > _LARGEST_PLAIN:
        return []
    return [f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} SET STORAGE PLAIN"]


def index_statements(layout_table: str, form: Form, which: Mapping[str, str]) -> list[str]:
    """Return the statements that make these indexes where they are missing; names carry the table's."""
    return [
        f"CREATE INDEX IF NOT EXISTS {quoted(f'{form.table}_{suffix}_idx')} ON {layout_table} USING {definition}"
        for suffix, definition in which.items()
    ]


def _statements(schema: str, form: Form, encoder: Encoder) -> Sequence[str]:
    table = f"{quoted(schema)}.{quoted(form.table)}"
    columns = [
        f"{quoted(form.id_column)} text PRIMARY KEY",
        f"{CONTENT} text NOT NULL",
        f"{EMBEDDING} vector({encoder.dimension}) NOT NULL",
        *(f"{quoted(name)} {kind}" for name, kind in form.columns.items()),
        f"{REST} jsonb",
        f"{WORDS} tsvector GENERATED ALWAYS AS (to_tsvector('pg_catalog.english', {CONTENT})) STORED",
    ]
    return [
        registry_statement(schema),
        f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(columns)})",
        *kept_in_rows(table, EMBEDDING, encoder.dimension),
        *index_statements(table, form, form.indexes),
    ]
