"""A TCP proxy that stands before a real server and passes on, delays, swallows or refuses, as the test says."""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any, Literal, Self

from tests.support.processes import HOST

Manner = Literal[
    "passing",  # what comes is passed on
    "stalled",  # connections are taken, and nothing is passed on any more, either way
    "refusing",  # connections are closed as soon as they are taken
]


class MisbehavingProxy:
    """Listens at `port` while its context is open, before a port of this machine or a unix socket.

    `manner` may be changed at any time and concerns open connections, too; `delay` is in seconds a block of the
    server's answers. `cut` breaks every open connection.
    """

    def __init__(self, target: int | str, *, manner: Manner = "passing", delay: float = 0.0) -> None:
        self.manner: Manner = manner
        self.delay = delay
        self.taken = 0
        self._target = target
        self._started = threading.Event()
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), name="misbehaving-proxy")
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def cut(self) -> None:
        """Break every open connection."""
        done = threading.Event()

        def abort() -> None:
            for writer in self._open:
                writer.transport.abort()
            done.set()

        self._loop.call_soon_threadsafe(abort)
        done.wait()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        server = await asyncio.start_server(self._connection, sock=self._listener)
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets the aborted transports close their sockets

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.taken += 1
        ends = [writer]
        self._open.add(writer)
        try:
            if self.manner == "refusing":
                return
            with suppress(OSError):
                to_reader, to_writer = await self._connected()
                ends.append(to_writer)
                self._open.add(to_writer)
                ways = {
                    asyncio.ensure_future(self._pass(reader, to_writer, 0.0)),
                    asyncio.ensure_future(self._pass(to_reader, writer, 1.0)),
                }
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
        except asyncio.CancelledError:
            pass  # only the proxy's stop cancels, and nobody is left to tell
        finally:
            for end in ends:
                self._open.discard(end)
                end.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection(HOST, self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, share: float) -> None:
        while data := await reader.read(65_536):
            while self.manner == "stalled":
                await asyncio.sleep(0.01)
            await asyncio.sleep(share * self.delay)
            writer.write(data)
            await writer.drain()
