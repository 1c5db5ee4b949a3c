"""The stream of events when the model's server misbehaves over its socket, and when the consumer leaves."""

import asyncio
from contextlib import aclosing

import pytest

from matinee.events.schema import Event, Final, Notice, Recommendation, Status, Token
from matinee.settings import Settings
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.event_order import check_order, check_stages, drafts_of
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FILMS, MOON
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama
from tests.support.waiting import comes_true

FIRST = "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors.\n\n"
PARTIAL = FIRST + "[2] Moon (2009): A lone worker near the end of three years at a lunar mine begins to doubt what"
REQUEST = "quiet science fiction about space"


async def graph_over(url: str, first: float = 1.0, token: float = 1.0, whole: float = 2.0) -> RecommendGraph:
    settings = Settings(
        ollama_url=url,
        first_token_timeout=first,
        token_timeout=token,
        generation_timeout=whole,
        connect_timeout=10,
    )
    return build_recommend_graph(await parts_with(settings=settings, films=[ARRIVAL, MOON, *FILMS[2:]]))


@pytest.mark.parametrize(
    "fault",
    [
        "scripted",
        "silent",
        "silent_mid_stream",
        "cut_mid_stream",
        "cut_mid_sentence",
        "half_line",
        "garbage",
        "empty",
        "endless",
        "looping",
        "wrong_content_type",
        "http_500",
        "model_not_found",
        "out_of_memory",
    ],
)
async def test_the_order_holds_whatever_goes_wrong(fault: Fault) -> None:
    with MisbehavingOllama(fault, text=PARTIAL, delay=0.002) as server:
        graph = await graph_over(server.url)
        stream = [event async for event in events(graph, REQUEST, {"limit": 2, "suggest": False})]
    check_order(stream)
    assert len([event for event in stream if isinstance(event, Recommendation)]) == 2


SECOND = "[2] Moon (2009): A lone worker near the end of three years at a lunar mine. He begins to"


@pytest.mark.parametrize("shown", ["checked", "raw"])
async def test_an_answer_goes_on_where_a_repair_broke_off_and_raw_drafts_stay_apart(shown: str) -> None:
    with MisbehavingOllama("scripted", text=[f"{FIRST}[9] Inception (2010): Dreams within dreams.", SECOND]) as server:
        graph = await graph_over(server.url)
        stream: list[Event] = []
        async for event in events(graph, REQUEST, {"limit": 2, "suggest": False, "stream": shown}):
            stream.append(event)
            if isinstance(event, Status) and event.stage == "validate":
                server.fault = "cut_mid_stream"
    (check_stages if shown == "raw" else check_order)(stream)
    final = stream[-1]
    assert isinstance(final, Final)
    assert [pick.title for pick in final.recommendations] == ["Arrival", "Moon"]
    assert final.recommendations[1].reasoning == "A lone worker near the end of three years at a lunar mine."
    assert any("was kept" in event.message for event in stream if isinstance(event, Notice))
    if shown == "raw":
        first, second = drafts_of(stream)
        assert first.startswith(f"{FIRST}[9] Inception (2010):")  # stopped at the heading that cannot stand
        assert second == SECOND


async def test_closing_the_stream_closes_the_model_s() -> None:
    with MisbehavingOllama("endless", text=FIRST, delay=0.02) as server:
        graph = await graph_over(server.url, first=60, token=60, whole=120)
        async with aclosing(events(graph, REQUEST, {"limit": 2, "suggest": False})) as stream:
            async for event in stream:
                if isinstance(event, Token):
                    break
            assert server.open_streams == 1
        assert await comes_true(lambda: server.closed_by_client == 1)


async def test_cancelling_the_consumer_closes_the_model_s_stream() -> None:
    with MisbehavingOllama("endless", text=FIRST, delay=0.02) as server:
        graph = await graph_over(server.url, first=60, token=60, whole=120)
        writing = asyncio.Event()

        async def consume() -> None:
            async with aclosing(events(graph, REQUEST, {"limit": 2, "suggest": False})) as stream:
                async for event in stream:
                    if isinstance(event, Token):
                        writing.set()

        consumer = asyncio.create_task(consume())
        await writing.wait()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        assert await comes_true(lambda: server.closed_by_client == 1)
