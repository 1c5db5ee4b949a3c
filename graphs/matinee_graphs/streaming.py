"""One ordered stream of typed events out of a run: the model's words, the stages, the picks, the result."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from time import monotonic
from typing import Any, cast
from uuid import uuid4

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables.config import RunnableConfig, merge_configs

from matinee.context import Context
from matinee.events.schema import Event, Final, Token, parse
from matinee_graphs.recommend import RecommendGraph


async def events(
    graph: RecommendGraph,
    request: str | Mapping[str, Any],
    context: Context | Mapping[str, Any] | None = None,
    *,
    config: RunnableConfig | None = None,
) -> AsyncGenerator[Event, None]:
    """Run the graph over a request, or a whole input, and yield its events; `final` comes last.

    The order is this: the `status` of each stage when it is done, in the graph's order (the two searches side by
    side in either); `token` from the beginning of `generate` on, joined they are the answer; a `recommendation` right
    after the text of its paragraph, positions 1, 2, 3 ...

    With `stream="raw"` in the context tokens are the model's own instead, between the two statuses of `generate`;
    after a `reset` follows the text of another draft.

    Close the stream when you stop early, as `async with aclosing(events(...)) as stream` does: that closes the
    model's own stream. The run's id is `config["run_id"]`, else a new one; `config["callbacks"]` takes a
    `matinee.observability.trace.Trace`.

    Of a run that stops to ask which film is meant, `final` has no picks and no answer, and the question as a notice.

    Raises:
        MatineeError: as the graph raises it; there is no `final` then.
    """
    began = monotonic()
    given = dict(request) if isinstance(request, Mapping) else {"query": request}
    run_id = (config or {}).get("run_id") or uuid4()
    running = merge_configs(config, {"run_id": run_id})
    result: dict[str, Any] = {}
    stream = graph.astream(
        cast(Any, given), running, context=Context.of(context), stream_mode=["messages", "custom", "values"]
    )
    async with aclosing(cast(AsyncGenerator[tuple[str, Any], None], stream)) as parts:
        async for mode, payload in parts:
            if mode == "messages":
                message, _ = payload
                if isinstance(message, AIMessageChunk):  # whole messages repeat what was streamed, or are notices
                    said = message.content
                    if text := said if isinstance(said, str) else message.text:
                        yield Token.model_construct(text=text)  # validation would cost more than the rest
            elif mode == "custom":
                yield parse(payload)
            else:
                result = payload
    if asked := result.get("__interrupt__"):  # the rest is what an earlier turn left
        result = {"notices": [str(one.value["question"]) for one in asked]}
    messages = result.get("messages") or []
    yield Final.model_validate(
        {
            "run_id": str(run_id),
            "seconds": monotonic() - began,
            "recommendations": result.get("recommendations", []),
            "notices": result.get("notices", []),
            "reply": result.get("reply", "films"),
            "answer": messages[-1].text if messages else "",
        }
    )
