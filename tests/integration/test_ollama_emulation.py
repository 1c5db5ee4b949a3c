"""The emulation of Ollama's API as the real client sees it: `ChatOllama` over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import cast

import httpx
import ollama
import pytest
from langchain_core.messages import AIMessageChunk
from langchain_ollama import ChatOllama

from tests.support.ollama_emulation import OllamaEmulation
from tests.support.waiting import comes_true

QUESTION = "Name a film about a journey to the moon and say what happens in it."

MakeChat = Callable[..., ChatOllama]

FILM_SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 40},
        "genre": {"enum": ["Drama", "Comedy", "Sci-Fi"]},
    },
    "required": ["title", "genre"],
    "additionalProperties": False,
}

# At least 3,200 letters, a thousand tokens and more: so long that an answer cannot end by itself while a test looks on.
ENDLESS_SCHEMA = {"type": "array", "items": {"type": "string", "minLength": 8, "maxLength": 20}, "minItems": 400}

LETS_GO = 0.5
"""Seconds in which the emulation must close the engine's stream after its client has left."""
STEPS_END = 5.0
"""Seconds for the engine to end the step that it is in: long on a busy machine, and far from a whole answer."""


async def let_go(emulation: OllamaEmulation) -> bool:
    """Tell whether the emulation lets go of the engine at once, and the engine's work ends with that."""
    closed = await comes_true(lambda: emulation.open_streams == 0, LETS_GO)
    return closed and await comes_true(lambda: not emulation.generating, STEPS_END)


async def test_a_stream_comes_in_several_chunks_and_ends_with_the_usage(chat_ollama: MakeChat) -> None:
    chat = chat_ollama(num_predict=24, seed=1)
    chunks = [chunk async for chunk in chat.astream(QUESTION)]
    assert sum(bool(chunk.text) for chunk in chunks) > 5
    ends = [c for c in chunks if isinstance(c, AIMessageChunk) and c.usage_metadata]
    assert len(ends) == 1
    assert ends[0].usage_metadata
    assert 0 < ends[0].usage_metadata["output_tokens"] <= 24
    assert ends[0].response_metadata["done"] is True


async def test_an_answer_that_num_predict_cuts_says_length(chat_ollama: MakeChat) -> None:
    answer = await chat_ollama(num_predict=5, temperature=0).ainvoke(QUESTION)
    assert answer.response_metadata["done_reason"] == "length"
    assert answer.response_metadata["eval_count"] == 5


async def test_durations_are_nanoseconds_of_the_time_that_passed(chat_ollama: MakeChat) -> None:
    started = time.perf_counter_ns()
    answer = await chat_ollama(num_predict=16).ainvoke(QUESTION)
    passed = time.perf_counter_ns() - started
    counts = answer.response_metadata
    assert passed / 10 < counts["total_duration"] < passed
    assert 0 < counts["eval_duration"] < counts["total_duration"]
    assert 0 < counts["prompt_eval_duration"] < counts["total_duration"]


def test_an_answer_in_one_piece_is_one_json_document(ollama_emulation: OllamaEmulation) -> None:
    with ollama.Client(ollama_emulation.url) as client:
        answer = client.chat(
            "smollm2:135m", [{"role": "user", "content": QUESTION}], stream=False, options={"num_predict": 16}
        )
    assert answer.done is True
    assert answer.message.content
    assert answer.eval_count
    assert answer.eval_count <= 16


def test_a_single_piece_says_the_same_as_the_stream(ollama_emulation: OllamaEmulation) -> None:
    options = {"num_predict": 16, "temperature": 0.0, "seed": 3}
    with ollama.Client(ollama_emulation.url) as client:
        whole = client.generate("smollm2:135m", QUESTION, options=options).response
        pieces = [part.response for part in client.generate("smollm2:135m", QUESTION, options=options, stream=True)]
    assert len(pieces) > 5
    assert "".join(pieces) == whole


async def test_an_unknown_model_is_a_404_that_names_it(chat_ollama: MakeChat) -> None:
    with pytest.raises(ollama.ResponseError, match="model 'absent:1b' not found") as caught:
        await chat_ollama("absent:1b").ainvoke(QUESTION)
    assert caught.value.status_code == 404


async def test_a_schema_as_format_gives_text_that_fits_it(chat_ollama: MakeChat) -> None:
    answer = await chat_ollama(format=FILM_SCHEMA, num_predict=100, seed=1).ainvoke(QUESTION)
    film = json.loads(answer.text)
    assert set(film) == {"title", "genre"}
    assert film["genre"] in ("Drama", "Comedy", "Sci-Fi")


async def test_json_as_format_gives_an_object(chat_ollama: MakeChat) -> None:
    answer = await chat_ollama(format="json", num_predict=200, temperature=0, seed=1).ainvoke(
        "Answer in JSON with the keys title and year: which film won the Oscar in 1995?"
    )
    assert isinstance(json.loads(answer.text), dict)


async def test_the_same_seed_at_temperature_0_gives_the_same_text(chat_ollama: MakeChat) -> None:
    chat = chat_ollama(temperature=0, seed=7, num_predict=40)
    first = await chat.ainvoke(QUESTION)
    second = await chat.ainvoke(QUESTION)
    assert first.text
    assert first.text == second.text


async def test_two_seeds_at_a_high_temperature_give_two_texts(chat_ollama: MakeChat) -> None:
    texts = {
        (await chat_ollama(temperature=1.5, top_k=200, seed=seed, num_predict=40).ainvoke(QUESTION)).text
        for seed in (1, 2)
    }
    assert len(texts) == 2


async def test_text_ends_before_a_stop_string(chat_ollama: MakeChat) -> None:
    chat = chat_ollama(temperature=0, seed=7, num_predict=40)
    unstopped = (await chat.ainvoke(QUESTION)).text
    word = unstopped.split()[5]
    stopped = await chat.ainvoke(QUESTION, stop=[word])
    assert stopped.text == unstopped[: unstopped.index(word)]
    assert stopped.response_metadata["done_reason"] == "stop"


async def test_a_client_that_leaves_a_stream_stops_the_engine(
    ollama_emulation: OllamaEmulation, chat_ollama: MakeChat
) -> None:
    chat = chat_ollama(format=ENDLESS_SCHEMA)
    story = cast(AsyncGenerator[AIMessageChunk], chat.astream("Write a long story."))
    async with aclosing(story) as stream:
        await anext(stream)
        assert ollama_emulation.open_streams == 1
        assert await asyncio.to_thread(lambda: ollama_emulation.generating)
    assert await let_go(ollama_emulation)


async def test_a_client_that_gives_up_on_a_whole_answer_stops_the_engine(
    ollama_emulation: OllamaEmulation,
) -> None:
    body = {
        "model": "smollm2:135m",
        "messages": [{"role": "user", "content": "Write a long story."}],
        "format": ENDLESS_SCHEMA,
        "stream": False,
    }
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{ollama_emulation.url}/api/chat", json=body, timeout=0.3)
    assert await let_go(ollama_emulation)


def test_tags_list_the_model_and_its_aliases(ollama_emulation: OllamaEmulation) -> None:
    with ollama.Client(ollama_emulation.url) as client:
        assert [model.model for model in client.list().models] == ["smollm2:135m", "llama3.1:8b"]


async def test_an_alias_answers_under_its_own_name(chat_ollama: MakeChat) -> None:
    answer = await chat_ollama("llama3.1:8b", num_predict=4).ainvoke(QUESTION)
    assert answer.response_metadata["model"] == "llama3.1:8b"


async def test_a_text_past_the_context_is_refused_with_the_reason(chat_ollama: MakeChat) -> None:
    with pytest.raises(ollama.ResponseError, match="exceeds the available context size") as caught:
        await chat_ollama().ainvoke("moon " * 9000)
    assert caught.value.status_code == 400


async def test_requests_are_kept_for_assertions(ollama_emulation: OllamaEmulation, chat_ollama: MakeChat) -> None:
    await chat_ollama(num_predict=2, num_ctx=4096).ainvoke(QUESTION)
    last = ollama_emulation.requests[-1]
    assert (last["method"], last["path"]) == ("POST", "/api/chat")
    assert last["body"]["options"]["num_ctx"] == 4096
    assert last["body"]["messages"][-1]["content"] == QUESTION


def test_embeddings_are_one_unit_vector_a_text(ollama_emulation: OllamaEmulation) -> None:
    with ollama.Client(ollama_emulation.url) as client:
        vectors = client.embed("smollm2:135m", ["a film about the moon", "bananas"]).embeddings
    assert len(vectors) == 2
    assert vectors[0] != vectors[1]
    assert [sum(value * value for value in vector) for vector in vectors] == pytest.approx([1, 1], abs=1e-3)
