"""The checked answer reaches consumers as the tokens of a model, under one message id."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from matinee.llm.replay_chat_model import ANSWER_TAG, ReplayChatModel, replay


async def pieces(*texts: str, fails: bool = False) -> AsyncIterator[str]:
    for text in texts:
        yield text
    if fails:
        raise LookupError("no more")


class Nothing(TypedDict, total=False):
    told: str


def graph_saying(*texts: str, fails: bool = False) -> Any:
    async def node(state: Nothing) -> Nothing:
        await replay(pieces(*texts, fails=fails), "answer-1")
        return {"told": "all"}

    return StateGraph(Nothing).add_node("say", node).add_edge(START, "say").add_edge("say", END).compile()


async def test_each_piece_is_a_token_of_one_message() -> None:
    graph = graph_saying("Arrival (2016):", " Quiet.", " Sad.")
    found = [part async for part in graph.astream({}, stream_mode="messages")]
    chunks = [message for message, _ in found if isinstance(message, AIMessageChunk) and message.text]
    assert [chunk.text for chunk in chunks] == ["Arrival (2016):", " Quiet.", " Sad."]
    assert {chunk.id for chunk in chunks} == {"answer-1"}
    assert all(ANSWER_TAG in metadata["tags"] for _, metadata in found)


async def test_without_a_piece_nothing_is_said() -> None:
    assert [part async for part in graph_saying().astream({}, stream_mode="messages")] == []


@pytest.mark.parametrize("texts", [(), ("Arrival",)])
async def test_what_the_pieces_raise_is_raised(texts: tuple[str, ...]) -> None:
    with pytest.raises(LookupError, match="no more"):
        await graph_saying(*texts, fails=True).ainvoke({})


async def test_asked_at_once_it_says_all_of_it() -> None:
    message = await ReplayChatModel(pieces=pieces("one", " two"), answer_id="a").ainvoke("anything")
    assert (message.text, message.id) == ("one two", "a")


def test_synchronously_it_says_what_to_do_instead() -> None:
    with pytest.raises(NotImplementedError, match="use astream"):
        ReplayChatModel(pieces=pieces("one"), answer_id="a").invoke("anything")
