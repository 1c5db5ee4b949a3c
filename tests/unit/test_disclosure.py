"""What a run says of those that are sent its texts: once, with the place, without secrets."""

from collections.abc import Iterator
from typing import Any

import pytest
from langgraph.runtime import Runtime
from langsmith import utils

from matinee.context import Context
from matinee.nodes.write_sql import WriteSql
from matinee.observability import disclosure
from matinee.observability.disclosure import Receiver
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON


@pytest.fixture(autouse=True)
def _unread_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """LangSmith's client remembers the variables that it read."""
    for name in ("LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    reader: Any = utils.get_env_var
    reader.cache_clear()
    yield
    reader.cache_clear()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "receivers", [Receiver("https://ana:secret-word@spans.example/v1?key=k-1", True)])


def test_nothing_is_said_where_nothing_leaves() -> None:
    assert disclosure.notices() == []


@pytest.mark.parametrize("variable", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"])
def test_langsmith_is_named_with_the_place_that_it_sends_to(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "true")
    [said] = disclosure.notices()
    assert "leave this machine" in said
    assert "https://api.smith.langchain.com" in said


def test_texts_that_langsmith_is_not_given_are_not_said_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGSMITH_HIDE_INPUTS", "LANGSMITH_HIDE_OUTPUTS"):
        monkeypatch.setenv(name, "true")
    [said] = disclosure.notices()
    assert "no texts" in said


@pytest.mark.parametrize("address", ["http://127.0.0.1:1984", "http://localhost:1984", "http://[::1]:1984"])
def test_a_receiver_on_this_machine_is_not_said_to_be_elsewhere(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", address)
    [said] = disclosure.notices()
    assert "leave this program" in said
    assert address in said


@pytest.mark.usefixtures("receiver")
def test_several_receivers_are_one_notice_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    [said] = disclosure.notices()
    assert "https://api.smith.langchain.com" in said
    assert "https://spans.example/v1" in said
    assert not [secret for secret in ("ana", "secret-word", "k-1") if secret in said]


@pytest.mark.usefixtures("receiver")
async def test_a_run_tells_it_once() -> None:
    parts = await parts_with("[1] Arrival (2016): A linguist learns a language.", films=[ARRIVAL, MOON])
    seen = [event async for event in events(build_recommend_graph(parts), "a quiet film", {"limit": 1})]
    notices = [event.message for event in seen if event.event == "notice"]
    assert sum("spans.example" in notice for notice in notices) == 1
    assert sum("spans.example" in notice for notice in seen[-1].notices) == 1  # type: ignore[union-attr]


class NobodyWrites:
    """A chat service that is switched off."""

    def name(self, context: Context) -> str:
        return "none"


@pytest.mark.usefixtures("receiver")
async def test_a_question_in_sql_tells_it_unless_it_is_part_of_a_run_that_has() -> None:
    node: Any = WriteSql(NobodyWrites(), None)  # type: ignore[arg-type]
    runtime = Runtime(context=Context())
    asked = await node({"question": "how many westerns?"}, runtime)
    within = await node({"question": "how many westerns?", "understanding": {"text": "westerns"}}, runtime)
    assert "spans.example" in " ".join(asked["notices"].value)
    assert within["notices"].value == []
