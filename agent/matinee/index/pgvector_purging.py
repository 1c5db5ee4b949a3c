"""Leaves no byte of deleted rows in the files of the embedded server.

PostgreSQL keeps a deleted row until a vacuum, what ANALYZE sampled of it in its statistics, and all that was written in
its write-ahead log, whose files it renames for later use with what they hold. The tables are therefore written anew,
their statistics deleted, and the log carried on past every file there is and removed behind a checkpoint. That takes
a superuser and touches the whole server: only one that is ours is treated so.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.index.pgvector_schema import current_schema, quoted

_SEGMENTS_AHEAD = (
    "SELECT count(*) FROM pg_ls_waldir() "
    "WHERE name ~ '^[0-9A-F]{24}$' AND name >= pg_walfile_name(pg_current_wal_lsn())"
)


async def purge(pool: AsyncEngine, tables: Sequence[str]) -> None:
    """Write the tables anew, as far as they are there, and remove the log that was written until now."""
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
