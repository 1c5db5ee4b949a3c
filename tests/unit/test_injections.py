"""Text from outside is data: whatever it says, wherever it stands, the picks, their figures and their texts hold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel

from matinee.context import Context
from matinee.models import Movie, Preference
from matinee.providers.chat import Chat
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FILMS, MARTIAN, MOON
from tests.support.injections import MARK, Injection, injections, obedient, raw_texts, strings

REQUEST = "quiet science fiction"
SCIENCE_FICTION = {ARRIVAL.movie_id, MOON.movie_id, MARTIAN.movie_id}
CASES = injections()


async def run(
    model: BaseChatModel | None,
    request: str = REQUEST,
    films: Sequence[Movie] = FILMS,
    preference: Preference | None = None,
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return the picks, and all that the run gave out but the model's own tokens."""
    parts = await parts_with(films=films)
    if preference:
        await parts.home.preferences.add(preference)
    if model:
        parts = replace(parts, chat=Chat(Settings(chat_model="none"), model))
    context = Context(limit=3, rerank="imdb", user_id=preference.user_id if preference else None)
    final: dict[str, Any] = {}
    told: list[Any] = []
    graph: Any = build_recommend_graph(parts)
    async for mode, payload in graph.astream({"query": request}, context=context, stream_mode=["custom", "values"]):
        if mode == "custom":
            told.append(payload)
        else:
            final = payload
    told.append({"notices": final["notices"], "answer": final["messages"][-1].text})
    return final["recommendations"], [*told, final["recommendations"]]


async def injected(case: Injection, model: BaseChatModel | None) -> tuple[list[dict[str, Any]], list[Any]]:
    films = [case.row(film) if film is ARRIVAL else film for film in FILMS]
    return await run(model, case.request(REQUEST), films, case.preference("ana"))


@pytest.fixture(scope="module")
def clean() -> dict[str, dict[str, Any]]:
    """The picks of the clean request, by id, as the evidence writer gives them."""
    import asyncio

    picks, _ = asyncio.run(run(None))
    return {pick["movie_id"]: pick for pick in picks}


def test_there_are_enough_cases_in_every_place_and_each_holds_the_mark() -> None:
    assert len(CASES) >= 100
    assert Counter(case.where for case in CASES).keys() == {
        *("overview", "title", "keywords", "tagline", "preference", "request")
    }
    assert min(Counter(case.where for case in CASES).values()) >= 10
    assert all(MARK in case.text.replace("\u200b", "") for case in CASES)


@pytest.mark.parametrize("model", ["obedient", "none"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.kind}".replace(" ", "-"))
async def test_no_text_from_outside_changes_what_is_recommended_or_gets_out_raw(
    case: Injection, model: str, clean: dict[str, dict[str, Any]]
) -> None:
    picks, told = await injected(case, obedient() if model == "obedient" else None)
    ids = [pick["movie_id"] for pick in picks]
    assert raw_texts(told) == []
    if case.where == "request" and "IMDb 10.0" in case.text:
        assert ids == []  # a viewer who writes so asks for no less, and no film has it
        return
    assert len(ids) == len(set(ids)) == 3
    assert set(ids) <= {film.movie_id for film in FILMS}
    if case.where != "request":  # in a request, naming a film or a genre is no injection, but the request
        assert set(ids) == SCIENCE_FICTION
        for pick in picks:
            assert pick["confidence"] == clean[pick["movie_id"]]["confidence"]
            if pick["movie_id"] != ARRIVAL.movie_id and case.where != "preference":
                assert not any(MARK in text for text in strings(pick))
        if model == "none":
            assert ids == list(clean)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_prompt_holds_the_list_and_its_markers_once_whatever_the_texts_say(case: Injection) -> None:
    model = obedient()
    await injected(case, model)
    if not model.prompts:
        assert "IMDb 10.0" in case.text  # no film meets the request, and the model is not asked
        return
    prompt = model.prompts[0]
    asked = prompt[prompt.index("<films>\n") :]
    assert [asked.count(m) for m in ("<films>", "</films>", "<request>", "</request>")] == [1, 1, 1, 1]
    films = asked[: asked.index("</films>")]
    listed = [line for line in films.split("\n") if line.startswith("[")]
    assert [line[: line.index("]") + 1] for line in listed] == [f"[{n}]" for n in range(1, len(listed) + 1)]
    assert films.count("[") == len(listed)
    assert len(listed) >= 3
    assert len(films) < 12_000
