"""An answer that goes wrong is stopped, closed and repaired; what was shown stands, and the second answer goes on."""

from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.llm.chat import Chat
from matinee.reasons.stream_guard import NO_PICK, ONE_REASON
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.scripted import ScriptedChat, saying_in_turn

# Titles decide which film is meant, so that the numbers can be left out.
ARRIVAL = "**Arrival** (2016): A linguist learns the language of visitors, which is contemplative."
MOON = "**Moon** (2009): A lone worker at a lunar mine doubts what he was told."
HEAT = "**Heat** (1995): A careful thief and the detective who hunts him are alike."
FARGO = "**Fargo** (1996): A pregnant police chief follows the trail through the snow."
MORE = " ".join(["And so the story of the film goes on in the snow for a while yet."] * 3)


async def run(
    model: ScriptedChat, limit: int = 4, query: str = "a film", stream: str = "checked"
) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    parts = replace(await parts_with(), chat=Chat(Settings(chat_model="none"), model))
    final: dict[str, Any] = {}
    streamed: list[tuple[str, Any]] = []
    graph: Any = build_recommend_graph(parts)
    async for mode, payload in graph.astream(
        {"query": query},
        context=Context.model_validate({"limit": limit, "prompt_candidates": 10, "stream": stream}),
        stream_mode=["messages", "custom", "values"],
    ):
        if mode == "values":
            final = payload
        elif mode == "custom":
            streamed.append((payload["event"], payload))
        elif isinstance(payload[0], AIMessageChunk):
            streamed.append(("token", payload[0].text))
    return final, streamed


def titles(final: dict[str, Any]) -> list[str]:
    return [pick["title"] for pick in final["recommendations"]]


def cards(streamed: list[tuple[str, Any]]) -> list[str]:
    return [payload["recommendation"]["title"] for kind, payload in streamed if kind == "recommendation"]


def said(streamed: list[tuple[str, Any]]) -> str:
    return "".join(payload for kind, payload in streamed if kind == "token")


def drawn_after(model: ScriptedChat, mark: str) -> int:
    """Return how many words were drawn from the model's first answer after the mark."""
    return len(model.drawn[0].partition(mark)[2].split())


SENTENCE = "It is a film that you would like to see tonight with somebody you love, and that is how it is. "
LONG = "".join(
    f"In the scene number {n} the mood turns a little and the light grows cold over there. " for n in range(60)
)

FAULTS = {
    "leaves the list": (f"{ARRIVAL}\n\n**Inception** (2010): {MORE}", "(2010):", 0),
    "leaves the list at a number": (f"{ARRIVAL}\n\n[99] Tenet (2020): {MORE}", "(2020):", 0),
    "repeats a pick": (f"{ARRIVAL}\n\n{MOON}\n\n**Arrival** (2016): {MORE}", "told.\n\n**Arrival** (2016):", 0),
    "says the same over and over": (f"{ARRIVAL}\n\n**Moon** (2009): " + SENTENCE * 40, SENTENCE * 3, 24),
    "writes no pick": (SENTENCE.replace("It", "Well, it") + LONG, LONG[: NO_PICK - 120], 30),
    "goes on without end": (f"{ARRIVAL}\n\n**Moon** (2009): {LONG}", LONG[: ONE_REASON - 40], 30),
    "repeats the prompt": (f"{ARRIVAL}\n\n<films>\n{MORE}", "<films>", 0),
    "writes signs": (f"{ARRIVAL}\n\n" + "$ % & / = ? # + ~ ^ | \\ ; : , . " * 30, "$ % & /", 130),
    "runs on without a space": (f"{ARRIVAL}\n\nso\n" + "ab\n" * 5 + "x" * 900 + " y z", "x" * 900, 3),
    "changes the script": (
        f"{ARRIVAL}\n\n" + "это кино о человеке, который идёт домой через снег и лес " * 9, "это", 60,
    ),
    "changes the language": (
        f"{ARRIVAL}\n\n" + "Der Film ist für dich, weil er von einem Mann erzählt und das ist sehr schön. " * 2
        + "Und die Frau geht mit ihm in den Wald, wo es nicht hell ist und sie sich auf den Weg macht. " * 1
        + "Dort ist eine Stadt, die von der Welt nicht gesehen wird, und er ist auch da mit dem Kind. " * 2
        + "Das ist das Ende, und es ist nicht das Ende der Welt, die wir mit ihm sehen und lieben. " * 2,
        "Der Film", 95,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "mark", "allowed"), FAULTS.values(), ids=FAULTS)
async def test_an_answer_that_goes_wrong_is_closed_within_a_few_words(answer: str, mark: str, allowed: int) -> None:
    model = saying_in_turn(answer, "\n\n".join([MOON, HEAT, FARGO, ARRIVAL]))
    final, streamed = await run(model)
    assert mark in model.drawn[0]
    assert drawn_after(model, mark) <= allowed
    assert model.drawn[0] != answer
    assert all(model.closed)
    assert len(model.drawn) == 2
    assert len(titles(final)) == len(set(titles(final))) == 4
    assert cards(streamed) == titles(final)
    assert said(streamed) == final["messages"][-1].text  # nothing was shown that had to be taken back
    assert "reset" not in [kind for kind, _ in streamed]


@pytest.mark.parametrize("answer", [answer for answer, _, _ in FAULTS.values()], ids=FAULTS)
async def test_of_raw_tokens_none_of_the_second_answer_comes_before_the_reset(answer: str) -> None:
    model = saying_in_turn(answer, "\n\n".join([MOON, HEAT, FARGO, ARRIVAL]))
    _, streamed = await run(model, stream="raw")
    at = [kind for kind, _ in streamed].index("reset")
    assert (said(streamed[:at]), said(streamed[at:])) == (model.drawn[0], model.drawn[1])


@pytest.mark.parametrize(
    "form",
    [
        '{"picks": [{"title": "Arrival", "year": 2016, "reason": "It is good and calm."}]}',
        '```json\n[{"number": 1, "title": "Arrival", "year": 2016, "reason": "It is good and calm."}]\n```',
        "| Title | Year | Why |\n|---|---|---|\n| Arrival | 2016 | It is good and calm. |\n",
    ],
    ids=["json", "json in a fence", "a table"],
)
async def test_a_structured_answer_is_read_and_stops_nothing(form: str) -> None:
    model = saying_in_turn(form)
    final, streamed = await run(model, limit=1)
    assert len(model.drawn) == 1
    assert said(streamed) == final["messages"][-1].text == "Arrival (2016): It is good and calm."


async def test_picks_handed_over_stand_and_are_not_repeated_by_the_repair() -> None:
    model = saying_in_turn(f"{ARRIVAL}\n\n**Inception** (2010): {MORE}", "\n\n".join([ARRIVAL, MOON, HEAT, FARGO]))
    final, streamed = await run(model)
    assert titles(final) == ["Arrival", "Moon", "Heat", "Fargo"]
    assert cards(streamed) == titles(final)


async def test_the_repair_is_told_the_fault_and_what_is_settled_but_not_shown_the_faulty_text() -> None:
    model = saying_in_turn(f"{ARRIVAL}\n\n**Inception** (2010): {MORE}", MOON)
    await run(model)
    told = model.prompts[1].removeprefix(model.prompts[0])
    assert "'Inception' is not among the films offered" in told
    assert "- Arrival (2016)" in told
    assert "choose 3 films" in told
    assert "A linguist learns" not in told


@pytest.mark.parametrize(
    "slip",
    [
        "[{n}] Arival (2016): A linguist learns the language of visitors.",
        "[{n}] Arrival (1996): A linguist learns the language of visitors.",
        "[9] Arrival (2016): A linguist learns the language of visitors.",
        "[{n}] Arrival (2016)\n\n**Arrival** (2016): A linguist learns the language of visitors.",
        "Here is what I would see tonight, with love:\n\n[{n}] Arrival (2016): A linguist learns the language.",
        "[{n}] Arrival (2016): A linguist learns the language of visitors.\n1. It has a quiet mood: calm and slow.",
        "```\n[{n}] Arrival (2016): A linguist learns the language of visitors.",
        "<p><b>[{n}] Arrival (2016)</b>: A linguist learns the language of visitors.</p>",
        "1. Inception: Dreams within dreams.\n\n[{n}] Arrival (2016): A linguist learns the language of visitors.",
    ],
)
async def test_a_good_answer_with_a_small_slip_is_not_thrown_away(slip: str) -> None:
    def script(messages: Any, call: int) -> str:
        line = next(line for line in messages[-1].text.split("\n") if "Arrival (2016)" in line)
        return slip.replace("{n}", line[1 : line.index("]")]) + "\n\n" + "\n\n".join([MOON, HEAT, FARGO])

    model = ScriptedChat(script=script)
    final, streamed = await run(model)
    assert titles(final) == ["Arrival", "Moon", "Heat", "Fargo"]
    assert len(model.drawn) == 1
    assert said(streamed) == final["messages"][-1].text


async def test_a_second_draft_is_read_past_faulty_picks() -> None:
    model = saying_in_turn(
        "**Inception** (2010): Dreams.",
        "\n\n".join(["**Tenet** (2020): Time.", ARRIVAL, "**Dunkirk** (2017): War.", MOON]),
    )
    final, _ = await run(model, limit=2)
    assert titles(final) == ["Arrival", "Moon"]
    assert len(model.drawn) == 2


async def test_a_second_draft_that_is_nothing_but_faults_is_stopped_and_the_ranking_gives_the_picks() -> None:
    endless = "\n\n".join(f"**Invented Film {n}** (2011): {MORE}" for n in range(50))
    model = saying_in_turn(endless, endless)
    final, _ = await run(model)
    assert model.drawn[0].count("Invented") == 1
    assert model.drawn[1].count("Invented") <= 5
    assert len(titles(final)) == 4
    assert len(model.drawn) == 2


async def test_an_answer_in_prose_that_names_films_is_read_to_its_end() -> None:
    prose = "I would see Arrival, since a linguist learns the language of visitors. " + LONG[: NO_PICK + 200]
    model = saying_in_turn(prose, "\n\n".join([MOON, HEAT, FARGO, ARRIVAL]))
    await run(model)
    assert model.drawn[0].split() == prose.split()


async def test_the_first_card_comes_before_two_fifths_of_a_four_pick_answer_are_written() -> None:
    answer = "\n\n".join([ARRIVAL, MOON, HEAT, FARGO])
    model = saying_in_turn(answer)
    _, streamed = await run(model, stream="raw")
    first = [kind for kind, _ in streamed].index("recommendation")
    assert 0 < len(said(streamed[:first])) < 0.4 * len(answer)


async def test_nothing_is_drawn_from_the_model_once_there_are_enough_picks() -> None:
    model = saying_in_turn("\n\n".join([ARRIVAL, MOON, HEAT]) + "\n\n" + LONG)
    await run(model, limit=2)
    assert drawn_after(model, "**Heat**") <= 1  # the heading that tells that the second reason is over


async def test_a_model_that_is_stopped_is_let_go_of_before_its_node_is_done() -> None:
    model = saying_in_turn(f"{ARRIVAL}\n\n**Inception** (2010): {MORE}", "\n\n".join([MOON, HEAT, FARGO]))
    graph: Any = build_recommend_graph(replace(await parts_with(), chat=Chat(Settings(chat_model="none"), model)))
    closed = []
    async for event in graph.astream({"query": "a film"}, context=Context(limit=4), stream_mode="custom"):
        if (event.get("stage"), event.get("phase")) == ("generate", "done"):
            closed.append(list(model.closed))
    assert closed == [[True], [True, True]]
