"""PostgreSQL as a server: down at start, restarted between two requests, slow; the real server, behind a TCP proxy."""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index import Store, open_store
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.fakes import SharedWords, filled, word_embedding
from tests.support.impatience import REQUEST
from tests.support.misbehaving_proxy import MisbehavingProxy
from tests.support.postgres import PostgresMissing, PostgresServer

LIMIT = 1.0  # seconds for one answer of the store


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except PostgresMissing as error:
        pytest.skip(str(error))
    yield server
    server.close()


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    return postgres.database("vector")


@pytest.fixture
def proxy(database: str) -> Iterator[MisbehavingProxy]:
    (folder,) = parse_qs(urlsplit(database).query)["host"]
    with MisbehavingProxy(f"{folder}/.s.PGSQL.5432") as proxy:
        yield proxy


def behind(proxy: MisbehavingProxy, database: str) -> str:
    parts = urlsplit(database)
    return f"postgresql://{parts.username}@127.0.0.1:{proxy.port}{parts.path}"


def graph_over(dsn: str, **more: Any) -> tuple[RecommendGraph, Store]:
    settings = Settings(
        backend="pgvector",
        postgres_dsn=dsn,
        chat_model="none",
        **{"store_timeout": LIMIT, "connect_timeout": 1, **more},
    )
    embedding = word_embedding()
    store = open_store(settings, embedding)
    parts = open_parts(settings, embedding=embedding, store=store, cross_encoder=SharedWords())
    return build_recommend_graph(parts), store


async def picks(graph: RecommendGraph, user_id: str = "") -> list[str]:
    final = await graph.ainvoke({"query": REQUEST, "user_id": user_id}, context=Context(limit=2))
    return [pick["title"] for pick in final["recommendations"]]


async def test_down_at_start_is_one_sentence_that_says_what_to_do() -> None:
    graph, store = graph_over("postgresql://ana:secret@127.0.0.1:9/films")
    with pytest.raises(IndexUnavailable, match=r"does not answer .*; start it, or unset MATINEE_POSTGRES_DSN") as down:
        await picks(graph)
    assert "secret" not in str(down.value)
    store.close()


async def test_restarted_between_two_requests_it_is_reached_again(postgres: PostgresServer, database: str) -> None:
    graph, store = graph_over(database, connect_timeout=10, store_timeout=10)
    await filled(store)
    before = await picks(graph)
    postgres.restart()
    assert await picks(graph) == before
    store.close()


async def test_connections_that_broke_are_made_again(proxy: MisbehavingProxy, database: str) -> None:
    graph, store = graph_over(behind(proxy, database), connect_timeout=10, store_timeout=10)
    await filled(store)
    before = await picks(graph)
    proxy.cut()
    assert await picks(graph) == before
    store.close()


async def test_slow_but_within_the_limit_it_is_waited_for(proxy: MisbehavingProxy, database: str) -> None:
    graph, store = graph_over(behind(proxy, database), store_timeout=20)
    await filled(store)
    proxy.delay = 0.03
    assert len(await picks(graph)) == 2
    store.close()


async def test_too_slow_it_is_waited_for_once(proxy: MisbehavingProxy, database: str) -> None:
    graph, store = graph_over(behind(proxy, database))
    await filled(store)
    proxy.manner = "stalled"
    start = time.monotonic()
    with pytest.raises(IndexUnavailable, match="did not answer in time"):
        await picks(graph)
    assert time.monotonic() - start >= LIMIT
    taken = proxy.taken
    with pytest.raises(IndexUnavailable, match="it is asked again in"):
        await picks(graph)
    assert proxy.taken == taken
    proxy.manner = "passing"
    store.close()


async def test_left_alone_for_as_long_as_is_set_it_is_asked_again(proxy: MisbehavingProxy, database: str) -> None:
    graph, store = graph_over(behind(proxy, database), service_rest=0.3)
    await filled(store)
    proxy.manner = "stalled"
    with pytest.raises(IndexUnavailable, match="did not answer in time"):
        await picks(graph)
    proxy.manner = "passing"
    proxy.cut()
    await asyncio.sleep(0.4)
    assert len(await picks(graph)) == 2
    store.close()


async def test_preferences_that_do_not_answer_are_done_without(database: str, caplog: pytest.LogCaptureFixture) -> None:
    graph, store = graph_over(database)
    await filled(store)
    await store.preferences.add(statement("ana", "I like quiet films"))
    assert len(await picks(graph, user_id="ana")) == 2
    with psycopg.connect(database) as other, caplog.at_level(logging.WARNING):
        other.execute("LOCK TABLE preferences IN ACCESS EXCLUSIVE MODE")  # as a dump or a migration holds it
        final = await graph.ainvoke({"query": REQUEST, "user_id": "ana"}, context=Context(limit=2))
        assert len(final["recommendations"]) == 2
        assert any("What is stored for ana could not be read" in notice for notice in final["notices"])
        again = await graph.ainvoke({"query": REQUEST, "user_id": "ana"}, context=Context(limit=2))
        assert len(again["recommendations"]) == 2
        assert any("it is asked again in" in notice for notice in again["notices"])
    assert any(record.name == "matinee.nodes.viewer" for record in caplog.records)
    assert REQUEST not in caplog.text
    store.close()
