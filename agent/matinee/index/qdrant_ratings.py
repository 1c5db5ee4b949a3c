"""What viewers rated themselves, in a Qdrant collection: a point each, with the ratings in its payload."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from qdrant_client import models

from matinee.errors import IndexUnavailable
from matinee.index.edge import EdgeClient
from matinee.index.forms import VIEWERS_COLLECTION
from matinee.index.qdrant_connection import FAILURES, Client, Connection

# Former versions stored the viewers of data sets here, too: in batches, with a sparse vector each.
_NAMESPACE = UUID("5f0d5c0e-6f0b-5d0e-9a55-3b1d3a7a4c11")
_BATCH, _OWN = "batch", "own"
_VECTOR = "ratings"


class QdrantRatings:
    """Viewers' ratings in one collection, which is made when first written."""

    def __init__(self, connection: Connection, collection: str = VIEWERS_COLLECTION) -> None:
        self._connection = connection
        self._collection = collection
        self._is_tidy = False

    async def replace(self, user: str, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what a viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        await asyncio.to_thread(self._replace, user, [dict(record) for record in ratings])

    async def of_user(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        return await asyncio.to_thread(self._of_user, user)

    async def forget(self, user: str) -> int:
        """Delete what a viewer rated; return how many records there were."""
        return await asyncio.to_thread(self._forget, user)

    @property
    def _client(self) -> Client:
        return self._connection.client

    def _exists(self) -> bool:
        if not self._client.collection_exists(self._collection):
            return False
        if not self._is_tidy:
            self._is_tidy = True
            self._tidy()
        return True

    def _tidy(self) -> None:
        """Delete the viewers of data sets that former versions stored; who may not write here leaves them."""
        own = models.FieldCondition(key=_BATCH, match=models.MatchValue(value=_OWN))
        others = models.Filter(must_not=[own])
        if not self._client.count(self._collection, others).count:
            return
        with suppress(*FAILURES, IndexUnavailable):
            self._client.delete(self._collection, models.FilterSelector(filter=others))
            if isinstance(self._client, EdgeClient):  # a server gives back the room on its own
                self._client.optimize(self._collection)

    def _replace(self, user: str, records: list[dict[str, Any]]) -> None:
        payload = {_BATCH: _OWN, "user": user, "ratings": records}
        with self._connection.answering():
            if not self._exists():
                make_viewers(self._client, self._collection)
            self._client.upsert(self._collection, [models.PointStruct(id=_id(user), vector={}, payload=payload)])

    def _of_user(self, user: str) -> list[dict[str, Any]]:
        with self._connection.answering():
            if not self._exists():
                return []
            points = self._client.retrieve(self._collection, [_id(user)], with_payload=True)
        return [record for point in points for record in (point.payload or {}).get("ratings", [])]

    def _forget(self, user: str) -> int:
        stored = len(self._of_user(user))
        if stored:
            this = models.Filter(must=[models.HasIdCondition(has_id=[_id(user)])])
            with self._connection.answering():
                self._client.delete(self._collection, models.FilterSelector(filter=this))
        return stored


def make_viewers(client: Client, collection: str = VIEWERS_COLLECTION) -> None:
    """Make an empty collection of viewers."""
    # The embedded engine takes no collection without any vectors; none is ever stored.
    client.create_collection(
        collection, vectors_config={}, sparse_vectors_config={_VECTOR: models.SparseVectorParams()}
    )
    client.create_payload_index(collection, _BATCH, models.PayloadSchemaType.KEYWORD)


def _id(user: str) -> str:
    return str(uuid5(_NAMESPACE, f"{_OWN}\x1f{user}"))
