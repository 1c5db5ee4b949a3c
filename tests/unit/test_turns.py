"""Turns of a conversation in the graph: what each gets, from a checkpointer, from messages alone, and in a parent."""

from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from matinee.events.schema import Final, Reply
from matinee.nodes.history import MAX_TURNS, exchanges
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.fakes import parts_with
from tests.support.query_cases import title_lookup

THREAD: Any = {"configurable": {"thread_id": "one"}}
ONE: Any = {"limit": 1}
TWO: Any = {"limit": 2}


async def graph_of(*, kept: bool = True) -> RecommendGraph:
    return build_recommend_graph(await parts_with(), checkpointer=InMemorySaver() if kept else None)


async def thread_of(*says: str, limit: int = 2, **options: Any) -> list[dict[str, Any]]:
    graph, context = await graph_of(), _context(limit, **options)
    return [await graph.ainvoke({"messages": [HumanMessage(said)]}, THREAD, context=context) for said in says]


async def history_of(*says: str, limit: int = 2) -> list[dict[str, Any]]:
    graph, messages, results = await graph_of(kept=False), list[AnyMessage](), []
    for said in says:
        messages.append(HumanMessage(said))
        result = await graph.ainvoke({"messages": messages}, context=_context(limit))
        messages.append(AIMessage(result["messages"][-1].text))
        results.append(result)
    return results


def _context(limit: int, **options: Any) -> Any:
    return {"limit": limit, **options}


def titles(result: dict[str, Any]) -> list[str]:
    return [pick["title"] for pick in result["recommendations"]]


@pytest.mark.parametrize("way", [thread_of, history_of])
async def test_demands_add_up_and_nothing_is_shown_twice(way: Any) -> None:
    first, second, third = await way("a drama", "from 1990 on", "another one", limit=1)
    shown = [*titles(first), *titles(second), *titles(third)]
    assert len(set(shown)) == len(shown) == 3
    assert all(pick["year"] >= 1990 for pick in [*second["recommendations"], *third["recommendations"]])


@pytest.mark.parametrize("way", [thread_of, history_of])
async def test_a_question_about_a_film_shown_is_answered_from_its_row(way: Any) -> None:
    first, asked, more = await way("a drama", "how long is the second?", "another one")
    assert asked["reply"] == "answer"
    assert asked["recommendations"] == []
    assert f"{first['recommendations'][1]['runtime']} minutes" in asked["messages"][-1].text
    assert more["reply"] == "films"
    assert set(titles(more)).isdisjoint(titles(first))


@pytest.mark.parametrize(
    "said",
    [
        "gimme the plot of the first",
        "director of the last?",
        "The first, who is in it?",
        "How long would that one keep us up?",
        "In which country was the second made?",
        "On what grounds did you choose the first?",
        "What did you suggest at the very beginning?",
        "is there a dog in the second",
    ],
)
async def test_a_question_needs_no_set_form(said: str) -> None:
    _, asked = await thread_of("a drama", said)
    assert asked["reply"] == "answer"


@pytest.mark.parametrize("said", ["gonna watch the second one then!", "that's the one", "danke, tschüss!", "cheers"])
async def test_a_film_chosen_or_a_courtesy_gets_no_films(said: str) -> None:
    _, chosen = await thread_of("a drama", said)
    assert chosen["reply"] == "smalltalk"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("how do I bake sourdough bread", "refusal"),
        ("what is the capital of Norway?", "refusal"),
        ("delete all my data", "refusal"),
        ("thank you so much!", "smalltalk"),
        ("a film about a baker", "films"),
        ("something set in Norway", "films"),
    ],
)
async def test_what_is_no_request_for_films_gets_a_sentence(said: str, reply: str) -> None:
    (result,) = await thread_of(said)
    assert result["reply"] == reply
    assert bool(result["recommendations"]) == (reply == "films")
    assert result["messages"][-1].text.strip()


async def test_an_aside_leaves_the_request_as_it_was() -> None:
    first, aside, more = await thread_of("a drama", "what is the capital of Norway?", "another one")
    assert aside["reply"] == "refusal"
    assert more["reply"] == "films"
    assert all("Drama" in pick["genres"] for pick in more["recommendations"])
    assert set(titles(first)).isdisjoint(titles(more))


async def test_the_reply_is_an_event_and_in_the_result() -> None:
    graph = await graph_of()
    told = [event async for event in events(graph, "what is the capital of Norway?", config=THREAD)]
    assert [event.kind for event in told if isinstance(event, Reply)] == ["refusal"]
    assert isinstance(told[-1], Final)
    assert told[-1].reply == "refusal"
    assert told[-1].answer


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("je voudrais voir une comedie avec des amis et de la musique", "Read word by word from French"),
        ("友達についての面白い映画が見たいです", "reads English"),
    ],
)
async def test_another_language_is_glossed_or_searched_for_as_it_stands_and_the_viewer_is_told(
    said: str, told: str
) -> None:
    (result,) = await thread_of(said)
    assert result["reply"] == "films"
    assert any(told in notice for notice in result["notices"])


async def test_a_film_seen_or_loved_is_stored_for_a_known_viewer_alone() -> None:
    parts = await parts_with()
    graph = build_recommend_graph(parts, checkpointer=InMemorySaver())
    known: Any = {"limit": 2, "user_id": "ana"}
    first = await graph.ainvoke({"messages": [HumanMessage("a drama")]}, THREAD, context=known)
    await graph.ainvoke({"messages": [HumanMessage("I have seen the first one")]}, THREAD, context=known)
    await graph.ainvoke({"messages": [HumanMessage("more like the second one")]}, THREAD, context=known)
    stored = await parts.store.preferences.of_user("ana")
    assert [(p.kind, p.movie_id) for p in stored] == [("seen", first["recommendations"][0]["movie_id"])]


async def test_a_parent_with_a_checkpointer_carries_the_conversation() -> None:
    builder = StateGraph(MessagesState)
    builder.add_node("films", await graph_of(kept=False))
    builder.add_edge(START, "films")
    parent = builder.compile(checkpointer=InMemorySaver())
    first = await parent.ainvoke({"messages": [HumanMessage("a drama")]}, THREAD)
    second = await parent.ainvoke({"messages": [HumanMessage("who directed the first?")]}, THREAD)
    title = first["messages"][-1].text.partition(" (")[0]
    assert title in second["messages"][-1].text


@pytest.mark.parametrize(
    "odd",
    [
        [SystemMessage("You are a pirate."), AIMessage("")],
        [HumanMessage(""), AIMessage("")],
        [HumanMessage([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}])],
        [AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}]), ToolMessage("rain", tool_call_id="1")],
    ],
)
async def test_other_messages_of_a_history_change_nothing(odd: Sequence[AnyMessage]) -> None:
    graph = await graph_of(kept=False)
    before: list[AnyMessage] = [HumanMessage("a drama from the 2010s"), AIMessage("Arrival (2016): A linguist.")]
    result = await graph.ainvoke({"messages": [*before, *odd, HumanMessage("another one")]}, context=TWO)
    assert result["reply"] == "films"
    assert "Arrival" not in titles(result)
    assert all(2010 <= pick["year"] < 2020 for pick in result["recommendations"])


async def test_of_a_very_long_history_the_newest_turns_count() -> None:
    turns = [
        one for n in range(500) for one in (HumanMessage(f"a drama, please, {n}"), AIMessage("Heat (1995): Guns."))
    ]
    read = exchanges({"messages": [*turns, HumanMessage("another one")]}, title_lookup())
    assert len(read) == MAX_TURNS
    assert read[-1].said == "a drama, please, 499"


@pytest.mark.parametrize("title", ["2001: A Space Odyssey", "12 Angry Men"])
async def test_a_title_that_begins_with_a_number_is_no_place_of_the_list(title: str) -> None:
    first, second = await thread_of("a drama", f"something like {title}")
    assert second["reply"] == "films"
    assert set(titles(first)).isdisjoint(titles(second))


async def test_what_was_demanded_can_be_taken_back() -> None:
    graph = await graph_of()
    for said in ("a drama from the 1990s", "any year is fine"):
        await graph.ainvoke({"messages": [HumanMessage(said)]}, THREAD, context=ONE)
    demands = (await graph.aget_state(THREAD)).values["understanding"]["constraints"]
    assert {demand["field"] for demand in demands} == {"genres"}
