"""Few runs work at once, those that began first go first, and who waits for a model holds nobody up."""

import asyncio

import pytest

from matinee.llm import work_turns
from matinee.llm.request_queue import RequestQueue
from matinee.llm.work_turns import aside, at_work, beginning


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_turns, "_turns", RequestQueue(1, 1000))


async def test_a_run_that_began_first_does_all_its_steps_first() -> None:
    done: list[float] = []

    async def run(began: float) -> None:
        for _ in range(3):
            async with at_work(began):
                await asyncio.sleep(0.001)
                done.append(began)

    await asyncio.gather(*(run(began) for began in (1.0, 3.0, 2.0)))
    assert done.index(3.0) > max(n for n, began in enumerate(done) if began == 1.0)
    assert done[-1] != 1.0


async def test_who_waits_for_a_model_leaves_its_turn_to_others_and_takes_one_again() -> None:
    answered, order = asyncio.Event(), list[str]()

    async def asking() -> None:
        async with at_work(1.0):
            async with aside():
                await answered.wait()
            order.append("asked")

    async def working() -> None:
        async with at_work(2.0):
            order.append("worked")
            answered.set()
            await asyncio.sleep(0.01)
            order.append("ended")

    await asyncio.gather(asking(), working())
    assert order == ["worked", "ended", "asked"]


async def test_a_step_within_another_works_in_the_turn_of_that() -> None:
    async with asyncio.timeout(5), at_work(1.0), at_work(1.0):
        pass


async def test_a_step_that_fails_or_is_cancelled_gives_its_turn_back() -> None:
    async def fails() -> None:
        async with at_work(1.0), aside():
            raise ValueError

    async def waits() -> None:
        async with at_work(1.0):
            await asyncio.Event().wait()

    with pytest.raises(ValueError):
        await fails()
    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)
    waiting.cancel()
    async with asyncio.timeout(5), at_work(2.0):
        pass


async def test_of_many_that_begin_at_once_each_begins_in_a_step_of_the_loop_of_its_own() -> None:
    loop, steps = asyncio.get_running_loop(), [0]

    def count() -> None:
        steps[0] += 1
        loop.call_soon(count)

    loop.call_soon(count)
    begun: list[int] = []

    async def begins() -> None:
        await beginning()
        begun.append(steps[0])

    await asyncio.gather(*(begins() for _ in range(20)))
    assert len(set(begun)) == 20
    assert begun == sorted(begun)
