"""The logs: every record names its run, and above DEBUG none says what a viewer wrote."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel

from matinee import logs
from matinee.errors import IndexUnavailable, MatineeError
from matinee.llm.chat import Chat
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON

MARK = "zyzzyva"
GOOD = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    f"[2] Moon (2009): A lone worker at a lunar mine doubts {MARK}."
)
REQUEST = f"contemplative science fiction, {MARK}"


class Kept(logging.Handler):
    """Keeps every record of every logger, as the host's own handler would get it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def said(self, level: int) -> str:
        formatter = logging.Formatter("%(message)s")  # puts the traceback below the message
        kept = [record for record in self.records if record.levelno >= level]
        return "\n".join(f"{formatter.format(record)} {record.args!r}" for record in kept)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, root = Kept(), logging.getLogger()
    before, level = root.level, logging.getLogger("matinee").level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)
    logging.getLogger("matinee").setLevel(level)


class Echoing(GenericFakeChatModel):
    """A model that fails with an error that quotes what it was sent."""

    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"cannot answer {' '.join(messages[-1].text.split())}")


class Down:
    """A store that goes down when it is searched; its errors quote what they were asked."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        async def fail(*asked: Any, **_: Any) -> Any:
            raise IndexUnavailable(f"The store does not answer {asked!r}.")

        return fail if name in {"lexical", "nearest", "search", "recall", "of_user"} else getattr(self._inner, name)


def chat_that_fails() -> Chat:
    return Chat(Settings(), Echoing(messages=iter([])))


async def run(parts: Any, request: str = REQUEST, **context: Any) -> None:
    with suppress(MatineeError):
        async for _ in events(build_recommend_graph(parts), request, {"limit": 2, "user_id": "ana", **context}):
            pass


async def told(*answers: str) -> Any:
    parts = await parts_with(*answers, films=[ARRIVAL, MOON])
    await parts.store.preferences.add(statement("ana", f"I love {MARK} and linguists"))
    return parts


async def every_path(kept: Kept) -> None:
    await run(await told(GOOD))
    await run(await told())
    await run(await told(f"[1] Inception (2010): {MARK}.", GOOD))
    await run(await told(MARK, MARK))
    await run(replace(await told(), chat=chat_that_fails()))
    await run(replace(await told(), chat=chat_that_fails()), model="ollama:llama3.1:8b")
    await run(replace(await told(), chat=chat_that_fails()), model="nobody:nothing")
    await run(with_store_down(await told(), "movies"))
    await run(with_store_down(await told(), "preferences"))
    await run(await told(), "?" * 10)
    await run(await told(), f"{MARK} " * 1000)
    await run(await told(), limit=MARK)
    await run(await told(), user_id=f"{MARK} / {MARK}")
    await run(await told(), "a film from before 1920")


class StoreDown:
    speaks_sql = False

    def __init__(self, store: Any, broken: str) -> None:
        self.movies = Down(store.movies) if broken == "movies" else store.movies
        self.preferences = Down(store.preferences) if broken == "preferences" else store.preferences
        self.speaks_sql = store.speaks_sql


def with_store_down(parts: Any, part: str) -> Any:
    return replace(parts, store=StoreDown(parts.store, part))


async def test_no_record_above_debug_holds_what_the_viewer_wrote(kept: Kept) -> None:
    await every_path(kept)
    kinds = {record.name for record in kept.records if record.levelno > logging.DEBUG}
    assert {"matinee.observability.run_clock", "matinee.events", "matinee.nodes.generate"} <= kinds
    assert MARK not in kept.said(logging.INFO)


async def test_debug_does_say_it(kept: Kept) -> None:
    await run(await told(f"[1] Inception (2010): {MARK}.", GOOD))
    await run(with_store_down(await told(), "movies"))
    assert MARK in kept.said(logging.DEBUG)


async def test_every_record_of_a_run_names_it(kept: Kept) -> None:
    parts = await told(GOOD)
    kept.records.clear()
    graph = build_recommend_graph(parts)
    stream = [event async for event in events(graph, REQUEST, {"limit": 2})]
    ours = [record for record in kept.records if record.name.startswith("matinee")]
    assert len(ours) > 10
    assert {record.run_id for record in ours} == {stream[-1].run_id}  # type: ignore[attr-defined, union-attr]


async def test_a_cross_encoder_that_is_left_out_is_logged_with_its_run(kept: Kept) -> None:
    graph = build_recommend_graph(replace(await told(GOOD), cross_encoder=None))
    stream = [event async for event in events(graph, REQUEST, {"limit": 2, "rerank": "cross_encoder"})]
    (record,) = [record for record in kept.records if record.name == "matinee.nodes.rerank"]
    assert record.run_id == stream[-1].run_id  # type: ignore[attr-defined, union-attr]


async def test_runs_side_by_side_are_told_apart(kept: Kept) -> None:
    graph = build_recommend_graph(await told())
    kept.records.clear()
    await asyncio.gather(*(graph.ainvoke({"query": f"film {n}"}) for n in range(4)))
    named = [record.run_id for record in kept.records if record.name == "matinee.events"]  # type: ignore[attr-defined]
    assert len(set(named)) == 4
    assert {named.count(run_id) for run_id in named} == {named.count(named[0])}


async def test_sanitize_of_a_run_there_is_none_to_name_also_after_one(kept: Kept) -> None:
    await (build_recommend_graph(await told())).ainvoke({"query": "a film"})
    logs.logger("matinee.somewhere").warning("here")
    assert kept.records[-1].run_id == "-"  # type: ignore[attr-defined]


def test_records_of_other_loggers_are_left_alone(kept: Kept) -> None:
    logging.getLogger("somebody.else").warning("here")
    assert not hasattr(kept.records[-1], "run_id")


def test_the_kinds_of_an_error_are_its_classes_and_its_causes() -> None:
    try:
        try:
            raise KeyError(MARK)
        except KeyError as error:
            raise ValueError(MARK) from error
    except ValueError as error:
        assert logs.kinds(error) == "ValueError from KeyError"
