"""When things came in a run through a chat model, and how soon a model's stream is closed after its reader left."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from matinee.context import Context
from matinee_graphs.recommend import RecommendGraph


@dataclass
class Moments:
    """The first card of a run against the time of its generation, and of many runs the shares.

    The generation lasts from the call of the model to the last token of the last draft; of it, the model reads the
    prompt until the first token comes, and writes from then on.
    """

    shares: list[float] = field(default_factory=list)
    """The first card's share of the whole generation; above 1, none came while the model wrote."""
    shares_of_writing: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    """Seconds to the first token."""
    begun: float | None = None
    first: float | None = None
    last: float | None = None
    card: float | None = None

    def event(self, payload: dict[str, Any]) -> None:
        """Note a custom event."""
        if payload["event"] == "status" and (payload["stage"], payload["phase"]) == ("generate", "begun"):
            self.begun = self.begun or perf_counter()
        elif payload["event"] == "recommendation":
            self.card = self.card or perf_counter()

    def token(self) -> None:
        """Note a token."""
        self.last = perf_counter()
        self.first = self.first or self.last

    def add(self, run: "Moments") -> None:
        """Note the moments of one run; one whose model said nothing, or one word, has no share."""
        if None in (run.begun, run.first, run.last, run.card) or run.last == run.first:
            return
        assert run.begun and run.first and run.last and run.card
        self.shares.append((run.card - run.begun) / (run.last - run.begun))
        self.shares_of_writing.append((run.card - run.first) / (run.last - run.first))
        self.reading.append(run.first - run.begun)

    def as_dict(self) -> dict[str, Any]:
        """Return the moments of one run, in seconds from the call of the model."""
        named = {"first token": self.first, "first card": self.card, "last token": self.last}
        return {name: round(at - self.begun, 3) for name, at in named.items() if at and self.begun}


async def closing(
    graph: RecommendGraph, request: str, context: Context, open_streams: Callable[[], int]
) -> float | None:
    """Return the seconds from when the reader of a run leaves to when the model's HTTP stream is closed.

    The reader leaves as soon as the stream is open, while the model still reads the prompt. None: no film meets the
    request, and the model is not asked.

    Raises:
        TimeoutError: the stream did not open, or was still open after 10 seconds.
    """
    stream: Any = graph.astream({"query": request}, context=context, stream_mode="custom")
    async with aclosing(stream):
        async for payload in stream:
            if (payload.get("stage"), payload.get("phase")) == ("generate", "begun"):
                break
        else:
            return None
        await _comes(open_streams)
        left = perf_counter()
    await _comes(lambda: not open_streams())
    return perf_counter() - left


async def _comes(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)
