"""A table of vectors in PostgreSQL, opened and searched by LangChain's vector store.

Anybody's `PGVectorStore` opens the tables made here, and a table of films that one has made opens here.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch, IndexUnavailable
from matinee.index import pgvector_building
from matinee.index.filters import ID, Condition, Filter
from matinee.index.pgvector_building import VectorColumn, secondary_encoders
from matinee.index.pgvector_connection import Postgres, T, Work
from matinee.index.pgvector_errors import is_outdated
from matinee.index.pgvector_filters import Where, id_text, sql_filter
from matinee.index.pgvector_rows import row_of, selected, write_rows
from matinee.index.pgvector_schema import (
    CONTENT,
    EMBEDDING,
    REST,
    WORDS,
    Encoder,
    Layout,
    encoder_column,
    make_table,
    quoted,
    read_layout,
)
from matinee.index.pgvector_words import WordCounts, alternatives, read_counts
from matinee.index.pgvector_workarounds import RepairedVectorStore, Scope
from matinee.index.table import EncoderInfo, Form, Metric, Progress, Row, silent, storable

_FEW = 10_000  # rows whose distances are computed in a few milliseconds


class PgvectorTable:
    """A table that is made when first written and checked when first searched.

    Args:
        postgres: the way to the database.
        form: what is stored.
        embedding: the encoder to write and search with.
        column: the vector column to search; writing fills the table's own one, `embedding`.
        parent: the table of the parent rows, which demands on their fields join.
    """

    def __init__(
        self,
        postgres: Postgres,
        form: Form,
        embedding: EmbeddingModel,
        column: str = EMBEDDING,
        parent: "PgvectorTable | None" = None,
    ) -> None:
        self.form = form
        self.encoder = embedding
        self._postgres = postgres
        self._column = column
        self._parent = parent
        self._vectors = VectorColumn(postgres, form, embedding, column)
        self._counts = WordCounts()
        self._layout: Layout | None = None  # of a table that was checked; the store belongs to it
        self._store: RepairedVectorStore | None = None

    async def add(self, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; only texts that are not stored already are embedded."""
        last = {storable(row.id): row for row in rows}
        if not last:
            return
        ours = await self._vectors.encoder()
        await self._postgres.run(lambda pool: self._writable(pool, ours), long=True)
        texts = {row_id: storable(row.text) for row_id, row in last.items()}
        vectors = await self.vectors([row.id for row in await self.get(texts) if row.text == texts[row.id]])
        new = [row_id for row_id in texts if row_id not in vectors]
        made = await asyncio.to_thread(self.encoder.embeddings.embed_documents, [texts[row_id] for row_id in new])
        vectors |= zip(new, made, strict=True)
        records = [
            {**row.fields, self.form.id_column: row_id, CONTENT: texts[row_id], EMBEDDING: vectors[row_id]}
            for row_id, row in last.items()
        ]
        await self._postgres.transaction(lambda connection: write_rows(connection, self.form, records), long=True)

    async def get(self, ids: Collection[str]) -> list[Row]:
        """Return the rows with these ids, in no particular order; unknown ids are left out."""
        return await self.scroll([_among(ids)])

    async def scroll(self, where: Filter = (), fields: Collection[str] | None = None) -> list[Row]:
        """Return every row that passes; with `fields` these alone are sure to be there, and no text."""
        found = await self._rows(
            lambda table, those: f"SELECT {selected(table, fields)} FROM {table.table} {those}", where
        )
        return [row_of(row) for row in found]

    async def count(self) -> int:
        """Return how many rows there are."""
        found = await self._rows(lambda table, _: f"SELECT count(*) AS n FROM {table.table}")
        return int(found[0]["n"]) if found else 0

    async def delete(self, ids: Collection[str]) -> None:
        """Delete rows."""
        await self._rows(lambda table, those: f"DELETE FROM {table.table} {those} RETURNING 1", [_among(ids)])

    async def vectors(self, ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these rows, by id; unknown ids are left out."""
        if await self.layout() is None:
            return {}

        def statement(table: Layout, those: str) -> str:
            vector = f"CAST({quoted(self._column)} AS real[]) AS vector"
            return f"SELECT {id_text(table)} AS row_id, {vector} FROM {table.table} {those}"

        found = await self._rows(statement, [_among(ids)])
        return {row["row_id"]: list(row["vector"]) for row in found}

    async def nearest(
        self, near: str | Sequence[float], k: int, where: Filter = (), metric: Metric = "cosine"
    ) -> list[Row]:
        """Return at most `k` rows nearest to a vector or to a text's, nearest first, with cosines or distances."""
        if k < 1 or await self.layout() is None:
            return []
        embed = self.encoder.embeddings.embed_query
        vector = await asyncio.to_thread(embed, near) if isinstance(near, str) else list(near)
        condition = await self._condition(where)

        async def work(pool: AsyncEngine) -> list[Row]:
            layout = await self._checked(pool)
            if layout is None:
                return []
            exactly = bool(where) and await self._are_few(pool, layout, condition(layout))
            scope: Any = Scope(condition(layout), metric, exactly)
            store = await self._opened(layout)
            found = await store.asimilarity_search_with_score_by_vector(vector, k=k, filter=scope)
            return [Row(str(document.id), document.page_content, document.metadata, far) for document, far in found]

        found = await self._run(work)
        return [row._replace(score=1 - row.score) for row in found] if metric == "cosine" else found

    async def by_words(self, words: str, k: int, where: Filter = ()) -> list[Row]:
        """Return at most `k` rows that hold any of the words, best `ts_rank` first, without the commonest words."""
        if k < 1 or not words.strip() or await self.layout() is None:
            return []

        def statement(table: Layout, those: str) -> str:
            asked = "websearch_to_tsquery('pg_catalog.english', :words)"
            tsv = WORDS if WORDS in table.types else f"to_tsvector('pg_catalog.english', {CONTENT})"
            return (
                f"SELECT {selected(table)}, ts_rank({tsv}, {asked}) AS score FROM {table.table} "
                f"{those or 'WHERE TRUE'} AND {tsv} @@ {asked} ORDER BY score DESC LIMIT :most"
            )

        wanted = alternatives(self._counts.telling(words))
        return [row_of(row) for row in await self._rows(statement, where, words=wanted, most=k)]

    async def optimize(self) -> None:
        """Build the indexes that a large table needs, and have the planner's statistics taken."""
        await self._vectors.optimize()
        self._layout = None

    async def built_by(self) -> Encoder:
        """Return the encoder and the dimension that the table was built with; None: not known."""

        async def work(connection: AsyncConnection) -> Encoder:
            layout = await self._read(connection)
            return layout.encoders[self._column] if layout else Encoder(None, None)

        return await self._postgres.transaction(work, part=self.form.table)

    async def rebuild(self) -> None:
        """Embed every stored text again; the old vectors serve until the new ones are complete."""
        await self._vectors.rebuild()
        self._layout = None

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> "PgvectorTable":
        """Return the rows by an encoder's vectors, in a column of their own; rows without one are embedded first."""
        if embedding.name == self.encoder.name:
            return self
        column = encoder_column(embedding.name)
        await VectorColumn(self._postgres, self.form, embedding, column).fill(on_progress)
        return PgvectorTable(self._postgres, self.form, embedding, column)

    async def secondary_encoders(self) -> list[EncoderInfo]:
        """Return the encoders that have a column of their own, each with how many rows have a vector in it."""
        return await self._postgres.transaction(lambda connection: secondary_encoders(connection, self.form))

    async def layout(self) -> Layout | None:
        """Return the table as it is in the database, after checking what built it; None where there is none."""
        return await self._postgres.run(self._checked, part=self.form.table)

    async def _condition(self, where: Filter) -> Callable[[Layout], Where]:
        """Return what gives the condition of rows to look at; vectors of secondary encoders may be missing."""
        parent = await self._parent.layout() if self._parent is not None and where else None
        if self._column == EMBEDDING:
            return lambda layout: sql_filter(layout, where, parent)
        return lambda layout: sql_filter(layout, where, parent).also(f"{quoted(self._column)} IS NOT NULL")

    async def _rows(
        self, statement: Callable[[Layout, str], str], where: Filter = (), **values: Any
    ) -> Sequence[RowMapping]:
        """Return what a statement gives, which is made for the table and for a WHERE clause, maybe an empty one."""
        condition = await self._condition(where)

        async def work(pool: AsyncEngine) -> Sequence[RowMapping]:
            async with pool.begin() as connection:
                layout = self._layout or await self._read(connection)
                if layout is None:
                    return []
                those = condition(layout)
                whole = text(statement(layout, those.clause))
                return (await connection.execute(whole, {**those.params, **values})).mappings().all()

        return await self._run(work)

    async def _run(self, work: Work[T]) -> T:
        """Return what the work gives; a table that was made anew since it was checked is checked again."""
        before = self._layout
        try:
            return await self._postgres.run(work, part=self.form.table)
        except IndexUnavailable as error:
            if before is None or error.__cause__ is None or not is_outdated(error.__cause__):
                raise
            if self._layout is before:  # work beside this one may have read it anew
                self._layout = None
            await self.layout()
            return await self._postgres.run(work, part=self.form.table)

    async def _read(self, connection: AsyncConnection) -> Layout | None:
        layout = await read_layout(connection, self.form)
        if layout is not None and not layout.is_readable:
            raise IndexUnavailable(
                f"The table {self.form.table} at {self._postgres.location} is none of matinee's (it lacks an id, a "
                "text or a vector column); name another database in MATINEE_POSTGRES_DSN, or rename that table."
            )
        return layout

    async def _checked(self, pool: AsyncEngine) -> Layout | None:
        """Return the table to search, after checking what built it; None where there is none."""
        if self._layout is None:
            async with pool.connect() as connection:
                layout = await self._read(connection)
            if layout is None:
                return None
            built, ours = layout.encoders[self._column], await self._vectors.encoder()
            if built.name != ours.name if built.name else built.dimension != ours.dimension:
                raise IndexMismatch(
                    f"The index in {self._postgres.location} was built with {built.name or 'another embedding'} "
                    f"({built.dimension} dimensions), but the embedding in use is {ours.name}; run "
                    "`matinee ingest --rebuild` to embed everything stored again, or set MATINEE_EMBEDDINGS back."
                )
            async with pool.connect() as connection:
                self._counts = await read_counts(connection, layout)
            self._layout, self._store = layout, None
        return self._layout

    async def _opened(self, layout: Layout) -> RepairedVectorStore:
        if self._store is None:
            store = await RepairedVectorStore.create(
                self._postgres.engine,
                self.encoder.embeddings,
                self.form.table,
                schema_name=layout.schema,
                content_column=CONTENT,
                embedding_column=self._column,
                metadata_columns=layout.typed,
                id_column=layout.id_column,
                metadata_json_column=REST,
            )
            self._store = cast(RepairedVectorStore, store)
        return self._store

    async def _are_few(self, pool: AsyncEngine, layout: Layout, where: Where) -> bool:
        """Tell whether a condition lets few rows of a large table through."""
        if self._counts.texts < pgvector_building.LARGE:
            return False
        async with pool.connect() as connection:
            plan = f"EXPLAIN (FORMAT JSON) SELECT FROM {layout.table} {where.clause}"
            (explained,) = (await connection.execute(text(plan), where.params)).one()
        explained = json.loads(explained) if isinstance(explained, str) else explained
        return bool(explained[0]["Plan"]["Plan Rows"] <= _FEW)

    async def _writable(self, pool: AsyncEngine, ours: Encoder) -> None:
        async with pool.begin() as connection:
            layout = await self._read(connection)
            if layout is None:
                await make_table(connection, self.form, ours, self._postgres.location)
        if layout and (layout.types[layout.id_column] != "text" or layout.id_column != self.form.id_column):
            raise IndexUnavailable(
                f"The table {self.form.table} at {self._postgres.location} was made by another program and has ids "
                "of its own; it can be searched, but to add films name another database in MATINEE_POSTGRES_DSN."
            )
        await self._checked(pool)


def _among(ids: Collection[str]) -> Condition:
    return Condition(ID, "any_of", ids)
