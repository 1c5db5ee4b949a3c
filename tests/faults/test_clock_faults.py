"""A wall clock that is set back: limits run by another clock, and what a viewer told stays in its order.

The clock is emulated: `time.time` and the `datetime` of the stamps are replaced by ones that jump.
"""

import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from matinee import models
from matinee.llm.circuit_breaker import CircuitBreaker, CircuitOpen
from matinee.ratings.preferences import statement
from tests.support.fakes import memory_store
from tests.support.impatience import impatient, recommend
from tests.support.misbehaving_ollama import MisbehavingOllama

DAY = timedelta(days=1)


class FallingBack(datetime):
    """A clock that is a day earlier at each look."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        cls.looks += 1
        return datetime(2026, 11, 21, tzinfo=UTC) - cls.looks * DAY


@pytest.fixture
def falling_back(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began - 1000 * time.monotonic())
    monkeypatch.setattr(models, "datetime", FallingBack)


@pytest.mark.usefixtures("falling_back")
async def test_limits_and_rests_do_not_depend_on_the_wall_clock() -> None:
    with MisbehavingOllama("silent") as server:
        start = time.monotonic()
        final = await recommend(impatient(server.url, first=0.5))
        assert time.monotonic() - start >= 0.5
    assert len(final["recommendations"]) == 2

    breaker = CircuitBreaker(rest=0.2)
    with pytest.raises(TimeoutError), breaker.call(lambda error: True):
        raise TimeoutError
    with pytest.raises(CircuitOpen):
        breaker.check()
    time.sleep(0.25)
    breaker.check()


@pytest.mark.usefixtures("falling_back")
async def test_what_a_viewer_told_stays_in_the_order_of_telling() -> None:
    home = memory_store()
    told = [f"I like number {n}" for n in range(5)]
    for text in told:
        await home.preferences.add(statement("ana", text))
    assert FallingBack.looks >= 5
    stored = await home.preferences.of_user("ana")
    assert [preference.text for preference in stored] == told
    assert len({preference.created_at for preference in stored}) == 5
