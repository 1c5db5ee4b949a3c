"""Loggers whose records carry the run's id, and that say nothing of what a viewer wrote above DEBUG.

The loggers are `matinee` and below, as every library's; where they go and what is shown, the host application
decides. The filter sits on these loggers alone: no record of anybody else is touched, no factory replaced. A
format with `%(run_id)s` for other records too wants `logging.Formatter(..., defaults={"run_id": "-"})`.
"""

import logging
import sys
from contextvars import ContextVar

from matinee.redaction import hidden

run_id: ContextVar[str] = ContextVar("matinee_run_id", default="-")
"""The run that this task works for; `-` outside a run."""

LEVELS = ("off", "debug", "info", "warning", "error")


_TRACEBACKS = logging.Formatter()


def _stamp(record: logging.LogRecord) -> bool:
    record.run_id = run_id.get()
    if record.exc_info:
        # Formatters take a text that is there for the traceback's own, in which a server may quote a password.
        record.exc_text = hidden(_TRACEBACKS.formatException(record.exc_info))
    return True


def logger(name: str) -> logging.Logger:
    """Return the module's logger; its records have the attribute `run_id`.

    What is logged above DEBUG holds no text of a request, of a preference, or of an error's message, which may
    quote either: `kinds` says of an error what can be said.
    """
    made = logging.getLogger(name)
    made.addFilter(_stamp)
    return made


def kinds(error: BaseException) -> str:
    """Return the classes of an error and of its causes, outermost first: `ChatModelUnavailable from ConnectError`."""
    chain, seen = [type(error).__name__], {id(error)}
    while (cause := error.__cause__ or error.__context__) is not None and id(cause) not in seen:
        chain.append(type(cause).__name__)
        seen.add(id(cause))
        error = cause
    return " from ".join(dict.fromkeys(chain))


def to_standard_error(level: str) -> None:
    """Show matinee's records from this level up on standard error, one line each; `off` shows none.

    For a process that is matinee's own, as the command line; a host application sets up its own logging.
    """
    if level == "off":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(run_id)s] %(message)s", defaults={"run_id": "-"})
    )
    root = logging.getLogger("matinee")
    root.addHandler(handler)
    root.setLevel(level.upper())
