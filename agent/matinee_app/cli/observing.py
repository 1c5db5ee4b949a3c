"""What looks on while a command runs: logs on standard error, spans, LangSmith; all of it only when asked for."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from threading import Thread

from matinee import logs
from matinee.redaction import hidden
from matinee.settings import Settings

_log = logs.logger("matinee.app")

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class _WithoutUsers(logging.Formatter):
    """Clients tell of a failure with the address as it was set, user and password included."""

    def format(self, record: logging.LogRecord) -> str:
        return hidden(re.sub(r"(?<=//)[^/\s]*@", "", super().format(record)))


def _hide_in_warnings() -> None:
    """Hide secrets in the records of loggers that nobody has set up, which Python prints."""
    if logging.lastResort:
        logging.lastResort.setFormatter(_WithoutUsers())


@contextmanager
def observed(settings: Settings) -> Iterator[None]:
    """Begin to look on, and at the end send off what is still waiting.

    Raises:
        TelemetryUnavailable: MATINEE_TELEMETRY is set and the extra is not installed.
    """
    logs.to_standard_error(settings.log_level)
    _hide_in_warnings()
    os.environ.setdefault("LANGSMITH_USE_DAEMON", "true")  # else its threads go on trying, and the process with them
    with ExitStack() as watching:
        watching.callback(_within, _flush_langsmith)
        if _wants_spans(settings):
            from matinee.observability.telemetry import instrument

            watching.callback(_within, instrument(texts=settings.telemetry_texts).stop)
        yield


_PATIENCE = 2.0
"""Seconds that a receiver may take for what is left; the clients would wait for one that is down far longer."""


def _within(send: Callable[[], object]) -> None:
    sending = Thread(target=send, name="sending", daemon=True)
    sending.start()
    sending.join(_PATIENCE)
    if sending.is_alive():
        _log.warning("what was left to send was given up after %g s", _PATIENCE)


def _wants_spans(settings: Settings) -> bool:
    if settings.telemetry is not None:
        return settings.telemetry
    return any(map(os.environ.get, _ENDPOINTS)) and find_spec("openinference") is not None


def _flush_langsmith() -> None:
    """Wait for the runs that a background thread sends, when LangSmith's variables have switched it on."""
    if "langchain_core.tracers.langchain" in sys.modules:
        from langchain_core.tracers.langchain import wait_for_all_tracers

        wait_for_all_tracers()
