"""Ends a command in order when it is told to stop: streams are closed, the terminal is as before, files are whole."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Terminated(Exception):
    """The process was asked to end (SIGTERM)."""


async def until_told(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work gives; SIGTERM cancels it, as `asyncio.run` sees to for SIGINT.

    Raises:
        Terminated: SIGTERM came; the work has cleaned up.
    """
    task = asyncio.current_task()
    assert task is not None
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        task.cancel()

    with suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        return await work
    except asyncio.CancelledError:
        if told:
            raise Terminated from None
        raise
