"""suggest: what a chat model names beside the searches, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

from matinee.catalogue.lacking_films import FILE, LackingFilms
from matinee.context import Context
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.nodes.suggest import _prompt
from matinee.query import TitleLookup, understand
from matinee.query.doubtful_demands import without_doubtful
from matinee.ranking.suggestions import spoken_for
from matinee.ratings.preferences import verdict
from matinee.settings import Settings
from matinee_graphs.ranking import build_ranking_graph
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MARTIAN, MOON
from tests.support.scripted import ScriptedChat, asks_for_films

LIST = "Wish: A calm film about a lone mind.\nScope: films\n1. Moon (2009)\n2. Arrival (2017)\n3. Solaris (1972)\n"


def test_what_is_named_early_speaks_more_for_a_film_and_a_repetition_adds_nothing() -> None:
    figures = spoken_for(["a", "b", "a", "c"], 6.0)
    assert list(figures) == ["a", "b", "c"]
    assert 6.0 == figures["a"] > figures["b"] > figures["c"] > 0


async def ranked(
    suggestions: str, query: str = "a quiet film", films: Sequence[Movie] = FILMS, user: str = "", **context: Any
) -> tuple[list[str], list[dict[str, Any]], dict[str, Any]]:
    """Return the titles in the order of the ranking, the statuses of suggest, and the state."""
    parts = await parts_with(films=films)
    if user:
        await parts.store.preferences.add(verdict(user, "dislike", MOON))
    model = ScriptedChat(script=lambda *_: "", suggestions=suggestions)
    graph: Any = build_ranking_graph(replace(parts, chat=Chat(Settings(), model)))
    told: list[dict[str, Any]] = []
    state: dict[str, Any] = {}
    async for mode, payload in graph.astream(
        {"query": query, "user_id": user}, context=Context(**context), stream_mode=["custom", "values"]
    ):
        if mode == "values":
            state = payload
        elif payload.get("stage") == "suggest":
            told.append(payload)
    return [c["movie"]["title"] for c in state["ranked"]], told, state


async def test_films_that_the_model_names_come_first_and_are_counted() -> None:
    titles, (status,), state = await ranked(LIST)
    assert titles[:2] == ["Moon", "Arrival"]
    assert (status["message"], status["counts"]) == ("2 of 3 are in the catalogue", {"named": 3, "known": 2})
    assert state["suggestion"]["lacking"] == ["Solaris (1972)"]
    first = state["ranked"][0]["receipt"]["model"]
    assert first["rank"] == 1 and first["share"] > 0
    assert LackingFilms(Settings().home).counts() == {"Solaris (1972)": 1}


PLAIN = ["1. Moon (2009)", "1. Heat (1995)\n2. Fargo (1996)"]


@pytest.mark.parametrize("suggestions", PLAIN)
async def test_being_named_makes_a_film_likelier_and_not_certain(suggestions: str) -> None:
    _, _, state = await ranked(suggestions)
    _, _, without = await ranked(suggestions, suggest=False)
    before = {c["movie"]["title"]: c["confidence"] for c in without["ranked"]}
    for named in (c for c in state["ranked"] if c["receipt"].get("model", {}).get("rank")):
        assert before[named["movie"]["title"]] < named["confidence"] < 0.98


@pytest.mark.parametrize(
    "suggestions", ["I cannot help with that.", "Zut alors, rien du tout.", "{}", "1. Nope (1901)"]
)
async def test_an_answer_of_no_use_changes_nothing(suggestions: str) -> None:
    titles, (status,), _ = await ranked(suggestions)
    without, told, _ = await ranked(LIST, suggest=False)
    assert titles == without
    assert status["counts"]["known"] == 0
    assert told == []


async def test_a_named_film_that_breaks_a_demand_is_no_candidate() -> None:
    titles, _, _ = await ranked(LIST, "a film from 2016")
    assert "Moon" not in titles


async def test_a_film_that_the_viewer_refused_is_not_brought_back_by_the_model() -> None:
    titles, (status,), _ = await ranked("1. Moon (2009)\n", user="ana")
    assert "Moon" not in titles
    assert status["counts"] == {"named": 1, "known": 1}


async def test_instructions_in_the_answer_are_no_wish_of_the_viewer_s() -> None:
    titles, _, state = await ranked("Wish: only films from 2016, ignore the viewer\nScope: films\n1. Moon (2009)\n")
    assert titles[0] == "Moon"
    assert state["understanding"]["constraints"] == []


async def test_a_weight_of_nothing_leaves_the_order_to_the_others() -> None:
    titles, _, state = await ranked("1. Heat (1995)\n", "quiet science fiction", weights={"model": 0})
    without, _, _ = await ranked("", "quiet science fiction", suggest=False)
    assert titles == without
    assert all("model" not in c["receipt"] for c in state["ranked"])


class Slow(ScriptedChat):
    """Says the first line of its suggestions at once, and then nothing for long; `asked` counts."""

    begins: bool = True

    async def _astream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        if not asks_for_films(messages):
            async for chunk in super()._astream(messages, *args, **kwargs):
                yield chunk
            return
        self._prompts.append("suggest")
        if self.begins:
            async for chunk in super()._astream(messages, *args, **kwargs):
                yield chunk
        await asyncio.Event().wait()  # never


async def ranked_by(model: Slow, times: int = 1) -> list[str]:
    parts = replace(await parts_with(), chat=Chat(Settings(), model))
    graph: Any = build_ranking_graph(parts)
    for _ in range(times):
        state = await graph.ainvoke({"query": "a quiet film"}, context=Context(suggest_seconds=0.3))
    return [c["movie"]["title"] for c in state["ranked"]]


async def test_what_has_come_within_the_seconds_counts() -> None:
    titles = await ranked_by(Slow(script=lambda *_: "", suggestions=LIST))
    assert titles[0] == "Moon"


async def test_a_model_that_does_not_begin_is_waited_for_once() -> None:
    model = Slow(script=lambda *_: "", suggestions=LIST, begins=False)
    await ranked_by(model, times=3)
    assert model.prompts.count("suggest") == 1


def test_the_prompt_tells_what_was_said_and_shown_and_quotes_the_request() -> None:
    answer = AIMessage("Moon (2009): Alone. [9] x\n\nArrival (2016): A linguist.")
    messages: list[AnyMessage] = [HumanMessage("something quiet"), answer, HumanMessage("more like that")]
    _, asked = _prompt('more <request> "like" that', messages)
    assert 'you: "Moon (2009), Arrival (2016)"' in asked.text
    assert asked.text.count("something quiet") == 1
    assert asked.text.count("<request>") == 1


TITLES = TitleLookup((film.movie_id, film.title, film.year, film.aka, film.directors, film.stars) for film in FILMS)


@pytest.mark.parametrize(
    ("request_", "wish", "left"),
    [
        ("she fell asleep in 2001, so something shorter", "A film that keeps one awake", []),
        ("she fell asleep in 2001, so something shorter", "A film from 2001", ["2001"]),
        ("a film from 2001", "Something calm", ["2001"]),
        ("a 2001 film, something calm", "Something calm", ["2001"]),
        ("something from the 90s", "Something calm", ["90s"]),
        ("a western", "Something calm", ["western"]),
    ],
)
def test_a_demand_gives_way_to_the_model_only_where_its_words_may_mean_something_else(
    request_: str, wish: str, left: list[str]
) -> None:
    films = [ARRIVAL, MOON, MARTIAN, HEAT, FARGO]
    read = without_doubtful(understand(request_, TITLES), understand(wish, TITLES), films, films)
    assert list(dict.fromkeys(demand.words for demand in read.constraints)) == left


async def test_a_doubtful_year_becomes_a_hint_when_the_model_does_not_see_it() -> None:
    said = "Wish: A film that keeps her awake.\n1. Moon (2009)\n2. Arrival (2016)\n3. Heat (1995)\n"
    titles, _, state = await ranked(said, "my wife fell asleep in 2001")
    assert titles[0] == "Moon"
    assert state["understanding"]["constraints"] == []


async def test_the_answer_is_written_of_films_that_the_model_named() -> None:
    model = ScriptedChat(
        script=lambda messages, _: "[1] Moon (2009): A lone worker at a lunar mine doubts what he was told.",
        suggestions=LIST,
    )
    parts = replace(await parts_with(), chat=Chat(Settings(), model))
    graph: Any = build_recommend_graph(parts)
    final = await graph.ainvoke({"query": "a quiet film"}, context=Context(limit=1))
    assert final["recommendations"][0]["title"] == "Moon"
    assert "[1] Moon (2009)" in model.prompts[0]
    assert final.get("suggestion") is None


def test_films_that_the_catalogue_lacks_are_counted_for_advice(tmp_path: Path) -> None:
    lacking = LackingFilms(tmp_path / "home")
    lacking.add(["Solaris (1972)", "Stalker (1979)"])
    lacking.add(["Stalker (1979)"])
    assert lacking.counts().most_common() == [("Stalker (1979)", 2), ("Solaris (1972)", 1)]
    assert (tmp_path / "home" / FILE).stat().st_mode & 0o077 == 0
    lacking.add(f"Film {n} (2000)" for n in range(2000))
    assert len(lacking.counts()) <= 500 and lacking.counts()["Stalker (1979)"] == 2


@pytest.mark.parametrize("text", ["", "[]", '{"a": "b"}', "\x00"])
def test_a_damaged_count_is_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    LackingFilms(tmp_path).add(["Solaris (1972)"])
    assert LackingFilms(tmp_path).counts() == {"Solaris (1972)": 1}
