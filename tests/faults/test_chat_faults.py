"""What the viewer gets when the chat model's server is down or misbehaves over its socket."""

import json
import re
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON
from tests.support.impatience import REQUEST, impatient, recommend
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama
from tests.support.waiting import comes_true

LLAMA = "ollama:llama3.1:8b"
CALLED = "A linguist is called in by the army to learn the language of visitors."
DOUBT = "A lone worker near the end of three years at a lunar mine begins to doubt what he has been told."
WHOLE = f"[1] Arrival (2016): {CALLED}\n\n[2] Moon (2009): {DOUBT}"
PARTIAL = WHOLE.removesuffix(" he has been told.")
DOWN = "http://127.0.0.1:9"


def chats(server: MisbehavingOllama) -> int:
    return sum(request["path"] == "/api/chat" for request in server.requests)


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
        ("hangs_up", "broke off"),
        ("busy", "server busy"),
        ("http_500", "failed"),
        ("model_not_found", "ollama pull llama3.1:8b"),
        ("out_of_memory", "memory"),
        ("garbage", "not its protocol"),
    ],
)
async def test_reasons_are_composed_for_a_model_that_gives_no_word(
    fault: Fault, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    with MisbehavingOllama(fault, text="") as server:
        final = await recommend(impatient(server.url))
    assert len(final["recommendations"]) == 2
    (notice,) = final["notices"]
    assert re.search(says, notice)
    assert notice.endswith("Reasons were composed from what the catalogue knows of the films.")
    assert all(pick["reasoning_kind"] == "facts" and pick["reasoning"] for pick in final["recommendations"])
    assert any(record.levelname == "WARNING" for record in caplog.records)
    assert REQUEST not in caplog.text


@pytest.mark.parametrize("fault", ["silent", "http_500", "model_not_found"])
async def test_a_named_model_that_gives_no_word_is_an_error(fault: Fault) -> None:
    with MisbehavingOllama(fault) as server, pytest.raises(ChatModelUnavailable):
        await recommend(impatient(server.url), model=LLAMA)


@pytest.mark.parametrize(("fault", "failures"), [("busy", 1), ("hangs_up", 2)])
async def test_what_can_pass_is_asked_for_again(fault: Fault, failures: int) -> None:
    with MisbehavingOllama(fault, text=WHOLE, failures=failures) as server:
        final = await recommend(impatient(server.url, first=4.0))
        assert chats(server) == failures + 1
    assert [pick["reasoning_kind"] for pick in final["recommendations"]] == ["model", "model"]
    assert final["notices"] == []


@pytest.mark.parametrize("fault", ["model_not_found", "http_500", "out_of_memory", "garbage"])
async def test_what_cannot_pass_is_asked_for_once(fault: Fault) -> None:
    with MisbehavingOllama(fault, text="") as server:
        await recommend(impatient(server.url))
        assert chats(server) == 1


async def test_an_answer_that_is_called_something_else_is_read_all_the_same() -> None:
    with MisbehavingOllama("wrong_content_type", text=WHOLE) as server:
        final = await recommend(impatient(server.url))
    assert [pick["reasoning_kind"] for pick in final["recommendations"]] == ["model", "model"]


@pytest.mark.parametrize("fault", ["cut_mid_stream", "silent_mid_stream", "half_line", "no_end", "garbage"])
async def test_what_a_model_wrote_before_it_broke_off_is_kept(fault: Fault) -> None:
    with MisbehavingOllama(fault, text=PARTIAL) as server:
        final = await recommend(impatient(server.url), model=LLAMA)
    assert len(final["recommendations"]) == 2
    reasons = {pick["title"]: pick["reasoning"] for pick in final["recommendations"]}
    assert reasons["Arrival"] == CALLED
    assert not any(reason.endswith("doubts what") for reason in reasons.values())
    kinds = {pick["title"]: pick["reasoning_kind"] for pick in final["recommendations"]}
    assert kinds["Arrival"] == "model"
    assert kinds["Moon"] == "facts"
    assert any("was kept" in notice for notice in final["notices"])


async def test_a_reason_that_broke_off_after_a_sentence_is_labelled_partial() -> None:
    with MisbehavingOllama("cut_mid_stream", text=f"{WHOLE} And then he") as server:
        final = await recommend(impatient(server.url))
    moon = next(pick for pick in final["recommendations"] if pick["title"] == "Moon")
    assert moon["reasoning"] == DOUBT
    assert moon["reasoning_kind"] == "partial"


async def test_a_sentence_cut_by_the_token_limit_is_not_shown_half() -> None:
    with MisbehavingOllama("cut_mid_sentence", text=PARTIAL) as server:
        final = await recommend(impatient(server.url))
    assert len(final["recommendations"]) == 2
    assert not any(pick["reasoning"].endswith("what") for pick in final["recommendations"])


async def test_an_empty_answer_is_made_up_for_from_the_ranking() -> None:
    with MisbehavingOllama("empty") as server:
        final = await recommend(impatient(server.url))
    assert len(final["recommendations"]) == 2
    assert any("the model's answer held 0 that can stand" in notice for notice in final["notices"])


async def test_a_looping_answer_is_stopped_early_and_what_came_before_kept() -> None:
    # The server goes on for ever: only the client can end this.
    text = PARTIAL.partition("\n\n")[0] + "\n\n" + "A quiet film about a quiet man. "
    with MisbehavingOllama("looping", text=text, delay=0.002) as server:
        final = await recommend(impatient(server.url, whole=30), num_predict=100_000)
        assert await comes_true(lambda: server.closed_by_client == 2)  # the answer, and its one repair
    assert {pick["title"]: pick["reasoning_kind"] for pick in final["recommendations"]}["Arrival"] == "model"
    assert any("stopped, too: it said the same words over and over" in notice for notice in final["notices"])


@pytest.mark.parametrize(
    ("num_predict", "whole", "says"), [(100_000, 0.6, "0.6 s"), (40, 30.0, "the 40 tokens that it may have")]
)
async def test_an_endless_answer_is_cut_at_the_limit_and_the_model_s_stream_closed(
    num_predict: int, whole: float, says: str
) -> None:
    with MisbehavingOllama("endless", text="and so on ", delay=0.005) as server:
        final = await recommend(impatient(server.url, whole=whole), num_predict=num_predict)
        assert await comes_true(lambda: server.open_streams == 0)
    assert len(final["recommendations"]) == 2
    assert any(says in notice for notice in final["notices"]), final["notices"]


@pytest.mark.parametrize(
    "reasons",
    [
        ("Une linguiste, Amy Adams, apprend la langue des visiteurs.", "Un ouvrier seul, Sam Rockwell, dans une mine."),
        ("这是 Denis Villeneuve 执导的一部安静的科幻电影。", "一个孤独的工人在月球上的故事, Sam Rockwell 主演。"),
    ],
)
async def test_reasons_in_another_language_are_written_anew_from_the_facts(reasons: tuple[str, str]) -> None:
    text = f"[1] Arrival (2016): {reasons[0]}\n\n[2] Moon (2009): {reasons[1]}"
    with MisbehavingOllama("scripted", text=text) as server:
        final = await recommend(impatient(server.url))
    assert {pick["title"] for pick in final["recommendations"]} == {"Arrival", "Moon"}
    assert all(pick["reasoning_kind"] == "facts" for pick in final["recommendations"])
    assert not any(pick["reasoning"] in reasons for pick in final["recommendations"])


async def test_an_answer_that_is_full_is_not_read_on() -> None:
    text = PARTIAL + " he was told.\n\n" + "[3] The Martian (2015): Potatoes.\n\n" * 500
    with MisbehavingOllama("scripted", text=text, delay=0.005) as server:
        final = await recommend(impatient(server.url, whole=30))
        assert await comes_true(lambda: server.closed_by_client == 1)
    assert [pick["title"] for pick in final["recommendations"]] == ["Arrival", "Moon"]


async def test_a_slow_first_token_within_the_limit_is_waited_for() -> None:
    with MisbehavingOllama("slow_first_token", text=PARTIAL, delay=0.8) as server:
        final = await recommend(impatient(server.url, first=3.0))
    assert "Arrival" in {pick["title"] for pick in final["recommendations"]}


async def test_prose_that_cannot_be_read_costs_one_call_by_schema_whose_answer_streams_and_not_its_json() -> None:
    prose = "You would do well with the one about the linguist, and with the lonely worker after it."
    numbers = json.dumps({"picks": [{"number": 1, "reason": DOUBT}, {"number": 2, "reason": CALLED}]})
    with MisbehavingOllama("scripted", text=[prose, numbers]) as server:
        graph: Any = build_recommend_graph(await parts_with(settings=impatient(server.url), films=[ARRIVAL, MOON]))
        said, final = "", {}
        async for mode, payload in graph.astream(
            {"query": "quiet science fiction"},
            context=Context(limit=2, suggest=False),
            stream_mode=["messages", "values"],
        ):
            if mode == "values":
                final = payload
            elif isinstance(payload[0], AIMessageChunk):
                said += payload[0].text
        calls = [request for request in server.requests if request["path"] == "/api/chat"]
    assert len(calls) == 2
    assert calls[1]["body"]["format"]["type"] == "object"
    assert [pick["reasoning_kind"] for pick in final["recommendations"]] == ["model", "model"]
    assert final["notices"] == []
    assert said == f"Moon (2009): {DOUBT}\n\nArrival (2016): {CALLED}" == final["messages"][-1].text
