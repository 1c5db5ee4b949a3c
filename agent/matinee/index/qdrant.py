"""The store in Qdrant: embedded, server or in-memory client."""

import asyncio
import warnings
from collections.abc import Callable

import httpx
from qdrant_client import QdrantClient

from matinee.addresses import HttpAddress
from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.edge import EdgeClient
from matinee.index.forms import PASSAGES, PREFERENCES, VIEWERS_COLLECTION
from matinee.index.qdrant_connection import Client, Connection
from matinee.index.qdrant_ratings import QdrantRatings
from matinee.index.qdrant_repair import damaged_collections, repair
from matinee.index.qdrant_secondary_encoder import QdrantFilms
from matinee.index.qdrant_table import QdrantTable
from matinee.index.store import IndexInfo, Repaired, Store, Tables
from matinee.llm.circuit_breaker import REST
from matinee.settings import Settings


class QdrantStore(Store):
    """A store in collections of Qdrant; the client is made at first use."""

    def __init__(
        self,
        connect: Callable[[], Client],
        embedding: EmbeddingModel,
        *,
        location: str,
        backend: str = "qdrant",
        rest: float = REST,
    ) -> None:
        self.connection = Connection(connect, location, rest)
        passages = QdrantTable(self.connection, PASSAGES, embedding)
        films = QdrantFilms(self.connection, embedding, passages)
        self._preferences = preferences = QdrantTable(self.connection, PREFERENCES, embedding)
        self._by_name = {table.name: table for table in (films, passages, preferences)}
        super().__init__(backend, location, Tables(films, passages, preferences), QdrantRatings(self.connection))

    async def info(self) -> IndexInfo:
        """Return what is stored where; works on an index of another embedding, too."""
        if faults := await asyncio.to_thread(damaged_collections, self.connection):
            raise next(iter(faults.values()))
        return await super().info()

    async def repair(self) -> Repaired:
        """Rebuild the damaged collections of the embedded engine from the payload that can still be read."""
        return await asyncio.to_thread(repair, self.connection, self._by_name)

    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in the embedded engine's files.

        A server writes its segments anew at times of its own choice.
        """
        await asyncio.to_thread(self._purge)

    def _purge(self) -> None:
        with self.connection.answering():
            client = self.connection.client
            if isinstance(client, EdgeClient):
                private = (self._preferences.name, self._preferences.staging, VIEWERS_COLLECTION)
                for name in filter(client.collection_exists, private):
                    client.compact(name)

    def close(self) -> None:
        """Release files and connections."""
        self.connection.close()


def open_qdrant(settings: Settings, embedding: EmbeddingModel) -> QdrantStore:
    """Return the Qdrant store that the settings name: the server, else the embedded engine."""
    if address := settings.qdrant:
        key, timeout = settings.qdrant_key, max(1, round(settings.store_timeout))
        return QdrantStore(
            lambda: _server_client(address, key, timeout),
            embedding,
            location=str(address),
            backend="qdrant (server)",
            rest=settings.service_rest,
        )
    folder = settings.home / "qdrant"
    return QdrantStore(lambda: EdgeClient(folder), embedding, location=str(folder), backend="qdrant (embedded)")


def _server_client(address: HttpAddress, key: str | None, timeout: int) -> QdrantClient:
    """Return a client of the server; user and password go along by `auth`, which no error shows."""
    auth = httpx.BasicAuth(address.user, address.password) if address.user or address.password else None
    with warnings.catch_warnings():
        # Who has set a key for an address without TLS knows the way to that server; viewers cannot change it.
        warnings.filterwarnings("ignore", "Api key is used with an insecure connection", UserWarning)
        return QdrantClient(url=address.url, api_key=key, timeout=timeout, check_compatibility=False, auth=auth)
