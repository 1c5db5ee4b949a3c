"""The whole recommender as one object, for a script, a notebook or a web application.

with Recommender(limit=3) as recommender:
    for pick in recommender.recommend("thoughtful sci-fi tonight").recommendations:
        print(pick.title, pick.year, pick.reasoning)
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing
from difflib import get_close_matches
from types import TracebackType
from typing import Any, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import SystemMessage
from langchain_core.runnables import RunnableConfig

from matinee import background
from matinee.catalogue.starter import ensure_films
from matinee.context import Context
from matinee.events.schema import Event, Final
from matinee.nodes.request import request_of
from matinee.settings import Settings
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from matinee_prompts import render

Request = str | Mapping[str, Any]
"""Words, or a whole input of the recommend graph: `messages` of a conversation, say."""


class Recommender:
    """Recommends films, to synchronous and asynchronous callers, one or many at a time.

    Its first use stores the starter catalogue if there is no film in the index yet, which takes some seconds. What a
    method does synchronously runs on a background event loop, so that it works in a notebook's cell, too.

        >>> with Recommender(limit=3) as recommender:
        ...     print([pick.title for pick in recommender.recommend("thoughtful sci-fi tonight").recommendations])

    Args:
        settings: where data and models are; by default the environment's.
        chat_model: any LangChain chat model, instead of the one that the settings name.
        parts: parts that the application has opened itself, and fills and closes itself.
        context: options of every run that does not give its own; so are further keywords, under the names in `Context`.

    Raises:
        InvalidRequest: an option is out of bounds.
        TypeError: an option is not known.
        EmbeddingsUnavailable: the embedding that the settings name is not known.
        ModelUnavailable: the reranker that the settings name is not known.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        chat_model: BaseChatModel | None = None,
        parts: Parts | None = None,
        context: Context | None = None,
        **options: Any,
    ) -> None:
        self._settings = settings or Settings()
        self._context = _with(context or Context(), options)
        self._is_owner = parts is None
        self._parts = parts or open_parts(self._settings, chat_model=chat_model)
        self._graph = build_recommend_graph(self._parts)
        self._filled = background.Once(self._fill)

    def recommend(self, request: Request, *, config: RunnableConfig | None = None, **options: Any) -> Final:
        """Return the picks for a request, with the notices and the answer as text.

        Args:
            request: what the viewer is in the mood for, or a whole input of the graph.
            config: the run's `run_id`, and its callbacks, as `matinee.observability.trace.Trace`.
            options: options of this run, under the names in `Context`: `user_id`, `limit` and the others.

        Raises:
            InvalidRequest: the request holds no words, or an option is out of bounds.
            MatineeError: a part that nothing can replace does not answer; the message says what to do.
            TypeError: an option is not known.
        """
        return background.run(_last(self._run(request, config, options)))

    async def arecommend(self, request: Request, *, config: RunnableConfig | None = None, **options: Any) -> Final:
        """Do as `recommend`, on the caller's event loop."""
        return await _last(self._run(request, config, options))

    def stream(
        self, request: Request, *, config: RunnableConfig | None = None, **options: Any
    ) -> Generator[Event, None, None]:
        """Yield the run's events as they happen, the last of them what `recommend` returns.

        Takes and raises what `recommend` does. Leaving the loop early ends the run and the model's own stream.
        """
        return background.iterate(self._run(request, config, options))

    def astream(
        self, request: Request, *, config: RunnableConfig | None = None, **options: Any
    ) -> AsyncGenerator[Event, None]:
        """Do as `stream`, on the caller's event loop; whoever leaves early closes it with `contextlib.aclosing`."""
        return self._run(request, config, options)

    def warm_up(self, **options: Any) -> None:
        """Have Ollama load the chat model before the first request, as a conversation or a server begins.

        Takes the options of a run, and raises nothing where the model does not answer.
        """
        background.run(self.awarm_up(**options))

    async def awarm_up(self, **options: Any) -> None:
        """Do as `warm_up`, on the caller's event loop."""
        await self._parts.chat.warm_up([SystemMessage(render("system"))], _with(self._context, options))

    def close(self) -> None:
        """Release the index, for other processes, and all connections; the next use opens them again."""
        if self._is_owner:
            self._filled.stop()
            self._parts.store.close()

    async def aclose(self) -> None:
        """Do as `close`, without blocking the event loop."""
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Self:
        """Return the recommender, which the block's end closes."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    async def __aenter__(self) -> Self:
        """Return the recommender, which the block's end closes."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.aclose()

    def _run(
        self, request: Request, config: RunnableConfig | None, options: Mapping[str, Any]
    ) -> AsyncGenerator[Event, None]:
        context = _with(self._context, options)
        if not isinstance(request, Mapping):
            request_of({"query": request})  # both are refused at once, before films are stored
        return self._events(request, context, config)

    async def _events(
        self, request: Request, context: Context, config: RunnableConfig | None
    ) -> AsyncGenerator[Event, None]:
        await self._filled.done()
        async with aclosing(events(self._graph, request, context, config=config)) as stream:
            async for event in stream:
                yield event

    async def _fill(self) -> None:
        if self._is_owner:
            await ensure_films(self._settings, self._parts.store)


async def _last(stream: AsyncGenerator[Event, None]) -> Final:
    async with aclosing(stream) as events:
        async for event in events:
            last = event
    assert isinstance(last, Final)
    return last


def _with(context: Context, options: Mapping[str, Any]) -> Context:
    """Return the context with those of the options that are given.

    Raises:
        InvalidRequest: one is out of bounds.
        TypeError: one is not known.
    """
    if unknown := options.keys() - Context.model_fields.keys():
        name = min(unknown)
        near = get_close_matches(name, Context.model_fields, 1)
        raise TypeError(f"{name!r} is no option of a run" + (f"; did you mean {near[0]!r}?" if near else "."))
    return Context.of(
        {**context.model_dump(exclude_unset=True), **{name: v for name, v in options.items() if v is not None}}
    )
