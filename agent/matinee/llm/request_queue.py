"""Turns at a service that does only so much at once: first come, first served, and not too many in the queue.

`asyncio`'s primitives belong to one event loop, while a process may run several (LangChain's synchronous tools run a
loop a call): the queue is therefore a plain one under a lock, and each turn is handed to its waiter's own loop.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager


class QueueFull(Exception):
    """As many wait already as may."""


class RequestQueue:
    """At most `at_once` at work and `waiting` in the queue, over all threads and event loops of the process."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self._lock = threading.Lock()
        self._free = at_once
        self._queue: deque[Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, patience: float) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Raises:
            QueueFull: too many wait already; raised at once.
            TimeoutError: no turn came within `patience` seconds.
        """
        await self._taken(patience)
        try:
            yield
        finally:
            self._pass_on()

    async def _taken(self, patience: float) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            self._queue = deque(f for f in self._queue if not f.cancelled())
            if len(self._queue) >= self.waiting:
                raise QueueFull
            place: Future[None] = Future()
            self._queue.append(place)
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
                place = self._queue.popleft()
            if place.set_running_or_notify_cancel():
                place.set_result(None)
                return


_lock = threading.Lock()
_turns: dict[tuple[str, int, int], RequestQueue] = {}


def turns_of(address: str, at_once: int, waiting: int) -> RequestQueue:
    """Return the turns at a service, one queue a process for the same limits."""
    with _lock:
        return _turns.setdefault((address, at_once, waiting), RequestQueue(at_once, waiting))
