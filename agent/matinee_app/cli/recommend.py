"""The recommend command: words and picks as they come, or one JSON document."""

import re
import textwrap
from contextlib import aclosing, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from matinee.context import Context
from matinee.errors import IndexInUse, InvalidRequest
from matinee.events.schema import COMPOSED, Event, Final, Notice, Recommendation, Reset, Statement, Status, Token
from matinee.models import MovieRecommendation
from matinee.observability.trace import Trace
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json
from matinee_app.cli.daily import first_today
from matinee_app.cli.store import ensure_films
from matinee_app.cli.wrapped_text import WrappedText
from matinee_app.local_server import find_server
from matinee_graphs.parts import open_parts


@dataclass(frozen=True)
class Shown:
    """What is shown of a run beside the answer.

    Attributes:
        as_json: one JSON document, and nothing else on standard output.
        why: what each step did, and for each pick what ranked it and bears it out.
        trace: the file that the trace goes to, if any.
        trace_texts: whether that holds what the viewer wrote.
    """

    as_json: bool = False
    why: bool = False
    trace: Path | None = None
    trace_texts: bool = False


async def recommend(settings: Settings, request: str, options: dict[str, Any], shown: Shown) -> int:
    """Run the graph over one request and print what it gives."""
    context = Context.of(options)
    screen = _Quiet() if shown.as_json else Screen(settings.home, why=shown.why)
    with closing(Trace(shown.trace, texts=shown.trace_texts)) if shown.trace else nullcontext() as trace:
        screen.begin()
        try:
            final = await _shown(settings, request, context, screen, trace)
        finally:
            screen.end()  # before what is said of an error or an interruption
        if trace and trace.broken:
            err.print(f"! The trace {shown.trace} is not whole: the disk took no more of it.")
    if shown.as_json and final:
        print_json({"request": request, **final.model_dump(mode="json", include=_DOCUMENT)})
    return 0 if final and final.recommendations else 1


async def _shown(
    settings: Settings, request: str, context: Context, screen: "_Quiet", trace: Trace | None
) -> Final | None:
    """Show the events of a run, and return its last."""
    from matinee.nodes.request import request_of
    from matinee.nodes.retrieve_sql import NEEDS_POSTGRES
    from matinee_graphs.recommend import build_recommend_graph
    from matinee_graphs.streaming import events

    final: Final | None = None
    parts = open_parts(settings)
    with closing(parts.store):
        if context.retrieval == "sql" and not parts.store.speaks_sql:
            raise InvalidRequest(NEEDS_POSTGRES)
        request_of({"query": request})  # both are refused before films are stored
        try:
            await ensure_films(settings, parts.store, tell=screen.tell)
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
    return final


_INDENT = "    "
_SIGNALS = 6
"""How many of those that ranked a film are shown."""

_DOCUMENT = {"recommendations", "notices", "answer"}


class _Quiet:
    """Shows notices alone, on standard error."""

    def begin(self) -> None:
        """Show nothing yet."""

    def tell(self, message: str) -> None:
        """Show what matinee does before it can look for films."""
        err.print(message)

    def event(self, event: Event) -> None:
        if isinstance(event, Notice):
            err.print(f"! {plain(event.message)}")

    def words(self, text: str) -> None:
        """Show nothing: the answer is in the document."""

    def end(self) -> None:
        """Show nothing."""


class Screen(_Quiet):
    """Shows the answer as it is judged, wrapped at words, and under each paragraph the facts of its pick."""

    def __init__(self, home: Path, *, why: bool = False) -> None:
        """Show on standard output and error.

        Args:
            home: the data folder, where it is kept which notices were shown today.
            why: whether to show what each step did, and what ranked each pick and bears it out.
        """
        self._home = home
        self._why = why
        self._works = err.status("Looking for films ...", spinner_style="dim")
        self._answer = WrappedText(out)
        self._begins = True  # the next piece is a pick's heading

    def begin(self) -> None:
        """Show, on a terminal, that films are looked for."""
        if err.is_terminal:
            self._works.start()

    def tell(self, message: str) -> None:
        """Show what matinee does before it can look for films; what follows may show how far it is."""
        self._works.stop()
        super().tell(message)

    def event(self, event: Event) -> None:
        """Show a pick's facts or a notice, and a stage where that was asked for."""
        if isinstance(event, Status) and event.stage == "generate":
            self._works.stop()
        match event:
            case Status(phase="writing") | Status(stage="generate", phase="done"):
                return  # the words are on the screen
            case Recommendation():
                self._answer.fresh_line()
                if event.recommendation.reasoning_kind == "facts":  # a composed reason does not tell the plot
                    out.print(_indented(event.recommendation.description))
                out.print(_facts(event.recommendation))
                if self._why:
                    out.print(_indented(_grounds(event.recommendation)))
                self._begins = True
            case Status() if self._why:
                self._step(event.stage, event.message)
            case Statement() if self._why:
                verdict = f"refused by {event.by}: {event.reason}" if event.reason else "passed"
                self._step("sql", f"{event.sql} -> {verdict}")
            case Reset():
                self._answer.fresh_line()
                err.print(f"! A second answer follows: {plain(event.reason)}.")
            case Notice() if COMPOSED in event.message and not first_today(self._home, event.message):
                pass
            case Notice():
                self._works.stop()
                self._answer.fresh_line()
                super().event(event)
        if isinstance(event, Status):
            self._answer.waits = event.stage != "validate" and (self._answer.waits or event.phase == "begun")
        self._answer.show_sign()

    def words(self, text: str) -> None:
        """Show a heading, a sentence, or a word of one."""
        self._works.stop()
        if self._begins:
            self._answer.fresh_line()
            out.print()
        self._answer.write(plain(text), "bold" if self._begins else "")
        self._begins = False

    def end(self) -> None:
        """Finish the last line."""
        self._works.stop()
        self._answer.waits = False
        self._answer.fresh_line()

    def _step(self, stage: str, message: str) -> None:
        self._answer.fresh_line()
        err.print(f"  {stage:<19} {plain(message)}", style="dim")


def _indented(text: str) -> Text:
    """Return what stands under a pick, wrapped at words."""
    return Text(textwrap.fill(plain(text), out.width, initial_indent=_INDENT, subsequent_indent=_INDENT), style="dim")


def _facts(pick: MovieRecommendation) -> Text:
    """Return what is known of a pick, on one line; on a terminal the rating leads to IMDb's page of the film."""
    own = sum(s.support == "model" for s in pick.sentences)
    facts = [
        ", ".join(pick.genres),
        f"{pick.runtime} min" if pick.runtime else "",
        f"{own} of {len(pick.sentences)} sentences the model's own" if own else "",
        f"IMDb {pick.imdb_rating}" if pick.imdb_rating else "",
    ]
    line = Text(plain(_INDENT + " \u00b7 ".join(filter(None, facts))), style="cyan")
    if facts[-1] and re.fullmatch(r"tt\d+", pick.movie_id):
        line.stylize(f"link https://www.imdb.com/title/{pick.movie_id}/", len(line) - len(facts[-1]))
    return line


def _grounds(pick: MovieRecommendation) -> str:
    """Return what ranked a pick, each signal with its part, and what bears its reason out."""
    parts = sorted(((signal.share, name) for name, signal in pick.receipt.items()), reverse=True)
    ranked = ", ".join(f"{name} {share:.0%}" for share, name in parts[:_SIGNALS] if round(100 * share))
    sources = ", ".join(dict.fromkeys(e.source for e in pick.evidence))
    return " \u00b7 ".join(filter(None, [ranked, f"borne out by {sources}" if sources else ""]))
