"""One event loop in a thread of its own, on which synchronous callers have their coroutines run.

A caller's own thread may have a loop that is running already, as in a notebook's cell, so the work cannot run there.
All callers share one loop, so that none of them costs a thread, and connections and locks that belong to a loop last
longer than a call.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import Future
from contextlib import aclosing
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")

_WINDING_UP = 2.0
"""Seconds that what still runs when the process ends has to clean up."""


class _Running(NamedTuple):
    process: int
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread


_starting = threading.Lock()
_running: _Running | None = None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine gives; it sees the caller's context variables. An interrupted caller cancels it.

    Raises:
        RuntimeError: the caller is itself a coroutine on this loop, and would wait for itself.
    """
    loop = _started()
    if _is_here():
        work.close()
        raise RuntimeError("A synchronous method was called on matinee's own event loop; await its async twin instead.")
    future = asyncio.run_coroutine_threadsafe(work, loop)  # which copies the context
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def iterate(stream: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """Yield what an asynchronous generator yields; closing this one closes that one before it returns.

    The whole of it runs in one task: limits and context variables of a generator do not survive a change of task.
    """
    came: SimpleQueue[T | None] = SimpleQueue()

    async def drain() -> None:
        async with aclosing(stream) as items:
            async for item in items:
                came.put(item)

    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(drain())
        task.add_done_callback(lambda _: came.put(None))
        return task

    task = run(begin())
    try:
        while (item := came.get()) is not None:
            yield item
        task.result()
    finally:
        if not task.done():
            if _is_here():  # a generator that nobody holds is closed by whichever thread finds it
                task.cancel()
            else:
                run(_cancelled(task))


class Once:
    """Work that is done once for all who wait for it, on whatever loop; after a failure the next one begins it anew."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._doing: Future[None] | None = None

    async def done(self) -> None:
        """Return when the work is done; whoever leaves earlier does not end it for the others."""
        with self._lock:
            if self._doing is None or (self._doing.done() and (self._doing.cancelled() or self._doing.exception())):
                self._doing = asyncio.run_coroutine_threadsafe(self._work(), _started())
            doing = self._doing
        await asyncio.shield(asyncio.wrap_future(doing))

    def stop(self) -> None:
        """Break the work off, if it is being done, and have it done again when it is next waited for."""
        with self._lock:
            if self._doing is not None:
                self._doing.cancel()
            self._doing = None


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])


def _is_here() -> bool:
    return _running is not None and threading.current_thread() is _running.thread


def _started() -> asyncio.AbstractEventLoop:
    global _running
    with _starting:
        if _running is None or _running.process != os.getpid():  # a fork inherits the loop, but not its thread
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever, name="matinee-background", daemon=True)
            thread.start()
            _running = _Running(os.getpid(), loop, thread)
        return _running.loop


@atexit.register
def _stop() -> None:
    if _running is None or _running.process != os.getpid():
        return
    _, loop, thread = _running
    asyncio.run_coroutine_threadsafe(_wound_up(), loop)
    thread.join(2 * _WINDING_UP)
    if not thread.is_alive():
        loop.close()


async def _wound_up() -> None:
    loop = asyncio.get_running_loop()
    try:
        if left := asyncio.all_tasks() - {cast(Any, asyncio.current_task())}:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=_WINDING_UP)
    finally:
        loop.call_soon(loop.stop)
