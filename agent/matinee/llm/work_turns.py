"""Turns at this machine's processors: few runs search and rank at once, and who came first is served first.

Many runs that took turns at every step would all end late, and hold the event loop up together. A run keeps its place
in the order of arrival from node to node. While it waits for a chat model, which has a queue of its own, it holds none.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar

from matinee.llm.request_queue import RequestQueue

_turns = RequestQueue(os.cpu_count() or 1, sys.maxsize)
_beginnings = RequestQueue(1, sys.maxsize)


class _Turn(AsyncExitStack):
    """A turn of a run, which can be given back and taken again; turns come in the order in which the runs began."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    async def take(self) -> None:
        await self.enter_async_context(_turns.turn(None, self._began))


_held: ContextVar[_Turn | None] = ContextVar("matinee_turn", default=None)


async def beginning() -> None:
    """Wait until no other run begins in the same step of the event loop."""
    async with _beginnings.turn(None):
        await asyncio.sleep(0)


@asynccontextmanager
async def at_work(began: float) -> AsyncIterator[None]:
    """Wait for a turn and hold it; what runs within another works in the turn of that.

    Args:
        began: when the run began, by a clock that never goes backwards.
    """
    if _held.get() is not None:
        yield
        return
    async with _Turn(began) as turn:
        await turn.take()
        token = _held.set(turn)
        try:
            yield
        finally:
            _held.reset(token)


@asynccontextmanager
async def aside() -> AsyncIterator[None]:
    """Leave the turn to others meanwhile, as for waiting; who leaves by an error takes none again."""
    turn = _held.get()
    if turn is not None:
        await turn.aclose()
    yield
    if turn is not None:
        await turn.take()
