"""The store in PostgreSQL: the embedded server or any other, through LangChain's `PGEngine` and vector store."""

from typing import Any

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.forms import FILMS, PASSAGES, PREFERENCES, VIEWERS_TABLE
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_purging import purge
from matinee.index.pgvector_ratings import PgvectorRatings
from matinee.index.pgvector_table import PgvectorTable
from matinee.index.postgres_server import EmbeddedServer, server_folder
from matinee.index.store import Repaired, Store, Tables
from matinee.settings import Settings


class PgvectorStore(Store):
    """A store in tables of PostgreSQL; the server is started or reached at first use."""

    def __init__(
        self, postgres: Postgres, embedding: EmbeddingModel, *, backend: str = "pgvector", is_ours: bool = False
    ) -> None:
        self.postgres = postgres
        self._is_ours = is_ours
        films = PgvectorTable(postgres, FILMS, embedding)
        passages = PgvectorTable(postgres, PASSAGES, embedding, parent=films)
        tables = Tables(films, passages, PgvectorTable(postgres, PREFERENCES, embedding))
        super().__init__(backend, postgres.location, tables, PgvectorRatings(postgres))

    async def repair(self) -> Repaired:
        """Do nothing: PostgreSQL recovers by its own log, and says itself what it cannot read."""
        return Repaired([], True)

    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in the embedded server's files, if this is one."""
        if self._is_ours:
            await self.postgres.run(lambda pool: purge(pool, (PREFERENCES.table, VIEWERS_TABLE)), long=True)

    def close(self) -> None:
        """Close the connections, and stop the server if nobody else uses it."""
        self.postgres.close()


def open_pgvector(settings: Settings, embedding: EmbeddingModel) -> PgvectorStore:
    """Return the PostgreSQL store that the settings name: the server, else the embedded one."""
    timeouts: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "store_timeout": settings.store_timeout,
        "rest": settings.service_rest,
    }
    if address := settings.postgres:
        postgres = Postgres(
            lambda: address.dsn,
            lambda: None,
            location=str(address),
            search_path=address.search_path,
            **timeouts,
        )
        return PgvectorStore(postgres, embedding, backend="pgvector (server)")
    server = EmbeddedServer(server_folder(settings.home), settings.home)
    postgres = Postgres(server.start, server.stop, location=str(server.folder), **timeouts)
    return PgvectorStore(postgres, embedding, backend="pgvector (embedded)", is_ours=True)
