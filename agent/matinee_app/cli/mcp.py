"""The mcp command: tools over standard input and output, until the program that started it closes them."""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from matinee.errors import MatineeError
from matinee.ratings.preferences import checked_user
from matinee.settings import Settings
from matinee_app.cli.running import needing_serve
from matinee_app.cli.store import ensure_films
from matinee_graphs.parts import open_parts

if TYPE_CHECKING:
    from matinee_app.web.service import Service


async def mcp(settings: Settings, user_id: str | None) -> int:
    """Answer calls of tools.

    Raises:
        MatineeError: the extra `serve` is not installed, or the index cannot be opened.
    """
    with needing_serve("mcp"):
        from matinee_app.mcp import build_mcp
        from matinee_app.web.service import Service
    user = checked_user(user_id) if user_id else None
    async with AsyncExitStack() as stack:
        parts = open_parts(settings)
        stack.callback(parts.store.close)
        await ensure_films(settings, parts.store)
        service = Service(parts, settings)
        warming = asyncio.create_task(_warm_up(service))
        stack.callback(warming.cancel)
        end_input = _relayed_input()
        serving = asyncio.create_task(build_mcp(service, user_id=user).run_stdio_async())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            end_input()
            await serving
            raise
    return 0


def _relayed_input() -> Callable[[], None]:
    """Put a pipe in the place of standard input, fed from it by a thread, and return what ends it.

    The SDK (2.3) reads in a thread that nothing but the end of the input ends, so that Ctrl-C would wait for that.
    """
    source = os.dup(0)
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)

    def relay() -> None:
        with suppress(OSError):  # it has been ended
            while piece := os.read(source, 65_536):
                os.write(writing, piece)
            os.close(writing)

    def end() -> None:
        with suppress(OSError):  # the input has ended by itself
            os.close(writing)

    threading.Thread(target=relay, name="standard-input", daemon=True).start()
    return end


async def _warm_up(service: "Service") -> None:
    with suppress(MatineeError):  # a call of a tool says what is wrong
        await service.warm_up()
        await service.warm_up_chat()
