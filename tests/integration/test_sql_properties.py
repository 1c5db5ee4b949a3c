"""No mutation of a valid statement that passes the guard writes, reads another table, or outlives its timeout."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matinee.errors import MatineeError
from matinee.sql.guard import Verdict, check
from matinee.sql.runner import Limits, Rows, SqlRunner
from tests.support.hostile_statements import mutations
from tests.support.movie_table import fill
from tests.support.postgres import PostgresServer
from tests.support.statements import refused

SECONDS = 1.0
VECTOR = [0.5, -0.25, 0.125, 1.0] * 96


class Server:
    """The database and one connection of its superuser, for whom only the guard stands in the way."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.loop = asyncio.Runner()
        self.connection: Any = self.loop.run(asyncpg.connect(uri, statement_cache_size=0))
        # asyncpg looks these types up in the catalogs the first time, which would count as reading them.
        self.run(self.connection.prepare("SELECT $1::vector, $2::halfvec, $3::sparsevec"))
        self.run(self.connection.execute(f"SET statement_timeout = '{SECONDS}s'; SET search_path = pg_catalog, public"))

    def run(self, work: Any) -> Any:
        async def awaited() -> Any:
            return await work

        return self.loop.run(awaited())

    def state(self) -> Any:
        """Return what a write would change."""
        sql = (
            "SELECT (SELECT string_agg(c::text, '') FROM canary c), "
            "(SELECT md5(string_agg(m::text, '' ORDER BY movie_id)) FROM movies m), "
            "(SELECT count(*) FROM pg_class), current_setting('statement_timeout'), current_user"
        )
        return self.run(self.connection.fetchrow(sql))

    def close(self) -> None:
        self.run(self.connection.close())
        self.loop.close()


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer) -> Iterator[Server]:
    uri = postgres_server.database("vector", "pg_trgm")
    asyncio.run(fill(uri))
    server = Server(uri)
    yield server
    server.close()


def values(verdict: Verdict) -> list[Any]:
    return [VECTOR if n in verdict.vectors else "Film 1" for n in sorted(verdict.parameters)]


async def as_superuser(connection: Any, verdict: Verdict) -> tuple[set[str], Any]:
    """Run a statement that passed with nothing but the guard before it; return the tables it locked and its writes."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        try:
            async with connection.transaction():
                statement = await connection.prepare(verdict.statement)
                kinds = [p.name for p in statement.get_parameters()]
                bound = [
                    str(v) if k in {"vector", "halfvec"} else v for v, k in zip(values(verdict), kinds, strict=True)
                ]
                await statement.fetch(*bound)
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            return set(), None  # rolled back, and its locks with it
        locked = await connection.fetch(
            "SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() "
            "AND l.locktype = 'relation' AND c.relkind <> 'i' AND c.relname !~ '^pg_(locks|class|toast)'"
        )
        return {row[0] for row in locked}, await connection.fetchval("SELECT pg_current_xact_id_if_assigned()")
    finally:
        await transaction.rollback()


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


def test_the_guard_alone_keeps_writes_and_other_tables_out(server: Server) -> None:
    before, passed = server.state(), 0

    @settings(max_examples=1500, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
    @given(mutations())
    def mutated(sql: str) -> None:
        nonlocal passed
        verdict = check(sql)
        if not verdict.ok:
            return
        passed += 1
        start = server.loop.get_loop().time()
        tables, written = server.run(as_superuser(server.connection, verdict))
        assert server.loop.get_loop().time() - start < SECONDS + 1
        assert tables <= {"movies"}
        assert written is None

    mutated()
    assert passed > 50
    assert server.state() == before


def test_a_mutation_through_the_runner_returns_no_secret_and_ends_in_time(server: Server) -> None:
    before, ran = server.state(), 0
    runner = SqlRunner(server.uri, limits=Limits(seconds=SECONDS))

    @settings(max_examples=600, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
    @given(mutations())
    def mutated(sql: str) -> None:
        nonlocal ran
        verdict = check(sql)
        start = server.loop.get_loop().time()
        result = server.run(runner.run(sql, values(verdict)))
        assert server.loop.get_loop().time() - start < SECONDS + 1
        if isinstance(result, Rows):
            ran += 1
            assert not any("canary" in str(value) for row in result.rows for value in row if "canary" not in sql)

    mutated()
    assert ran > 20
    assert server.state() == before


def test_the_guard_never_raises() -> None:
    texts = st.one_of(st.text(max_size=300), mutations(), st.sampled_from([s.sql for s in refused()]))

    @settings(max_examples=1500, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET)
    @given(texts)
    def any_text(sql: str) -> None:
        try:
            verdict = check(sql)
        except MatineeError as error:
            raise AssertionError(sql) from error
        assert verdict.ok or (verdict.code and verdict.reason)

    any_text()
