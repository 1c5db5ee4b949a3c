"""What can go wrong at a chat model, in one sentence each; which of it can pass, and which means a dead service."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

import httpx

from matinee.addresses import HttpAddress
from matinee.errors import ChatModelUnavailable
from matinee.redaction import hidden
from matinee.settings import Settings

_PASSING = frozenset({408, 429, 502, 503, 504})
"""HTTP codes of a server that is busy, starting or behind a proxy; Ollama answers 503 when its own queue is full."""


class Silent(TimeoutError):
    """No first token, or no further one, in time."""


class Overlong(Exception):
    """The answer did not end by itself; `limit` says which bound it passed."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Looping(Exception):
    """The answer repeats itself."""


class CutShort(Exception):
    """The answer stopped without the end that its protocol has."""


def can_pass(error: BaseException) -> bool:
    """Tell whether asking again may help: not for a model that is missing, a request refused or a server down."""
    broken = httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | CutShort
    return isinstance(error, broken) or _status(error) in _PASSING


def is_only_loaded(error: BaseException) -> bool:
    """Tell whether Ollama ended without a word because it had only loaded the model (`done_reason: load`).

    langchain-ollama (1.1) leaves such an answer out, and langchain-core (1.7) finds that nothing was streamed.
    """
    return isinstance(error, ValueError) and "No generation" in str(error)


def is_dead(error: BaseException) -> bool:
    """Tell whether the error, or what it was raised from, means that the service cannot be reached or is silent."""
    cause = error.__cause__ if isinstance(error, ChatModelUnavailable) else error
    return isinstance(cause, ConnectionError | httpx.ConnectError | httpx.TimeoutException | Silent)


def is_reachable(address: HttpAddress, timeout: float) -> bool:
    """Tell whether somebody takes a connection at the address within so many seconds; blocks."""
    try:
        socket.create_connection((address.host, address.port), timeout).close()
    except OSError:
        return False
    return True


@contextmanager
def errors_of(name: str, settings: Settings) -> Iterator[None]:
    """Bring whatever a chat model raises to one error; providers have no common root for theirs.

    Raises:
        ChatModelUnavailable: for every other error, which it keeps as its cause.
    """
    try:
        yield
    except ChatModelUnavailable:
        raise
    except Exception as error:
        raise ChatModelUnavailable(explained(name, settings, error)) from error


def explained(name: str, settings: Settings, error: Exception) -> str:
    """Return what was wrong and what to do, as one sentence."""
    match error:
        case Silent():
            return (
                f"The chat model {name} was silent for too long (limits: {settings.first_token_timeout:g} s to the "
                f"first token, {settings.token_timeout:g} s between tokens); set MATINEE_FIRST_TOKEN_TIMEOUT and "
                "MATINEE_TOKEN_TIMEOUT for a slower machine."
            )
        case Overlong():
            return f"The chat model {name} did not come to an end within {error.limit} and was stopped."
        case Looping():
            return f"The chat model {name} repeated itself and was stopped; another model or seed may do better."
    provider, _, model = name.partition(":")
    said = hidden(str(error)).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if provider != "ollama":
        return f"The chat model {name} failed: {said}"
    server = f"Ollama at {settings.ollama}"
    if isinstance(error, ConnectionError | httpx.ConnectError | httpx.ConnectTimeout):
        return f"{server} does not answer; start it with `ollama serve`, then `ollama pull {model}`."
    if _status(error) == 404:
        return f"{server} has no model {model!r}; run `ollama pull {model}`."
    if isinstance(error, JSONDecodeError):
        return f"{server} sent what is not its protocol; look at what answers there (a proxy, another server)."
    if isinstance(error, httpx.TransportError | CutShort):
        return f"{server} broke off its answer ({said}); look at the log of `ollama serve`."
    return f"{server} failed: {said}; look at the log of `ollama serve`, or choose another model."


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) if type(error).__module__.startswith("ollama") else None
    return status if isinstance(status, int) else None


def silence_or_end(began: float, limit: float) -> Exception:
    """Return the error for a time limit that was reached: that of the whole answer, else that of a token."""
    whole = asyncio.get_running_loop().time() - began >= limit
    return Overlong(f"{limit:g} s (MATINEE_GENERATION_TIMEOUT)") if whole else Silent()
