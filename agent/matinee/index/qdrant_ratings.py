"""What viewers rated themselves, in a Qdrant collection: a point each, with the ratings in its payload."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from qdrant_client import models

from matinee.errors import IndexUnavailable
from matinee.index.edge import EdgeClient
from matinee.index.forms import VIEWERS_COLLECTION
from matinee.index.qdrant_connection import FAILURES, Client, Connection, asked

# Former versions stored the viewers of data sets here, too: in batches, with a sparse vector each.
_NAMESPACE = UUID("5f0d5c0e-6f0b-5d0e-9a55-3b1d3a7a4c11")
_BATCH, _OWN = "batch", "own"


class QdrantRatings:
    """Viewers' ratings in one collection, which is made when first written."""

    name = VIEWERS_COLLECTION

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._is_tidy = False

    @asked
    def replace(self, user: str, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what a viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        payload = {_BATCH: _OWN, "user": user, "ratings": [dict(record) for record in ratings]}
        if not self._exists():
            make_viewers(self.connection.client)
        self.connection.client.upsert(self.name, [models.PointStruct(id=_id(user), vector={}, payload=payload)])

    @asked
    def of_user(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        return self._of_user(user)

    @asked
    def forget(self, user: str) -> int:
        """Delete what a viewer rated; return how many records there were."""
        stored = len(self._of_user(user))
        if stored:
            self.connection.client.delete(self.name, [_id(user)])
        return stored

    def _of_user(self, user: str) -> list[dict[str, Any]]:
        points = self.connection.client.retrieve(self.name, [_id(user)], with_payload=True) if self._exists() else []
        return [record for point in points for record in (point.payload or {}).get("ratings", [])]

    def _exists(self) -> bool:
        exists = self.connection.client.collection_exists(self.name)
        if exists and not self._is_tidy:
            self._is_tidy = True
            _tidy(self.connection.client)
        return exists


def make_viewers(client: Client) -> None:
    """Make an empty collection of viewers."""
    # The embedded engine takes no collection without any vectors; none is ever stored.
    vectors = {"ratings": models.SparseVectorParams()}
    client.create_collection(VIEWERS_COLLECTION, vectors_config={}, sparse_vectors_config=vectors)
    client.create_payload_index(VIEWERS_COLLECTION, _BATCH, models.PayloadSchemaType.KEYWORD)


def _tidy(client: Client) -> None:
    """Delete the viewers of data sets that former versions stored; who may not write here leaves them."""
    own = models.FieldCondition(key=_BATCH, match=models.MatchValue(value=_OWN))
    others = models.Filter(must_not=[own])
    if client.count(VIEWERS_COLLECTION, others).count:
        with suppress(*FAILURES, IndexUnavailable):
            client.delete(VIEWERS_COLLECTION, models.FilterSelector(filter=others))
            if isinstance(client, EdgeClient):  # a server gives back the room on its own
                client.optimize(VIEWERS_COLLECTION)


def _id(user: str) -> str:
    return str(uuid5(_NAMESPACE, f"{_OWN}\x1f{user}"))
