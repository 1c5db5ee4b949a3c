"""Qdrant's errors in the viewer's words: what was wrong and what to do, one sentence each."""

import httpx
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from matinee.errors import IndexUnavailable
from matinee.redaction import hidden

FAILURES = (ApiException, httpx.HTTPError, ConnectionError)
"""What a call to a server may raise when the server or the network is at fault."""


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
