"""One PostgreSQL table behind LangChain's vector store: made, checked against the embedding, written, searched."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from langchain_core.documents import Document
from langchain_postgres.v2.indexes import DistanceStrategy
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch, IndexUnavailable
from matinee.index import pgvector_building
from matinee.index.encoders import EncoderInfo, Metric, Progress, silent
from matinee.index.pgvector_connection import Postgres, T, Work
from matinee.index.pgvector_errors import is_outdated
from matinee.index.pgvector_filters import EVERYTHING, Where, among, clean, id_text
from matinee.index.pgvector_schema import (
    CONTENT,
    EMBEDDING,
    REST,
    WORDS,
    Encoder,
    Form,
    Layout,
    encoder_column,
    make_table,
    quoted,
    read_layout,
)
from matinee.index.pgvector_words import WordCounts, read_counts
from matinee.index.pgvector_workarounds import (
    EXACTLY,
    RepairedVectorStore,
    alternatives,
    as_filter,
    copy_rows,
    hybrid_config,
)

Condition = Callable[[Layout], Where]
Found = list[tuple[Document, float]]

_FEW = 10_000  # rows whose distances are computed in a few milliseconds
_STRATEGIES = {"cosine": DistanceStrategy.COSINE_DISTANCE, "l2": DistanceStrategy.EUCLIDEAN}


def anything(_: Layout) -> Where:
    """Return the condition that lets everything through."""
    return EVERYTHING


class PgvectorTable:
    """A table that is made when first written and checked when first searched.

    It searches one vector column; writing fills the table's own one, `embedding`.

    Raises:
        IndexMismatch: the column was built by another embedding than the one given.
        IndexUnavailable: the server does not answer, or has another table under that name.
    """

    def __init__(self, postgres: Postgres, form: Form, embedding: EmbeddingModel, column: str = EMBEDDING) -> None:
        self.form = form
        self._postgres = postgres
        self._embedding = embedding
        self._column = column
        self._stores: dict[Metric, RepairedVectorStore] = {}
        self._counts = WordCounts()
        self._layout: Layout | None = None  # of a table that was checked; the stores belong to it

    async def add(self, texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Embed and write rows (with their id under the form's id column), replacing those with the same id."""
        last = {row[self.form.id_column]: (words, row) for words, row in zip(texts, rows, strict=True)}
        if not last:
            return
        ours = await self._ours()
        await self._postgres.run(lambda pool: self._writable(pool, ours), long=True)
        contents = [clean(words) for words, _ in last.values()]
        vectors = await asyncio.to_thread(self._embedding.embeddings.embed_documents, contents)

        async def write(pool: AsyncEngine) -> None:
            async with pool.begin() as connection:
                layout = await read_layout(connection, self.form)  # another process may have added a vector column
                assert layout is not None
                whole = [{**row, CONTENT: words} for words, (_, row) in zip(contents, last.values(), strict=True)]
                await copy_rows(connection, layout, whole, vectors)

        await self._postgres.run(write, long=True)

    async def delete(self, ids: Sequence[str]) -> int:
        """Delete rows; return how many there were."""

        def statement(layout: Layout) -> Where:
            where = among(layout, ids)
            return Where(f"DELETE FROM {layout.table} {where.clause} RETURNING 1", where.params)

        return len(await self._rows(statement))

    async def count(self) -> int:
        """Return how many rows there are."""
        found = await self._rows(lambda layout: Where(f"SELECT count(*) AS n FROM {layout.table}", {}))
        return int(found[0]["n"]) if found else 0

    async def select(self, condition: Condition = anything, fields: Sequence[str] | None = None) -> list[Document]:
        """Return every row that passes, without vectors, with these fields or all.

        Fields that the table lacks come from its JSON column.
        """

        def statement(layout: Layout) -> Where:
            typed = [name for name in layout.typed if fields is None or name in fields]
            in_columns = fields is not None and set(fields) <= {*typed, layout.id_column}
            rest = f"CAST({REST} AS jsonb)" if REST in layout.types and not in_columns else "CAST(NULL AS jsonb)"
            words = f"'' AS {CONTENT}" if in_columns else CONTENT
            wanted = ", ".join([f"{id_text(layout)} AS row_id", words, f"{rest} AS {REST}", *map(quoted, typed)])
            where = condition(layout)
            return Where(f"SELECT {wanted} FROM {layout.table} {where.clause}", where.params)

        return [_document(dict(row)) for row in await self._rows(statement)]

    async def search(self, query: str, k: int, condition: Condition) -> Found:
        """Return the `k` best documents: vector and word ranks fused (RRF), scores are the fused ones."""
        vector = await self._query_vector(query, k)
        if vector is None:
            return []

        async def work(pool: AsyncEngine) -> Found:
            if not await self._is_ready(pool):
                return []
            layout, store = await self._store(pool)
            found: Found = await store.asimilarity_search_with_score_by_vector(
                vector,
                k=k,
                filter=as_filter(await self._passing(pool, condition(layout), layout)),
                hybrid_search_config=hybrid_config(self._counts.telling(query), k, layout),
            )
            return found

        return await self._run(work)

    async def search_words(self, words: str, k: int, condition: Condition) -> Found:
        """Return the `k` best documents by `ts_rank` of those that hold any of the words, without the commonest."""
        if k < 1 or not words.strip() or not await self._postgres.run(self._is_ready):
            return []

        def statement(layout: Layout) -> Where:
            asked = "websearch_to_tsquery('pg_catalog.english', :words)"
            tsv = WORDS if WORDS in layout.types else f"to_tsvector('pg_catalog.english', {CONTENT})"
            rest = f"CAST({REST} AS jsonb)" if REST in layout.types else "CAST(NULL AS jsonb)"
            wanted = [f"{id_text(layout)} AS row_id", CONTENT, f"{rest} AS {REST}", *map(quoted, layout.typed)]
            where = condition(layout).also(f"{tsv} @@ {asked}", words=alternatives(self._counts.telling(words)))
            return Where(
                f"SELECT {', '.join(wanted)}, ts_rank({tsv}, {asked}) AS word_rank FROM {layout.table} {where.clause} "
                "ORDER BY word_rank DESC LIMIT :most",
                {**where.params, "most": k},
            )

        found = [dict(row) for row in await self._rows(statement)]
        return [(_document(row), rank) for row in found if (rank := row.pop("word_rank")) is not None]

    async def search_dense(self, query: str, k: int, condition: Condition) -> Found:
        """Return the `k` best documents by vectors alone, with cosines."""
        vector = await self._query_vector(query, k)
        return [] if vector is None else await self.nearest(vector, k, condition)

    async def nearest(
        self, vector: Sequence[float], k: int, condition: Condition = anything, metric: Metric = "cosine"
    ) -> Found:
        """Return the `k` documents nearest to a vector, nearest first, with cosines, or with distances for `l2`."""

        async def work(pool: AsyncEngine) -> Found:
            if k < 1 or not await self._is_ready(pool):
                return []
            layout, store = await self._store(pool, metric)
            found: Found = await store.asimilarity_search_with_score_by_vector(
                list(vector), k=k, filter=as_filter(await self._passing(pool, condition(layout), layout))
            )
            return found

        found = await self._run(work)
        return [(document, 1 - distance) for document, distance in found] if metric == "cosine" else found

    async def vectors(self, ids: Sequence[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these rows, by id."""
        if not await self._postgres.run(self._is_ready, part=self.form.table):
            return {}

        def statement(layout: Layout) -> Where:
            where = self._with_vector(among(layout, ids))
            wanted = f"{id_text(layout)} AS row_id, CAST({quoted(self._column)} AS real[]) AS vector"
            return Where(f"SELECT {wanted} FROM {layout.table} {where.clause}", where.params)

        return {row["row_id"]: list(row["vector"]) for row in await self._rows(statement)}

    async def cosines(self, query: str, ids: Sequence[str]) -> dict[str, float]:
        """Return the cosine between the query and each of these rows."""
        vector = await self._query_vector(query, len(ids))
        if vector is None:
            return {}

        def statement(layout: Layout) -> Where:
            where = self._with_vector(among(layout, ids))
            cosine = f"1 - ({quoted(self._column)} <=> CAST(:query AS {layout.types[self._column]}))"
            return Where(
                f"SELECT {id_text(layout)} AS row_id, {cosine} AS cosine FROM {layout.table} {where.clause}",
                {**where.params, "query": str([float(x) for x in vector])},
            )

        return {row["row_id"]: row["cosine"] for row in await self._rows(statement)}

    async def optimize(self) -> None:
        """Build the indexes that a large table needs, and have the planner's statistics taken."""
        await self._postgres.run(lambda pool: pgvector_building.optimize(pool, self.form, self._column), long=True)
        self._layout = None

    async def built_by(self) -> Encoder:
        """Return the embedding and the dimension that the table was built with; None: not known."""

        async def work(pool: AsyncEngine) -> Encoder:
            layout = await self._read(pool)
            return layout.encoders[self._column] if layout else Encoder(None, None)

        return await self._postgres.run(work, part=self.form.table)

    async def rebuild(self) -> None:
        """Embed every stored text again; the old vectors serve until the new ones are complete."""
        await pgvector_building.rebuild(self._postgres, self.form, self._embedding, await self._ours())
        self._layout = None

    @property
    def embedding(self) -> EmbeddingModel:
        """Return the encoder whose vectors are searched."""
        return self._embedding

    async def layout(self) -> Layout | None:
        """Return the table as it is in the database; None where there is none."""
        return self._layout if await self._postgres.run(self._is_ready, part=self.form.table) else None

    async def encoders_beside(self) -> list[EncoderInfo]:
        """Return the encoders that have a column of their own, each with how many rows have a vector in it."""
        return await self._postgres.run(lambda pool: pgvector_building.encoders_beside(pool, self.form))

    async def beside(self, embedding: EmbeddingModel, on_progress: Progress = silent) -> "PgvectorTable":
        """Return the same rows by the vectors of another encoder, in a column of its own; missing ones are made."""
        column = encoder_column(embedding.name)
        encoder = Encoder(embedding.name, await asyncio.to_thread(lambda: embedding.dimension))
        await pgvector_building.fill(self._postgres, self.form, column, embedding, encoder, on_progress)
        return PgvectorTable(self._postgres, self.form, embedding, column)

    async def _ours(self) -> Encoder:
        return Encoder(self._embedding.name, await asyncio.to_thread(lambda: self._embedding.dimension))

    async def _query_vector(self, query: str, k: int) -> list[float] | None:
        """Return the query's vector, or None where there is nothing to search."""
        if k < 1 or not await self._postgres.run(self._is_ready, part=self.form.table):
            return None
        return await asyncio.to_thread(self._embedding.embeddings.embed_query, query)

    async def _rows(self, statement: Callable[[Layout], Where]) -> Sequence[RowMapping]:
        async def work(pool: AsyncEngine) -> Sequence[RowMapping]:
            layout = self._layout or await self._read(pool)
            if layout is None:
                return []
            whole = statement(layout)
            async with pool.begin() as connection:
                return (await connection.execute(text(whole.sql), whole.params)).mappings().all()

        return await self._run(work)

    async def _run(self, work: Work[T]) -> T:
        """Return what the work gives; a table that was made anew since it was checked is checked again."""
        try:
            return await self._postgres.run(work, part=self.form.table)
        except IndexUnavailable as error:
            if self._layout is None or error.__cause__ is None or not is_outdated(error.__cause__):
                raise
            self._layout = None
            await self._postgres.run(self._is_ready, part=self.form.table)
            return await self._postgres.run(work, part=self.form.table)

    async def _read(self, pool: AsyncEngine) -> Layout | None:
        async with pool.connect() as connection:
            layout = await read_layout(connection, self.form)
        if layout is not None and not layout.is_readable:
            raise IndexUnavailable(
                f"The table {self.form.table} at {self._postgres.location} is none of matinee's (it lacks an id, a "
                "text or a vector column); name another database in MATINEE_POSTGRES_DSN, or rename that table."
            )
        return layout

    async def _writable(self, pool: AsyncEngine, ours: Encoder) -> None:
        layout = await self._read(pool)
        if layout is None:
            await make_table(pool, self.form, ours, self._postgres.location)
        elif layout.types[layout.id_column] != "text" or layout.id_column != self.form.id_column:
            raise IndexUnavailable(
                f"The table {self.form.table} at {self._postgres.location} was made by another program and has ids "
                "of its own; it can be searched, but to add films name another database in MATINEE_POSTGRES_DSN."
            )
        await self._is_ready(pool)

    async def _is_ready(self, pool: AsyncEngine) -> bool:
        """Tell whether there is a table to search, after checking what built it."""
        if self._layout is None:
            layout = await self._read(pool)
            if layout is None:
                return False
            self._check(layout, await self._ours())
            async with pool.connect() as connection:
                self._counts = await read_counts(connection, layout)
            self._layout, self._stores = layout, {}
        return True

    def _check(self, layout: Layout, ours: Encoder) -> None:
        built = layout.encoders[self._column]
        if built.name != ours.name if built.name else built.dimension != ours.dimension:
            raise IndexMismatch(
                f"The index in {self._postgres.location} was built with {built.name or 'another embedding'} "
                f"({built.dimension} dimensions), but the embedding in use is {ours.name}; run "
                "`matinee ingest --rebuild` to embed everything stored again, or set MATINEE_EMBEDDINGS back."
            )

    async def _store(self, pool: AsyncEngine, metric: Metric = "cosine") -> tuple[Layout, RepairedVectorStore]:
        assert self._layout is not None
        layout = self._layout
        if metric not in self._stores:
            store = await RepairedVectorStore.create(
                self._postgres.engine,
                self._embedding.embeddings,
                self.form.table,
                schema_name=layout.schema,
                content_column=CONTENT,
                embedding_column=self._column,
                metadata_columns=layout.typed,
                id_column=layout.id_column,
                metadata_json_column=REST,
                distance_strategy=_STRATEGIES[metric],
            )
            self._stores[metric] = cast(RepairedVectorStore, store)
        return layout, self._stores[metric]

    async def _passing(self, pool: AsyncEngine, condition: Where, layout: Layout) -> Where:
        """Return the condition of a search, marked where it lets few rows of a large table through."""
        where = self._with_vector(condition)
        if not condition.sql or self._counts.texts < pgvector_building.LARGE:
            return where
        async with pool.connect() as connection:
            plan = f"EXPLAIN (FORMAT JSON) SELECT FROM {layout.table} {where.clause}"
            (explained,) = (await connection.execute(text(plan), where.params)).one()
        explained = json.loads(explained) if isinstance(explained, str) else explained
        few = explained[0]["Plan"]["Plan Rows"] <= _FEW
        return Where(EXACTLY + where.sql, where.params) if few else where

    def _with_vector(self, where: Where) -> Where:
        """Return the condition for the column searched: further encoders' vectors may be missing."""
        return where if self._column == EMBEDDING else where.also(f"{quoted(self._column)} IS NOT NULL")


def _document(row: dict[str, Any]) -> Document:
    return Document(id=row.pop("row_id"), page_content=row.pop(CONTENT), metadata={**(row.pop(REST) or {}), **row})
