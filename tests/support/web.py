"""The web app over the test films, asked in this process or served on a free port."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
from fastapi import FastAPI

from matinee.settings import Settings
from matinee_app.web.app import create_app
from matinee_app.web.security import Policy
from matinee_graphs.parts import Parts
from tests.support.fakes import parts_with
from tests.support.processes import AppThread


async def app_with(*answers: str, parts: Parts | None = None, policy: Policy | None = None) -> FastAPI:
    """The app whose chat model gives these answers; without answers reasons are composed."""
    settings = Settings(chat_model="none")
    return create_app(parts or await parts_with(*answers, settings=settings), settings, policy=policy)


@asynccontextmanager
async def asked(app: FastAPI) -> AsyncGenerator[httpx2.AsyncClient, None]:
    """A client that asks the app without a socket; of all faces, only MCP needs the app to have started."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve the app on a free port of this machine; yields its address."""
    thread = AppThread(app)
    try:
        yield thread.url
    finally:
        thread.close()


def events_of(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream: their names, and what they hold."""
    found = []
    for block in text.split("\n\n"):
        if block and not block.startswith(":"):
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            found.append((fields.get("event", ""), fields["data"]))
    return found
