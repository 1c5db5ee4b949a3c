"""What viewers rated themselves, in a table of its own: a row each, with the ratings as JSON."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from matinee.index.forms import VIEWERS_TABLE
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_errors import FAILURES
from matinee.index.pgvector_filters import clean
from matinee.index.pgvector_schema import current_schema, making, quoted

_OWN = "own"
"""The only batch: former versions stored the viewers of data sets here, too, in batches of other names."""


class PgvectorRatings:
    """Viewers' ratings in one table, which is made when first written."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._is_tidy = False

    async def replace(self, user: str, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what a viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        records = json.dumps([{name: clean(value) for name, value in record.items()} for record in ratings])

        async def work(connection: AsyncConnection) -> None:
            table = await self._table(connection) or await _make(connection, self._postgres.location)
            statement = (
                f"INSERT INTO {table} (batch, user_id, ratings) VALUES (:own, :user, CAST(:ratings AS jsonb)) "
                "ON CONFLICT (batch, user_id) DO UPDATE SET ratings = EXCLUDED.ratings"
            )
            await connection.execute(text(statement), {"own": _OWN, "user": clean(user), "ratings": records})

        await self._postgres.transaction(work, long=True)

    async def of_user(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        return await self._records(user, "SELECT CAST(ratings AS text) FROM {} WHERE {}")

    async def forget(self, user: str) -> int:
        """Delete what a viewer rated; return how many records there were."""
        return len(await self._records(user, "DELETE FROM {} WHERE {} RETURNING CAST(ratings AS text)"))

    async def _records(self, user: str, statement: str) -> list[dict[str, Any]]:
        async def work(connection: AsyncConnection) -> list[dict[str, Any]]:
            table = await self._table(connection)
            if table is None:
                return []
            whole = text(statement.format(table, "batch = :own AND user_id = :user"))
            rows = await connection.scalars(whole, {"own": _OWN, "user": clean(user)})
            return [record for ratings in rows for record in json.loads(ratings or "[]")]

        return await self._postgres.transaction(work)

    async def _table(self, connection: AsyncConnection) -> str | None:
        name = f"{quoted(await current_schema(connection))}.{VIEWERS_TABLE}"
        if not await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}):
            return None
        if not self._is_tidy:
            await _tidy(connection, name)
            self._is_tidy = True
        return name


async def _tidy(connection: AsyncConnection, table: str) -> None:
    """Delete the viewers of data sets that former versions stored; who may not write here leaves them."""
    parts = (
        "SELECT 1 FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid "
        "WHERE attrelid = to_regclass(:name) AND attname = 'parts' AND typname = 'sparsevec'"
    )
    if await connection.scalar(text(parts), {"name": table}):  # nobody else's table of this name has such a column
        with suppress(*FAILURES):
            async with connection.begin_nested():
                await connection.execute(text(f"DELETE FROM {table} WHERE batch <> :own"), {"own": _OWN})


async def _make(connection: AsyncConnection, location: str) -> str:
    async with making(connection, location) as schema:
        table = f"{quoted(schema)}.{VIEWERS_TABLE}"
        columns = "batch text, user_id text, ratings jsonb, PRIMARY KEY (batch, user_id)"
        await connection.execute(text(f"CREATE TABLE IF NOT EXISTS {table} ({columns})"))
    return table
