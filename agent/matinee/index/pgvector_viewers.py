"""Viewers in a table of their own: a `sparsevec` each, and for a viewer's own ratings the records as JSON.

The search is exact: pgvector indexes no vector of more than 1,000 films, and the keenest viewers have more.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_errors import FAILURES, cause, without_rights
from matinee.index.pgvector_filters import clean
from matinee.index.pgvector_schema import current_schema, ensure_extension, quoted
from matinee.index.viewers import OWN, NearViewer, ViewerVector

VIEWERS = "viewers"

_DIMENSION = 1_000_000_000  # the most that the type allows; what is not there takes no room
_MAKING = 7_204_120_311  # any number, the same in every process that makes this table


class PgvectorViewers:
    """Viewers in the table `viewers`, which is made when first written."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._made = False

    async def add(self, batch: str, viewers: Sequence[ViewerVector]) -> None:
        """Store viewers of a data set; the same of the same batch again is replaced."""
        await self._write([(batch, clean(viewer.user), _sparsevec(viewer.parts), None) for viewer in viewers])

    async def nearest(
        self, parts: Mapping[int, float], k: int, batch: str, *, but: str | None = None
    ) -> list[NearViewer]:
        """Return the `k` nearest of a batch and of the viewers who brought their own ratings, best first."""
        if not parts or k < 1:
            return []
        rows = await self._read(
            # The outer query reads the vectors out as text; in the inner one, that would be done before the cut at k.
            "SELECT user_id, -distance AS cosine, CAST(parts AS text) AS parts FROM "
            "(SELECT user_id, parts, parts <#> CAST(:query AS sparsevec) AS distance FROM {} "
            "WHERE batch IN (:batch, :own) AND (batch, user_id) <> (:own, :but) AND parts IS NOT NULL "
            "ORDER BY distance LIMIT :k) AS near ORDER BY distance",
            # A name that no viewer has where nobody is left out: stored ones are not empty.
            {"query": _sparsevec(parts), "batch": batch, "own": OWN, "but": clean(but or ""), "k": k},
        )
        return [NearViewer(row["user_id"], row["cosine"], _parts_of(row["parts"])) for row in rows if row["cosine"] > 0]

    async def count(self, batch: str) -> int:
        """Return how many viewers of a batch are stored."""
        rows = await self._read("SELECT count(*) AS n FROM {} WHERE batch = :batch", {"batch": batch})
        return int(rows[0]["n"]) if rows else 0

    async def keep(self, batch: str) -> None:
        """Delete the viewers of all other data sets, and have the planner's statistics taken."""

        async def work(pool: AsyncEngine) -> None:
            async with pool.begin() as connection:
                if table := await _table(connection):
                    statement = text(f"DELETE FROM {table} WHERE batch NOT IN (:batch, :own)")
                    await connection.execute(statement, {"batch": batch, "own": OWN})
                    await connection.execute(text(f"ANALYZE {table}"))

        await self._postgres.run(work, long=True)

    async def remember(self, viewer: ViewerVector, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what one viewer rated, in the place of what was stored for them."""
        records = json.dumps([{name: clean(value) for name, value in record.items()} for record in ratings])
        await self._write([(OWN, clean(viewer.user), _sparsevec(viewer.parts), records)])

    async def remembered(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        rows = await self._read(
            "SELECT CAST(ratings AS text) AS ratings FROM {} WHERE batch = :own AND user_id = :user",
            {"own": OWN, "user": clean(user)},
        )
        return [record for row in rows for record in json.loads(row["ratings"] or "[]")]

    async def users(self) -> list[str]:
        """Return the viewers who brought ratings, sorted."""
        rows = await self._read("SELECT user_id FROM {} WHERE batch = :own", {"own": OWN})
        return sorted(row["user_id"] for row in rows)

    async def forget(self, user: str) -> int:
        """Delete what a viewer brought; return how many records there were."""
        stored = len(await self.remembered(user))
        await self._read(
            "DELETE FROM {} WHERE batch = :own AND user_id = :user RETURNING 1", {"own": OWN, "user": clean(user)}
        )
        return stored

    async def _read(self, statement: str, values: dict[str, Any]) -> list[RowMapping]:
        async def work(pool: AsyncEngine) -> list[RowMapping]:
            async with pool.begin() as connection:
                table = await _table(connection)
                if table is None:
                    return []
                return list((await connection.execute(text(statement.format(table)), values)).mappings())

        return await self._postgres.run(work)

    async def _write(self, rows: Sequence[tuple[str, Any, str | None, str | None]]) -> None:
        last = {row[:2]: row for row in rows}

        async def work(pool: AsyncEngine) -> None:
            if not self._made:
                await _make(pool, self._postgres.location)
            async with pool.begin() as connection:
                await _copy(connection, list(last.values()))

        await self._postgres.run(work, long=True)
        self._made = True


async def _make(pool: AsyncEngine, location: str) -> None:
    async with pool.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MAKING})
        await ensure_extension(connection, location)
        schema = await current_schema(connection)
        try:
            await connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {quoted(schema)}.{VIEWERS} (batch text, user_id text, "
                    "parts sparsevec, ratings jsonb, PRIMARY KEY (batch, user_id))"
                )
            )
        except FAILURES as error:
            if getattr(cause(error), "sqlstate", None) in ("42501", "3F000"):
                raise without_rights(error, schema, location) from error
            raise


async def _table(connection: AsyncConnection) -> str | None:
    name = f"{quoted(await current_schema(connection))}.{VIEWERS}"
    return name if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) else None


async def _copy(connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write by COPY into a temporary table: an INSERT a row is some 200 rows a second."""
    await connection.execute(text("DROP TABLE IF EXISTS pg_temp.matinee_viewers_incoming"))
    await connection.execute(
        text(
            "CREATE TEMP TABLE matinee_viewers_incoming (batch text, user_id text, parts text, ratings text) "
            "ON COMMIT DROP"
        )
    )
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.copy_records_to_table("matinee_viewers_incoming", schema_name="pg_temp", records=rows)
    await connection.execute(
        text(
            f"INSERT INTO {await _table(connection)} (batch, user_id, parts, ratings) SELECT batch, user_id, "
            "CAST(parts AS sparsevec), CAST(ratings AS jsonb) FROM pg_temp.matinee_viewers_incoming "
            "ON CONFLICT (batch, user_id) DO UPDATE SET parts = EXCLUDED.parts, ratings = EXCLUDED.ratings"
        )
    )


def _sparsevec(parts: Mapping[int, float]) -> str | None:
    """Return the vector as pgvector writes it; its indices begin at 1, film numbers at 0."""
    if not parts:
        return None
    return f"{{{','.join(f'{film + 1}:{value:.9g}' for film, value in sorted(parts.items()))}}}/{_DIMENSION}"


def _parts_of(vector: str) -> dict[int, float]:
    pairs = (pair.split(":") for pair in vector[1 : vector.index("}")].split(",") if pair)
    return {int(film) - 1: float(value) for film, value in pairs}
