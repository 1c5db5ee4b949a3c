"""The recommend command: steps, words and picks as they come, or one JSON document."""

import textwrap
from contextlib import aclosing, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from matinee.context import Context
from matinee.errors import IndexInUse, InvalidRequest
from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Statement, Status, Token
from matinee.models import MovieRecommendation
from matinee.observability.trace import Trace
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json
from matinee_app.cli.store import ensure_films
from matinee_app.cli.wrapped_text import WrappedText
from matinee_app.local_server import find_server
from matinee_graphs.parts import open_parts


@dataclass(frozen=True)
class Tracing:
    """Where the trace goes, if anywhere, and whether it holds what the viewer wrote."""

    path: Path | None = None
    texts: bool = False


async def recommend(
    settings: Settings, request: str, options: dict[str, Any], *, as_json: bool, tracing: Tracing
) -> int:
    """Run the graph over one request and print what it gives."""
    from matinee.nodes.request import request_of
    from matinee.nodes.retrieve_sql import NEEDS_POSTGRES
    from matinee_graphs.recommend import build_recommend_graph
    from matinee_graphs.streaming import events

    context = Context.of(options)
    screen = _Quiet() if as_json else Screen()
    final: Final | None = None
    with closing(Trace(tracing.path, texts=tracing.texts)) if tracing.path else nullcontext() as trace:
        parts = open_parts(settings)
        try:
            if context.retrieval == "sql" and not parts.store.speaks_sql:
                raise InvalidRequest(NEEDS_POSTGRES)
            request_of({"query": request})  # both are refused before films are stored
            try:
                await ensure_films(settings, parts.store)
                graph = build_recommend_graph(parts)
                stream = events(graph, request, context, config={"callbacks": [trace] if trace else []})
            except IndexInUse:
                server = None if trace else await find_server(settings)
                if server is None:
                    raise
                stream = server.events({"query": request}, context)
            async with aclosing(stream):
                async for event in stream:
                    match event:
                        case Token():
                            screen.words(event.text)
                        case Final():
                            final = event
                        case _:
                            screen.event(event)
        finally:
            screen.end()  # also before what is said of an error or an interruption
            parts.store.close()
        if trace and trace.broken:
            err.print(f"! The trace {tracing.path} is not whole: the disk took no more of it.")
    if as_json and final:
        print_json({"request": request, **final.model_dump(mode="json", include=_DOCUMENT)})
    return 0 if final and final.recommendations else 1


_DOCUMENT = {"recommendations", "notices", "answer"}


class _Quiet:
    """Shows notices alone, on standard error."""

    def event(self, event: Event) -> None:
        if isinstance(event, Notice):
            err.print(f"! {plain(event.message)}")

    def words(self, text: str) -> None:
        """Show nothing: the answer is in the document."""

    def end(self) -> None:
        """Show nothing."""


class Screen(_Quiet):
    """Shows the answer as it is judged, wrapped at words, and under each paragraph the facts of its pick."""

    def __init__(self) -> None:
        self._answer = WrappedText(out)
        self._begins = True  # the next piece is a pick's heading

    def event(self, event: Event) -> None:
        """Show a stage, a pick's facts, or a notice."""
        match event:
            case Status(phase="writing") | Status(stage="generate", phase="done"):
                return  # the words are on the screen
            case Recommendation():
                self._answer.fresh_line()
                if event.recommendation.reasoning_kind == "facts":  # a composed reason does not tell the plot
                    out.print(_description(event.recommendation))
                out.print(_card(event.recommendation))
                self._begins = True
            case Status():
                self._tell(event.stage, event.message)
            case Statement():
                verdict = f"refused by {event.by}: {event.reason}" if event.reason else "passed"
                self._tell("sql", f"{event.sql} -> {verdict}")
            case Reset():
                self._answer.fresh_line()
                err.print(f"! A second answer follows: {plain(event.reason)}.")
            case _:
                self._answer.fresh_line()
                super().event(event)
        if isinstance(event, Status):
            self._answer.waits = event.stage != "validate" and (self._answer.waits or event.phase == "begun")
        self._answer.show_sign()

    def words(self, text: str) -> None:
        """Show a heading, a sentence, or a word of one."""
        if self._begins:
            self._answer.fresh_line()
            out.print()
        self._answer.write(plain(text), "bold" if self._begins else "")
        self._begins = False

    def end(self) -> None:
        """Finish the last line."""
        self._answer.waits = False
        self._answer.fresh_line()

    def _tell(self, stage: str, message: str) -> None:
        self._answer.fresh_line()
        err.print(f"  {stage:<19} {plain(message)}", style="dim")


def _description(pick: MovieRecommendation) -> Text:
    """Return what the film is about, indented and wrapped at words."""
    indent = "    "
    told = textwrap.fill(plain(pick.description), out.width, initial_indent=indent, subsequent_indent=indent)
    return Text(told, style="dim")


def _card(pick: MovieRecommendation) -> Text:
    """Return what is known of a pick beside its reason, on one line."""
    sources = dict.fromkeys(e.source for e in pick.evidence)
    own = sum(s.support == "model" for s in pick.sentences)
    facts = [
        ", ".join(pick.genres),
        f"{pick.runtime} min" if pick.runtime else "",
        f"IMDb {pick.imdb_rating}" if pick.imdb_rating else "",
        f"borne out by {', '.join(sources)}" if sources else "",
        f"{own} of {len(pick.sentences)} sentences the model's own" if own else "",
    ]
    return Text(plain("    " + " \u00b7 ".join(fact for fact in facts if fact)), style="cyan")
