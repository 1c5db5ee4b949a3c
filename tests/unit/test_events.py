"""The events of a run: each fits its schema, and they come in the order that is promised."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matinee.errors import InvalidRequest
from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Status, Token, json_schema, parse
from matinee.models import Movie
from matinee.ratings.preferences import statement, verdict
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.event_order import check_order, check_stages, drafts_of
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FILMS, MOON

DATA = Path(__file__).parent / "data"
DOCS = Path(__file__).parents[2] / "docs"
REQUESTS = [json.loads(line)["request"] for line in (DATA / "event_requests.jsonl").read_text("utf-8").splitlines()]
ANSWERS = [json.loads(line)["answers"] for line in (DATA / "event_answers.jsonl").read_text("utf-8").splitlines()]
GOOD = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."
)
CHECKED = GOOD.replace("[1] ", "").replace("[2] ", "")
"""The good answer as it stands: numbers are of the prompt."""
BAD = "[1] Inception (2010): Dreams within dreams."


async def streamed(
    request: str, *answers: str, films: Sequence[Movie] = FILMS, parts: Any = None, **context: Any
) -> list[Event]:
    graph = build_recommend_graph(parts or await parts_with(*answers, films=films))
    return [event async for event in events(graph, request, context)]


def of(stream: Sequence[Event], kind: type[Any]) -> list[Any]:
    return [event for event in stream if isinstance(event, kind)]


async def emitted(request: str, *answers: str, **context: Any) -> list[dict[str, Any]]:
    """The custom events as they are on the wire."""
    graph: Any = build_recommend_graph(await parts_with(*answers))
    return [event async for event in graph.astream({"query": request}, context=context, stream_mode="custom")]


@pytest.mark.parametrize("request_text", REQUESTS)
@pytest.mark.parametrize("answers", [[], *ANSWERS[:3]], ids=str)
async def test_every_event_on_the_wire_is_what_its_model_gives_back(request_text: str, answers: list[str]) -> None:
    wire = await emitted(request_text, *answers)
    assert len(wire) >= 8
    for event in wire:
        assert json.loads(json.dumps(event)) == event
        assert parse(event).model_dump(mode="json") == event  # no field more, none less, none of another type


@pytest.mark.parametrize("request_text", REQUESTS)
@pytest.mark.parametrize("answers", [[], *ANSWERS], ids=str)
async def test_the_order_holds_whatever_is_asked_and_whatever_the_model_writes(
    request_text: str, answers: list[str]
) -> None:
    stream = await streamed(request_text, *answers)
    check_order(stream)


PIECES = st.sampled_from(
    [
        *(f"[{n}] " for n in range(1, 10)),
        *(f"{film.title} ({film.year}): " for film in FILMS),
        "Arrival: ",
        "A quiet film about a linguist. ",
        "It is not a drama. ",
        "Dreams (1899): ",
        "word ",
        "\n",
        "\n\n",
        "[",
        "]",
        "**",
        '{"picks": [{"number": 1}]}',
    ]
)


@given(drafts=st.lists(st.lists(PIECES, max_size=25).map("".join), min_size=2, max_size=2), limit=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
async def test_the_order_holds_for_any_two_drafts(drafts: list[str], limit: int) -> None:
    check_order(await streamed("quiet science fiction", *drafts, limit=limit))


@pytest.mark.parametrize("kind", [Final, Recommendation, Status, Token])
async def test_the_check_of_the_order_finds_an_event_out_of_its_place(kind: type[Any]) -> None:
    stream = await streamed("contemplative science fiction", BAD, GOOD, films=[ARRIVAL, MOON], limit=2)
    moved = of(stream, kind)[-1]
    check_order(stream)
    with pytest.raises(AssertionError):
        check_order([moved, *(event for event in stream if event is not moved)])


async def test_a_pick_comes_after_its_own_paragraph_and_before_the_next_one_s_reason() -> None:
    stream = await streamed("contemplative science fiction", GOOD, films=[ARRIVAL, MOON], limit=2)
    first = next(i for i, event in enumerate(stream) if isinstance(event, Recommendation))
    before = "".join(event.text for event in of(stream[:first], Token))
    assert "visitors, which is contemplative." in before
    assert "lone worker" not in before


KEPT = "[1] Arrival (2016): A linguist learns the language of visitors.\n\n[9] Inception (2010): Dreams.\n"
ANEW = "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."


async def test_a_second_answer_goes_on_with_the_same_text_and_picks_handed_over_stand() -> None:
    stream = await streamed("contemplative science fiction", KEPT, ANEW, films=[ARRIVAL, MOON], limit=2)
    check_order(stream)
    first, second = (line.partition("] ")[2] for line in (KEPT.partition("\n")[0], ANEW))
    assert stream[-1].answer == f"{first}\n\n{second}"  # type: ignore[union-attr]
    repaired = next(i for i, e in enumerate(stream) if isinstance(e, Status) and "repair" in e.message)
    assert [e.recommendation.title for e in of(stream[:repaired], Recommendation)] == ["Arrival"]
    assert [e.recommendation.title for e in of(stream[repaired:], Recommendation)] == ["Moon"]


async def test_raw_tokens_are_the_model_s_own_with_a_reset_between_two_answers() -> None:
    stream = await streamed("contemplative science fiction", KEPT, ANEW, films=[ARRIVAL, MOON], limit=2, stream="raw")
    check_stages(stream)
    assert drafts_of(stream) == [KEPT.partition(" Dreams")[0], ANEW]  # stopped at the heading that cannot stand
    assert [event.recommendation.title for event in of(stream, Recommendation)] == ["Arrival", "Moon"]


async def test_picks_that_no_answer_gave_are_told_after_the_last_one() -> None:
    stream = await streamed("contemplative science fiction", BAD, "Nothing.", films=[ARRIVAL, MOON], limit=2)
    check_order(stream)
    written = max(i for i, event in enumerate(stream) if isinstance(event, Status) and event.stage == "structure")
    assert len(of(stream[written:], Recommendation)) == 2
    assert of(stream[:written], Token) == []


async def test_a_status_tells_which_film_is_written_about() -> None:
    stream = await streamed("contemplative science fiction", GOOD, films=[ARRIVAL, MOON], limit=2)
    writing = [event for event in of(stream, Status) if event.phase == "writing"]
    assert [event.stage for event in writing] == ["generate", "generate"]
    assert ["Arrival (2016)" in writing[0].message, "Moon (2009)" in writing[1].message] == [True, True]


async def test_a_status_says_how_many_how_long_and_since_when() -> None:
    stream = await streamed("contemplative science fiction", GOOD, films=[ARRIVAL, MOON], limit=2)
    done = {event.stage: event for event in of(stream, Status) if event.phase == "done"}
    assert done["retrieve"].counts == {"candidates": 2}
    assert done["generate"].counts == {"picks": 2, "faults": 0, "characters": len(GOOD)}
    del done["suggest"]  # it runs beside the searches
    assert sum(event.took for event in done.values()) <= stream[-1].seconds  # type: ignore[union-attr]
    assert done["validate"].seconds > done["understand"].seconds > 0


async def test_a_second_run_of_the_same_thread_has_a_clock_of_its_own() -> None:
    from langgraph.checkpoint.memory import InMemorySaver

    graph = build_recommend_graph(await parts_with(), checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "one"}}
    first = [event async for event in events(graph, "quiet science fiction", config=config)]
    began = monotonic()
    second = [event async for event in events(graph, "quiet science fiction", config=config)]
    took = monotonic() - began
    assert all(status.seconds <= took for status in of(second, Status))
    assert first[-1].run_id != second[-1].run_id  # type: ignore[union-attr]


async def test_the_clock_is_in_no_checkpoint() -> None:
    from langgraph.checkpoint.memory import InMemorySaver

    saver = InMemorySaver()
    graph = build_recommend_graph(await parts_with(), checkpointer=saver)
    config: Any = {"configurable": {"thread_id": "one"}}
    await graph.ainvoke({"query": "quiet science fiction"}, config)
    held = [checkpoint.checkpoint["channel_values"] async for checkpoint in saver.alist(config)]
    assert held
    assert all("run" not in values for values in held)


async def test_what_a_viewer_has_stored_brings_no_other_kind_of_event() -> None:
    parts = await parts_with()
    await parts.store.preferences.add(statement("ana", "I love stories about a linguist"))
    await parts.store.preferences.add(verdict("ana", "seen", MOON))
    check_order(await streamed("science fiction", parts=parts, user_id="ana"))
    check_order(await streamed("science fiction", parts=parts, user_id="nobody"))


async def test_a_refused_request_raises_and_gives_no_final() -> None:
    seen: list[Event] = []
    graph = build_recommend_graph(await parts_with())
    with pytest.raises(InvalidRequest):
        async for event in events(graph, "???"):
            seen.append(event)
    assert of(seen, Final) == []


async def test_a_model_that_does_not_stream_gives_its_answer_all_the_same() -> None:
    from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage

    from matinee.llm.chat import Chat
    from matinee.settings import Settings

    parts = await parts_with(films=[ARRIVAL, MOON])
    chat = Chat(Settings(), FakeMessagesListChatModel(responses=[AIMessage(GOOD)]))
    from dataclasses import replace

    stream = await streamed("contemplative science fiction", parts=replace(parts, chat=chat), limit=2)
    check_order(stream)
    assert "".join(event.text for event in of(stream, Token)) == CHECKED


async def test_messages_and_a_viewer_are_an_input_as_good_as_a_request() -> None:
    graph = build_recommend_graph(await parts_with())
    given: dict[str, Any] = {"messages": [("human", "quiet science fiction")], "user_id": "nobody"}
    stream = [event async for event in events(graph, given)]
    check_order(stream)
    assert any("nobody" in event.message for event in of(stream, Notice))


async def test_a_stream_may_be_left_early() -> None:
    graph = build_recommend_graph(await parts_with(GOOD, films=[ARRIVAL, MOON]))
    async with aclosing(events(graph, "contemplative science fiction", {"limit": 2})) as stream:
        async for event in stream:
            if isinstance(event, Token):
                break
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


def test_the_schema_in_the_docs_is_the_one_of_the_models() -> None:
    kept = json.loads((DOCS / "events.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema(), "run `matinee schema events > docs/events.schema.json`, and raise VERSION"


async def test_the_json_schema_admits_every_event_also_with_fields_of_a_later_version() -> None:
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(json_schema())
    films = [ARRIVAL, MOON]
    stream = [event.model_dump(mode="json") for event in await streamed("a film", BAD, GOOD, films=films)]
    raw = await streamed("a film", BAD, GOOD, films=films, stream="raw")
    stream += [event.model_dump(mode="json") for event in of(raw, Reset)]
    for event in stream:
        validator.validate(event)
        validator.validate({**event, "of_a_later_version": 1})
    assert {event["event"] for event in stream} >= {"token", "status", "recommendation", "notice", "reset", "final"}


@pytest.mark.parametrize(
    "event",
    [
        {"event": "unheard of"},
        {"event": "recommendation", "position": 0, "recommendation": {}},
        {"event": "status", "stage": "retrieve", "message": "", "seconds": -1, "took": 0},
        {"event": "notice"},
        {"message": "no kind"},
    ],
)
def test_what_is_no_event_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse(event)
