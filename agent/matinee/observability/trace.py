"""A trace of runs as JSON lines, written as it happens: what each node and each model call took, counted and weighed.

Each line has `run` (the id that logs and other tracers use, if the run was given one), `time` (ISO 8601, UTC),
`seconds` (since the run began), `node` (null outside of nodes) and `event`; and, where they apply, `took` (seconds),
`counts`, `sizes` (items and bytes of JSON: at a start of the whole state, at an end of each key that was written),
`model`, and `error` (its classes, and the place in this package). Only with `texts=True` there is also `text`, what
went in and out, and the error's `message`: they hold the request and preferences.
"""

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from langchain_core.messages import BaseMessage
from langchain_core.outputs import LLMResult

from matinee import logs
from matinee.errors import InvalidRequest
from matinee.events import EventHandler
from matinee.llm.replay_chat_model import ANSWER_TAG
from matinee.private_files import appending
from matinee.redaction import hidden

_log = logs.logger(__name__)


@dataclass
class _Span:
    """A run, a node, a step of the graph that gets no line, or a model call that is under way."""

    kind: str
    run: str
    node: str | None
    run_began: float
    began: float
    tokens: int = 0


class Trace(EventHandler):
    """A LangChain callback handler that appends to a file; pass it in `config["callbacks"]` of any run.

    One trace serves any number of runs, also side by side. When the disk does not take a line, the trace ends
    there, says so in the log and in `broken`, and the run goes on.
    """

    run_inline = True  # in the order of what happens

    def __init__(self, path: Path, *, texts: bool = False) -> None:
        """Open the file at its end.

        Raises:
            InvalidRequest: it cannot be written to.
        """
        self._texts = texts
        self._spans: dict[UUID, _Span] = {}
        self.broken = False
        try:
            # Each line is handed to the system when it is whole, so that a crash keeps what happened.
            self._file = appending(path)
        except OSError as error:
            raise InvalidRequest(
                f"The trace file {path} cannot be written ({error.strerror}); name a file in a folder that you may "
                "write to."
            ) from error

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            self._give_up(error)

    def on_event(self, event: dict[str, Any], *, run_id: UUID) -> None:
        """Write one of the graph's own events."""
        shown = {key: event[key] for key in _SHOWN & event.keys()}
        if event["event"] == "recommendation":
            shown["movie_id"] = event["recommendation"]["movie_id"]
        self._write(self._below(run_id, "event", None), event["event"], **shown, **self._shown(event))

    def on_chain_start(
        self,
        serialized: dict[str, Any],
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:
        """Note the beginning of a run or of a node; the graph's inner steps are passed over."""
        name = kwargs.get("name")
        is_node = name == (kwargs.get("metadata") or {}).get("langgraph_node")
        kind = "run" if parent_run_id is None else "node" if is_node else "step"
        span = self._spans[run_id] = self._below(parent_run_id or run_id, kind, name if kind == "node" else None)
        if kind != "step":
            self._write(span, f"{kind}_start", **self._shown(inputs), sizes={"state": _size(inputs)})

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the end."""
        if (span := self._spans.pop(run_id, None)) and span.kind != "step":
            self._write(span, f"{span.kind}_end", took=span, **self._shown(outputs), sizes=_sizes(outputs))

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the error."""
        if (span := self._spans.pop(run_id, None)) and span.kind != "step":
            self._write(span, f"{span.kind}_error", took=span, error=self._told(error))

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:
        """Note the beginning of a model call; saying the checked answer is none."""
        if ANSWER_TAG in (kwargs.get("tags") or ()):
            return
        metadata = kwargs.get("metadata") or {}
        span = self._spans[run_id] = self._below(parent_run_id, "model", metadata.get("langgraph_node"))
        said = [message.text for batch in messages for message in batch]
        counts = {"messages": len(said), "characters": sum(map(len, said))}
        self._write(
            span,
            "model_start",
            model=metadata.get("ls_model_name") or kwargs.get("name"),
            counts=counts,
            **self._shown(said),
        )

    def on_llm_new_token(self, token: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """Count the token; note the first."""
        if span := self._spans.get(run_id):
            span.tokens += 1
            if span.tokens == 1:
                self._write(span, "model_first_token", took=span)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the end of a model call."""
        if span := self._spans.pop(run_id, None):
            said = [generation.text for batch in response.generations for generation in batch]
            counts = {"chunks": span.tokens, "characters": sum(map(len, said))}
            self._write(span, "model_end", took=span, counts=counts, **self._shown(said))

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the error of a model call; one that was given up in mid-stream is an error, too."""
        if span := self._spans.pop(run_id, None):
            self._write(span, "model_error", took=span, counts={"chunks": span.tokens}, error=self._told(error))

    def _below(self, parent: UUID | None, kind: str, node: str | None) -> _Span:
        above = self._spans.get(parent) if parent else None
        now = monotonic()
        if above is None:
            return _Span(kind, str(parent or "-"), node, now, now)
        return _Span(kind, above.run, node or above.node, above.run_began, now)

    def _shown(self, text: Any) -> dict[str, Any]:
        return {"text": text} if self._texts else {}

    def _told(self, error: BaseException) -> dict[str, Any]:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if any(f"/{name}/" in frame.filename for name in _OWN)]
        place = f"{Path(own[-1].filename).name}:{own[-1].lineno} in {own[-1].name}" if own else None
        return {"kinds": logs.kinds(error), "place": place, **({"message": hidden(str(error))} if self._texts else {})}

    def _write(self, span: _Span, event: str, *, took: _Span | float | None = None, **more: Any) -> None:
        if self.broken:
            return
        now = monotonic()
        line = {
            "run": span.run,
            "time": datetime.now(UTC).isoformat(timespec="microseconds"),
            "seconds": round(now - span.run_began, 6),
            "node": span.node,
            "event": event,
            "took": round(now - took.began, 6) if isinstance(took, _Span) else took,
            **more,
        }
        kept = {key: value for key, value in line.items() if value is not None or key == "node"}
        try:
            self._file.write(json.dumps(kept, ensure_ascii=False, default=_plain) + "\n")
        except (OSError, ValueError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        if not self.broken:
            self.broken = True
            _log.warning("the trace ends here: %s", logs.kinds(error))


_SHOWN = {"phase", "counts", "took", "model", "position"}
"""What of an event is neither text of the viewer's nor about them."""

_OWN = ("matinee", "matinee_graphs", "matinee_app")


def _sizes(values: Any) -> dict[str, dict[str, int]] | None:
    if not isinstance(values, Mapping):
        return None
    return {str(key): _size(value) for key, value in values.items()}


def _size(value: Any) -> dict[str, int]:
    weight = {"bytes": len(json.dumps(value, ensure_ascii=False, default=_plain).encode())}
    return {"items": len(value), **weight} if isinstance(value, list | tuple | dict) else weight


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)
