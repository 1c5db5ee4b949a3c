"""What the guard lets through runs on a real PostgreSQL, within its limits, and what it refuses never gets there."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from matinee.errors import IndexUnavailable
from matinee.sql.guard import Verdict, check
from matinee.sql.roles import ReaderRoleMissing, ensure_reader
from matinee.sql.runner import Limits, Rows, SqlRunner, plain
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


async def test_of_rows_beyond_the_byte_cap_nothing_comes_into_memory(movies: str) -> None:
    connection = await asyncpg.connect(movies)
    await connection.execute("UPDATE movies SET overview = repeat('x', 20000000) WHERE movie_id IN ('m1', 'm2', 'm3')")
    try:
        sql = "SELECT movie_id, overview FROM movies ORDER BY length(overview) DESC LIMIT 5"
        tracemalloc.start()
        result = await rows(SqlRunner(movies), sql)
        assert (result.rows, result.truncated) == ([], True)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
        await connection.execute("UPDATE movies SET overview = 'A quiet heist.' WHERE length(overview) > 1000")
        await connection.close()


async def test_a_column_may_have_any_name(runner: SqlRunner) -> None:
    sql = "SELECT title AS row0, title AS bytes, title AS row1, title AS sized FROM movies WHERE movie_id = 'm7'"
    assert (await rows(runner, f"{sql} LIMIT 1")).rows == [("Film 7",) * 4]


async def test_films_without_a_value_come_last(movies: str) -> None:
    result = await rows(SqlRunner(movies), "SELECT metascore FROM movies ORDER BY metascore DESC LIMIT 200")
    scores = [row[0] for row in result.rows]
    assert scores[-1] is None
    known = [score for score in scores if score is not None]
    assert scores[: len(known)] == sorted(known, reverse=True)


async def test_a_star_gives_what_the_role_may_read_but_no_vector(runner: SqlRunner) -> None:
    result = await rows(runner, "SELECT * FROM movies LIMIT 1")
    unread = {"content", "embedding", "embedding_minilm"}
    assert result.columns == tuple(name for name in DEFAULT.tables["movies"] if name not in unread)


@pytest.mark.parametrize(
    "value",
    ["'0044-03-15 BC'::date", "'99999-01-01'::date", "date_trunc('millennium', '0001-01-01 BC'::date)"],
)
async def test_a_value_that_python_cannot_hold_is_refused_in_a_sentence(runner: SqlRunner, value: str) -> None:
    verdict = await refusal(runner, f"SELECT title, {value} AS day FROM movies LIMIT 1")
    assert verdict.code == "database"
    assert "cannot be read" in (verdict.reason or "")
    assert "cast it to text" in (verdict.reason or "")
    await rows(runner, "SELECT title FROM movies LIMIT 1")


@pytest.mark.parametrize("statement", valid(), ids=lambda s: s.sql[:60])
async def test_every_row_is_strict_json(runner: SqlRunner, statement: Valid) -> None:
    result = await rows(runner, statement.sql, *bound(statement))
    json.dumps([plain(row) for row in result.rows], allow_nan=False)


async def test_exactly_as_many_rows_as_the_cap_are_not_cut(movies: str) -> None:
    result = await rows(SqlRunner(movies, limits=Limits(rows=50)), "SELECT title FROM movies LIMIT 50")
    assert (len(result.rows), result.truncated) == (50, False)


async def test_the_transaction_is_confined(movies: str) -> None:
    runner = SqlRunner(movies)

    async def confined(sql: str) -> Any:
        async with runner._connect() as connection, connection.transaction(readonly=True):
            await runner._confine(connection)
            return await connection.fetch(sql)

    sql = "SELECT current_user, current_setting('transaction_read_only'), current_setting('search_path')"
    assert [tuple(row) for row in await confined(sql)] == [("matinee_reader", "on", 'pg_catalog, "public", pg_temp')]
    for forbidden in (
        "SELECT secret FROM canary",
        "SELECT hidden FROM movies",
        "SELECT * FROM movies",
        "DELETE FROM movies",
        "WITH d AS (DELETE FROM movies RETURNING title) SELECT title FROM d",
        "SELECT pg_read_file('/etc/passwd')",
    ):
        with pytest.raises(asyncpg.PostgresError, match=r"read-only|permission denied"):
            await confined(forbidden)


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1) AS x; SELECT (2", "DELETE FROM movies"])
async def test_what_the_guard_might_let_slip_is_no_row_of_one_select(
    movies: str, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.setattr("matinee.sql.runner.check", lambda sql, *_, **__: Verdict(True, None, None, sql, runs=sql))
    verdict = await refusal(SqlRunner(movies), sql)
    assert "syntax error" in (verdict.reason or "") or "multiple commands" in (verdict.reason or "")


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
        await SqlRunner("postgresql://nobody@/none?host=/nowhere").run("SELECT count(*) FROM movies")


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
