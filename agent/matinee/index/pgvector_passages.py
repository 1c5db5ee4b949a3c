"""Passages in PostgreSQL: a table beside the films', which demands inside the query join."""

from collections.abc import Awaitable, Collection, Sequence

from langchain_core.documents import Document

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.passages import NOT_BY_WORDS, FoundPassage, Presence, best_of_films, in_order, passage_id
from matinee.index.pgvector_filters import EVERYTHING, Where, clean, id_text, movie_filter
from matinee.index.pgvector_schema import Form, Layout
from matinee.index.pgvector_table import Found, PgvectorTable
from matinee.models import Constraint, Movie, Passage
from matinee.sanitize import TEXT_MAX, plain

PASSAGES = Form(
    "movie_passages",
    "passage_id",
    {"movie_id": "text", "source": "text", "position": "integer"},
    {"film": "btree (movie_id)"},
)


class PgvectorPassages:
    """Passages as rows: the text is what is written, the columns say of which film and where."""

    def __init__(self, table: PgvectorTable, films: PgvectorTable) -> None:
        self.table = table
        self._films = films
        self._presence = Presence(table.count)

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the embedding that passages are written and searched with."""
        return self.table.embedding

    async def put(self, films: Sequence[tuple[Movie, Sequence[Passage]]]) -> int:
        """Store films' passages in the place of those that they have; return how many had to be embedded."""
        if not any(passages for _, passages in films) and not await self._presence.known():
            return 0
        held = await self._held([movie.movie_id for movie, _ in films])
        stored = {str(document.id): document.page_content for document in held}
        new: dict[str, tuple[str, dict[str, object]]] = {}
        for movie, passages in films:
            for passage in passages:
                row_id = clean(passage_id(movie.movie_id, passage))
                if stored.pop(row_id, None) != clean(passage.text):
                    new[row_id] = (passage.text, _row(row_id, movie, passage))
        if new:
            await self.table.add([text for text, _ in new.values()], [row for _, row in new.values()])
        if stored:
            await self.table.delete(list(stored))
        self._presence.forget()
        return len(new)

    async def of(self, movie_ids: Collection[str]) -> dict[str, list[Passage]]:
        """Return the passages stored for these films, by source and position; films without any are left out."""
        found: dict[str, list[Passage]] = {}
        if movie_ids and await self._presence.known():
            for document in await self._held(movie_ids):
                found.setdefault(document.metadata["movie_id"], []).append(_passage_of(document))
        return {movie_id: in_order(passages) for movie_id, passages in found.items()}

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = -1.0,
    ) -> list[FoundPassage]:
        """Return the nearest passage of each of at most `k` films that meet every constraint, nearest first."""
        if k < 1 or not await self._presence.known():
            return []
        where = await self._within(constraints, exclude)
        return await best_of_films(lambda n: self._found(self.table.nearest(vector, n, lambda _: where)), k, least)

    async def lexical(
        self,
        words: str,
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = 0.0,
    ) -> list[FoundPassage]:
        """Return the best passage of each of at most `k` films by `ts_rank`, best first."""
        if k < 1 or not await self._presence.known():
            return []
        where = (await self._within(constraints, exclude)).also("source <> :left_out", left_out=NOT_BY_WORDS)
        return await best_of_films(lambda n: self._found(self.table.search_words(words, n, lambda _: where)), k, least)

    async def count(self) -> int:
        """Return how many passages are stored."""
        return await self.table.count()

    async def optimize(self) -> None:
        """Delete the passages of films that are gone, and build what searches need after a large load."""
        if await self._presence.known() and (films := await self._films.layout()):
            left = Where(f"NOT {_joined(films, EVERYTHING).sql}", {})
            if gone := [str(document.id) for document in await self.table.select(lambda _: left, ["movie_id"])]:
                await self.table.delete(gone)
            await self.table.optimize()

    async def _within(self, constraints: Sequence[Constraint], exclude: Collection[str]) -> Where:
        films = await self._films.layout() if constraints else None
        where = _joined(films, movie_filter(films, constraints)) if films else EVERYTHING
        return where.also("movie_id <> ALL(:not_these)", not_these=clean(sorted(exclude))) if exclude else where

    async def _found(self, searching: Awaitable[Found]) -> list[FoundPassage]:
        return [FoundPassage(d.metadata["movie_id"], _passage_of(d), score) for d, score in await searching]

    async def _held(self, movie_ids: Collection[str]) -> list[Document]:
        of_films = EVERYTHING.also("movie_id = ANY(:films)", films=clean(sorted(movie_ids)))
        return await self.table.select(lambda _: of_films)


def _joined(films: Layout, where: Where) -> Where:
    """Return the condition that the film of a passage meets another one."""
    return Where(f"movie_id IN (SELECT {id_text(films)} FROM {films.table} {where.clause})", where.params)


def _row(row_id: str, movie: Movie, passage: Passage) -> dict[str, object]:
    return {
        PASSAGES.id_column: row_id,
        "movie_id": clean(movie.movie_id),
        "source": clean(passage.source),
        "position": passage.position,
    }


def _passage_of(document: Document) -> Passage:
    return Passage(
        source=plain(document.metadata["source"] or "text"),
        position=document.metadata["position"] or 0,
        text=plain(document.page_content[:TEXT_MAX]),
    )
