"""The custom events that a run emits beside the model's tokens; `stream_mode="custom"` shows them.

Each is a plain dict with the key `event`. Outside a graph run nothing is emitted.
"""

from typing import Any

from langgraph.config import get_stream_writer

from matinee.models import MovieRecommendation


def _emit(event: dict[str, Any]) -> None:
    try:
        writer = get_stream_writer()
    except RuntimeError:
        return  # called outside a run, as from a test of one node
    writer(event)


def status(stage: str, message: str, **figures: Any) -> None:
    """Tell what a stage did: `{"event": "status", "stage": ..., "message": ..., ...figures}`."""
    _emit({"event": "status", "stage": stage, "message": message, **figures})


def recommendation(pick: MovieRecommendation, position: int) -> None:
    """Hand over a finished, validated pick; `position` counts from 1."""
    _emit({"event": "recommendation", "position": position, "recommendation": pick.model_dump(mode="json")})


def notice(message: str) -> None:
    """Tell the viewer what was relaxed, repaired or degraded."""
    _emit({"event": "notice", "message": message})


def reset(reason: str) -> None:
    """Take back the text streamed so far: another draft follows. Picks handed over stand."""
    _emit({"event": "reset", "reason": reason})
