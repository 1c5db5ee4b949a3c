"""Passages in Qdrant: a collection beside the films', whose payload repeats the facts that demands speak of.

Qdrant joins nothing, so that a demand inside the query needs the film's facts at each of its passages.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qdrant_client import models

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.passages import NOT_BY_WORDS, FoundPassage, Presence, best_of_films, in_order, passage_id
from matinee.index.qdrant_collection import QdrantCollection
from matinee.index.qdrant_filters import INDEXED, matching, meta, movie_filter, point_id
from matinee.models import Constraint, Movie, Passage
from matinee.sanitize import TEXT_MAX, plain, plain_row

PASSAGES = "matinee_passages"
INDEXED_PASSAGES = {name: kind for name, kind in INDEXED.items() if name != "keys"} | {
    "source": models.PayloadSchemaType.KEYWORD
}

_OWN = ["page_content", meta("movie_id"), meta("source"), meta("position")]


class QdrantPassages:
    """Passages as documents: the text is what is written, the metadata says of which film and where."""

    def __init__(self, collection: QdrantCollection, films: QdrantCollection) -> None:
        self.collection = collection
        self._films = films
        self._presence = Presence(self.count)

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the embedding that passages are written and searched with."""
        return self.collection.encoder

    async def put(self, films: Sequence[tuple[Movie, Sequence[Passage]]]) -> int:
        """Store films' passages in the place of those that they have; return how many had to be embedded."""
        if not any(passages for _, passages in films) and not await self._presence.known():
            return 0
        stored = await asyncio.to_thread(self._stored, [movie.movie_id for movie, _ in films])
        new: dict[str, tuple[str, dict[str, Any]]] = {}
        for movie, passages in films:
            for passage in passages:
                point = point_id(passage_id(movie.movie_id, passage))
                if stored.pop(point, None) != passage.text:
                    new[point] = (passage.text, _metadata(movie, passage))
        if new:
            texts, metadatas = [text for text, _ in new.values()], [metadata for _, metadata in new.values()]
            await asyncio.to_thread(self.collection.add, texts, metadatas, list(new))
        if stored:
            await asyncio.to_thread(self.collection.delete, list(stored))
        self._presence.forget()
        return len(new)

    async def renew(self, movies: Sequence[Movie]) -> None:
        """Write the films' facts, which may have changed, to the passages that they have."""
        if await self._presence.known():
            held = await self.of([movie.movie_id for movie in movies])
            for movie in movies:
                if movie.movie_id in held:
                    of_film = models.Filter(must=[matching("movie_id", [movie.movie_id])])
                    await asyncio.to_thread(self.collection.set_metadata, _facts(movie), of_film)

    async def of(self, movie_ids: Collection[str]) -> dict[str, list[Passage]]:
        """Return the passages stored for these films, by source and position; films without any are left out."""
        found: dict[str, list[Passage]] = {}
        if movie_ids and await self._presence.known():
            of_films = models.Filter(must=[matching("movie_id", movie_ids)])
            for point in await asyncio.to_thread(lambda: list(self.collection.scroll(of_films, _OWN))):
                movie_id, passage = _passage_of(point.payload)
                found.setdefault(movie_id, []).append(passage)
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

        async def search(limit: int) -> list[FoundPassage]:
            points = await asyncio.to_thread(
                self.collection.nearest_points, vector, limit, _within(constraints, exclude), _OWN
            )
            return [FoundPassage(*_passage_of(point.payload), point.score) for point in points]

        return await best_of_films(search, k, least)

    async def lexical(
        self,
        words: str,
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = 0.0,
    ) -> list[FoundPassage]:
        """Return the best passage of each of at most `k` films by BM25, best first."""
        if k < 1 or not await self._presence.known():
            return []

        prose = models.Filter(must_not=[matching("source", [NOT_BY_WORDS])])
        films = _within(constraints, exclude)
        condition = models.Filter(must=[prose, films]) if films else prose

        async def search(limit: int) -> list[FoundPassage]:
            found = await asyncio.to_thread(self.collection.search_words, words, limit, condition)
            payloads = [({"page_content": d.page_content, "metadata": d.metadata}, score) for d, score in found]
            return [FoundPassage(*_passage_of(payload), score) for payload, score in payloads]

        return await best_of_films(search, k, least)

    async def count(self) -> int:
        """Return how many passages are stored."""
        return await asyncio.to_thread(self.collection.count)

    async def optimize(self) -> None:
        """Delete the passages of films that are gone, and build what searches need after a large load."""
        if await self._presence.known():
            await asyncio.to_thread(self._delete_orphans)
            await asyncio.to_thread(self.collection.optimize)

    def _stored(self, movie_ids: Collection[str]) -> dict[str, str]:
        of_films = models.Filter(must=[matching("movie_id", movie_ids)])
        points = self.collection.scroll(of_films, ["page_content"])
        return {str(point.id): str((point.payload or {}).get("page_content", "")) for point in points}

    def _delete_orphans(self) -> None:
        films = {str(point.id) for point in self._films.scroll(fields=False)}
        gone = [
            str(point.id)
            for point in self.collection.scroll(fields=[meta("movie_id")])
            if point_id(str(point.payload["metadata"].get("movie_id", ""))) not in films
        ]
        if gone:
            self.collection.delete(gone)


def _facts(movie: Movie) -> dict[str, Any]:
    return movie.model_dump(mode="json", include=set(INDEXED) - {"keys"})


def _metadata(movie: Movie, passage: Passage) -> dict[str, Any]:
    return {**_facts(movie), "source": passage.source, "position": passage.position}


def _passage_of(given: Mapping[str, Any] | None) -> tuple[str, Passage]:
    """Return the film and the passage of a payload; one that others wrote has neither source nor position."""
    payload = given or {}
    metadata = plain_row(payload.get("metadata") or {})
    source, position = str(metadata.get("source", "text")), metadata.get("position")
    text = plain(str(payload.get("page_content", ""))[:TEXT_MAX])
    return str(metadata.get("movie_id", "")), Passage(
        source=source, position=position if isinstance(position, int) else 0, text=text
    )


def _within(constraints: Sequence[Constraint], exclude: Collection[str]) -> models.Filter | None:
    condition = movie_filter(constraints)
    if not exclude:
        return condition
    others = models.Filter(must_not=[matching("movie_id", exclude)])
    return models.Filter(must=[condition, others]) if condition else others
