"""The store in PostgreSQL: the embedded server or any other, through LangChain's `PGEngine` and vector store."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.forms import FILMS, PASSAGES, PREFERENCES, VIEWERS_TABLE
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_ratings import PgvectorRatings
from matinee.index.pgvector_schema import current_schema, quoted
from matinee.index.pgvector_table import PgvectorTable
from matinee.index.postgres_server import EmbeddedServer, server_folder
from matinee.index.store import Repaired, Store, Tables
from matinee.settings import Settings

_SEGMENTS_AHEAD = (
    "SELECT count(*) FROM pg_ls_waldir() "
    "WHERE name ~ '^[0-9A-F]{24}$' AND name >= pg_walfile_name(pg_current_wal_lsn())"
)


class PgvectorStore(Store):
    """A store in tables of PostgreSQL; the server is started or reached at first use."""

    speaks_sql = True

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
            await self.postgres.run(lambda pool: _purge(pool, (PREFERENCES.table, VIEWERS_TABLE)), long=True)

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


async def _purge(pool: AsyncEngine, tables: Sequence[str]) -> None:
    """Write the tables anew, as far as they are there, and remove the log that was written until now.

    PostgreSQL keeps a deleted row until a vacuum, what ANALYZE sampled of it in its statistics, and all that was
    written in its write-ahead log, whose files it renames for later use with what they hold. The log is therefore
    carried on past every file there is and removed behind a checkpoint. That takes a superuser and touches the whole
    server: only one that is ours is treated so.
    """
    async with pool.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")  # VACUUM runs in no transaction
        schema = quoted(await current_schema(connection))
        for name in (f"{schema}.{table}" for table in tables):
            if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}):
                await connection.execute(
                    text("DELETE FROM pg_statistic WHERE starelid = to_regclass(:name)"), {"name": name}
                )
                await connection.execute(text(f"VACUUM FULL {name}"))
        await connection.execute(text("VACUUM FULL pg_statistic"))
        await _renew_log(connection)


async def _renew_log(connection: AsyncConnection) -> None:
    await connection.execute(text("ALTER SYSTEM SET wal_recycle = off"))
    await connection.execute(text("SELECT pg_reload_conf()"))
    for _ in range(int(await connection.scalar(text(_SEGMENTS_AHEAD)) or 1)):
        await connection.execute(text("SELECT pg_logical_emit_message(false, 'matinee', '')"))
        await connection.execute(text("SELECT pg_switch_wal()"))
    await connection.execute(text("CHECKPOINT"))
