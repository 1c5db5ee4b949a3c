"""Vectors of further encoders in Qdrant: a collection each beside the films', filled on demand.

A collection beside holds ids, texts and vectors; the films' facts stay in the main one, so that nothing there can
grow stale. Its unnamed vector is measured by cosine, for which Qdrant brings it to unit length; where an encoder's
vectors have lengths of their own, they are kept as they are under a second name, for L2. The embedded engine is not
told to index them: it then looks at every vector, a few milliseconds for 10,000, and the comparison is exact.
"""

import asyncio
import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from langchain_core.documents import Document
from qdrant_client import models

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch
from matinee.index.encoders import EncoderInfo, Metric, Progress, silent
from matinee.index.qdrant_collection import Client, Connection, QdrantCollection, chunks, dense_vector
from matinee.index.qdrant_films import MOVIES, candidates, document_of
from matinee.index.qdrant_filters import meta, movie_filter, point_id
from matinee.models import Candidate, Constraint

_BESIDE = f"{MOVIES}_by_"
_RAW = "as_given"
_BATCH = 64


def distance_to_unit(vector: Sequence[float], cosine: float) -> float:
    """Return the L2 distance between a vector and one of unit length, from the cosine between them."""
    length = math.hypot(*vector)
    return math.sqrt(max(0.0, length * length + 1 - 2 * length * cosine))


def encoders_beside(connection: Connection) -> tuple[EncoderInfo, ...]:
    """Return the encoders that have a collection of their own, each with how many films are in it."""
    with connection.answering():
        names = [collection.name for collection in connection.client.get_collections().collections]
        infos = []
        for name in sorted(name for name in names if name.startswith(_BESIDE)):
            made = _built_by(connection.client, name)
            infos.append(EncoderInfo(*made, connection.client.count(name).count))
    return tuple(infos)


class QdrantSecondaryEncoder:
    """The films of the main collection by the vectors of another encoder."""

    def __init__(self, main: QdrantCollection, embedding: EmbeddingModel) -> None:
        self.name = _BESIDE + re.sub(r"[^a-z0-9]+", "_", embedding.name.lower()).strip("_")
        self._main = main
        self._connection = main.connection
        self._embedding = embedding

    def fill(self, on_progress: Progress = silent) -> None:
        """Embed the films that have no vector here yet, or another text by now; let go of those that are gone.

        Raises:
            IndexMismatch: another encoder's vectors are stored under the same name.
        """
        films = self._main.count()
        if not films:
            return
        with self._connection.answering(self.name):
            if not self._is_made() or self._count_missing():
                self._make()  # which loads the encoder: not worth it where nothing is missing
                self._embed_missing(on_progress)
            if self._client.count(self.name).count > films:
                self._delete_gone()

    async def vectors(self, movie_ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these films, by id, as the encoder gave them; unknown ids are left out."""
        points = {point_id(movie_id): movie_id for movie_id in movie_ids}
        found = await asyncio.to_thread(self._retrieve, list(points), False, True)
        return {points[str(point.id)]: _as_given(point.vector) for point in found}

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        metric: Metric = "cosine",
    ) -> list[Candidate]:
        """Return at most `k` films nearest to a vector, nearest first; scores are cosines, for `l2` distances."""
        found = await asyncio.to_thread(self._nearest, vector, k, constraints, exclude, metric)
        return candidates(found, "neighbours")

    def _nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint],
        exclude: Collection[str],
        metric: Metric,
    ) -> list[tuple[Document, float]]:
        if k < 1 or not self._main.count():
            return []
        condition = movie_filter([], exclude)
        if constraints:  # the facts that they speak of are in the main collection
            meeting = [p.id for p in self._main.scroll(movie_filter(constraints, exclude), fields=False)]
            condition = models.Filter(must=[models.HasIdCondition(has_id=meeting)])
        with self._connection.answering(self.name):
            raw = metric == "l2" and self._keeps_lengths()
            points = self._client.query_points(
                self.name,
                query=list(vector),
                using=_RAW if raw else "",
                query_filter=condition,
                limit=k,
                with_payload=False,
            ).points
        films = {str(point.id): point for point in self._main.retrieve([str(point.id) for point in points])}
        found = [(films[str(p.id)], p.score) for p in points if str(p.id) in films]
        if metric == "l2" and not raw:
            found = [(film, distance_to_unit(vector, cosine)) for film, cosine in found]
        return [(document_of(film), score) for film, score in found]

    @property
    def _client(self) -> Client:
        return self._connection.client

    def _is_made(self) -> bool:
        if not self._client.collection_exists(self.name):
            return False
        built, _ = _built_by(self._client, self.name)
        if built != self._embedding.name:
            raise IndexMismatch(
                f"The collection {self.name} in {self._connection.location} has the vectors of {built}, whose name is "
                f"too like {self._embedding.name}; name one of the two otherwise in MATINEE_COMPARE."
            )
        return True

    def _make(self) -> None:
        name, size = self._embedding.name, self._embedding.dimension
        if self._is_made():
            if _built_by(self._client, self.name) == (name, size):
                return
            self._client.delete_collection(self.name)  # the encoder's vectors have another dimension by now
        vectors = {"": models.VectorParams(size=size, distance=models.Distance.COSINE)}
        if not self._embedding.unit_length:
            vectors[_RAW] = models.VectorParams(size=size, distance=models.Distance.EUCLID)
        made = {"matinee": {"embedding": name, "dimension": size}}
        self._client.create_collection(self.name, vectors_config=vectors, metadata=made)

    def _keeps_lengths(self) -> bool:
        vectors = self._client.get_collection(self.name).config.params.vectors
        return isinstance(vectors, dict) and _RAW in vectors

    def _count_missing(self) -> int:
        return sum(len(batch) for batch in self._without_vector())

    def _embed_missing(self, on_progress: Progress) -> None:
        missing, done, with_lengths = self._count_missing(), 0, self._keeps_lengths()
        for batch in self._without_vector():
            vectors = self._embedding.embeddings.embed_documents([p.payload["page_content"] for p in batch])
            named = [{"": v, _RAW: v} if with_lengths else {"": v} for v in vectors]
            points = [
                models.PointStruct(id=p.id, vector=v, payload=p.payload) for p, v in zip(batch, named, strict=True)
            ]
            self._client.upsert(self.name, points)
            done += len(batch)
            on_progress(min(done, missing), missing)

    def _without_vector(self) -> Iterator[list[Any]]:
        """Yield the main collection's points that have no vector here, or that of another text."""
        for batch in chunks(self._main.scroll(fields=["page_content", meta("movie_id")]), _BATCH):
            here = {
                p.id: p.payload.get("page_content") for p in self._retrieve([str(p.id) for p in batch], True, False)
            }
            if new := [p for p in batch if here.get(p.id) != p.payload["page_content"]]:
                yield new

    def _delete_gone(self) -> None:
        kept = {point.id for point in self._main.scroll(fields=False)}
        offset, gone = None, []
        while True:
            page, offset = self._client.scroll(self.name, limit=1000, offset=offset, with_payload=False)
            gone += [point.id for point in page if point.id not in kept]
            if offset is None:
                break
        self._client.delete(self.name, gone)

    def _retrieve(self, ids: Sequence[str], payload: bool, vectors: bool) -> list[Any]:
        with self._connection.answering(self.name):
            if not ids or not self._client.collection_exists(self.name):
                return []
            return self._client.retrieve(self.name, list(ids), with_payload=payload, with_vectors=vectors)


def _built_by(client: Client, name: str) -> tuple[str, int]:
    made = (client.get_collection(name).config.metadata or {}).get("matinee", {})
    return str(made.get("embedding", name)), int(made.get("dimension", 0))


def _as_given(vector: Any) -> list[float]:
    return list(vector[_RAW]) if isinstance(vector, dict) and _RAW in vector else dense_vector(vector)
