"""The whole chat path on real weights: SmolLM2 on llama.cpp behind an emulation of Ollama's API.

The model is small and writes nonsense; what is tested is that whatever it writes, tokens stream and the picks stand.
"""

from contextlib import aclosing
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.encoders.embeddings import open_embeddings
from matinee.models import MovieRecommendation
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from matinee_prompts import render
from tests.support.fakes import filled, memory_store, parts_with
from tests.support.films import FILMS
from tests.support.ollama_emulation import OllamaEmulation
from tests.support.waiting import comes_true

SMOL = "ollama:smollm2:135m"


def run_context(**options: Any) -> Context:
    return Context.model_validate({"model": SMOL, "limit": 2, "num_predict": 160, "seed": 7, **options})


@pytest.mark.parametrize(
    "request_text", ["quiet science fiction", "a 90s crime film under three hours", "something warm"]
)
async def test_tokens_stream_and_the_picks_stand_whatever_the_model_writes(
    ollama_emulation: OllamaEmulation, request_text: str
) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    graph = build_recommend_graph(await parts_with(settings=settings))
    tokens: list[str] = []
    cards: list[dict[str, Any]] = []
    final: dict[str, Any] = {}
    stream: Any = graph.astream(
        {"query": request_text}, context=run_context(), stream_mode=["messages", "custom", "values"]
    )
    async for mode, payload in stream:
        if mode == "messages" and isinstance(payload[0], AIMessageChunk):
            tokens.append(payload[0].text)
        elif mode == "custom" and payload["event"] == "recommendation":
            cards.append(payload["recommendation"])
        elif mode == "values":
            final = payload
    assert len(tokens) > 10
    assert cards == final["recommendations"]
    known = {film.movie_id: film for film in FILMS}
    for pick in map(MovieRecommendation.model_validate, cards):
        assert pick.movie_id in known
        assert pick.reasoning
        if "90s" in request_text:
            assert 1990 <= (pick.year or 0) <= 1999
    assert len({card["movie_id"] for card in cards}) == len(cards) == 2


async def test_the_run_s_sampling_options_and_prompts_reach_the_server(ollama_emulation: OllamaEmulation) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    graph = build_recommend_graph(await parts_with(settings=settings))
    before = len(ollama_emulation.requests)
    context = run_context(
        temperature=0.11,
        top_p=0.5,
        top_k=7,
        num_ctx=2048,
        repeat_penalty=1.2,
        frequency_penalty=0.3,
        presence_penalty=0.4,
        system_prompt="Speak of films only.",
        suggest=False,
    )
    await graph.ainvoke({"query": "quiet science fiction"}, context=context)
    sent = next(r["body"] for r in ollama_emulation.requests[before:] if r["path"] == "/api/chat")
    assert sent["options"] == {
        "temperature": 0.11,
        "top_p": 0.5,
        "top_k": 7,
        "num_predict": 160,
        "num_ctx": 2048,
        "repeat_penalty": 1.2,
        "frequency_penalty": 0.3,
        "presence_penalty": 0.4,
        "seed": 7,
    }
    assert (sent["messages"][0]["role"], sent["messages"][0]["content"]) == ("system", "Speak of films only.")


async def test_all_picks_come_from_one_streaming_call(ollama_emulation: OllamaEmulation) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    graph = build_recommend_graph(await parts_with(settings=settings))
    before = len(ollama_emulation.requests)
    await graph.ainvoke({"query": "quiet science fiction"}, context=run_context(suggest=False))
    chats = [r["body"] for r in ollama_emulation.requests[before:] if r["path"] == "/api/chat"]
    assert [chat["stream"] for chat in chats if not chat.get("format")].count(True) <= 2  # the answer and one repair
    assert chats[0]["stream"]


async def test_films_are_named_and_written_of_in_one_streaming_call_each(ollama_emulation: OllamaEmulation) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    graph = build_recommend_graph(await parts_with(settings=settings))
    before = len(ollama_emulation.requests)
    await graph.ainvoke({"query": "quiet science fiction"}, context=run_context(suggest_seconds=20))
    chats = [r["body"] for r in ollama_emulation.requests[before:] if r["path"] == "/api/chat"]
    systems = [chat["messages"][0]["content"] for chat in chats if chat["messages"][0]["role"] == "system"]
    assert systems[0] == render("suggest_system")
    assert systems.count(systems[0]) == 1
    assert {chat["think"] for chat in chats} == {False}
    assert len({chat["options"]["num_ctx"] for chat in chats}) == 1  # another one would have Ollama load the model anew


async def test_closing_the_consumer_closes_the_model_s_stream(ollama_emulation: OllamaEmulation) -> None:
    settings = Settings(ollama_url=ollama_emulation.url)
    graph = build_recommend_graph(await parts_with(settings=settings))
    context = run_context(num_predict=800, stream="raw")  # of such a model hardly anything stands
    async with aclosing(
        graph.astream({"query": "quiet science fiction"}, context=context, stream_mode="messages")  # type: ignore[type-var]
    ) as stream:
        async for _ in stream:
            assert ollama_emulation.open_streams == 1
            break
    assert await comes_true(lambda: ollama_emulation.open_streams == 0, within=0.5)


async def test_an_embedding_from_ollama_builds_and_searches_an_index(ollama_emulation: OllamaEmulation) -> None:
    settings = Settings(ollama_url=ollama_emulation.url, embeddings="ollama:smollm2:135m")
    embedding = open_embeddings(settings)
    home = await filled(memory_store(embedding))
    found = await home.movies.search("a linguist and visitors", 3)
    assert len(found) == 3
    assert (await home.info()).embedding == "ollama:smollm2:135m"
