"""Graphs, tool and retriever called without a loop of one's own: the same nodes, events and tokens as with one."""

from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from matinee.errors import InvalidRequest
from matinee.events.schema import Recommendation, parse
from matinee.models import Movie
from matinee_graphs.langchain import MovieRetriever, RecommendTool
from matinee_graphs.ranking import build_ranking_graph
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON

REQUEST: Any = {"query": "contemplative science fiction"}
ANSWER = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."
)
TWO: Any = {"limit": 2}
MODES: Any = ["messages", "custom", "values"]


def untimed(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("seconds", "took")}


async def test_invoke_gives_what_ainvoke_gives() -> None:
    graph: Any = build_recommend_graph(await parts_with(films=[ARRIVAL, MOON]))
    ours, theirs = graph.invoke(REQUEST, context=TWO), await graph.ainvoke(REQUEST, context=TWO)
    assert ours["recommendations"] == theirs["recommendations"]
    assert ours["messages"][-1].text == theirs["messages"][-1].text


async def test_stream_shows_tokens_events_and_values_as_astream_does() -> None:
    graph: Any = build_recommend_graph(await parts_with(ANSWER, ANSWER, films=[ARRIVAL, MOON]))
    ours = list(graph.stream(REQUEST, context=TWO, stream_mode=MODES))
    theirs = [part async for part in graph.astream(REQUEST, context=TWO, stream_mode=MODES)]

    def said(parts: list[Any]) -> str:
        return "".join(payload[0].text for mode, payload in parts if mode == "messages")

    def events(parts: list[Any]) -> list[dict[str, Any]]:
        return [untimed(payload) for mode, payload in parts if mode == "custom"]

    assert said(ours) == said(theirs) == ANSWER.replace("[1] ", "").replace("[2] ", "")
    assert [e for e in events(ours) if e["event"] == "recommendation"] == [
        e for e in events(theirs) if e["event"] == "recommendation"
    ]
    assert sorted(map(str, events(ours))) == sorted(map(str, events(theirs)))  # two searches run side by side
    assert ours[-1][0] == "values"


async def test_tokens_come_while_the_model_writes_and_cards_between_them() -> None:
    graph: Any = build_recommend_graph(await parts_with(ANSWER, films=[ARRIVAL, MOON]))
    kinds = []
    for mode, payload in graph.stream(REQUEST, context=TWO, stream_mode=["messages", "custom"]):
        if mode == "messages" and isinstance(payload[0], AIMessageChunk):
            kinds.append("token")
        elif mode == "custom" and isinstance(parse(payload), Recommendation):
            kinds.append("card")
    first = kinds.index("card")
    assert "token" in kinds[:first]
    assert "token" in kinds[first:]


async def test_batch_answers_every_request() -> None:
    graph: Any = build_recommend_graph(await parts_with(films=[ARRIVAL, MOON]))
    answers = graph.batch([REQUEST] * 5, context=TWO)
    assert [len(answer["recommendations"]) for answer in answers] == [2] * 5


async def test_what_a_node_refuses_is_raised_to_a_synchronous_caller() -> None:
    graph: Any = build_recommend_graph(await parts_with())
    with pytest.raises(InvalidRequest, match="holds no words"):
        graph.invoke({"query": "???"})


async def test_a_question_interrupts_and_its_answer_goes_on() -> None:
    old = Movie(movie_id="old", title="Solaris", year=1972, genres=["Sci-Fi"], overview="An ocean that thinks.")
    new = Movie(movie_id="new", title="Solaris", year=2002, genres=["Sci-Fi"], overview="A station over an ocean.")
    graph: Any = build_recommend_graph(await parts_with(films=[old, new, MOON]), checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "one"}}
    asked = graph.invoke({"query": "like Solaris"}, config, context={"ask": True})
    assert asked["__interrupt__"][0].value["words"] == "Solaris"
    answered = graph.invoke(Command(resume=1972), config, context={"ask": True})
    assert {pick["movie_id"] for pick in answered["recommendations"]} == {"new", MOON.movie_id}


async def test_the_ranking_graph_is_invoked_too() -> None:
    ranked = build_ranking_graph(await parts_with(films=[ARRIVAL, MOON])).invoke(REQUEST)
    assert {candidate["movie"]["title"] for candidate in ranked["ranked"]} == {"Arrival", "Moon"}


async def test_the_tool_and_the_retriever_answer_where_a_loop_is_running() -> None:
    parts = await parts_with(films=[ARRIVAL, MOON])
    assert "Arrival" in RecommendTool(parts=parts).invoke({"request": "a linguist", "limit": 1})
    assert MovieRetriever(parts=parts, k=1).invoke("a linguist")[0].metadata["title"] == "Arrival"
