"""The recommend graph over test films, with chat models that say what the test wants."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGenerationChunk
from langgraph.checkpoint.memory import InMemorySaver

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.llm.chat import Chat
from matinee.models import MovieRecommendation
from matinee.ratings.preferences import statement, verdict
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MARTIAN, MOON
from tests.support.scripted import ScriptedChat

GOOD = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."
)


async def run(parts: Any, query: str = "a film", **context: Any) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """Return the final output and everything that was streamed."""
    final: dict[str, Any] = {}
    streamed: list[tuple[str, Any]] = []
    graph: Any = build_recommend_graph(parts)
    async for mode, payload in graph.astream(
        {"query": query}, context=Context.model_validate(context), stream_mode=["messages", "custom", "values"]
    ):
        if mode == "values":
            final = payload
        else:
            streamed.append((mode, payload))
    return final, streamed


def titles(final: dict[str, Any]) -> list[str]:
    return [pick["title"] for pick in final["recommendations"]]


def events(streamed: list[tuple[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [payload for mode, payload in streamed if mode == "custom" and payload["event"] == kind]


def words(streamed: list[tuple[str, Any]]) -> str:
    return "".join(p[0].text for mode, p in streamed if mode == "messages" and isinstance(p[0], AIMessageChunk))


async def test_the_graph_has_the_nodes_of_the_design() -> None:
    graph = build_recommend_graph(await parts_with())
    assert set(graph.get_graph().nodes) - {"__start__", "__end__"} == {
        "understand",
        "reply",
        "embed_query",
        "retrieve",
        "recall_preferences",
        "suggest",
        "rerank",
        "generate",
        "structure",
        "validate",
    }


async def test_a_model_s_answer_becomes_picks_with_evidence_and_receipt() -> None:
    final, _ = await run(await parts_with(GOOD, films=[ARRIVAL, MOON]), "contemplative science fiction", limit=2)
    picks = [MovieRecommendation.model_validate(p) for p in final["recommendations"]]
    assert {p.title for p in picks} == {"Arrival", "Moon"}
    for pick in picks:
        assert pick.evidence
        assert set(pick.receipt) >= {"retrieval", "cross_encoder"}
        assert 0 <= pick.confidence <= 1
    assert final["notices"] == []


async def test_tokens_come_before_cards_and_cards_before_the_final_state() -> None:
    final, streamed = await run(await parts_with(GOOD, films=[ARRIVAL, MOON]), limit=2)
    assert "A linguist learns" in words(streamed)
    first_token = next(i for i, (mode, _) in enumerate(streamed) if mode == "messages")
    cards = [i for i, (mode, p) in enumerate(streamed) if mode == "custom" and p["event"] == "recommendation"]
    last_token = max(i for i, (mode, _) in enumerate(streamed) if mode == "messages")
    assert first_token < cards[0] < last_token
    assert [e["recommendation"] for e in events(streamed, "recommendation")] == final["recommendations"]


async def test_the_answer_takes_the_place_of_the_streamed_message_and_is_not_streamed_again() -> None:
    final, streamed = await run(await parts_with(GOOD, films=[ARRIVAL, MOON]), limit=2)
    assert words(streamed) == final["messages"][-1].text
    assert {p[0].id for mode, p in streamed if mode == "messages"} == {final["messages"][-1].id}


@pytest.mark.parametrize(
    "answer",
    [
        "I am sorry, I cannot help with that.",
        "1. Inception (2010): Dreams.\n\n2. Tenet (2020): Time.",
        "[99] Arrival (2016) [1] [1] [1]",
        "[1] Blade Runner (1982): Rain.\n\n[1] Blade Runner (1982): Rain.",
        '{"picks": [{"number": 1}]}',
        "\n\n\n",
    ],
)
async def test_whatever_the_model_writes_the_picks_are_films_of_the_catalogue(answer: str) -> None:
    final, streamed = await run(await parts_with(answer, answer), "quiet science fiction", limit=4)
    known = {film.movie_id for film in FILMS}
    ids = [pick["movie_id"] for pick in final["recommendations"]]
    assert len(ids) == len(set(ids)) == 4
    assert set(ids) <= known
    assert [e["recommendation"]["movie_id"] for e in events(streamed, "recommendation")] == ids


async def test_too_few_picks_lead_to_one_repair() -> None:
    parts = await parts_with("[1] Inception (2010): Dreams within dreams.", GOOD, films=[ARRIVAL, MOON])
    final, streamed = await run(parts, limit=2)
    assert sum("repair" in event["message"] for event in events(streamed, "status")) == 1
    assert sorted(titles(final)) == ["Arrival", "Moon"]
    assert {pick["reasoning_kind"] for pick in final["recommendations"]} == {"model"}
    assert words(streamed) == final["messages"][-1].text


async def picks_of(answer: str, query: str = "a film", **context: Any) -> list[MovieRecommendation]:
    final, streamed = await run(await parts_with(answer, films=[ARRIVAL, MOON]), query, limit=2, **context)
    assert words(streamed) == final["messages"][-1].text
    return [MovieRecommendation.model_validate(pick) for pick in final["recommendations"]]


class Thinker(ScriptedChat):
    """Uses up its tokens on thinking."""

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        thought = AIMessageChunk(content="", additional_kwargs={"reasoning_content": "Hm, which films are there?"})
        yield ChatGenerationChunk(message=thought)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={"done_reason": "length"}))


async def test_a_model_that_only_thinks_costs_a_notice_and_no_films() -> None:
    parts = await parts_with(films=[ARRIVAL, MOON])
    chat = Chat(Settings(), Thinker(script=lambda messages, call: ""))
    final, streamed = await run(replace(parts, chat=chat), limit=2)
    assert len(titles(final)) == 2
    assert any("--num-predict" in notice for notice in final["notices"])
    assert "Hm" not in words(streamed)


async def test_a_false_sentence_is_left_out_of_a_reason_and_the_rest_stands() -> None:
    false = GOOD.replace("contemplative.", "contemplative. It was made in 1950. It is a wonder.")
    arrival, moon = await picks_of(false)
    assert arrival.reasoning == "A linguist learns the language of visitors, which is contemplative. It is a wonder."
    assert (arrival.reasoning_kind, moon.reasoning_kind) == ("partial", "model")
    assert [sentence.support for sentence in arrival.sentences] == ["catalogue", "model"]


async def test_a_reason_of_false_sentences_alone_is_composed_anew() -> None:
    arrival, _ = await picks_of("[1] Arrival (2016): It was made in 1950.\n\n[2] Moon (2009): It is a wonder.")
    assert arrival.reasoning_kind == "facts"
    assert arrival.reasoning
    assert "1950" not in arrival.reasoning


async def test_strict_grounding_shows_what_is_borne_out_alone() -> None:
    arrival, moon = await picks_of(GOOD.replace("contemplative.", "contemplative. It is a wonder."), grounding="strict")
    assert "wonder" not in arrival.reasoning
    assert {s.support for pick in (arrival, moon) for s in pick.sentences} <= {"catalogue", "request"}


async def test_strict_spoilers_tell_no_plot() -> None:
    for pick in await picks_of(GOOD, spoilers="strict"):
        assert "overview" not in {evidence.source for evidence in pick.evidence}
        assert pick.description == ""
        assert "linguist" not in pick.reasoning and "mine" not in pick.reasoning


async def test_a_request_in_another_language_may_be_answered_in_it() -> None:
    answer = "[1] Arrival (2016): Eine Linguistin lernt die Sprache der Besucher, und das ist sehr schön."
    arrival, *_ = await picks_of(answer, "etwas Ruhiges über die Sprache, das nicht zu lang ist")
    assert arrival.reasoning == answer.partition(": ")[2]
    arrival, *_ = await picks_of(answer, "something quiet about language")
    assert arrival.reasoning_kind == "facts"


async def test_what_the_repair_does_not_give_comes_from_the_ranking_with_a_notice() -> None:
    parts = await parts_with("[1] Inception (2010): Dreams.", "Nothing to add.", films=[ARRIVAL, MOON])
    final, _ = await run(parts, limit=2)
    assert sorted(titles(final)) == ["Arrival", "Moon"]
    assert any("come from the ranking" in notice for notice in final["notices"])


async def test_without_a_chat_model_reasons_are_composed_from_what_ranked_the_films() -> None:
    final, streamed = await run(await parts_with(), "contemplative science fiction", limit=3)
    assert len(final["recommendations"]) == 3
    assert any("no chat model" in notice for notice in final["notices"])
    assert all(pick["evidence"] for pick in final["recommendations"])
    assert words(streamed) == final["messages"][-1].text
    assert {s["support"] for pick in final["recommendations"] for s in pick["sentences"]} <= {"catalogue", "request"}


async def test_disliked_and_seen_films_never_come_back() -> None:
    parts = await parts_with()
    await parts.store.preferences.add(verdict("ana", "dislike", ARRIVAL))
    await parts.store.preferences.add(verdict("ana", "seen", MOON))
    final, _ = await run(parts, "contemplative science fiction", limit=8, user_id="ana")
    assert {"Arrival", "Moon"} & set(titles(final)) == set()
    assert len(titles(final)) == len(FILMS) - 2


async def test_a_preference_is_recalled_and_cited() -> None:
    answer = "[1] Arrival (2016): You love songs about science and whales, so you may like the sound of it."
    parts = await parts_with(answer, films=[ARRIVAL])
    await parts.store.preferences.add(statement("ana", "I love songs about science and whales"))
    final, _ = await run(parts, "science fiction", limit=1, user_id="ana")
    (pick,) = final["recommendations"]
    assert (pick["reasoning"], pick["sentences"][0]["support"]) == (answer.partition(": ")[2], "history")
    assert pick["sentences"][0]["source"].startswith("preference:")
    assert pick["sentences"][0]["quote"] == "I love songs about science and whales"


async def test_a_viewer_of_whom_nothing_is_stored_gets_a_notice_and_films() -> None:
    final, _ = await run(await parts_with(), user_id="nobody")
    assert any("nobody" in notice for notice in final["notices"])
    assert len(final["recommendations"]) == 4


async def test_hard_demands_hold_for_every_pick() -> None:
    final, _ = await run(await parts_with(), "a 90s crime film under two hours", limit=1)
    assert titles(final) == [FARGO.title]


async def test_fewer_films_than_asked_for_are_explained() -> None:
    final, _ = await run(await parts_with(films=[HEAT]), limit=3)
    assert titles(final) == ["Heat"]
    assert any("Only 1 of 3" in notice for notice in final["notices"])


async def test_a_demand_that_nothing_meets_gives_no_picks_and_says_so() -> None:
    final, _ = await run(await parts_with(), "a film from before 1920", limit=3)
    assert final["recommendations"] == []
    assert any("No film" in notice for notice in final["notices"])


async def test_a_film_that_the_request_names_is_not_among_the_picks() -> None:
    final, _ = await run(await parts_with(), "something like Arrival but more upbeat", limit=8)
    assert "Arrival" not in titles(final)


@pytest.mark.parametrize("strategy", ["fused", "cross_encoder", "imdb", "none"])
async def test_every_strategy_leaves_a_receipt(strategy: str) -> None:
    final, _ = await run(await parts_with(), "a linguist", limit=3, rerank=strategy)
    for pick in final["recommendations"]:
        assert sum(s["share"] for s in pick["receipt"].values()) == pytest.approx(1)


async def test_the_imdb_strategy_puts_the_better_rated_film_first() -> None:
    final, _ = await run(await parts_with(films=[MOON, MARTIAN, ARRIVAL]), "a film", limit=3, rerank="imdb")
    assert titles(final) == ["The Martian", "Arrival", "Moon"]


@pytest.mark.parametrize("query", ["", "   ", "\n\t", "🎬🍿", "???"])
async def test_a_request_without_words_is_refused(query: str) -> None:
    with pytest.raises(InvalidRequest):
        await run(await parts_with(), query)


async def test_a_very_long_request_is_read_in_part_with_a_notice() -> None:
    final, _ = await run(await parts_with(), "a quiet film about space. " * 770)
    assert len(final["recommendations"]) == 4
    assert any("the first 4000 were read" in notice for notice in final["notices"])


@pytest.mark.parametrize("limit", [0, -1, 1000])
async def test_a_limit_out_of_bounds_is_refused_by_name(limit: int) -> None:
    graph = build_recommend_graph(await parts_with())
    with pytest.raises(ValueError, match="limit"):
        await graph.ainvoke({"query": "a film"}, context=cast(Any, {"limit": limit}))


async def test_messages_are_an_input_as_good_as_a_query() -> None:
    graph = build_recommend_graph(await parts_with())
    final = await graph.ainvoke({"messages": [HumanMessage("quiet science fiction")]})
    assert len(final["recommendations"]) == 4
    assert final["messages"][-1].type == "ai"


async def test_a_turn_that_says_so_starts_afresh() -> None:
    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "one"}}
    await graph.ainvoke({"query": "a film from before 1920"}, config)
    second = await graph.ainvoke({"messages": [HumanMessage("start over: quiet science fiction")]}, config)
    assert len(second["recommendations"]) == 4
    assert not any("1920" in notice or "No film" in notice for notice in second["notices"])


async def test_checkpoints_hold_no_vectors() -> None:
    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "one"}}
    await graph.ainvoke({"query": "quiet science fiction"}, config)
    state = (await graph.aget_state(config)).values

    def numbers_in_a_row(value: Any) -> int:
        if isinstance(value, dict):
            return max((numbers_in_a_row(v) for v in value.values()), default=0)
        if isinstance(value, list):
            floats = sum(isinstance(v, float) for v in value)
            return max([floats, *(numbers_in_a_row(v) for v in value)])
        return 0

    assert numbers_in_a_row(state) == 0


async def test_the_sampling_options_and_the_system_prompt_reach_the_model() -> None:
    parts = await parts_with(GOOD, films=[ARRIVAL, MOON])
    seen: list[Any] = []
    model: Any = parts.chat._given
    original = type(model)._generate

    def spying(self: Any, messages: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(messages)
        return original(self, messages, *args, **kwargs)

    type(model)._generate = spying
    try:
        await run(parts, limit=2, suggest=False, system_prompt="Answer like a pirate.")
    finally:
        type(model)._generate = original
    assert seen[0][0].text == "Answer like a pirate."


async def test_the_request_is_embedded_once() -> None:
    parts = await parts_with()
    counting: Any = parts.embedding.embeddings.inner
    before = counting.queries
    await run(parts, "quiet science fiction")
    assert counting.queries == before + 1
