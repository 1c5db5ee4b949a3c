"""Turns at a service that does only so much at once: first come, first served, and not too many in the queue.

`asyncio`'s primitives belong to one event loop, while a process may run several (LangChain's synchronous tools run a
loop a call): the queue is therefore a plain one under a lock, and each turn is handed to its waiter's own loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple


class QueueFull(Exception):
    """As many wait already as may."""


class _Waiter(NamedTuple):
    """Who waits, in the order in which turns are given: by `since`, then by when it was asked."""

    since: float
    number: int
    place: Future[None]


class RequestQueue:
    """At most `at_once` at work and `waiting` in the queue, over all threads and event loops of the process."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self._lock = threading.Lock()
        self._free = at_once
        self._queue: list[_Waiter] = []
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, patience: float | None, since: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Args:
            patience: seconds to wait at most; None: as long as it takes.
            since: who asks with less goes before those who ask with more.

        Raises:
            QueueFull: too many wait already; raised at once.
            TimeoutError: no turn came within `patience` seconds.
        """
        await self._taken(patience, since)
        try:
            yield
        finally:
            self._pass_on()

    async def _taken(self, patience: float | None, since: float) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            self._queue = [waiter for waiter in self._queue if not waiter.place.cancelled()]
            heapify(self._queue)
            if len(self._queue) >= self.waiting:
                raise QueueFull
            place: Future[None] = Future()
            heappush(self._queue, _Waiter(since, next(self._numbers), place))
        try:
            async with asyncio.timeout(patience):
                await asyncio.wrap_future(place)
        except BaseException:
            if not place.cancel() and not place.cancelled():
                self._pass_on()  # the turn came as its waiter left
            raise

    def _pass_on(self) -> None:
        """Give the turn to the first who still waits."""
        while True:
            with self._lock:
                if not self._queue:
                    self._free += 1
                    return
                place = heappop(self._queue).place
            if place.set_running_or_notify_cancel():
                place.set_result(None)
                return


_lock = threading.Lock()
_turns: dict[tuple[str, int, int], RequestQueue] = {}


def turns_of(address: str, at_once: int, waiting: int) -> RequestQueue:
    """Return the turns at a service, one queue a process for the same limits."""
    with _lock:
        return _turns.setdefault((address, at_once, waiting), RequestQueue(at_once, waiting))
