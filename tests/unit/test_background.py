"""The event loop of synchronous callers: one for the process, wherever they stand and however they leave."""

import asyncio
import contextvars
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor

import pytest

from matinee import background

WHO = contextvars.ContextVar("who", default="nobody")


async def who() -> str:
    return WHO.get()


async def thread() -> threading.Thread:
    await asyncio.sleep(0)
    return threading.current_thread()


def test_the_work_sees_the_caller_s_context_variables() -> None:
    token = WHO.set("ana")
    assert background.run(who()) == "ana"
    WHO.reset(token)
    assert background.run(who()) == "nobody"


async def test_it_works_where_a_loop_is_running_already() -> None:
    assert background.run(who()) == "nobody"


def test_all_callers_share_one_thread() -> None:
    with ThreadPoolExecutor(8) as callers:
        threads = set(callers.map(lambda _: background.run(thread()), range(40)))
    assert len(threads) == 1
    assert sum(one.name == "matinee-background" for one in threading.enumerate()) == 1


def test_what_the_work_raises_reaches_the_caller() -> None:
    async def failing() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        background.run(failing())


def test_a_call_from_the_loop_itself_is_refused_instead_of_waiting_for_itself() -> None:
    async def calling() -> str:
        return background.run(who())

    with pytest.raises(RuntimeError, match="async twin"):
        background.run(calling())


def test_an_interrupted_caller_cancels_the_work() -> None:
    ended = threading.Event()
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore interrupts

    async def endless() -> None:
        main = threading.main_thread().ident
        assert main is not None
        await asyncio.sleep(0.1)  # until the caller waits
        signal.pthread_kill(main, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    try:
        with pytest.raises(KeyboardInterrupt):
            background.run(endless())
    finally:
        signal.signal(signal.SIGINT, handler)
    assert ended.wait(5)


class Counting:
    """A stream that knows how far it was read, and whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    async def stream(self, last: int) -> AsyncGenerator[int, None]:
        try:
            async with asyncio.timeout(5):  # belongs to the task that entered it
                for number in range(1, last + 1):
                    yield number
                    await asyncio.sleep(0)
        finally:
            self.closed = True


def test_a_stream_is_yielded_item_by_item_and_closed_at_its_end() -> None:
    counting = Counting()
    assert list(background.iterate(counting.stream(5))) == [1, 2, 3, 4, 5]
    assert counting.closed


def test_leaving_early_closes_the_stream_before_going_on() -> None:
    counting = Counting()
    items = background.iterate(counting.stream(10**9))
    assert next(items) == 1
    items.close()
    assert counting.closed


def test_an_error_of_a_stream_comes_after_its_items() -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise LookupError("nothing more")

    items = background.iterate(failing())
    assert next(items) == 1
    with pytest.raises(LookupError, match="nothing more"):
        next(items)


FORKED = """
import os, sys
from matinee import background
async def where(): return os.getpid()
assert background.run(where()) == os.getpid()
child = os.fork()
if not child:
    os._exit(0 if background.run(where()) == os.getpid() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

LEFT_OPEN = """
import asyncio
from matinee import background
async def endless():
    try:
        while True:
            yield 1
            await asyncio.sleep(0.01)
    finally:
        print("closed")
items = background.iterate(endless())
next(items)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_process_has_a_loop_of_its_own() -> None:
    quiet = [sys.executable, "-W", "ignore::DeprecationWarning"]  # of forks beside threads, from Python 3.12 on
    done = subprocess.run([*quiet, "-c", FORKED], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_ends_in_order_while_a_stream_is_open() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", LEFT_OPEN], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\n", "")
