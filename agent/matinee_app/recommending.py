"""The recommend command: steps, words and picks as they come, or one JSON document."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from matinee.context import Context
from matinee.models import MovieRecommendation
from matinee.settings import Settings
from matinee_app.collecting import ensure_films
from matinee_app.console import err, out, plain, print_json
from matinee_graphs.parts import open_parts


async def recommend(settings: Settings, request: str, options: dict[str, Any], *, as_json: bool) -> int:
    """Run the graph over one request and print what it gives."""
    from matinee_graphs.recommend import build_recommend_graph

    context = Context.of(options)
    parts = open_parts(settings)
    screen = _Quiet() if as_json else _Screen()
    final: dict[str, Any] = {}
    try:
        await ensure_films(parts.home)
        stream = build_recommend_graph(parts).astream(
            {"query": request}, context=context, stream_mode=["messages", "custom", "values"]
        )
        async with aclosing(cast(AsyncGenerator[tuple[str, Any], None], stream)) as events:
            async for mode, payload in events:
                if mode == "values":
                    final = payload
                elif mode == "custom":
                    screen.event(payload)
                elif isinstance(payload[0], AIMessageChunk):
                    screen.words(payload[0].text)
    finally:
        parts.home.close()
    screen.end()
    if as_json:
        print_json(
            {
                "request": request,
                "recommendations": final.get("recommendations", []),
                "notices": final.get("notices", []),
                "answer": final["messages"][-1].text if final.get("messages") else "",
            }
        )
    return 0 if final.get("recommendations") else 1


class _Quiet:
    """Shows notices alone, on standard error."""

    def event(self, event: dict[str, Any]) -> None:
        if event["event"] == "notice":
            err.print(f"! {plain(event['message'])}")

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

    def event(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "status":
                self._fresh_line()
                err.print(f"  {event['stage']:<19} {plain(event['message'])}", style="dim")
            case "recommendation":
                self._card(MovieRecommendation.model_validate(event["recommendation"]))
            case "reset":
                self._fresh_line()
                self._said, self._paragraph_due = "", True
                err.print(f"! A second draft follows: {plain(event['reason'])}.")
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
        out.print(plain("    " + " · ".join(fact for fact in facts if fact)), style="cyan")

    def _fresh_line(self) -> None:
        if self._said and not self._said.endswith("\n"):
            self._said += "\n"
            out.print()


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text)
