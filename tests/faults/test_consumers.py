"""A consumer that leaves closes the model's HTTP stream; one that stops reading holds nobody up."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import pytest

from matinee.context import Context
from matinee.settings import Settings
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON
from tests.support.impatience import REQUEST, impatient
from tests.support.misbehaving_ollama import MisbehavingOllama
from tests.support.waiting import comes_true

LONG = (
    "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors, "
    + "and of other visitors, " * 1000
)


async def opened(settings: Settings) -> RecommendGraph:
    return build_recommend_graph(await parts_with(settings=settings, films=[ARRIVAL, MOON]))


def tokens(graph: RecommendGraph) -> AsyncGenerator[Any, None]:
    stream = graph.astream({"query": REQUEST}, context=Context(limit=2, suggest=False), stream_mode="messages")
    return cast(AsyncGenerator[Any, None], stream)


def slow(server: MisbehavingOllama, **more: Any) -> Settings:
    return impatient(server.url, first=60, token=60, whole=120, **more)


async def is_left(server: MisbehavingOllama) -> bool:
    """Tell whether the server sees the client leave, long before any limit of time would make it."""
    return await comes_true(lambda: server.closed_by_client == 1 and server.open_streams == 0)


async def test_closing_the_iterator_closes_the_model_s_stream() -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.01) as server:
        async with aclosing(tokens(await opened(slow(server)))) as stream:
            await anext(stream)
        assert await is_left(server)


async def test_a_consumer_that_is_cancelled_closes_the_model_s_stream() -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.01) as server:
        begun = asyncio.Event()

        async def consume() -> None:
            async for _ in tokens(await opened(slow(server))):
                begun.set()

        consumer = asyncio.create_task(consume())
        await begun.wait()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        assert await is_left(server)


async def test_a_run_that_is_cancelled_before_the_first_word_closes_the_model_s_stream() -> None:
    with MisbehavingOllama("silent") as server:
        graph = await opened(slow(server))
        run = asyncio.create_task(graph.ainvoke({"query": REQUEST}))
        assert await comes_true(lambda: server.open_streams == 1)
        run.cancel()
        assert await is_left(server)


async def test_a_consumer_that_leaves_the_queue_gives_its_place_up() -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.01) as server:
        graph = await opened(slow(server, chat_concurrency=1, chat_queue=1))
        async with aclosing(tokens(graph)) as stream:
            await anext(stream)
            waiting = asyncio.create_task(graph.ainvoke({"query": REQUEST}))
            await asyncio.sleep(0.2)
            waiting.cancel()
            await asyncio.wait([waiting])
        server.text = (
            "[1] Arrival (2016): A linguist is called in by the army.\n\n"
            "[2] Moon (2009): A lone worker near the end of three years."
        )
        final = await graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False))
    assert [pick["reasoning_kind"] for pick in final["recommendations"]] == ["model", "model"]


async def test_a_consumer_that_stops_reading_holds_nobody_up() -> None:
    with MisbehavingOllama("endless", text=LONG[:40], delay=0.001) as server:
        graph = await opened(slow(server, chat_concurrency=1))
        async with aclosing(tokens(graph)) as idle:
            await anext(idle)  # and reads no more, but does not leave either
            final = await asyncio.wait_for(
                graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False, num_predict=60)), timeout=60
            )
            assert await comes_true(lambda: server.open_streams == 0)
    assert len(final["recommendations"]) == 2


async def test_an_iterator_that_is_dropped_closes_the_model_s_stream() -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.01) as server:
        graph = await opened(slow(server))

        async def look() -> None:
            async for _ in tokens(graph):
                break

        await look()
        assert await is_left(server)
