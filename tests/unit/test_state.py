"""What a run leaves in the state of its thread, and what of it a checkpoint keeps while the run is under way."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.ratings.preferences import verdict
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON
from tests.support.starter_films import well_known_movies

THREAD: Any = {"configurable": {"thread_id": "one"}}
TURNS = (
    "a thoughtful science fiction film about loneliness",
    "another one, but funnier",
    "more like the second one",
    "something from the 1990s instead",
    "a good western with Clint Eastwood",
)
KEPT = 10_000
"""Bytes that a turn may add to what is stored of a conversation."""


def stored(saver: InMemorySaver) -> int:
    """Return the bytes of everything that is stored: values, writes, checkpoints and what is noted of them."""

    def texts() -> Iterator[bytes]:
        for _, value in saver.blobs.values():
            yield value
        for writes in saver.writes.values():
            yield from (write[2][1] for write in writes.values())
        for namespaces in saver.storage.values():
            for checkpoints in namespaces.values():
                for checkpoint, metadata, _ in checkpoints.values():
                    yield from (checkpoint[1], metadata[1])

    return sum(len(text or b"") for text in texts())


async def test_a_turn_of_a_conversation_stores_few_kilobytes() -> None:
    saver = InMemorySaver()
    parts = await parts_with(films=well_known_movies(1500))
    graph = build_recommend_graph(parts, checkpointer=saver)
    added, before = [], 0
    for turn in TURNS:
        result = await graph.ainvoke({"query": turn}, THREAD)
        assert len(result["recommendations"]) == 4
        added.append((after := stored(saver)) - before)
        before = after
    assert max(added) <= KEPT, added


@pytest.mark.parametrize("durability", ["exit", "async"])
async def test_at_the_end_of_a_run_the_state_holds_what_a_later_turn_reads(durability: Any) -> None:
    saver = InMemorySaver()
    graph = build_recommend_graph(await parts_with(), checkpointer=saver)
    result = await graph.ainvoke({"query": "quiet science fiction"}, THREAD, durability=durability)
    kept = (await graph.aget_state(THREAD)).values
    assert {key for key, value in kept.items() if value} == {"messages", "understanding", "shown", "notices"}
    assert [film["movie_id"] for film in kept["shown"]] == [pick["movie_id"] for pick in result["recommendations"]]
    assert all(set(film) == {"movie_id", "title", "year", "turn"} for film in kept["shown"])


async def test_what_a_run_needs_to_go_on_is_saved_at_every_step_where_the_caller_asks_for_it() -> None:
    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    whole = await graph.ainvoke({"query": "quiet science fiction"}, THREAD, durability="async")
    steps = [step async for step in graph.aget_state_history(THREAD)]
    begun = {step.next: step for step in steps if step.next}
    assert {node for step in begun for node in step} == {"__start__", *graph.get_graph().nodes} - {"__end__", "reply"}
    for step in begun.values():
        if step.next == ("__start__",):
            continue
        again = await graph.ainvoke(None, step.config)
        assert ids(again) == ids(whole)


async def test_a_run_that_failed_goes_on_where_it_failed() -> None:
    reading = Reading(fails=True)
    graph = build_recommend_graph(replace(await parts_with(), cross_encoder=reading), checkpointer=InMemorySaver())
    with pytest.raises(RuntimeError, match="no memory"):
        await graph.ainvoke({"query": "quiet science fiction"}, THREAD)
    assert (await graph.aget_state(THREAD)).next == ("rerank",)
    reading.fails = False
    assert await nodes_of(graph) == ["rerank", "generate", "structure", "validate"]


async def test_a_run_that_was_cancelled_goes_on_where_it_was() -> None:
    reading = Reading(waits=True)
    graph = build_recommend_graph(replace(await parts_with(), cross_encoder=reading), checkpointer=InMemorySaver())
    task = asyncio.create_task(graph.ainvoke({"query": "quiet science fiction"}, THREAD))
    await asyncio.to_thread(reading.begun.wait)
    task.cancel()
    reading.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await nodes_of(graph) == ["rerank", "generate", "structure", "validate"]


async def test_a_conversation_goes_on_from_an_earlier_turn() -> None:
    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    first = await graph.ainvoke({"query": "a drama"}, THREAD, context=Context(limit=1))
    after_first = (await graph.aget_state(THREAD)).config
    second = await graph.ainvoke({"query": "another one"}, THREAD, context=Context(limit=1))
    third = await graph.ainvoke({"query": "another one"}, after_first, context=Context(limit=1))
    assert ids(first) != ids(second) == ids(third)


@pytest.mark.parametrize("durability", ["exit", "async"])
async def test_a_run_has_a_viewer_of_its_own(durability: Any) -> None:
    parts = await parts_with()
    for user, movie in (("ana", MOON), ("bob", ARRIVAL)):
        await parts.store.preferences.add(verdict(user, "seen", movie))
    graph = build_recommend_graph(parts, checkpointer=InMemorySaver())
    everything = Context(limit=10)
    first = await graph.ainvoke(
        {"query": "a film", "user_id": "ana"}, THREAD, context=everything, durability=durability
    )
    bob = Context(limit=10, user_id="bob")
    second = await graph.ainvoke({"query": "start over: all films"}, THREAD, context=bob, durability=durability)
    third = await graph.ainvoke({"query": "start over: all films"}, THREAD, context=everything, durability=durability)
    assert MOON.movie_id not in ids(first)
    assert MOON.movie_id in ids(second)
    assert ARRIVAL.movie_id not in ids(second)
    assert {MOON.movie_id, ARRIVAL.movie_id} <= set(ids(third))


@pytest.mark.parametrize("durability", ["exit", "async"])
async def test_a_refused_query_does_not_stay_in_the_thread(durability: Any) -> None:
    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    with pytest.raises(InvalidRequest):
        await graph.ainvoke({"query": "!!!"}, THREAD, durability=durability)
    said: Any = {"messages": [HumanMessage("a western")]}
    result = await graph.ainvoke(said, THREAD, durability=durability)
    assert result["messages"][-1].type == "ai"
    assert (await graph.aget_state(THREAD)).values["understanding"]["text"] == "a western"


async def test_a_form_for_a_run_says_what_each_field_means() -> None:
    graph = build_recommend_graph(await parts_with())
    context: Any = graph.get_context_jsonschema()
    for schema in (graph.get_input_jsonschema(), graph.get_output_jsonschema(), context, context["$defs"]["Weights"]):
        fields = schema["properties"]
        assert [name for name, field in fields.items() if not field.get("description")] == []


class Reading:
    """A cross-encoder for which there is no memory, or which goes on only when it may."""

    name = "reading"

    def __init__(self, *, fails: bool = False, waits: bool = False) -> None:
        self.fails = fails
        self.begun, self.may_end = threading.Event(), threading.Event()
        if not waits:
            self.may_end.set()

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        if self.fails:
            raise RuntimeError("no memory")
        self.begun.set()
        self.may_end.wait()
        return [0.0] * len(texts)


async def nodes_of(graph: RecommendGraph) -> list[str]:
    """Return the nodes that a resumed run visits, in their order."""
    return [node async for update in graph.astream(None, THREAD, stream_mode="updates") for node in update]


def ids(result: dict[str, Any]) -> list[str]:
    return [pick["movie_id"] for pick in result["recommendations"]]
