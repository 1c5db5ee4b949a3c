"""The run that a node works for: its id, and when it and the stage began.

`TimedNode` goes around a node when the graph is wired, and lets synchronous callers run it, too. It leaves the run in
the state as an untracked value, which no checkpoint holds: a run that is resumed in another process begins its clock
anew.
"""

from collections.abc import Awaitable
from contextvars import ContextVar
from time import monotonic
from typing import Any, Protocol
from uuid import uuid4

from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime, get_runtime

from matinee import background, logs
from matinee.context import Context
from matinee.llm.work_turns import at_work

_log = logs.logger(__name__)


_began: ContextVar[tuple[float, float] | None] = ContextVar("matinee_began", default=None)
"""When the run and this stage began, in seconds of a clock that never goes backwards."""


def elapsed() -> tuple[float, float]:
    """Return the seconds since the run began and since the stage began; zeros outside a run."""
    now = monotonic()
    run_began, stage_began = _began.get() or (now, now)
    return now - run_began, now - stage_began


class Node(Protocol):
    """What a graph runs as a node."""

    def __call__(self, state: Any, runtime: Runtime[Context], /) -> Awaitable[dict[str, Any]]:
        """Return the keys of the state that change."""
        ...


class TimedNode(Runnable[Any, dict[str, Any]]):
    """A node under a clock; what it logs carries the run's id.

    It is a Runnable because that is how LangGraph takes a node that is synchronous and asynchronous in one.
    """

    def __init__(self, name: str, node: Node) -> None:
        self.name = name
        self._node = node

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Run the node for `graph.invoke`, `stream` and `batch`: on the background loop, while this thread waits."""
        return background.run(self.ainvoke(input, config))

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Run the node; the first one of a run leaves the run in the state."""
        state, runtime = input, get_runtime(Context)
        began = monotonic()
        known = state.get("run")
        run = known or {"id": _id(runtime), "began": began}
        named, timed = logs.run_id.set(run["id"]), _began.set((run["began"], began))
        try:
            async with at_work(run["began"]):
                update = await self._node(state, runtime)
            _log.debug("%s took %.4f s", self.name, monotonic() - began)
        except GraphBubbleUp:
            raise  # a question to the viewer, or a command to a parent graph: no fault
        except Exception as error:
            _log.error("%s failed after %.4f s: %s", self.name, monotonic() - began, logs.kinds(error))
            _log.debug("%s failed", self.name, exc_info=True)
            raise
        finally:
            logs.run_id.reset(named)
            _began.reset(timed)
        return update if known else {**update, "run": run}


def _id(runtime: Runtime[Context]) -> str:
    """Return the id that the caller gave in `config["run_id"]`, which tracers use, too; else a new one."""
    info = runtime.execution_info
    return (info.run_id if info else None) or str(uuid4())
