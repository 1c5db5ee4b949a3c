"""Servers as hosts run them: behind a pooler in transaction mode, and with the extension in a schema of its own."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from matinee.index.pgvector import PgvectorStore
from matinee.index.pgvector_sql import GuardedSql
from matinee.index.postgres_server import server_folder
from matinee.models import Passage
from matinee.sql.roles import ReaderRoleMissing
from matinee.sql.runner import Rows
from tests.support import pgbouncer
from tests.support.embedded_postgres_store import (
    dsn_settings,
    opened,
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    refusal,
    sql,  # noqa: F401
    titles,
)
from tests.support.fakes import filled
from tests.support.films import ARRIVAL, FILMS

NEAREST = "SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 1"


async def finds_the_nearest_by_sql(store: PgvectorStore) -> bool:
    vector = store.movies.table.encoder.embeddings.embed_query("a linguist")
    found = await GuardedSql(store.postgres).run(NEAREST, [vector])
    (nearest,) = await store.movies.nearest(vector, 1)
    return isinstance(found, Rows) and found.rows == [(nearest.movie.title,)]


async def everything_works(store: PgvectorStore) -> None:
    """Write and read each of the four things that are stored."""
    assert (await titles(store, "a linguist"))[0] == "Arrival"
    assert [hit.movie.title for hit in await store.movies.neighbours([ARRIVAL.movie_id], 3)]
    await store.movies.passages.put([(ARRIVAL, [Passage(source="plot", position=0, text="A linguist reads circles.")])])
    vector = store.movies.table.encoder.embeddings.embed_query("circles")
    assert [found.movie_id for found in await store.movies.passages.nearest(vector, 1)] == [ARRIVAL.movie_id]
    await store.ratings.replace("ana", [{"rating": 4.5}])
    assert await store.ratings.of_user("ana") == [{"rating": 4.5}]
    await store.movies.optimize()
    await store.rebuild()
    assert (await titles(store, "a linguist"))[0] == "Arrival"


@pytest.fixture
def pooler(postgres_folder: Path, postgres_dsn: str) -> Iterator[str]:
    if pgbouncer.BINARY is None:
        pytest.skip("install pgbouncer, as by `apt-get install pgbouncer`")
    with pgbouncer.pooled(server_folder(postgres_folder)) as address:
        yield address


async def test_a_pooler_in_transaction_mode_serves_as_a_server_does(pooler: str) -> None:
    store = opened(dsn_settings(f"{pooler}?search_path=public"))
    await filled(store)
    await everything_works(store)
    assert await finds_the_nearest_by_sql(store)
    store.close()


async def test_two_homes_that_share_a_session_do_not_meet_each_others_statements(pooler: str) -> None:
    homes = [opened(dsn_settings(pooler)) for _ in range(2)]
    await filled(homes[0])
    for _ in range(3):
        found = await asyncio.gather(*(titles(store, "a linguist", k=1) for store in homes))
        assert found == [["Arrival"], ["Arrival"]]
        assert [await store.movies.count() for store in homes] == [len(FILMS)] * 2
    for store in homes:
        store.close()


async def test_what_is_set_for_a_search_is_not_left_to_the_next_client(pooler: str) -> None:
    store = opened(dsn_settings(f"{pooler}?search_path=public,pg_catalog"))
    await filled(store)
    await titles(store, "a linguist")
    other = await asyncpg.connect(pooler, statement_cache_size=0)
    assert await other.fetchval("SELECT current_setting('search_path')") == '"$user", public'
    assert await other.fetchval("SELECT current_setting('hnsw.iterative_scan', true)") in (None, "", "off")
    await other.close()
    store.close()


@pytest.fixture
async def extension_elsewhere(sql: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The extension in a schema that is not searched, and a user without rights but to make tables."""
    await sql.execute("DROP ROLE IF EXISTS ann; CREATE ROLE ann LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO ann")
    await sql.execute('CREATE SCHEMA "more things"; CREATE EXTENSION vector SCHEMA "more things"')
    if await sql.fetchval("SELECT true FROM pg_roles WHERE rolname = 'matinee_reader'"):
        await sql.execute("DROP OWNED BY matinee_reader; DROP ROLE matinee_reader")
    yield sql
    await sql.execute('DROP OWNED BY ann; DROP SCHEMA "more things" CASCADE; DROP ROLE ann')


def as_ann(dsn: str, options: str = "") -> str:
    return dsn.replace("postgres:@", "ann:@") + options


@pytest.mark.parametrize("options", ["", "&search_path=public", '&search_path=public,"more things"'])
async def test_the_extension_is_found_in_the_schema_that_it_is_in(
    extension_elsewhere: asyncpg.Connection, postgres_dsn: str, options: str
) -> None:
    await extension_elsewhere.execute('GRANT USAGE ON SCHEMA "more things" TO ann')
    store = opened(dsn_settings(as_ann(postgres_dsn, options)))
    await filled(store)
    await everything_works(store)
    assert await extension_elsewhere.fetchval("SELECT count(*) FROM public.movies") == len(FILMS)
    store.close()


async def test_statements_find_the_operators_of_an_extension_elsewhere(
    extension_elsewhere: asyncpg.Connection, postgres_dsn: str
) -> None:
    await extension_elsewhere.execute('GRANT USAGE ON SCHEMA "more things" TO ann')
    store = opened(dsn_settings(as_ann(postgres_dsn)))
    await filled(store)
    with pytest.raises(ReaderRoleMissing) as missing:
        await finds_the_nearest_by_sql(store)
    await extension_elsewhere.execute(str(missing.value).split("run:", 1)[1])
    assert await finds_the_nearest_by_sql(store)
    store.close()


async def test_a_schema_that_may_not_be_used_is_named_with_what_an_administrator_must_run(
    extension_elsewhere: asyncpg.Connection, postgres_dsn: str
) -> None:
    said = await refusal(dsn_settings(as_ann(postgres_dsn)), filled)
    assert "The extension vector" in said
    assert 'GRANT USAGE ON SCHEMA "more things" TO' in said


async def test_an_option_that_the_driver_refuses_is_told_in_a_sentence() -> None:
    said = await refusal(dsn_settings("postgresql://ana:secret@127.0.0.1:9/films?sslmode=secret"))
    assert "`sslmode` parameter must be one of" in said
    assert "correct the options in MATINEE_POSTGRES_DSN" in said
    assert "secret" not in said
