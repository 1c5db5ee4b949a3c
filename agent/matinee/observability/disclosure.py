"""Who is sent what a run says, beside the viewer: LangSmith by its variables, receivers of OpenTelemetry spans.

A run tells the viewer once, at its beginning. LangSmith's variables are read by its own client, which LangChain asks.
"""

import os
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from langsmith import utils

from matinee.redaction import hidden

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_DEFAULT_ENDPOINT = "http://localhost:4318"  # by the OpenTelemetry specification, for OTLP over HTTP


class Receiver(NamedTuple):
    """Who is sent spans, and whether they hold texts."""

    address: str
    texts: bool


receivers: list[Receiver] = []
"""Those that this process sends spans to at present."""


def otlp_receiver(*, texts: bool) -> Receiver:
    """Return the receiver that the exporter takes from the environment."""
    address = next(filter(None, map(os.environ.get, _ENDPOINTS)), _DEFAULT_ENDPOINT)
    return Receiver(address, texts)


def notices() -> list[str]:
    """Return at most one notice, of all that is sent off in this run and of where to."""
    said = []
    if utils.tracing_is_enabled() is True:  # "local" keeps runs in the process
        hidden_too = all(utils.get_env_var(name) == "true" for name in ("HIDE_INPUTS", "HIDE_OUTPUTS"))
        said.append(_said("LangSmith", utils.get_api_url(None), texts=not hidden_too, off="LANGSMITH_TRACING=false"))
    said += [
        _said("an OpenTelemetry receiver", address, texts=texts, off="MATINEE_TELEMETRY=false")
        for address, texts in receivers
    ]
    return [" ".join(said)] if said else []


def _said(who: str, address: str, *, texts: bool, off: str) -> str:
    what = (
        "The texts of this run (request, preferences, answer)" if texts else "Times and counts of this run, no texts,"
    )
    try:
        parts = urlsplit(address)
        place = "program" if _is_here(parts.hostname or "") else "machine"
        # Without user, password and query, which may hold a key.
        shown = hidden(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    except ValueError:
        place, shown = "machine", "an address that cannot be read"
    return f"{what} leave this {place} for {who} at {shown} ({off} keeps them here)."


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
