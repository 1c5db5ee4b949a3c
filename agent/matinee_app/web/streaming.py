"""Responses that take long: they end when their client goes, and a stream shows meanwhile that it is alive."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from matinee_app.web.errors import described

_PING = 15.0
"""Seconds after which a proxy is shown that the stream is alive."""

Sse = AsyncGenerator[bytes, None]


class _Watched(Response):
    """Is made and sent by one task, which is cancelled, once, as soon as the client goes.

    Starlette's own responses notice that at the next thing they send, or cancel the clean-up of a run, too.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        making = asyncio.create_task(self._make(scope, receive, send))
        gone = asyncio.create_task(_departure(receive))
        try:
            await asyncio.wait({making, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (making, gone):
                task.cancel()
            await asyncio.wait({making, gone})
        if not making.cancelled():
            making.result()

    async def _make(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError


class Computed(_Watched):
    """A JSON document that takes long to compute."""

    media_type = "application/json"

    def __init__(self, compute: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._compute = compute

    async def _make(self, scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse(await self._compute())(scope, receive, send)


class EventStream(_Watched):
    """Server-sent events. What fails before the first one is raised, and so answered as an error.

    Args:
        events: the events, encoded by `sse`; closed when the client goes.
        failed: encodes what fails later, given its status and sentence.
    """

    media_type = "text/event-stream"

    def __init__(self, events: Sse, failed: Callable[[int, str], bytes]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._failed = failed

    async def _make(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events) as events:
            first = await anext(events)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _piece(send, first)
            pinging = asyncio.create_task(_ping(send))
            try:
                async for event in events:
                    await _piece(send, event)
            except Exception as error:
                await _piece(send, self._failed(*described(error)))
            finally:
                pinging.cancel()
        await send({"type": "http.response.body", "body": b""})


def sse(data: str, event: str | None = None) -> bytes:
    """Return an event on the wire; `data` is JSON, which has no line breaks."""
    named = f"event: {event}\n" if event else ""
    return f"{named}data: {data}\n\n".encode()


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ping(send: Send) -> None:
    with suppress(OSError):
        while True:
            await asyncio.sleep(_PING)
            await _piece(send, b": still here\n\n")


async def _piece(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
