"""The way to Qdrant: a client that is made at first use, and its errors in the viewer's words."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import httpx
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from matinee.errors import IndexUnavailable
from matinee.index.edge import EdgeClient
from matinee.index.edge_seal import damaged
from matinee.llm.circuit_breaker import REST, CircuitOpen, breaker_of
from matinee.redaction import hidden

Client = QdrantClient | EdgeClient

FAILURES = (ApiException, httpx.HTTPError, ConnectionError)
"""What a call to a server may raise when the server or the network is at fault."""


class Connection:
    """A client that is made at first use, so that opening a store costs nothing and never blocks."""

    def __init__(self, connect: Callable[[], Client], location: str, rest: float = REST) -> None:
        self.location = location
        self._rest = rest
        self._connect = connect
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._asking = threading.local()

    @property
    def client(self) -> Client:
        """Return the client, connecting at the first call."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    @contextmanager
    def answering(self, part: str = "") -> Iterator[None]:
        """Bring a server's errors to one kind, and leave a part (a collection) alone that kept us waiting in vain.

        Raises:
            IndexUnavailable: the server does not answer, fails, or is left alone.
        """
        if getattr(self._asking, "now", False):
            yield  # a piece of larger work, which is guarded as a whole
            return
        self._asking.now = True
        try:
            with breaker_of(f"{self.location} {part}", self._rest).call(is_dead):
                try:
                    yield
                except FAILURES as error:
                    raise explained(error, self.location) from error
                except Exception as error:
                    if type(error) is Exception:  # the embedded engine has no error of its own kind
                        raise damaged(Path(self.location) / part, "the engine cannot read it") from error
                    raise
        except CircuitOpen as resting:
            raise IndexUnavailable(str(resting)) from None
        finally:
            self._asking.now = False

    def close(self) -> None:
        """Close the client, if there is one; the next use connects again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None


class _Asking(Protocol):
    name: str
    connection: Connection


P = ParamSpec("P")
T = TypeVar("T")
Asking = TypeVar("Asking", bound=_Asking)


def asked(work: Callable[Concatenate[Asking, P], T]) -> Callable[Concatenate[Asking, P], Coroutine[Any, Any, T]]:
    """Run a method in a thread, since the client blocks, and bring a server's errors to one kind."""

    def guarded(asking: Asking, *args: P.args, **kwargs: P.kwargs) -> T:
        with asking.connection.answering(asking.name):
            return work(asking, *args, **kwargs)

    @wraps(work)
    async def run(asking: Asking, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(guarded, asking, *args, **kwargs)

    return run


def is_dead(error: BaseException) -> bool:
    """Tell whether the error, or what it was raised from, means that the server cannot be reached or is silent."""
    below = _below(error.__cause__ if isinstance(error, IndexUnavailable) else error)
    return isinstance(below, httpx.TimeoutException | httpx.ConnectError | ConnectionError)


def explained(error: BaseException, location: str) -> IndexUnavailable:
    """Return the error to raise for what went wrong at a server."""
    below = _below(error)
    if isinstance(below, httpx.TimeoutException):
        return IndexUnavailable(
            f"Qdrant at {location} did not answer in time; look at what keeps the server busy, or raise "
            "MATINEE_STORE_TIMEOUT."
        )
    if isinstance(below, UnexpectedResponse):
        said = hidden(f"{below.status_code} {below.reason_phrase}".strip())
        if below.status_code in (401, 403):
            return IndexUnavailable(f"Qdrant at {location} refuses us ({said}); check MATINEE_QDRANT_API_KEY.")
        return IndexUnavailable(
            f"Qdrant at {location} failed ({said}); look at its log with `docker compose logs qdrant`, or unset "
            "MATINEE_QDRANT_URL to use the embedded store."
        )
    said = hidden(" ".join(str(below).split()) or type(below).__name__)
    return IndexUnavailable(
        f"Qdrant at {location} does not answer ({said}); start it with `docker compose up -d qdrant`, or unset "
        "MATINEE_QDRANT_URL to use the embedded store."
    )


def _below(error: BaseException | None) -> BaseException | None:
    return error.source if isinstance(error, ResponseHandlingException) else error
