"""The recommend command: steps, words and picks as they come, or one JSON document."""

import re
from contextlib import aclosing, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Statement, Status, Token
from matinee.index import speaks_sql
from matinee.models import MovieRecommendation, ReasoningKind
from matinee.settings import Settings
from matinee.trace import Trace
from matinee_app.collecting import ensure_films
from matinee_app.console import err, out, plain, print_json
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
    from matinee.nodes.retrieve_sql import NEEDS_POSTGRES
    from matinee.nodes.understand import request_of
    from matinee_graphs.recommend import build_recommend_graph
    from matinee_graphs.streaming import events

    context = Context.of(options)
    screen = _Quiet() if as_json else _Screen()
    final: Final | None = None
    with closing(Trace(tracing.path, texts=tracing.texts)) if tracing.path else nullcontext() as trace:
        parts = open_parts(settings)
        try:
            if context.retrieval == "sql" and not speaks_sql(parts.home):
                raise InvalidRequest(NEEDS_POSTGRES)
            request_of({"query": request})  # both are refused before films are stored
            await ensure_films(settings, parts.home)
            stream = events(
                build_recommend_graph(parts), request, context, config={"callbacks": [trace] if trace else []}
            )
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
            parts.home.close()
        if trace and trace.broken:
            err.print(f"! The trace {tracing.path} is not whole: the disk took no more of it.")
    if as_json and final:
        print_json({"request": request, **final.model_dump(mode="json", include=_DOCUMENT)})
    return 0 if final and final.recommendations else 1


_DOCUMENT = {"recommendations", "notices", "answer"}


_KINDS: dict[ReasoningKind, str] = {"completed": "completed from facts", "partial": "shortened", "facts": "from facts"}
"""What a card says of a reason that is not, or not wholly, the model's, when a model writes."""


class _Quiet:
    """Shows notices alone, on standard error."""

    def event(self, event: Event) -> None:
        if isinstance(event, Notice):
            err.print(f"! {plain(event.message)}")

    def words(self, text: str) -> None:
        """Show nothing: the answer is in the document."""

    def end(self) -> None:
        """Show nothing."""


class _Screen(_Quiet):
    """Shows the words as they stream, and under each paragraph the facts of the pick that it gave."""

    def __init__(self) -> None:
        self._said = ""
        self._held = ""
        self._paragraph_due = True
        self._by_model = False

    def event(self, event: Event) -> None:
        match event:
            case Status(stage="generate", phase="done"):
                pass  # its words are on the screen
            case Status():
                if event.stage == "generate":
                    self._by_model = event.model != "none"
                self._fresh_line()
                err.print(f"  {event.stage:<19} {plain(event.message)}", style="dim")
            case Statement():
                self._fresh_line()
                verdict = f"refused by {event.by}: {event.reason}" if event.reason else "passed"
                err.print(f"  {'sql':<19} {plain(f'{event.sql} -> {verdict}')}", style="dim")
            case Recommendation():
                self._card(event.recommendation)
            case Reset():
                self._fresh_line()
                self._said, self._paragraph_due = "", True
                err.print(f"! A second draft follows: {plain(event.reason)}.")
            case _:
                self._fresh_line()
                super().event(event)

    def words(self, text: str) -> None:
        """Show streamed words; the numbers `[3]` that the prompt asks for are not for the viewer."""
        self._held += plain(text)
        if re.search(r"(?:^|\n)\s*\[?\d*$", self._held):
            return  # may be the beginning of a number: wait for the rest
        shown = re.sub(r"(^|\n)(\s*)\[\d+\]\s*", r"\1\2", self._held)
        self._held = ""
        if self._paragraph_due:
            shown = shown.lstrip()
            if not shown:
                return
            if self._said:
                out.print()
            self._paragraph_due = False
        self._said += shown
        out.print(shown, end="")

    def end(self) -> None:
        """Finish the last line."""
        self._fresh_line()

    def _card(self, pick: MovieRecommendation) -> None:
        self._fresh_line()
        self._paragraph_due = True
        if _squeezed(pick.reasoning) not in _squeezed(self._said):
            self._said += "\n"
            label = f"{pick.title} ({pick.year})" if pick.year else pick.title
            out.print(plain(f"\n{label}: {pick.reasoning}"))
        facts = [
            ", ".join(pick.genres),
            f"{pick.runtime} min" if pick.runtime else "",
            f"IMDb {pick.imdb_rating}" if pick.imdb_rating else "",
            f"confidence {pick.confidence:.2f}",
            f"from {', '.join(dict.fromkeys(e.source for e in pick.evidence))}" if pick.evidence else "",
        ]
        line = Text(plain("    " + " · ".join(fact for fact in facts if fact)), style="cyan")
        if self._by_model and (kind := _KINDS.get(pick.reasoning_kind)):
            line.append(f" · {kind}", style="bright_black")
        out.print(line)

    def _fresh_line(self) -> None:
        if self._said and not self._said.endswith("\n"):
            self._said += "\n"
            out.print()


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text)
