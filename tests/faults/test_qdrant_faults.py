"""Qdrant as a server: down at start, restarted between two requests, slow, broken; by an emulation of its HTTP API."""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index import Store, open_store
from matinee.ratings.preferences import statement, verdict
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.fakes import SharedWords, filled, word_embedding
from tests.support.films import HEAT
from tests.support.impatience import REQUEST
from tests.support.misbehaving_proxy import MisbehavingProxy
from tests.support.qdrant_emulation import QdrantEmulation

LIMIT = 1.0  # seconds for one answer of the store: the client takes whole ones


@pytest.fixture
def qdrant() -> Iterator[QdrantEmulation]:
    with QdrantEmulation() as server:
        yield server


@pytest.fixture
def proxy(qdrant: QdrantEmulation) -> Iterator[MisbehavingProxy]:
    with MisbehavingProxy(qdrant.port) as proxy:
        yield proxy


def at(url: str, **more: Any) -> Settings:
    return Settings(qdrant_url=url, chat_model="none", store_timeout=LIMIT, **more)


def graph_over(settings: Settings) -> tuple[RecommendGraph, Store]:
    embedding = word_embedding()
    store = open_store(settings, embedding)
    parts = open_parts(settings, embedding=embedding, store=store, cross_encoder=SharedWords())
    return build_recommend_graph(parts), store


async def picks(graph: RecommendGraph, user_id: str = "") -> list[str]:
    final = await graph.ainvoke({"query": REQUEST, "user_id": user_id}, context=Context(limit=2))
    return [pick["title"] for pick in final["recommendations"]]


async def test_the_emulation_serves_what_the_home_asks(qdrant: QdrantEmulation) -> None:
    graph, store = graph_over(at(qdrant.url))
    await filled(store)
    await store.preferences.add(statement("ana", "I like quiet films"))
    await store.preferences.add(verdict("ana", "seen", HEAT))
    assert len(await picks(graph, user_id="ana")) == 2
    assert await store.preferences.forget("ana") == 2
    store.close()


async def test_down_at_start_is_one_sentence_that_says_how_to_start_it(qdrant: QdrantEmulation) -> None:
    qdrant.stop()
    graph, store = graph_over(at(qdrant.url))
    with pytest.raises(IndexUnavailable, match=r"does not answer .*; start it with `docker compose up -d qdrant`"):
        await picks(graph)
    qdrant.start()
    await filled(store)
    assert len(await picks(graph)) == 2
    store.close()


async def test_restarted_between_two_requests_it_is_reached_again(qdrant: QdrantEmulation) -> None:
    graph, store = graph_over(at(qdrant.url))
    await filled(store)
    before = await picks(graph)
    qdrant.stop()
    qdrant.start()
    assert await picks(graph) == before
    store.close()


async def test_slow_but_within_the_limit_it_is_waited_for(proxy: MisbehavingProxy) -> None:
    graph, store = graph_over(at(f"http://127.0.0.1:{proxy.port}"))
    await filled(store)
    proxy.delay = 0.05
    assert len(await picks(graph)) == 2
    store.close()


async def test_too_slow_it_is_waited_for_once(proxy: MisbehavingProxy) -> None:
    graph, store = graph_over(at(f"http://127.0.0.1:{proxy.port}"))
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
    store.close()


async def test_left_alone_for_as_long_as_is_set_it_is_asked_again(proxy: MisbehavingProxy) -> None:
    graph, store = graph_over(at(f"http://127.0.0.1:{proxy.port}", service_rest=0.3))
    await filled(store)
    proxy.manner = "stalled"
    with pytest.raises(IndexUnavailable, match="did not answer in time"):
        await picks(graph)
    proxy.manner = "passing"
    proxy.cut()
    await asyncio.sleep(0.4)
    assert len(await picks(graph)) == 2
    store.close()


async def test_a_connection_that_broke_is_made_again(proxy: MisbehavingProxy) -> None:
    graph, store = graph_over(at(f"http://127.0.0.1:{proxy.port}"))
    await filled(store)
    before = await picks(graph)
    proxy.cut()
    assert await picks(graph) == before
    store.close()


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_an_answer_that_is_an_error_is_one_sentence(qdrant: QdrantEmulation, status: int) -> None:
    graph, store = graph_over(at(qdrant.url))
    qdrant.status = status
    with pytest.raises(IndexUnavailable) as refused:
        await picks(graph)
    said = str(refused.value)
    assert str(status) in said
    assert "\n" not in said
    assert ("MATINEE_QDRANT_API_KEY" in said) == (status == 401)
    store.close()


async def test_vectors_of_another_dimension_are_refused_with_what_to_do(qdrant: QdrantEmulation) -> None:
    _, store = graph_over(at(qdrant.url))
    await filled(store)
    store.close()
    other = open_store(at(qdrant.url), word_embedding("words", 96))  # the same name, as of a model pulled anew
    with pytest.raises(Exception, match="matinee ingest --rebuild"):
        await other.movies.search("anything", 1)
    other.close()


async def test_preferences_that_cannot_be_read_are_done_without(
    qdrant: QdrantEmulation, caplog: pytest.LogCaptureFixture
) -> None:
    graph, store = graph_over(at(qdrant.url))
    await filled(store)
    await store.preferences.add(statement("ana", "I like quiet films"))
    with caplog.at_level(logging.WARNING):
        qdrant.status, qdrant.broken = 500, "matinee_preferences"
        final = await graph.ainvoke({"query": REQUEST, "user_id": "ana"}, context=Context(limit=2))
    assert len(final["recommendations"]) == 2
    assert any("What is stored for ana could not be read" in notice for notice in final["notices"])
    assert any(record.levelname == "WARNING" and record.name == "matinee.nodes.viewer" for record in caplog.records)
    assert REQUEST not in caplog.text
    store.close()
