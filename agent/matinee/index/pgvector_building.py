"""The slow work on a table: indexes once it is large, vectors of a further encoder, and all vectors anew."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch
from matinee.index.encoders import EncoderInfo, Progress, silent
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_errors import FAILURES, cause
from matinee.index.pgvector_filters import id_text
from matinee.index.pgvector_schema import (
    CONTENT,
    EMBEDDING,
    ENCODERS,
    Encoder,
    Form,
    Layout,
    index_statements,
    kept_in_rows,
    quoted,
    read_layout,
    register,
    registry_statement,
)

LARGE = 20_000
"""Rows from which indexes on vectors and facts pay; below, PostgreSQL looks at every row in a few milliseconds."""

REBUILDING = f"{EMBEDDING}__rebuild"  # two underscores: no encoder's column is named so
_LARGEST_INDEXED = 2000  # dimensions; HNSW over pgvector's `vector` takes no more
_BATCH = 64


async def optimize(pool: AsyncEngine, form: Form, column: str) -> None:
    """Build the indexes that a large table needs, where they are missing, and take the planner's statistics."""
    async with pool.connect() as connection:
        layout = await read_layout(connection, form)
        if layout is None:
            return
        rows = int(await connection.scalar(text(f"SELECT count(*) FROM {layout.table}")) or 0)
    if rows >= LARGE:
        if set(form.columns) <= set(layout.types):
            async with pool.begin() as connection:
                for statement in index_statements(layout.table, form, form.settled):
                    await connection.execute(text(statement))
        if (layout.encoders[column].dimension or _LARGEST_INDEXED) <= _LARGEST_INDEXED:
            await _index_vectors(pool, layout, column)
    async with pool.begin() as connection:
        await connection.execute(text(f"ANALYZE {layout.table}"))


async def encoders_beside(pool: AsyncEngine, form: Form) -> list[EncoderInfo]:
    """Return the encoders that have a column of their own, each with how many rows have a vector in it."""
    async with pool.connect() as connection:
        layout = await read_layout(connection, form)
        if layout is None:
            return []
        columns = [c for c in layout.encoders if c not in (EMBEDDING, REBUILDING)]
        if not columns:
            return []
        counted = ", ".join(f"count({quoted(column)})" for column in columns)
        counts = (await connection.execute(text(f"SELECT {counted} FROM {layout.table}"))).one()
    built = [layout.encoders[column] for column in columns]
    return [EncoderInfo(e.name or c, e.dimension or 0, n) for c, e, n in zip(columns, built, counts, strict=True)]


async def fill(
    postgres: Postgres,
    form: Form,
    column: str,
    embedding: EmbeddingModel,
    encoder: Encoder,
    on_progress: Progress = silent,
) -> None:
    """Add the column of an encoder where it is missing, and embed every text that has no vector in it yet.

    Raises:
        IndexMismatch: the column holds the vectors of another encoder.
    """

    async def add_column(pool: AsyncEngine) -> bool:
        async with pool.begin() as connection:
            layout = await read_layout(connection, form)
            if layout is None:
                return False
            built = layout.encoders.get(column)
            if built is None:
                kind = f"vector({encoder.dimension})"
                await connection.execute(text(f"ALTER TABLE {layout.table} ADD COLUMN {quoted(column)} {kind}"))
                await connection.execute(text(registry_statement(layout.schema)))
                await register(connection, layout.schema, form.table, column, encoder)
                for statement in kept_in_rows(layout.table, column, encoder.dimension):
                    await connection.execute(text(statement))
            elif built != encoder:
                raise IndexMismatch(
                    f"The column {column} in {postgres.location} was built with {built.name} ({built.dimension} "
                    f"dimensions), not with {encoder.name}; drop that column and run this again."
                )
            return True

    if await postgres.run(add_column, long=True):
        while missing := await postgres.run(lambda pool: _missing(pool, form, column)):
            await _pass_over(postgres, form, column, embedding, missing, on_progress)


async def rebuild(postgres: Postgres, form: Form, embedding: EmbeddingModel, encoder: Encoder) -> None:
    """Embed every stored text again.

    The new vectors grow in a column of their own, which takes the old one's place in one transaction: whenever the
    process dies, either the old vectors are whole or the new ones, and running this again goes on from there.
    """

    async def drop_of_another_encoder(pool: AsyncEngine) -> None:
        async with pool.begin() as connection:
            layout = await read_layout(connection, form)
            if layout and layout.encoders.get(REBUILDING, encoder) != encoder:
                await connection.execute(text(f"ALTER TABLE {layout.table} DROP COLUMN {REBUILDING}"))

    await postgres.run(drop_of_another_encoder, long=True)
    swapped = False
    while not swapped:  # a film that was added meanwhile has no new vector yet
        await fill(postgres, form, REBUILDING, embedding, encoder)
        swapped = await postgres.run(lambda pool: _swap(pool, form, encoder), long=True)
    await postgres.run(lambda pool: optimize(pool, form, EMBEDDING), long=True)


async def _swap(pool: AsyncEngine, form: Form, encoder: Encoder) -> bool:
    """Put the new vectors in the old ones' place; False where some are still missing."""
    async with pool.begin() as connection:
        layout = await read_layout(connection, form)
        if layout is None or REBUILDING not in layout.encoders:
            return True
        await connection.execute(text(f"LOCK TABLE {layout.table} IN ACCESS EXCLUSIVE MODE"))
        missing = text(f"SELECT EXISTS (SELECT FROM {layout.table} WHERE {REBUILDING} IS NULL)")
        if await connection.scalar(missing):
            return False
        for statement in (
            f"ALTER TABLE {layout.table} DROP COLUMN {EMBEDDING}",
            f"ALTER TABLE {layout.table} RENAME COLUMN {REBUILDING} TO {EMBEDDING}",
            f"ALTER TABLE {layout.table} ALTER COLUMN {EMBEDDING} SET NOT NULL",
        ):
            await connection.execute(text(statement))
        await register(connection, layout.schema, form.table, EMBEDDING, encoder)
        await connection.execute(
            text(f"DELETE FROM {quoted(layout.schema)}.{ENCODERS} WHERE table_name = :table AND column_name = :column"),
            {"table": form.table, "column": REBUILDING},
        )
        return True


async def _missing(pool: AsyncEngine, form: Form, column: str) -> int:
    async with pool.connect() as connection:
        layout = await _there(connection, form)
        missing = text(f"SELECT count(*) FROM {layout.table} WHERE {quoted(column)} IS NULL")
        return int(await connection.scalar(missing) or 0)


async def _pass_over(
    postgres: Postgres, form: Form, column: str, embedding: EmbeddingModel, missing: int, on_progress: Progress
) -> None:
    """Embed the texts that have no vector in the column, in the order of their ids."""
    done, last = 0, ""
    while True:
        batch = await postgres.run(lambda pool, last=last: _without_vector(pool, form, column, last))  # type: ignore[misc]
        if not batch:
            return
        ids, texts = [row_id for row_id, _ in batch], [words for _, words in batch]
        vectors = await asyncio.to_thread(embedding.embeddings.embed_documents, texts)
        values = {"ids": ids, "texts": texts, "vectors": [str([float(x) for x in v]) for v in vectors]}
        await postgres.run(lambda pool, values=values: _set_vectors(pool, form, column, values), long=True)  # type: ignore[misc]
        done, last = done + len(batch), ids[-1]
        on_progress(min(done, missing), missing)


async def _without_vector(pool: AsyncEngine, form: Form, column: str, after: str) -> list[tuple[str, str]]:
    async with pool.connect() as connection:
        layout = await _there(connection, form)
        rows = await connection.execute(
            text(
                f"SELECT {id_text(layout)}, {CONTENT} FROM {layout.table} WHERE {quoted(column)} IS NULL "
                f"AND {id_text(layout)} > :after ORDER BY {id_text(layout)} LIMIT {_BATCH}"
            ),
            {"after": after},
        )
        return [(str(row_id), str(words)) for row_id, words in rows]


async def _set_vectors(pool: AsyncEngine, form: Form, column: str, values: dict[str, list[str]]) -> None:
    async with pool.begin() as connection:
        layout = await _there(connection, form)
        await connection.execute(
            text(
                f"UPDATE {layout.table} AS t SET {quoted(column)} = CAST(v.vector AS {layout.types[column]}) "
                "FROM unnest(CAST(:ids AS text[]), CAST(:texts AS text[]), CAST(:vectors AS text[])) "
                f"AS v(row_id, words, vector) WHERE CAST(t.{quoted(layout.id_column)} AS text) = v.row_id "
                f"AND t.{CONTENT} = v.words"  # a text that changed meanwhile waits for the next pass
            ),
            values,
        )


async def _there(connection: AsyncConnection, form: Form) -> Layout:
    layout = await read_layout(connection, form)
    assert layout is not None
    return layout


async def _index_vectors(pool: AsyncEngine, layout: Layout, column: str) -> None:
    kind = layout.types[column].partition("(")[0]
    name = quoted(f"{layout.form.table}_{column}_hnsw")
    statement = (
        f"CREATE INDEX IF NOT EXISTS {name} ON {layout.table} USING hnsw ({quoted(column)} {kind}_cosine_ops) "
        "WITH (m = 16, ef_construction = 100)"
    )
    try:
        await _with_memory(pool, statement, workers=2)
    except FAILURES as error:
        if getattr(cause(error), "sqlstate", None) not in ("53100", "53200"):
            raise
        # Workers build in shared memory, of which a container may have little; one process builds in its own.
        await _with_memory(pool, statement, workers=0)


async def _with_memory(pool: AsyncEngine, statement: str, workers: int) -> None:
    async with pool.begin() as connection:
        await connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        await connection.execute(text(f"SET LOCAL max_parallel_maintenance_workers = {workers}"))
        await connection.execute(text(statement))
