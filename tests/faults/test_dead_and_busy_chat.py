"""A chat service that is dead is not waited for twice; one that is busy is asked in turn."""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.circuit_breaker import breaker_of
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.impatience import REQUEST, impatient, recommend
from tests.support.misbehaving_ollama import MisbehavingOllama
from tests.support.processes import HOST
from tests.support.waiting import comes_true

WHOLE = (
    "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors.\n\n"
    "[2] Moon (2009): A lone worker near the end of three years at a lunar mine begins to doubt what he has been told."
)


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a listener whose queue of connections is full: the next one is never taken."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        for client in waiting:
            client.close()


async def timed(settings: Settings, **context: Any) -> tuple[dict[str, Any], float]:
    start = time.monotonic()
    final = await recommend(settings, **context)
    return final, time.monotonic() - start


async def test_an_address_that_takes_no_connection_is_waited_for_once(deaf: str) -> None:
    first, waited = await timed(impatient(deaf, first=5, connect_timeout=0.5))
    assert waited >= 0.5
    assert any("does not answer" in notice for notice in first["notices"])
    second = await recommend(impatient(deaf, first=5, connect_timeout=0.5))
    assert any("so it was a moment ago; it is asked again in" in notice for notice in second["notices"])
    assert len(second["recommendations"]) == 2


async def test_a_silent_server_is_waited_for_once_and_asked_again_after_its_rest() -> None:
    with MisbehavingOllama("silent", text=WHOLE) as server:
        settings = impatient(server.url, first=1.5, service_rest=600.0)
        await recommend(settings)
        second = await recommend(settings)
        assert len(second["recommendations"]) == 2
        assert len(server.requests) == 1

        server.fault = "scripted"
        breaker_of(server.url)._until = time.monotonic()  # as if its rest had passed
        third = await recommend(impatient(server.url, first=60))
    assert [pick["reasoning_kind"] for pick in third["recommendations"]] == ["model", "model"]


async def test_a_named_model_on_a_dead_service_is_an_error_at_once() -> None:
    with MisbehavingOllama("silent") as server:
        settings = impatient(server.url)
        await recommend(settings)
        with pytest.raises(ChatModelUnavailable, match="it is asked again in"):
            await recommend(settings, model="ollama:llama3.1:8b")
        assert len(server.requests) == 1


async def test_a_server_that_was_started_meanwhile_is_asked_at_once() -> None:
    with socket.create_server((HOST, 0)) as taken:
        url = f"http://{HOST}:{taken.getsockname()[1]}"
    settings = impatient(url)
    down = await recommend(settings)  # refused: nothing listens there any more
    assert any("does not answer" in notice for notice in down["notices"])
    with MisbehavingOllama("scripted", text=WHOLE, port=int(url.rpartition(":")[2])):
        up = await recommend(settings)
    assert up["notices"] == []


async def test_those_in_the_queue_of_a_service_that_dies_do_not_wait_for_it_either() -> None:
    with MisbehavingOllama("silent") as server:
        graph = build_recommend_graph(await parts_with(settings=impatient(server.url, chat_concurrency=2)))
        finals = await asyncio.gather(
            *(graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False)) for _ in range(12))
        )
        assert len(server.requests) <= 3  # the first two, and the one whose turn came between their failures
    assert all(len(final["recommendations"]) == 2 for final in finals)


async def test_of_a_hundred_requests_at_once_a_bounded_number_waits_and_the_others_do_without() -> None:
    with MisbehavingOllama("scripted", text=WHOLE, delay=0.01) as server:
        settings = impatient(server.url, first=30, token=5, whole=30, chat_concurrency=4, chat_queue=20)
        graph = build_recommend_graph(await parts_with(settings=settings))
        ended: list[str] = []

        async def one() -> list[str]:
            final = await graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False))
            kinds = [pick["reasoning_kind"] for pick in final["recommendations"]]
            assert len(kinds) == 2
            busy = [notice for notice in final["notices"] if "is busy: 20 requests wait for it already" in notice]
            assert len(busy) == (kinds[0] == "facts")
            ended.append(kinds[0])
            return kinds

        await asyncio.gather(*(one() for _ in range(100)))
        assert server.most_open == 4
        assert await comes_true(lambda: server.open_streams == 0)
        assert server.closed_by_client == 0
    # Those that find the queue full are served at once, before those that wait.
    assert ended.count("model") >= 24
    assert "facts" not in ended[-15:]


async def test_who_waits_for_a_turn_as_long_as_for_a_first_token_does_without() -> None:
    with MisbehavingOllama("scripted", text=WHOLE, delay=0.15) as server:
        settings = impatient(server.url, first=0.5, token=5, whole=30, chat_concurrency=1)
        graph = build_recommend_graph(await parts_with(settings=settings))
        slow = asyncio.create_task(graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False)))
        assert await comes_true(lambda: server.open_streams == 1)
        other, waited = await timed_graph(graph)
        assert waited >= 0.5
        assert any("no turn came within 0.5 s" in notice for notice in other["notices"])
        assert (await slow)["notices"] == []


async def timed_graph(graph: Any) -> tuple[dict[str, Any], float]:
    start = time.monotonic()
    final = await graph.ainvoke({"query": REQUEST}, context=Context(limit=2, suggest=False))
    return final, time.monotonic() - start
