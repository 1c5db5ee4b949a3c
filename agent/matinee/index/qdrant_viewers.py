"""Viewers in a Qdrant collection: a sparse vector each, and for a viewer's own ratings the records in the payload."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from qdrant_client import models

from matinee.index.edge import EdgeClient
from matinee.index.qdrant_collection import Client, Connection
from matinee.index.viewers import OWN, NearViewer, ViewerVector

VIEWERS = "matinee_viewers"
VECTOR = "ratings"
"""The name of the sparse vector; its indices are the data set's film numbers."""

_NAMESPACE = UUID("5f0d5c0e-6f0b-5d0e-9a55-3b1d3a7a4c11")
_AT_ONCE = 256
_PAGE = 1000


class QdrantViewers:
    """Viewers in one collection, which is made when first written; a batch is a keyword of the payload."""

    def __init__(self, connection: Connection, collection: str = VIEWERS) -> None:
        self._connection = connection
        self._collection = collection

    async def add(self, batch: str, viewers: Sequence[ViewerVector]) -> None:
        """Store viewers of a data set; the same of the same batch again is replaced."""
        points = [_point(batch, viewer, {}) for viewer in viewers]
        await asyncio.to_thread(self._write, points)

    async def nearest(
        self, parts: Mapping[int, float], k: int, batch: str, *, but: str | None = None
    ) -> list[NearViewer]:
        """Return the `k` nearest of a batch and of the viewers who brought their own ratings, best first."""
        if not parts or k < 1:
            return []
        return await asyncio.to_thread(self._nearest, parts, k, batch, but)

    async def count(self, batch: str) -> int:
        """Return how many viewers of a batch are stored."""
        return await asyncio.to_thread(self._count, _of(batch))

    async def keep(self, batch: str) -> None:
        """Delete the viewers of all other data sets, and build what searches need."""
        await asyncio.to_thread(self._keep, batch)

    async def remember(self, viewer: ViewerVector, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what one viewer rated, in the place of what was stored for them."""
        records = [dict(record) for record in ratings]
        await asyncio.to_thread(self._write, [_point(OWN, viewer, {"ratings": records})])

    async def remembered(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        return await asyncio.to_thread(self._remembered, user)

    async def users(self) -> list[str]:
        """Return the viewers who brought ratings, sorted."""
        return await asyncio.to_thread(self._users)

    async def forget(self, user: str) -> int:
        """Delete what a viewer brought; return how many records there were."""
        return await asyncio.to_thread(self._forget, user)

    @property
    def _client(self) -> Client:
        return self._connection.client

    def _exists(self) -> bool:
        return bool(self._client.collection_exists(self._collection))

    def _write(self, points: list[models.PointStruct]) -> None:
        with self._connection.answering():
            if not self._exists():
                self._client.create_collection(
                    self._collection, vectors_config={}, sparse_vectors_config={VECTOR: models.SparseVectorParams()}
                )
                self._client.create_payload_index(self._collection, "batch", models.PayloadSchemaType.KEYWORD)
            for start in range(0, len(points), _AT_ONCE):
                self._client.upsert(self._collection, points[start : start + _AT_ONCE])

    def _nearest(self, parts: Mapping[int, float], k: int, batch: str, but: str | None) -> list[NearViewer]:
        among = _of(batch, OWN)
        if but is not None:
            among.must_not = [models.HasIdCondition(has_id=[_id(OWN, but)])]
        with self._connection.answering():
            if not self._exists():
                return []
            found = self._client.query_points(
                self._collection,
                query=_sparse(parts),
                using=VECTOR,
                query_filter=among,
                limit=k,
                with_payload=["user"],
                with_vectors=[VECTOR],
            )
        return [
            NearViewer(str((point.payload or {})["user"]), point.score, _parts(point.vector))
            for point in found.points
            if point.score > 0
        ]

    def _count(self, condition: models.Filter) -> int:
        with self._connection.answering():
            return self._client.count(self._collection, condition).count if self._exists() else 0

    def _keep(self, batch: str) -> None:
        others = models.Filter(must_not=[_in_batches(batch, OWN)])
        with self._connection.answering():
            if not self._exists():
                return
            self._client.delete(self._collection, models.FilterSelector(filter=others))
            if isinstance(self._client, EdgeClient):  # a server does so on its own
                self._client.optimize(self._collection)

    def _remembered(self, user: str) -> list[dict[str, Any]]:
        with self._connection.answering():
            if not self._exists():
                return []
            points = self._client.retrieve(self._collection, [_id(OWN, user)], with_payload=True)
        return [record for point in points for record in (point.payload or {}).get("ratings", [])]

    def _users(self) -> list[str]:
        users: list[str] = []
        offset = None
        with self._connection.answering():
            while self._exists():
                page, offset = self._client.scroll(
                    self._collection,
                    scroll_filter=_of(OWN),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=["user"],
                )
                users += [str((point.payload or {})["user"]) for point in page]
                if offset is None:
                    break
        return sorted(users)

    def _forget(self, user: str) -> int:
        stored = len(self._remembered(user))
        if stored:
            this = models.Filter(must=[models.HasIdCondition(has_id=[_id(OWN, user)])])
            with self._connection.answering():
                self._client.delete(self._collection, models.FilterSelector(filter=this))
        return stored


def _of(*batches: str) -> models.Filter:
    return models.Filter(must=[_in_batches(*batches)])


def _in_batches(*batches: str) -> models.FieldCondition:
    return models.FieldCondition(key="batch", match=models.MatchAny(any=list(batches)))


def _id(batch: str, user: str) -> str:
    return str(uuid5(_NAMESPACE, f"{batch}\x1f{user}"))


def _point(batch: str, viewer: ViewerVector, more: dict[str, Any]) -> models.PointStruct:
    payload = {"batch": batch, "user": viewer.user, **more}
    vector: dict[str, Any] = {VECTOR: _sparse(viewer.parts)} if viewer.parts else {}
    return models.PointStruct(id=_id(batch, viewer.user), vector=vector, payload=payload)


def _sparse(parts: Mapping[int, float]) -> models.SparseVector:
    films = sorted(parts)
    return models.SparseVector(indices=films, values=[parts[film] for film in films])


def _parts(vector: Any) -> dict[int, float]:
    sparse = vector.get(VECTOR) if isinstance(vector, dict) else None
    return dict(zip(sparse.indices, sparse.values, strict=True)) if sparse is not None else {}
