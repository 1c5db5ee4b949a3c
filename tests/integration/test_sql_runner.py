"""What the guard lets through runs on a real PostgreSQL, within its limits, and what it refuses never gets there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from matinee.errors import IndexUnavailable
from matinee.sql.guard import Verdict, check
from matinee.sql.roles import ReaderRoleMissing, ensure_reader
from matinee.sql.runner import Limits, Rows, SqlRunner
from matinee.sql.schema import DEFAULT
from tests.support.movie_table import FILMS, fill
from tests.support.postgres import PostgresServer
from tests.support.statements import Valid, valid

VECTOR = [0.5, -0.25, 0.125, 1.0] * 96


@pytest.fixture(scope="module")
def movies(postgres_server: PostgresServer) -> str:
    uri = postgres_server.database("vector", "pg_trgm")
    asyncio.run(fill(uri))
    return uri


@pytest.fixture
def runner(movies: str) -> SqlRunner:
    return SqlRunner(movies)


def bound(statement: Valid) -> list[Any]:
    verdict = check(statement.sql)
    return [VECTOR if n in verdict.vectors else statement.values[n] for n in sorted(verdict.parameters)]


async def rows(runner: SqlRunner, sql: str, *values: Any) -> Rows:
    result = await runner.run(sql, values)
    assert isinstance(result, Rows), result
    return result


async def refusal(runner: SqlRunner, sql: str, *values: Any) -> Verdict:
    result = await runner.run(sql, values)
    assert isinstance(result, Verdict), result
    return result


@pytest.mark.parametrize("statement", valid(), ids=lambda s: s.sql[:60])
async def test_every_valid_statement_runs(runner: SqlRunner, statement: Valid) -> None:
    result = await rows(runner, statement.sql, *bound(statement))
    assert result.columns
    assert len(result.rows) <= 200


async def test_neighbours_come_nearest_first(runner: SqlRunner) -> None:
    sql = "SELECT title, embedding <=> $1 AS distance FROM movies ORDER BY distance LIMIT 20"
    distances = [row[1] for row in (await rows(runner, sql, VECTOR)).rows]
    assert len(distances) == 20
    assert distances == sorted(distances)


async def test_a_refusal_never_reaches_the_database() -> None:
    @asynccontextmanager
    async def connect() -> AsyncIterator[Any]:
        raise AssertionError("connected")
        yield

    assert (await refusal(SqlRunner(connect), "DROP TABLE movies")).code == "statement"


async def test_the_database_error_comes_back_as_a_refusal(runner: SqlRunner) -> None:
    verdict = await refusal(runner, "SELECT title FROM movies WHERE year = 'soon' LIMIT 1")
    assert verdict.code == "database"
    assert "invalid input syntax" in (verdict.reason or "")


async def test_a_statement_that_takes_too_long_is_stopped(movies: str) -> None:
    sql = (
        "SELECT count(*) FROM movies a JOIN movies b USING (languages) JOIN movies c USING (languages) "
        "JOIN movies d USING (languages) WHERE a.year + b.year + c.year + d.year = 3"
    )
    start = asyncio.get_running_loop().time()
    assert (await refusal(SqlRunner(movies, limits=Limits(seconds=0.3)), sql)).code == "timeout"
    assert asyncio.get_running_loop().time() - start < 2


async def test_rows_beyond_the_cap_are_cut_and_said_so(movies: str) -> None:
    result = await rows(SqlRunner(movies, limits=Limits(rows=7)), "SELECT title FROM movies LIMIT 50")
    assert (len(result.rows), result.truncated) == (7, True)


async def test_bytes_beyond_the_cap_are_cut_and_said_so(movies: str) -> None:
    result = await rows(SqlRunner(movies, limits=Limits(bytes=500)), "SELECT content FROM movies LIMIT 100")
    assert result.truncated
    assert sum(len(row[0]) for row in result.rows) <= 500


async def test_exactly_as_many_rows_as_the_cap_are_not_cut(movies: str) -> None:
    result = await rows(SqlRunner(movies, limits=Limits(rows=50)), "SELECT title FROM movies LIMIT 50")
    assert (len(result.rows), result.truncated) == (50, False)


async def test_the_transaction_is_confined(movies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_pass(sql: str, *_: Any, **__: Any) -> Verdict:
        return Verdict(True, None, None, sql)

    monkeypatch.setattr("matinee.sql.runner.check", all_pass)
    runner = SqlRunner(movies)
    sql = "SELECT current_user, current_setting('transaction_read_only'), current_setting('search_path')"
    assert (await rows(runner, sql)).rows == [("matinee_reader", "on", 'pg_catalog, "public", pg_temp')]
    for forbidden, word in {
        "SELECT secret FROM canary": "permission denied",
        "SELECT hidden FROM movies": "permission denied",
        "SELECT * FROM movies": "permission denied",
        "DELETE FROM movies": "read-only|permission denied",
        "WITH d AS (DELETE FROM movies RETURNING title) SELECT title FROM d": "read-only|permission denied",
        "SELECT pg_read_file('/etc/passwd')": "permission denied",
    }.items():
        verdict = await refusal(runner, forbidden)
        assert any(w in (verdict.reason or "") for w in word.split("|")), verdict


async def test_several_statements_are_one_too_many_for_the_protocol(
    movies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matinee.sql.runner.check", lambda sql, *_, **__: Verdict(True, None, None, sql))
    verdict = await refusal(SqlRunner(movies), "SELECT 1; SELECT 2")
    assert "multiple commands" in (verdict.reason or "")


@pytest.mark.parametrize(
    ("sql", "values", "word"),
    [
        ("SELECT title FROM movies WHERE title = $1 LIMIT 1", [], "1 parameters"),
        ("SELECT title FROM movies WHERE title = $1 LIMIT 1", ["x" * 3000], "longer"),
        ("SELECT title FROM movies WHERE title = $1 LIMIT 1", ["a\0b"], "NUL"),
        ("SELECT title FROM movies WHERE title = ANY($1) LIMIT 1", [["x"] * 300], "elements"),
        ("SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 1", ["a query"], "floats"),
    ],
)
async def test_values_that_do_not_fit_are_refused(runner: SqlRunner, sql: str, values: list[Any], word: str) -> None:
    verdict = await refusal(runner, sql, *values)
    assert verdict.code == "parameter"
    assert word in (verdict.reason or "")


async def test_a_bound_vector_of_another_dimension_is_refused(runner: SqlRunner) -> None:
    verdict = await refusal(runner, "SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 1", [1.0, 2.0])
    assert verdict.code == "dimension"


async def test_a_server_that_is_not_there_is_said_so() -> None:
    with pytest.raises(IndexUnavailable, match="does not answer"):
        await SqlRunner("postgresql://nobody@/none?host=/nowhere").run("SELECT 1")


async def test_a_server_that_restarts_between_two_statements_is_no_matter(
    postgres_server: PostgresServer, movies: str
) -> None:
    runner = SqlRunner(movies)
    before = await rows(runner, "SELECT count(*) FROM movies")
    await asyncio.to_thread(postgres_server.restart)
    assert (await rows(runner, "SELECT count(*) FROM movies")).rows == before.rows == [(FILMS,)]


async def test_the_role_is_made_once_and_made_sure_of_again(movies: str) -> None:
    connection = await asyncpg.connect(movies)
    try:
        await ensure_reader(connection)
        may = "SELECT has_table_privilege('matinee_reader', 'canary', 'SELECT')"
        login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'matinee_reader'"
        assert [await connection.fetchval(may), await connection.fetchval(login)] == [False, False]
    finally:
        await connection.close()


async def test_a_user_without_rights_is_told_what_to_run(movies: str) -> None:
    connection = await asyncpg.connect(movies)
    try:
        await connection.execute("CREATE ROLE plain_user; SET ROLE plain_user")
        with pytest.raises(ReaderRoleMissing) as caught:
            await ensure_reader(connection, DEFAULT, "other_reader")
        script = str(caught.value).split("run:", 1)[1]
        await connection.execute("RESET ROLE")
        await connection.execute(script)
        await connection.execute("SET ROLE plain_user")
        await ensure_reader(connection, DEFAULT, "other_reader")
    finally:
        await connection.close()


async def test_a_missing_role_is_told_what_to_run(movies: str) -> None:
    with pytest.raises(ReaderRoleMissing, match="CREATE ROLE"):
        await SqlRunner(movies, role="nobody_made_this").run("SELECT title FROM movies LIMIT 1")
