"""Statements that somebody wrote, over the films in PostgreSQL: guarded, and run as the reader role."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from matinee.errors import IndexUnavailable
from matinee.index.forms import FILMS
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_errors import FAILURES
from matinee.index.pgvector_schema import Layout, read_layout, vector_schema
from matinee.index.pgvector_workarounds import SCANNING
from matinee.sql.guard import DEFAULT, Schema, Verdict
from matinee.sql.roles import ReaderRoleMissing, ensure_reader
from matinee.sql.runner import Rows, SqlRunner

UNKNOWN = "unknown"
"""The encoder of a vector column that another program made."""

MOST_AT_ONCE = 2
"""Statements that run at once: slow ones may not take every connection of the pool from the searches for films."""

_TABLE = FILMS.table
_HNSW = {name: value for name, value in SCANNING.items() if name.startswith("hnsw.")}


class GuardedSql:
    """Runs statements over the table of films as it is in this database."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._schema: Schema | None = None
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    async def schema(self) -> Schema:
        """Return what statements may read, after making sure that the reader role may, too.

        Raises:
            IndexUnavailable: there is no table of films yet, or the role cannot be made; the message says what to run.
        """
        if self._schema is None:
            self._schema = await self._postgres.run(self._prepared)
        return self._schema

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows | Verdict:
        """Return the rows, or the refusal of the guard or of PostgreSQL."""
        schema = await self.schema()
        found = await self._run(sql, values, schema)
        if isinstance(found, Verdict):
            # The table may have been built anew since it was read; what was refused for its old form may run now.
            self._schema = None
            if await self.schema() != schema:
                return await self._run(sql, values, await self.schema())
        return found

    async def _run(self, sql: str, values: Sequence[Any], schema: Schema) -> Rows | Verdict:
        async def work(pool: AsyncEngine) -> Rows | Verdict:
            try:
                async with self._turn():
                    return await SqlRunner(lambda: _connection(pool), schema, settings=_HNSW).run(sql, values)
            except ReaderRoleMissing:
                raise
            except IndexUnavailable as error:
                if isinstance(error.__cause__, FAILURES):
                    raise error.__cause__ from None  # the pool knows whether another connection helps
                raise

        # A statement has limits of its own; one that is slow says nothing of the films' store.
        return await self._postgres.run(work, long=True, part="sql")

    def _turn(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:  # the store's loop is a new one after it was closed
            self._turns = loop, asyncio.Semaphore(MOST_AT_ONCE)
        return self._turns[1]

    async def _prepared(self, pool: AsyncEngine) -> Schema:
        async with pool.connect() as connection:
            layout = await read_layout(connection, FILMS)
            extension = await vector_schema(connection)
        if layout is None:
            raise IndexUnavailable("PostgreSQL holds no films yet; run `matinee ingest --backend pgvector`.")
        schema = replace(schema_of(layout), vector_schema=extension)
        async with _connection(pool) as connection:
            await ensure_reader(connection, schema)
        return schema


def schema_of(layout: Layout) -> Schema:
    """Return what statements may read of the table: the columns that the guard knows, and every vector column."""
    vectors: Mapping[str, tuple[str, int]] = {
        column: (encoder.name or UNKNOWN, encoder.dimension)
        for column, encoder in layout.encoders.items()
        if encoder.dimension
    }
    known = {
        name: kind
        for name, kind in DEFAULT.tables["movies"].items()
        if name in layout.types and name not in DEFAULT.vectors
    }
    columns = {**known, **{column: f"vector({dimension})" for column, (_, dimension) in vectors.items()}}
    return Schema(tables={_TABLE: columns}, vectors=vectors, name=layout.schema)


@asynccontextmanager
async def _connection(pool: AsyncEngine) -> AsyncIterator[Any]:
    """Yield asyncpg's own connection from the pool: statements go out as they were written."""
    async with pool.connect() as connection:
        raw = await connection.get_raw_connection()
        yield raw.driver_connection
