"""The tool inside somebody's agent: what it cannot use is said to the model, what is broken is raised."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from matinee.errors import IndexUnavailable
from matinee_graphs.langchain import RecommendTool
from tests.support.fakes import parts_with


async def called(tool: RecommendTool, **arguments: Any) -> ToolMessage:
    """Return the agent's last message, after its model has called the tool."""
    builder = StateGraph(MessagesState)
    builder.add_node("tools", ToolNode([tool]))
    builder.add_edge(START, "tools")
    builder.add_edge("tools", END)
    call = {"name": tool.name, "args": arguments, "id": "1", "type": "tool_call"}
    final = await builder.compile().ainvoke({"messages": [AIMessage("", tool_calls=[call])]})
    message = final["messages"][-1]
    assert isinstance(message, ToolMessage)
    return message


async def test_a_request_without_words_becomes_a_message_that_says_so() -> None:
    message = await called(RecommendTool(parts=await parts_with()), request="???")
    assert message.status == "error"
    assert (
        message.content == "The request '???' holds no words; say what you are in the mood for, as “thoughtful sci-fi”."
    )


async def test_a_viewer_s_name_that_is_none_becomes_a_message() -> None:
    message = await called(RecommendTool(parts=await parts_with(), user_id="\n"), request="a quiet film")
    assert message.status == "error"
    assert "A viewer's name has 1 to 100 printable characters" in message.content


async def test_a_request_that_can_be_used_is_answered_with_recommendations() -> None:
    message = await called(RecommendTool(parts=await parts_with()), request="a linguist", limit=1)
    assert message.status == "success"
    assert [pick["title"] for pick in message.artifact] == ["Arrival"]


async def test_called_by_hand_it_gives_the_sentence_too() -> None:
    assert "holds no words" in RecommendTool(parts=await parts_with()).invoke({"request": "???"})


async def test_a_store_that_is_down_is_still_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = await parts_with()

    async def down() -> int:
        raise IndexUnavailable("the store is down")

    monkeypatch.setattr(parts.store.movies, "count", down)
    with pytest.raises(IndexUnavailable):
        await called(RecommendTool(parts=parts), request="a quiet film")
