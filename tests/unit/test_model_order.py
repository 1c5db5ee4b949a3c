"""rerank="llm": the chat model's order of the films found first."""

from dataclasses import replace
from typing import Any

import pytest

from matinee.context import Context
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_graphs.ranking import build_ranking_graph
from tests.support.fakes import parts_with
from tests.support.scripted import ScriptedChat


async def ordered(*answers: str, rerank: str = "llm", **settings: Any) -> tuple[list[str], list[str], list[str]]:
    """Return titles in their order, the notices, and the prompts."""
    model = ScriptedChat(script=lambda _, call: answers[min(call, len(answers) - 1)])
    chat = Chat(Settings(**settings), model if answers else None)
    graph: Any = build_ranking_graph(replace(await parts_with(), chat=chat))
    context = Context(rerank=rerank, diversity=0, suggest=False)
    state = await graph.ainvoke({"query": "something quiet"}, context=context)
    return [c["movie"]["title"] for c in state["ranked"]], state["notices"], model.prompts


async def test_the_model_s_order_moves_films_and_is_asked_for_once() -> None:
    before, _, _ = await ordered("", rerank="fused")
    numbers = list(range(len(before), 0, -1))
    after, notices, prompts = await ordered(f"<think>1, 2, 3</think>{numbers}")
    assert after.index(before[-1]) < len(before) - 1
    assert sorted(after) == sorted(before)
    assert notices == []
    assert len(prompts) == 1


@pytest.mark.parametrize(
    "answer", ["", "I cannot.", "1", "99, 98, 97, 96, 95, 94, 93", "1, 2, 3, 4, 5, 6, 7, 8, 9999", "Moon is best.", "-"]
)
async def test_garbage_leaves_the_order_as_it_was_and_is_told(answer: str) -> None:
    before, _, _ = await ordered("", rerank="fused")
    after, (notice,), _ = await ordered(answer)
    assert after == before
    assert notice.startswith("The films were left in the order of the other signals")


async def test_without_a_model_the_order_stays_and_is_told() -> None:
    before, _, _ = await ordered("", rerank="fused")
    after, (notice,), _ = await ordered(chat_model="none")
    assert after == before
    assert "no chat model is set" in notice
