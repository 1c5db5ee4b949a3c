"""How commands find the `matinee serve` that holds their index: a file of the data folder says where it listens.

The file, which only the viewer may read, holds a token of that process alone; with it the commands ask as themselves,
with all options of a run.
"""

import json
import os
import secrets
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, SecretStr

from matinee.context import Context
from matinee.errors import InvalidRequest, MatineeError
from matinee.events.schema import Event, parse
from matinee.settings import Settings

_TO_CONNECT = 2.0


class LocalServer(BaseModel):
    """Where it listens, and the token that it takes from commands."""

    url: str
    token: SecretStr

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that a request needs."""
        return {"Authorization": f"Bearer {self.token.get_secret_value()}"}

    async def events(self, given: Mapping[str, Any], context: Context) -> AsyncGenerator[Event, None]:
        """Yield the events of a run there, as `matinee_graphs.streaming.events` does here.

        Raises:
            InvalidRequest: as the run raises it there.
            MatineeError: the run fails there, or the server does not answer.
        """
        body = {"given": given, "context": context.model_dump(mode="json", exclude_unset=True)}
        limits = httpx.Timeout(None, connect=_TO_CONNECT)
        try:
            async with (
                httpx.AsyncClient(timeout=limits, trust_env=False) as client,
                client.stream("POST", f"{self.url}/api/run", json=body, headers=self.headers) as response,
            ):
                if response.status_code != 200:
                    await response.aread()
                    raise _error(response.status_code, response.json()["error"]["message"])
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        event = json.loads(line.removeprefix("data: "))
                        if event["event"] == "error":
                            raise _error(event["status"], event["message"])
                        yield parse(event)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            if isinstance(error, MatineeError):
                raise
            raise MatineeError(f"`matinee serve` at {self.url} does not answer ({error}); start it anew.") from error


@contextmanager
def announced(settings: Settings, url: str, token: str) -> Iterator[None]:
    """Say in the data folder where this process listens, for as long as the block takes."""
    path = _file(settings)
    server = {"url": url, "token": token}
    with suppress(OSError):
        path.unlink()
    with suppress(OSError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(server, file)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def new_token() -> str:
    """Return a token that nobody knows yet."""
    return secrets.token_urlsafe(32)


async def find_server(settings: Settings) -> LocalServer | None:
    """Return the server that said where it listens; None: none did, or it is gone without a word."""
    try:
        server = LocalServer.model_validate_json(_file(settings).read_text())
        async with httpx.AsyncClient(timeout=_TO_CONNECT, trust_env=False) as client:
            health = await client.get(f"{server.url}/api/health", headers=server.headers)
        return server if health.json()["ready"] else None
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError):
        return None


def _file(settings: Settings) -> Path:
    return settings.home / "serve.json"


def _error(status: int, message: str) -> MatineeError:
    return InvalidRequest(message) if status in (400, 422) else MatineeError(message)
