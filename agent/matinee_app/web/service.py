"""What all faces of one process share: the opened parts, the graph over them, and the conversations that it keeps."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import Depends, Request
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import SystemMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from matinee.context import Context
from matinee.errors import MatineeError
from matinee.events.schema import Event, Final
from matinee.models import Movie, Preference
from matinee.settings import Settings
from matinee_app.films import find_film
from matinee_graphs.parts import Parts
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from matinee_prompts import render

THREAD = r"^[A-Za-z0-9_-]{1,64}$"
"""What the id of a conversation looks like."""

_MOST_IN_MEMORY = 500
"""Conversations that are kept where no file keeps them, those last used."""


class ThreadBusy(MatineeError):
    """A turn of the conversation is being answered already."""


class Service:
    """The recommender as the faces use it.

    Args:
        parts: opened by the caller, who fills and closes them.
        settings: of the process.
        saver: keeps conversations; by default this process does, the last 500.
    """

    def __init__(self, parts: Parts, settings: Settings, saver: BaseCheckpointSaver[str] | None = None) -> None:
        self.parts = parts
        self.settings = settings
        self._saver = saver or InMemorySaver()
        self._graph = build_recommend_graph(parts)
        self._keeping_graph = build_recommend_graph(parts, checkpointer=self._saver)
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._answering: set[str] = set()

    async def run(
        self,
        given: Mapping[str, Any],
        context: Context,
        thread_id: str | None = None,
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a run, as `matinee_graphs.streaming.events`; a thread's id has it go on from there.

        Args:
            given: the input of the graph.
            context: its options.
            thread_id: of the conversation; None: of none.
            callbacks: are told of the run's nodes, in a conversation.

        Raises:
            ThreadBusy: another run on the thread has not ended.
            MatineeError: as the graph raises it.
        """
        if thread_id is None:
            async with aclosing(events(self._graph, given, context)) as stream:
                async for event in stream:
                    yield event
            return
        if thread_id in self._answering:
            raise ThreadBusy(f"The conversation {thread_id} waits for an answer already; ask again when it has come.")
        self._answering.add(thread_id)
        try:
            await self._note(thread_id)
            config: Any = {"configurable": {"thread_id": _key(thread_id)}, "callbacks": list(callbacks)}
            async with aclosing(events(self._keeping_graph, given, context, config=config)) as stream:
                async for event in stream:
                    yield event
        finally:
            self._answering.discard(thread_id)

    async def answer(self, given: Mapping[str, Any], context: Context, thread_id: str | None = None) -> Final:
        """Return the last event of a run; raises what `run` does."""
        async with aclosing(self.run(given, context, thread_id)) as stream:
            async for event in stream:
                last = event
        assert isinstance(last, Final)
        return last

    async def conversation(self, thread_id: str) -> Mapping[str, Any]:
        """Return what is kept of a conversation, as `RecommendState`; nothing of one that is not known."""
        config: Any = {"configurable": {"thread_id": _key(thread_id)}}
        return (await self._keeping_graph.aget_state(config)).values

    async def find_film(self, title: str) -> Movie:
        """Return the film that a title names, misspelt too.

        Raises:
            UnknownTitle: no film of the catalogue has a title like it.
        """
        return (await find_film(self.parts.store, await self.parts.titles.lookup(), title))[0]

    async def films(self, movie_ids: Sequence[str]) -> list[Movie]:
        """Return the films of these ids that the catalogue has, in their order."""
        printable = [one for one in movie_ids if one.isprintable()]
        rows = {movie.movie_id: movie for movie in await self.parts.store.movies.get(printable)} if printable else {}
        return [rows[one] for one in printable if one in rows]

    async def note(self, told: Preference) -> Preference | None:
        """Store what a viewer tells, and return what it takes the place of: an earlier verdict on the same film."""
        preferences = self.parts.store.preferences
        before = {one.preference_id: one for one in await preferences.of_user(told.user_id)}
        await preferences.add(told)
        return before.get(told.preference_id)

    async def warm_up(self) -> None:
        """Load what the first request would wait for: titles, encoders, learned weights.

        Raises:
            MatineeError: a part that nothing can replace does not answer.
        """
        await self.answer({"query": "a film for tonight"}, Context(limit=1, model="none"))

    async def warm_up_chat(self) -> None:
        """Have Ollama load the chat model; nothing is raised where it does not answer."""
        await self.parts.chat.warm_up([SystemMessage(render("system"))], Context())

    async def _note(self, thread_id: str) -> None:
        """Forget the conversation that was used longest ago where only memory keeps them and there are too many."""
        self._recent[thread_id] = None
        self._recent.move_to_end(thread_id)
        if isinstance(self._saver, InMemorySaver) and len(self._recent) > _MOST_IN_MEMORY:
            oldest, _ = self._recent.popitem(last=False)
            await self._saver.adelete_thread(_key(oldest))


def _key(thread_id: str) -> str:
    """Return a thread's id among those of `matinee chat`."""
    return f"web:{thread_id}"


def _service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(_service_of)]
"""The service, as a parameter of an endpoint."""
