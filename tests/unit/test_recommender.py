"""The recommender as one object: the same answer by every way of asking, and films in the index at its first use."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from matinee.catalogue import starter
from matinee.catalogue.readers import open_catalogue
from matinee.context import Context
from matinee.errors import IndexUnavailable, InvalidRequest
from matinee.events.schema import Final, Recommendation, Status, Token
from matinee.llm.chat import Chat
from matinee.nodes.understand import Titles
from matinee.ratings.preferences import verdict
from matinee.settings import Settings
from matinee_graphs import recommender as module
from matinee_graphs.parts import Parts
from matinee_graphs.recommender import Recommender
from tests.support.event_order import check_order
from tests.support.fakes import memory_store, parts_with, word_embedding
from tests.support.films import ARRIVAL, FILMS, MOON

REQUEST = "contemplative science fiction"


def titles(final: Final) -> list[str]:
    return [pick.title for pick in final.recommendations]


async def test_every_way_of_asking_gives_the_same_answer() -> None:
    recommender = Recommender(parts=await parts_with(films=[ARRIVAL, MOON]), limit=2)
    answers = [recommender.recommend(REQUEST), await recommender.arecommend(REQUEST)]
    *_, streamed = recommender.stream(REQUEST)
    astreamed = [event async for event in recommender.astream(REQUEST)][-1]
    for final in (*answers, streamed, astreamed):
        assert isinstance(final, Final)
        assert sorted(titles(final)) == ["Arrival", "Moon"]
        assert final.answer == answers[0].answer
        assert final.notices == answers[0].notices


async def test_a_stream_has_typed_events_in_the_promised_order() -> None:
    recommender = Recommender(parts=await parts_with(films=[ARRIVAL, MOON]), limit=2)
    stream = list(recommender.stream(REQUEST))
    check_order(stream)
    assert {Token, Status, Recommendation, Final} <= {type(event) for event in stream}


def test_it_answers_where_no_loop_runs() -> None:
    recommender = Recommender(parts=asyncio.run(parts_with(films=[ARRIVAL])))
    assert titles(recommender.recommend("a linguist")) == ["Arrival"]


def test_many_threads_may_ask_at_once() -> None:
    recommender = Recommender(parts=asyncio.run(parts_with(films=[ARRIVAL, MOON])), limit=2)
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(recommender.recommend, [REQUEST] * 16))
    assert all(sorted(titles(final)) == ["Arrival", "Moon"] for final in answers)
    assert sum(thread.name == "matinee-background" for thread in threading.enumerate()) == 1


async def test_options_of_a_call_go_before_those_of_the_recommender() -> None:
    recommender = Recommender(parts=await parts_with(), context=Context(limit=3, user_id="ana"), rerank="imdb")
    await recommender._parts.store.preferences.add(verdict("ana", "seen", MOON))
    assert len((await recommender.arecommend("films")).recommendations) == 3
    assert len((await recommender.arecommend("films", limit=1)).recommendations) == 1
    everything = len(FILMS)
    assert "Moon" not in titles(await recommender.arecommend("films", limit=everything))
    assert "Moon" in titles(await recommender.arecommend("films", limit=everything, user_id="tom"))


async def test_a_conversation_may_be_given_instead_of_words() -> None:
    recommender = Recommender(parts=await parts_with(films=[ARRIVAL, MOON]), limit=1)
    messages = {"messages": [{"role": "user", "content": "a linguist"}]}
    assert titles(await recommender.arecommend(messages)) == ["Arrival"]


async def test_an_option_that_is_not_known_is_refused_with_the_nearest_one() -> None:
    parts = await parts_with()
    with pytest.raises(TypeError, match="'limt' is no option of a run; did you mean 'limit'"):
        Recommender(parts=parts, limt=3)
    with pytest.raises(TypeError, match="'tempratur'"):
        Recommender(parts=parts).recommend(REQUEST, tempratur=0)


async def test_what_cannot_be_used_is_refused_before_the_stream_is_read() -> None:
    recommender = Recommender(parts=await parts_with())
    unusable: list[tuple[Any, dict[str, Any]]] = [(" ", {}), (5, {}), ("a film", {"limit": 0})]
    for request, options in unusable:
        with pytest.raises(InvalidRequest):
            recommender.stream(request, **options)
        with pytest.raises(InvalidRequest):
            recommender.astream(request, **options)


class Endless(GenericFakeChatModel):
    """A chat model that writes on and on, and knows when it was stopped."""

    stopped: bool = False

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[ChatGenerationChunk, None]:
        try:
            for number in range(10**6):
                yield ChatGenerationChunk(message=AIMessageChunk(content=f"And so the story goes on, part {number}. "))
                await asyncio.sleep(0.001)
        finally:
            self.stopped = True


async def test_leaving_a_stream_early_stops_the_model() -> None:
    model = Endless(messages=iter([AIMessage("")]))
    parts = replace(await parts_with(), chat=Chat(Settings(), model))
    recommender = Recommender(parts=parts)
    stream = recommender.stream(REQUEST)
    assert any(isinstance(event, Token) for event in stream)
    stream.close()
    assert model.stopped


# The index and the starter catalogue at the first use.


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two films in place of the starter catalogue."""
    path = tmp_path / "starter.jsonl"
    path.write_text("\n".join(json.dumps(movie.model_dump(mode="json")) for movie in (ARRIVAL, MOON)))
    monkeypatch.setattr(starter, "open_starter", lambda: open_catalogue(path))
    return path


@pytest.fixture
async def empty(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Parts whose index holds no film, as `open_parts` would give them."""
    store = memory_store(word_embedding())
    parts = replace(await parts_with(films=[]), store=store, titles=Titles(store.movies))
    monkeypatch.setattr(module, "open_parts", lambda settings, chat_model=None: parts)
    return parts


async def test_the_first_use_stores_the_starter_catalogue(empty: Parts) -> None:
    with Recommender(limit=2) as recommender:
        assert sorted(titles(recommender.recommend(REQUEST))) == ["Arrival", "Moon"]


async def test_callers_who_come_at_once_wait_for_one_storing(empty: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[str] = []

    async def counting(store: Any, catalogue: Any) -> Any:
        stored.append("once")
        return await starter.ingest_quietly(store, catalogue)

    monkeypatch.setattr(module, "ensure_films", partial(starter.ensure_films, ingest_with=counting))
    async with Recommender(limit=2) as recommender:
        answers = await asyncio.gather(*(recommender.arecommend(REQUEST) for _ in range(5)))
    assert all(len(final.recommendations) == 2 for final in answers)
    assert stored == ["once"]


async def test_a_caller_who_leaves_does_not_end_the_storing_for_the_others(empty: Parts) -> None:
    async with Recommender(limit=2) as recommender:
        leaving = asyncio.create_task(recommender.arecommend(REQUEST))
        staying = asyncio.create_task(recommender.arecommend(REQUEST))
        await asyncio.sleep(0)
        leaving.cancel()
        assert len((await staying).recommendations) == 2


async def test_a_storing_that_failed_is_tried_again_by_the_next_call(
    empty: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, Recommender(limit=2) as recommender:

        def down() -> Any:
            raise IndexUnavailable("the store is down")

        broken.setattr(starter, "open_starter", down)
        with pytest.raises(IndexUnavailable):
            recommender.recommend(REQUEST)
        broken.undo()
        assert len(recommender.recommend(REQUEST).recommendations) == 2


async def test_an_index_that_the_application_fills_is_left_to_it(empty: Parts) -> None:
    with Recommender(parts=empty) as recommender:
        assert recommender.recommend(REQUEST).recommendations == []
    assert await empty.store.movies.count() == 0


async def test_what_it_opened_is_closed_and_what_it_was_given_is_not(
    empty: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(empty.store, "close", lambda: closed.append(1))
    with Recommender(parts=empty):
        pass
    assert closed == []
    with Recommender():
        pass
    async with Recommender():
        pass
    assert closed == [1, 1]


async def test_a_request_that_is_refused_stores_no_films(empty: Parts) -> None:
    with Recommender() as recommender, pytest.raises(InvalidRequest):
        recommender.recommend("")
    assert await empty.store.movies.count() == 0
