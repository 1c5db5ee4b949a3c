"""Time limits that count only the time in which the event loop could have noticed an answer."""

import asyncio
from types import TracebackType

_TICKS = 8


class LagTolerantTimeout:
    """As `asyncio.timeout`, but fair to a server when this process is the busy one.

    A hundred requests that start at once keep an event loop from its sockets for seconds, and a reply already in the
    socket buffer would be reported as a timeout. The limit is therefore cut into ticks, each begun when the last was
    noticed: a loop that lags makes its ticks longer, and looks at its sockets between them.

    Raises:
        TimeoutError: the time is over.
    """

    def __init__(self, seconds: float) -> None:
        self._tick = max(0.0, seconds) / _TICKS
        self._left = _TICKS
        self._limit = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        """Begin to count."""
        await self._limit.__aenter__()
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.call_later(self._tick, self._ticked)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop counting; a time that is over is told as `TimeoutError`."""
        self._due.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def _ticked(self) -> None:
        self._left -= 1
        if self._left:
            self._due = self._loop.call_later(self._tick, self._ticked)
        else:
            self._limit.reschedule(self._loop.time())
