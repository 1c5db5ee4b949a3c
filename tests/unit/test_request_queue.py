"""Turns come in order, are bounded, and survive waiters that leave, over several event loops."""

import asyncio
import threading

import pytest

from matinee.llm.request_queue import QueueFull, RequestQueue


class Work:
    """Counts how many are at work at once, and in which order they began."""

    def __init__(self, turns: RequestQueue, seconds: float = 0.005) -> None:
        self.turns = turns
        self.seconds = seconds
        self.now = self.most = 0
        self.order: list[int] = []
        self._lock = threading.Lock()

    async def __call__(self, number: int, patience: float = 10.0) -> None:
        async with self.turns.turn(patience):
            with self._lock:
                self.order.append(number)
                self.now += 1
                self.most = max(self.most, self.now)
            await asyncio.sleep(self.seconds)
            with self._lock:
                self.now -= 1


async def test_turns_come_in_the_order_of_asking_and_no_more_than_so_many_at_once() -> None:
    work = Work(RequestQueue(3, 100))
    await asyncio.gather(*(work(n) for n in range(30)))
    assert work.order == list(range(30))
    assert work.most == 3


async def test_one_too_many_in_the_queue_is_refused_at_once() -> None:
    work = Work(RequestQueue(1, 2), seconds=0.05)
    ended = await asyncio.gather(*(work(n) for n in range(5)), return_exceptions=True)
    assert [type(e) for e in ended] == [type(None)] * 3 + [QueueFull] * 2
    await work(6)


async def test_who_waits_too_long_leaves_and_is_not_given_a_turn() -> None:
    work = Work(RequestQueue(1, 10), seconds=0.1)
    first = asyncio.create_task(work(1))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await work(2, patience=0.01)
    await work(3)
    await first
    assert work.order == [1, 3]


async def test_a_waiter_that_is_cancelled_loses_nobody_a_turn() -> None:
    work = Work(RequestQueue(1, 10), seconds=0.02)
    tasks = [asyncio.create_task(work(n)) for n in range(6)]
    await asyncio.sleep(0.005)
    tasks[1].cancel()
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert work.order == [0, 2, 4, 5]
    await work(7)


async def test_a_turn_that_comes_as_its_waiter_is_cancelled_goes_to_the_next() -> None:
    turns = RequestQueue(1, 10)
    work = Work(turns, seconds=0)
    held = turns.turn(1)
    await held.__aenter__()
    tasks = [asyncio.create_task(work(n)) for n in range(2)]
    await asyncio.sleep(0)
    await held.__aexit__(None, None, None)  # hands the turn to the first waiter, which has not run yet
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert work.order == [1]
    await asyncio.wait_for(work(2), 1)


def test_the_bound_holds_over_the_event_loops_of_several_threads() -> None:
    work = Work(RequestQueue(2, 100))

    def loop(base: int) -> None:
        async def several() -> None:
            await asyncio.gather(*(work(base + n) for n in range(10)))

        asyncio.run(several())

    threads = [threading.Thread(target=loop, args=(base,)) for base in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(work.order) == 30
    assert work.most == 2


async def test_who_asked_since_longer_goes_before_others() -> None:
    turns, order = RequestQueue(1, 10), list[float]()

    async def work(since: float) -> None:
        async with turns.turn(None, since):
            order.append(since)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(work(since) for since in (0.0, 5.0, 3.0, 4.0, 3.0)))
    assert order == [0.0, 3.0, 3.0, 4.0, 5.0]
