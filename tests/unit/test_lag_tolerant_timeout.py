"""A limit ends in its time, unless this very process kept the event loop from looking."""

import asyncio
import time

import pytest

from matinee.llm.lag_tolerant_timeout import LagTolerantTimeout


async def test_what_does_not_come_ends_in_its_time() -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        async with LagTolerantTimeout(0.2):
            await asyncio.Event().wait()
    assert time.monotonic() - start >= 0.2


async def test_what_comes_in_time_is_let_be() -> None:
    async with LagTolerantTimeout(0.2):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)  # no late cancellation either


async def test_a_loop_that_others_kept_busy_still_gets_to_look() -> None:
    reader, writer = asyncio.StreamReader(), asyncio.get_running_loop()
    writer.call_soon(time.sleep, 0.3)  # somebody's work, three times the limit
    writer.call_soon(writer.call_soon, reader.feed_data, b"an answer")
    async with LagTolerantTimeout(0.1):
        assert await reader.read(9) == b"an answer"


async def test_a_cancellation_from_outside_stays_one() -> None:
    async def wait() -> None:
        async with LagTolerantTimeout(5):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
