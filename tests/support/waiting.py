"""Waiting for what another thread or process is about to do."""

import asyncio
import time
from collections.abc import Callable


async def comes_true(condition: Callable[[], bool], within: float = 20.0) -> bool:
    """Tell whether the condition holds before `within` seconds have passed; the event loop runs on meanwhile."""
    deadline = time.monotonic() + within
    while not await asyncio.to_thread(condition):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.005)
    return True
