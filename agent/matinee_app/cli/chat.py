"""The chat command: a conversation at the terminal, kept until `/new`; Ctrl-C stops an answer and not the program."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, suppress
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from matinee.context import Context
from matinee.errors import MatineeError
from matinee.events.schema import Event, Notice, Reply, Token
from matinee.models import Movie
from matinee.query.followup import GOES_ON
from matinee.ratings.preferences import Verdict, checked_user, verdict
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain
from matinee_app.cli.recommend import Screen
from matinee_app.cli.store import ensure_films, find_film
from matinee_app.threads import KEPT_HERE, open_saver
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from matinee_graphs.streaming import events

_HELP = """Say what you are in the mood for, then go on: "another one", "older", "who directed the second?", "seen it".
/new           begin anew
/seen 2        remember that you have seen the second film, or a title; so /like, /dislike, /wish
/why 2         why the second film was picked
/help, /quit"""
_VERDICTS = ("seen", "like", "dislike", "wish")


async def chat(settings: Settings, options: dict[str, Any]) -> int:
    """Hold a conversation until the viewer leaves it."""
    context = Context.of(options)
    if context.user_id:
        checked_user(context.user_id)
    async with AsyncExitStack() as stack:
        parts = open_parts(settings)
        stack.callback(parts.store.close)
        await ensure_films(settings, parts.store)
        saver = await open_saver(settings, stack)
        if isinstance(saver, InMemorySaver):
            err.print(f"! {KEPT_HERE}")
        await _Chat(parts, saver, context, _Talk(settings.home)).run()
    return 0


class _Talk(Screen):
    """Shows what is said and the facts of each pick; a notice is shown once."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._noticed: set[str] = set()

    def event(self, event: Event) -> None:
        match event:
            case Notice() if event.message in self._noticed or event.message.startswith(GOES_ON):
                return
            case Notice():
                self._noticed.add(event.message)
            case Reply():
                self._begins = event.kind == "films"
                return
        super().event(event)

    def end(self) -> None:
        super().end()
        self._begins = True


class _Chat:
    def __init__(self, parts: Parts, saver: BaseCheckpointSaver[str], context: Context, screen: _Talk) -> None:
        self._parts = parts
        self._saver = saver
        self._context = context
        self._graph: RecommendGraph = build_recommend_graph(parts, checkpointer=saver)
        self._thread = f"chat:{context.user_id or ''}"
        self._screen = screen
        self._answering: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Answer line by line, to the end of the input or `/quit`."""
        with suppress(NotImplementedError):  # Windows has no such handlers
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupt)
        if await self._shown():
            err.print("Going on from last time; /new begins anew, /help helps.", style="dim")
        else:
            err.print("What are you in the mood for? /help helps, /quit leaves.", style="dim")
        async for line in _lines():
            if line == "/quit":
                return
            self._answering = asyncio.create_task(self._answer(line))
            try:
                await self._answering
            except asyncio.CancelledError:
                err.print("Stopped.", style="dim")
            except MatineeError as error:
                err.print(f"! {plain(str(error))}")
            finally:
                self._answering = None
                self._screen.end()

    def _interrupt(self) -> None:
        if self._answering:
            self._answering.cancel()
        else:
            err.print("\n/quit leaves.", style="dim")

    async def _answer(self, line: str) -> None:
        command, _, rest = line.removeprefix("/").partition(" ")
        if not line.startswith("/"):
            await self._say(line)
        elif command == "new":
            await self._saver.adelete_thread(self._thread)
            err.print("A new conversation.", style="dim")
        elif command == "why":
            await self._say(f"why number {rest.strip() or '1'}?")
        elif command in _VERDICTS and rest.strip():
            await self._judge(cast(Verdict, command), rest.strip())
        else:
            err.print(_HELP)

    async def _say(self, said: str) -> None:
        config: Any = {"configurable": {"thread_id": self._thread}}
        given = {"messages": [HumanMessage(said)]}
        async with aclosing(events(self._graph, given, self._context, config=config)) as stream:
            async for event in stream:
                if isinstance(event, Token):
                    self._screen.words(event.text)
                else:
                    self._screen.event(event)

    async def _judge(self, kind: Verdict, said: str) -> None:
        if not self._context.user_id:
            err.print("! Nobody is named whose taste this is; start with `matinee chat --user NAME`.")
            return
        preference = verdict(self._context.user_id, kind, await self._film(said))
        await self._parts.store.preferences.add(preference)
        err.print(f"Noted: {plain(preference.label)}.", style="dim")

    async def _film(self, said: str) -> Movie:
        """Return the film at a place of the last list, else of this title."""
        shown = await self._shown()
        last = [film["movie_id"] for film in shown if film["turn"] == shown[-1]["turn"]]
        if said.isdigit() and 0 < int(said) <= len(last):
            return (await self._parts.store.movies.get([last[int(said) - 1]]))[0]
        return await find_film(self._parts.store, said)

    async def _shown(self) -> list[dict[str, Any]]:
        state = await self._graph.aget_state({"configurable": {"thread_id": self._thread}})
        return state.values.get("shown") or []


async def _lines() -> AsyncIterator[str]:
    """Yield what is typed, without empty lines; the terminal's own history and editing work where Python has them."""
    with suppress(ImportError):
        import readline  # noqa: F401
    while True:
        try:
            line = (await asyncio.to_thread(input, "\n> ")).strip()
        except EOFError:
            out.print()
            return
        if line:
            yield line
