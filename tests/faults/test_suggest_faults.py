"""Servers that fail while the chat model is asked which films come to mind: the run goes on with what has come."""

import gc
from typing import Any

import pytest

from matinee.context import Context
from matinee_graphs.ranking import build_ranking_graph
from tests.support.fakes import parts_with
from tests.support.impatience import impatient
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama
from tests.support.waiting import comes_true

LIST = "Wish: A calm film.\nScope: films\n1. Moon (2009)\n2. Arrival (2016)\n3. Solaris (1972)\n" + "4. Nothing\n" * 9


async def ranked(server: MisbehavingOllama, times: int = 1, seconds: float = 3.0) -> list[str]:
    settings = impatient(server.url, first=600.0, token=600.0, whole=600.0)
    graph: Any = build_ranking_graph(await parts_with(settings=settings))
    for _ in range(times):
        state = await graph.ainvoke({"query": "a heist"}, context=Context(suggest_seconds=seconds))
    return [c["movie"]["title"] for c in state["ranked"]]


async def test_a_silent_server_is_waited_for_once_and_its_connection_closed() -> None:
    with MisbehavingOllama("silent") as server:
        assert await ranked(server, times=3)
        assert len([r for r in server.requests if r["path"] == "/api/chat"]) == 1
        assert await comes_true(lambda: server.closed_by_client == 1)
    gc.collect()


@pytest.mark.parametrize("fault", ["silent_mid_stream", "cut_mid_stream", "no_end"])
async def test_what_was_named_before_a_server_fails_counts(fault: Fault) -> None:
    with MisbehavingOllama(fault, text=LIST) as server:
        titles = await ranked(server, seconds=3.0 if fault == "silent_mid_stream" else 60.0)
    gc.collect()
    assert titles[0] == "Moon"


@pytest.mark.parametrize("fault", ["http_500", "model_not_found", "garbage", "hangs_up", "empty"])
async def test_a_server_that_gives_no_list_leaves_the_ranking_as_it_is(fault: Fault) -> None:
    with MisbehavingOllama(fault, text="") as server:
        titles = await ranked(server, seconds=60.0)
    assert titles
