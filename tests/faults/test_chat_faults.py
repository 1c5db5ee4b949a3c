"""What the viewer gets when the chat model's server is down or misbehaves over its socket."""

import json
import re
import time
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FILMS, MOON
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama

LLAMA = "ollama:llama3.1:8b"
PARTIAL = (
    "[1] Arrival (2016): A linguist learns the language of visitors.\n\n[2] Moon (2009): A lone worker doubts what"
)


def impatient(url: str, **limits: float) -> Settings:
    return Settings(
        ollama_url=url,
        first_token_timeout=limits.get("first", 0.6),
        token_timeout=limits.get("token", 0.4),
        generation_timeout=limits.get("whole", 3.0),
        connect_timeout=0.5,
    )


async def recommend(settings: Settings, **context: Any) -> dict[str, Any]:
    graph = build_recommend_graph(await parts_with(settings=settings, films=[ARRIVAL, MOON, *FILMS[2:]]))
    options = Context.model_validate({"limit": 2, **context})
    return await graph.ainvoke({"query": "quiet science fiction about space"}, context=options)


DOWN = "http://127.0.0.1:9"


async def test_down_and_not_asked_for_falls_back_with_a_notice_that_says_how_to_start_it() -> None:
    final = await recommend(impatient(DOWN))
    assert len(final["recommendations"]) == 2
    assert any("ollama serve" in notice for notice in final["notices"])


async def test_down_and_asked_for_is_an_error_that_says_how_to_start_it() -> None:
    with pytest.raises(ChatModelUnavailable, match="ollama serve"):
        await recommend(impatient(DOWN), model=LLAMA)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("silent", "silent for too long"),
        ("http_500", "failed"),
        ("model_not_found", "ollama pull llama3.1:8b"),
        ("out_of_memory", "memory"),
        ("garbage", "llama3.1:8b|Ollama"),
    ],
)
async def test_a_model_that_gives_no_word_is_replaced_by_the_evidence_writer(fault: Fault, says: str) -> None:
    with MisbehavingOllama(fault) as server:
        start = time.monotonic()
        final = await recommend(impatient(server.url))
        assert time.monotonic() - start < 5
    assert len(final["recommendations"]) == 2
    assert any(re.search(says, notice) for notice in final["notices"]), final["notices"]
    assert all(pick["reasoning"] for pick in final["recommendations"])


@pytest.mark.parametrize("fault", ["silent", "http_500", "model_not_found"])
async def test_a_named_model_that_gives_no_word_is_an_error(fault: Fault) -> None:
    with MisbehavingOllama(fault) as server, pytest.raises(ChatModelUnavailable):
        await recommend(impatient(server.url), model=LLAMA)


@pytest.mark.parametrize("fault", ["cut_mid_stream", "silent_mid_stream", "half_line"])
async def test_what_a_model_wrote_before_it_broke_off_is_kept(fault: Fault) -> None:
    with MisbehavingOllama(fault, text=PARTIAL) as server:
        final = await recommend(impatient(server.url), model=LLAMA)
    assert len(final["recommendations"]) == 2
    reasons = {pick["title"]: pick["reasoning"] for pick in final["recommendations"]}
    assert reasons["Arrival"] == "A linguist learns the language of visitors."
    assert not any(reason.endswith("doubts what") for reason in reasons.values())
    assert any("was kept" in notice for notice in final["notices"])


async def test_a_sentence_cut_by_the_token_limit_is_not_shown_half() -> None:
    with MisbehavingOllama("cut_mid_sentence", text=PARTIAL) as server:
        final = await recommend(impatient(server.url))
    assert len(final["recommendations"]) == 2
    assert not any(pick["reasoning"].endswith("what") for pick in final["recommendations"])


@pytest.mark.parametrize("fault", ["empty", "looping"])
async def test_an_answer_without_picks_is_made_up_for_from_the_ranking(fault: Fault) -> None:
    with MisbehavingOllama(fault, text="A film. ") as server:
        final = await recommend(impatient(server.url))
    assert len(final["recommendations"]) == 2
    assert final["notices"]


async def test_an_endless_answer_is_cut_at_the_limit_and_the_model_s_stream_closed() -> None:
    with MisbehavingOllama("endless", text="and so on ", delay=0.01) as server:
        start = time.monotonic()
        final = await recommend(impatient(server.url, whole=1.0))
        assert time.monotonic() - start < 4
        assert server.open_streams == 0
    assert len(final["recommendations"]) == 2


async def test_an_answer_that_is_full_is_not_read_on() -> None:
    text = PARTIAL + " he was told.\n\n" + "[3] The Martian (2015): Potatoes.\n\n" * 500
    with MisbehavingOllama("scripted", text=text, delay=0.005) as server:
        start = time.monotonic()
        final = await recommend(impatient(server.url, whole=30))
        assert time.monotonic() - start < 5
    assert [pick["title"] for pick in final["recommendations"]] == ["Arrival", "Moon"]


async def test_a_slow_first_token_within_the_limit_is_waited_for() -> None:
    with MisbehavingOllama("slow_first_token", text=PARTIAL, delay=0.8) as server:
        final = await recommend(impatient(server.url, first=3.0))
    assert "Arrival" in {pick["title"] for pick in final["recommendations"]}


async def test_prose_that_cannot_be_read_costs_one_call_by_schema_whose_json_is_not_streamed() -> None:
    prose = "You would do well with the one about the linguist, and with the lonely worker after it."
    numbers = json.dumps(
        {
            "picks": [
                {"number": 1, "reason": "A linguist learns the language of visitors."},
                {"number": 2, "reason": "A lone worker doubts what he has been told."},
            ]
        }
    )
    with MisbehavingOllama("scripted", text=[prose, numbers]) as server:
        graph: Any = build_recommend_graph(await parts_with(settings=impatient(server.url), films=[ARRIVAL, MOON]))
        said, final = "", {}
        async for mode, payload in graph.astream(
            {"query": "quiet science fiction"}, context=Context(limit=2), stream_mode=["messages", "values"]
        ):
            if mode == "values":
                final = payload
            elif isinstance(payload[0], AIMessageChunk):
                said += payload[0].text
        calls = [request for request in server.requests if request["path"] == "/api/chat"]
    assert len(calls) == 2
    assert calls[1]["body"]["format"]["type"] == "object"
    assert {pick["title"] for pick in final["recommendations"]} == {"Arrival", "Moon"}
    assert final["notices"] == []
    assert "picks" not in said
    assert prose in said
