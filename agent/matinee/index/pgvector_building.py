"""The slow work on a table's vectors: indexes once it is large, those of a secondary encoder, and all of them anew."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_errors import FAILURES, sqlstate
from matinee.index.pgvector_filters import id_text
from matinee.index.pgvector_schema import (
    CONTENT,
    EMBEDDING,
    ENCODERS,
    Encoder,
    Layout,
    index_statements,
    kept_in_rows,
    quoted,
    read_layout,
    register,
    registry_statement,
)
from matinee.index.table import EncoderInfo, Form, Progress, silent

LARGE = 20_000
"""Rows from which indexes on vectors and facts pay; below, PostgreSQL looks at every row in a few milliseconds."""

REBUILDING = f"{EMBEDDING}__rebuild"  # two underscores: no encoder's column is named so
_LARGEST_INDEXED = 2000  # dimensions; HNSW over pgvector's `vector` takes no more
_BATCH = 64


class VectorColumn:
    """A column of a table with the vectors of one encoder."""

    def __init__(self, postgres: Postgres, form: Form, embedding: EmbeddingModel, name: str = EMBEDDING) -> None:
        self._postgres = postgres
        self._form = form
        self._embedding = embedding
        self._name = name

    async def encoder(self) -> Encoder:
        """Return what the column is built with."""
        return Encoder(self._embedding.name, await asyncio.to_thread(lambda: self._embedding.dimension))

    async def optimize(self) -> None:
        """Build the indexes that a large table needs, where they are missing, and take the planner's statistics."""
        await self._postgres.run(self._optimize, long=True)

    async def fill(self, on_progress: Progress = silent) -> None:
        """Add the column where it is missing, and embed every text that has no vector in it yet.

        Raises:
            IndexMismatch: the column holds the vectors of another encoder.
        """
        ours = await self.encoder()
        missing = await self._postgres.transaction(lambda connection: self._add(connection, ours), long=True)
        done = 0
        while batch := await self._postgres.transaction(self._without_vector) if missing else []:
            ids, texts = zip(*batch, strict=True)
            vectors = await asyncio.to_thread(self._embedding.embeddings.embed_documents, list(texts))
            values = {"ids": list(ids), "texts": list(texts), "vectors": [str([float(x) for x in v]) for v in vectors]}
            await self._postgres.transaction(lambda c, values=values: self._set(c, values), long=True)  # type: ignore[misc]
            done += len(batch)
            on_progress(min(done, missing), missing)

    async def rebuild(self) -> None:
        """Embed every stored text again.

        The new vectors grow in a column of their own, which takes this one's place in one transaction: whenever the
        process dies, either the old vectors are whole or the new ones, and running this again goes on from there.
        """
        ours = await self.encoder()
        fresh = VectorColumn(self._postgres, self._form, self._embedding, REBUILDING)
        await self._postgres.transaction(lambda connection: fresh._drop_other(connection, ours), long=True)
        swapped = False
        while not swapped:  # a film that was added meanwhile has no new vector yet
            await fresh.fill()
            swapped = await self._postgres.transaction(lambda connection: self._swap(connection, ours), long=True)
        await self.optimize()

    async def _optimize(self, pool: AsyncEngine) -> None:
        async with pool.connect() as connection:
            layout = await read_layout(connection, self._form)
            if layout is None:
                return
            rows = int(await connection.scalar(text(f"SELECT count(*) FROM {layout.table}")) or 0)
        if rows >= LARGE:
            if set(self._form.columns) <= set(layout.types):
                async with pool.begin() as connection:
                    for statement in index_statements(layout.table, self._form, self._form.large_indexes):
                        await connection.execute(text(statement))
            if (layout.encoders[self._name].dimension or _LARGEST_INDEXED) <= _LARGEST_INDEXED:
                await self._index(pool, layout)
        async with pool.begin() as connection:
            await connection.execute(text(f"ANALYZE {layout.table}"))

    async def _index(self, pool: AsyncEngine, layout: Layout) -> None:
        kind = layout.types[self._name].partition("(")[0]
        name = quoted(f"{self._form.table}_{self._name}_hnsw")
        statement = (
            f"CREATE INDEX IF NOT EXISTS {name} ON {layout.table} USING hnsw ({quoted(self._name)} {kind}_cosine_ops) "
            "WITH (m = 16, ef_construction = 100)"
        )
        try:
            await _with_memory(pool, statement, workers=2)
        except FAILURES as error:
            if sqlstate(error) not in ("53100", "53200"):
                raise
            # Workers build in shared memory, of which a container may have little; one process builds in its own.
            await _with_memory(pool, statement, workers=0)

    async def _add(self, connection: AsyncConnection, ours: Encoder) -> int:
        """Add the column where it is missing; return how many rows have no vector in it."""
        layout = await read_layout(connection, self._form)
        if layout is None:
            return 0
        built = layout.encoders.get(self._name)
        if built is None:
            kind = f"vector({ours.dimension})"
            await connection.execute(text(f"ALTER TABLE {layout.table} ADD COLUMN {quoted(self._name)} {kind}"))
            await connection.execute(text(registry_statement(layout.schema)))
            await register(connection, layout.schema, self._form.table, self._name, ours)
            for statement in kept_in_rows(layout.table, self._name, ours.dimension):
                await connection.execute(text(statement))
        elif built != ours:
            raise IndexMismatch(
                f"The column {self._name} in {self._postgres.location} was built with {built.name} ({built.dimension} "
                f"dimensions), not with {ours.name}; drop that column and run this again."
            )
        missing = text(f"SELECT count(*) FROM {layout.table} WHERE {quoted(self._name)} IS NULL")
        return int(await connection.scalar(missing) or 0)

    async def _without_vector(self, connection: AsyncConnection) -> list[tuple[str, str]]:
        layout = await self._there(connection)
        rows = await connection.execute(
            text(
                f"SELECT {id_text(layout)}, {CONTENT} FROM {layout.table} WHERE {quoted(self._name)} IS NULL "
                f"LIMIT {_BATCH}"
            )
        )
        return [(str(row_id), str(words)) for row_id, words in rows]

    async def _set(self, connection: AsyncConnection, values: dict[str, list[str]]) -> None:
        layout = await self._there(connection)
        await connection.execute(
            text(
                f"UPDATE {layout.table} AS t SET {quoted(self._name)} = CAST(v.vector AS {layout.types[self._name]}) "
                "FROM unnest(CAST(:ids AS text[]), CAST(:texts AS text[]), CAST(:vectors AS text[])) "
                f"AS v(row_id, words, vector) WHERE CAST(t.{quoted(layout.id_column)} AS text) = v.row_id "
                f"AND t.{CONTENT} = v.words"  # a text that changed meanwhile waits for the next batch
            ),
            values,
        )

    async def _drop_other(self, connection: AsyncConnection, ours: Encoder) -> None:
        """Drop the column where another encoder's rebuild has left it."""
        layout = await read_layout(connection, self._form)
        if layout and layout.encoders.get(self._name, ours) != ours:
            await connection.execute(text(f"ALTER TABLE {layout.table} DROP COLUMN {self._name}"))

    async def _swap(self, connection: AsyncConnection, ours: Encoder) -> bool:
        """Put the new vectors in the old ones' place; False where some are still missing."""
        layout = await read_layout(connection, self._form)
        if layout is None or REBUILDING not in layout.encoders:
            return True
        await connection.execute(text(f"LOCK TABLE {layout.table} IN ACCESS EXCLUSIVE MODE"))
        if await connection.scalar(text(f"SELECT EXISTS (SELECT FROM {layout.table} WHERE {REBUILDING} IS NULL)")):
            return False
        for statement in (
            f"ALTER TABLE {layout.table} DROP COLUMN {EMBEDDING}",
            f"ALTER TABLE {layout.table} RENAME COLUMN {REBUILDING} TO {EMBEDDING}",
            f"ALTER TABLE {layout.table} ALTER COLUMN {EMBEDDING} SET NOT NULL",
        ):
            await connection.execute(text(statement))
        await register(connection, layout.schema, self._form.table, EMBEDDING, ours)
        await connection.execute(
            text(f"DELETE FROM {quoted(layout.schema)}.{ENCODERS} WHERE table_name = :table AND column_name = :column"),
            {"table": self._form.table, "column": REBUILDING},
        )
        return True

    async def _there(self, connection: AsyncConnection) -> Layout:
        layout = await read_layout(connection, self._form)
        assert layout is not None
        return layout


async def secondary_encoders(connection: AsyncConnection, form: Form) -> list[EncoderInfo]:
    """Return the encoders that have a column of their own, each with how many rows have a vector in it."""
    layout = await read_layout(connection, form)
    columns = [c for c in layout.encoders if c not in (EMBEDDING, REBUILDING)] if layout else []
    if layout is None or not columns:
        return []
    counted = ", ".join(f"count({quoted(column)})" for column in columns)
    counts = (await connection.execute(text(f"SELECT {counted} FROM {layout.table}"))).one()
    built = [layout.encoders[column] for column in columns]
    return [EncoderInfo(e.name or c, e.dimension or 0, n) for c, e, n in zip(columns, built, counts, strict=True)]


async def _with_memory(pool: AsyncEngine, statement: str, workers: int) -> None:
    async with pool.begin() as connection:
        await connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        await connection.execute(text(f"SET LOCAL max_parallel_maintenance_workers = {workers}"))
        await connection.execute(text(statement))
