"""Runs the ranking over requests and keeps what the figures need of each run."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from matinee.context import Context
from matinee.encoders.cross_encoder import CrossEncoder
from matinee.errors import MatineeError
from matinee.models import Candidate
from matinee.nodes.signal_weights import weights_for
from matinee.state import Parsed
from matinee.understanding import Understanding
from matinee_app.evaluation.requests import Answers, EvaluationRequest
from matinee_graphs.parts import Parts
from matinee_graphs.ranking import RankingGraph, build_ranking_graph

DEPTH = 100
"""How many films a ranking is judged on."""

SHOWN = 10
"""How many of them a viewer may look at."""


@dataclass(frozen=True)
class Ranked:
    """What came out for one request."""

    request: EvaluationRequest
    films: list[str]
    """The films' ids, best first."""
    candidates: list[Candidate]
    """The first of them, those that a viewer may look at."""
    understood: Understanding
    weights: dict[str, float]
    """What each signal counted."""
    seconds: float

    @property
    def broken(self) -> int:
        """Return how many of the first ten break a demand that was not announced as relaxed."""
        return sum(bool(self.understood.blocking(c.movie)) for c in self.candidates)

    @property
    def shown(self) -> int:
        """Return how many of the first ten there are."""
        return len(self.candidates)


def failures(runs: Sequence[Ranked], gold: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return the requests with no answer among the first ten, by the kind of failure.

    `ranked low`: an answer is among the 100; `not among 100`: none is; `refused`: the request gave no films;
    `a demand was in the way`: no answer was found and a demand was read, which may have kept it out.
    """
    found: dict[str, list[str]] = {"ranked low": [], "not among 100": [], "a demand was in the way": [], "refused": []}
    for run in runs:
        answers = gold[run.request.id]
        if answers & set(run.films[:SHOWN]):
            continue
        if not run.films:
            kind = "refused"
        elif answers & set(run.films):
            kind = "ranked low"
        else:
            kind = "a demand was in the way" if run.understood.constraints else "not among 100"
        found[kind].append(run.request.id)
    return found


class Remembered:
    """A cross-encoder that reads each pair once, so that strategies can be compared in reasonable time."""

    def __init__(self, inner: CrossEncoder) -> None:
        self.name = inner.name
        self._inner = inner
        self._known: dict[bytes, float] = {}

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text."""
        keys = [hashlib.blake2b(f"{query}\0{text}".encode(), digest_size=16).digest() for text in texts]
        new = [number for number, key in enumerate(keys) if key not in self._known]
        if new:
            logits = self._inner.score(query, [texts[number] for number in new])
            self._known.update(zip((keys[number] for number in new), logits, strict=True))
        return [self._known[key] for key in keys]


class Runner:
    """Ranks requests by the parts given."""

    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._graph: RankingGraph = build_ranking_graph(parts, keep=DEPTH + SHOWN)
        self._answers = answers

    async def run(
        self, requests: Sequence[EvaluationRequest], context: Context, on_progress: Callable[[], None]
    ) -> list[Ranked]:
        """Return what comes out for each request, one after the other; a request that is refused gives no films."""
        context = context.model_copy(update={"candidates": max(context.candidates, DEPTH + SHOWN)})
        found = []
        for request in requests:
            found.append(await self._one(request, context))
            on_progress()
            await asyncio.sleep(0)
        return found

    async def _one(self, request: EvaluationRequest, context: Context) -> Ranked:
        begun = perf_counter()
        try:
            state: dict[str, Any] = await self._graph.ainvoke({"query": request.query}, context=context)
        except MatineeError:
            return Ranked(request, [], [], Understanding(text=request.query), {}, perf_counter() - begun)
        seconds = perf_counter() - begun
        named = self._answers.mentioned(request)
        ranked = [c for c in state["ranked"] if c["movie"]["movie_id"] not in named]
        films = [c["movie"]["movie_id"] for c in ranked[:DEPTH]]
        understood = Understanding.model_validate(state["understanding"])
        candidates = Parsed.model_validate({"ranked": ranked[:SHOWN]}).ranked
        return Ranked(request, films, candidates, understood, weights_for(understood, context), seconds)
