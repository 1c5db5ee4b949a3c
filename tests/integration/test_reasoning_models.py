"""What a model thinks before it answers is neither shown nor read, whichever way its server gives it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from langchain_ollama import ChatOllama

from matinee.events.schema import Event, Final
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.event_order import check_order
from tests.support.fakes import parts_with
from tests.support.misbehaving_ollama import MisbehavingOllama, words

REQUEST = "quiet science fiction"
CALLED = "A linguist is called in by the army to learn the language of visitors."
DOUBT = "A lone worker near the end of three years at a lunar mine begins to doubt what he has been told."
ANSWER = f"[1] Moon (2009): {DOUBT}\n\n[2] Arrival (2016): {CALLED}"
THOUGHT = (
    "Hmm, the viewer wants something quiet, hmmm.\n\n[3] The Martian (2015): too many jokes, leave it.\n\n"
    + "1. **The Martian (2015)** - no, hmm, let me go through the list once more, slowly. "
)
LONG = THOUGHT + "".join(f"Hmm, point {n}: the viewer may mean the sea, or the moon, or night {n}. " for n in range(60))


async def streamed(server: MisbehavingOllama, model: ChatOllama | None = None) -> list[Event]:
    settings = Settings(ollama_url=server.url)
    parts = await parts_with(settings=settings)
    if model:
        parts = replace(parts, chat=Chat(settings, model))
    return [
        event
        async for event in events(
            build_recommend_graph(parts), REQUEST, {"limit": 2, "suggest": False, "num_predict": 10_000}
        )
    ]


def assert_only_the_answer_counts(server: MisbehavingOllama, stream: Sequence[Event]) -> None:
    check_order(stream)
    final = stream[-1]
    assert isinstance(final, Final)
    assert final.answer == f"Moon (2009): {DOUBT}\n\nArrival (2016): {CALLED}"
    assert [pick.reasoning_kind for pick in final.recommendations] == ["model", "model"]
    assert final.notices == []
    assert [request["path"] for request in server.requests] == ["/api/chat"]  # no repair: nothing was wrong
    assert not thought_in(stream)


def thought_in(stream: Sequence[Event]) -> bool:
    said = json.dumps([event.model_dump(mode="json") for event in stream]).casefold()
    return "hmm" in said or "think>" in said


TAGGED = {
    "between tags": f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}",
    "at length": f"<think>\n{LONG}\n</think>\n\n{ANSWER}",
    "opened by the prompt": f"Hmm, quiet. The Martian has too many jokes, so leave it. Hmm.\n</think>\n\n{ANSWER}",
    "in the midst of the answer": ANSWER.replace("\n\n", f"\n\n<think>{THOUGHT}</think>"),
}


@pytest.mark.parametrize("cut", [words, list, lambda text: [text]], ids=["words", "characters", "one piece"])
@pytest.mark.parametrize("text", TAGGED.values(), ids=TAGGED)
async def test_thoughts_in_tags_are_neither_shown_nor_read(text: str, cut: Callable[[str], Sequence[str]]) -> None:
    with MisbehavingOllama("scripted", text=text, cut=cut) as server:
        assert_only_the_answer_counts(server, await streamed(server))


@pytest.mark.parametrize("asked_for", [None, True], ids=["left out by LangChain", "as reasoning_content"])
async def test_thoughts_in_a_field_of_their_own_are_neither_shown_nor_read(asked_for: bool | None) -> None:
    with MisbehavingOllama("scripted", text=ANSWER, thinking=LONG) as server:
        not_kept: Any = {"limits": httpx.Limits(max_keepalive_connections=0)}
        model = ChatOllama(model="llama3.1:8b", base_url=server.url, reasoning=asked_for, client_kwargs=not_kept)
        assert_only_the_answer_counts(server, await streamed(server, model))


async def test_a_model_that_only_thinks_gets_no_film_by_its_thoughts() -> None:
    with MisbehavingOllama("scripted", text=f"<think>{THOUGHT}") as server:
        stream = await streamed(server)
    check_order(stream)
    final = stream[-1]
    assert isinstance(final, Final)
    assert [pick.reasoning_kind for pick in final.recommendations] == ["facts", "facts"]
    assert not any("hmm" in json.dumps(request["body"]).casefold() for request in server.requests)
    assert not thought_in(stream)
