"""The custom events that a run emits beside the model's tokens; `stream_mode="custom"` shows them.

Each is a plain dict with the key `event`; `schema` describes them. Outside a graph run nothing is emitted.
"""

from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager
from langgraph.config import get_config, get_stream_writer

from matinee import logs
from matinee.events.schema import By, Event, Notice, Phase, Recommendation, Reply, Reset, Statement, Status
from matinee.models import MovieRecommendation
from matinee.observability.run_clock import elapsed
from matinee.understanding import Reply as ReplyKind

_log = logs.logger(__name__)


class EventHandler(BaseCallbackHandler):
    """A LangChain callback handler that is also told of these events, as they happen and whoever streams."""

    def on_event(self, event: dict[str, Any], *, run_id: UUID) -> None:
        """Take the event of the node whose callbacks' id this is."""


def _emit(event: Event) -> None:
    try:
        writer, callbacks = get_stream_writer(), get_config().get("callbacks")
    except RuntimeError:
        return  # called outside a run, as from a test of one node
    plain = event.model_dump(mode="json")
    writer(plain)
    if isinstance(callbacks, BaseCallbackManager) and callbacks.parent_run_id:
        for handler in callbacks.handlers:
            if isinstance(handler, EventHandler):
                handler.on_event(plain, run_id=callbacks.parent_run_id)


def status(stage: str, message: str, *, phase: Phase = "done", model: str | None = None, **counts: int) -> None:
    """Tell what a stage did, or with `phase="begun"` what it is about to do; counts are named by what was counted."""
    seconds, took = (round(measured, 6) for measured in elapsed())
    _emit(Status(stage=stage, phase=phase, message=message, model=model, counts=counts, seconds=seconds, took=took))
    _log.info("%s %s after %.4f s: %s", stage, phase, took, counts)
    _log.debug("%s: %s", stage, message)


def recommendation(pick: MovieRecommendation, position: int) -> None:
    """Hand over a finished, validated pick; `position` counts from 1."""
    _emit(Recommendation(position=position, recommendation=pick))
    _log.info("pick %d", position)


def statement(sql: str, reason: str | None, by: By) -> None:
    """Tell of a statement that retrieval by SQL tried, and why it was refused, if it was."""
    _emit(Statement(sql=sql, reason=reason, by=by))
    _log.info("statement %s", f"refused by {by}" if by else "passed")
    _log.debug("statement %s: %s", sql, reason or "passed")


def notice(message: str) -> None:
    """Tell the viewer what was relaxed, repaired or degraded."""
    _emit(Notice(message=message))
    _log.debug("notice: %s", message)


def reply(kind: ReplyKind) -> None:
    """Tell what the turn gets: films, an answer about films, or a sentence."""
    _emit(Reply(kind=kind))
    _log.info("reply %s", kind)


def reset(reason: str) -> None:
    """Take back the text streamed so far: another draft follows. Picks handed over stand."""
    _emit(Reset(reason=reason))
    _log.info("another draft follows")
    _log.debug("reset: %s", reason)
