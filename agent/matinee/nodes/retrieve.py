"""retrieve: candidates by meaning, by words and by the films mentioned, within the hard demands."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.index import MovieIndex, PreferenceIndex
from matinee.models import Candidate, Constraint, Understanding
from matinee.nodes.viewer import rejected_by, user_of
from matinee.ranking.fusion import fuse
from matinee.ranking.relax import relaxations
from matinee.state import RecommendState, dump_candidates


class Retrieve:
    """Searches with the demands inside the query, and loosens the least certain when too few films meet them."""

    def __init__(self, movies: MovieIndex, preferences: PreferenceIndex, by_sql: "BySql") -> None:
        self._movies = movies
        self._preferences = preferences
        self._by_sql = by_sql

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the candidates, best first, and the demands that are left."""
        context = Context.of(runtime.context)
        understood = Understanding.model_validate(state["understanding"])
        user = user_of(state, context)
        rejected, unknown = await rejected_by(self._preferences, user)
        if context.retrieval == "sql":
            found = await self._by_sql(understood, state["search"], rejected, context)
        else:
            found = await retrieve(self._movies, understood, state["search"], rejected, context)
        if not found.candidates and not await self._movies.count():
            found = found._replace(notices=["The index holds no films yet: run `matinee ingest`."])
        found = found._replace(notices=[*unknown, *found.notices])
        for notice in found.notices:
            events.notice(notice)
        events.status("retrieve", f"{len(found.candidates)} candidates", candidates=len(found.candidates))
        return {
            "candidates": dump_candidates(found.candidates),
            "understanding": found.understood.model_dump(mode="json"),
            "notices": found.notices,
        }


class Found(NamedTuple):
    """Candidates, best first; the understanding with the demands that they meet; what gave way, in words."""

    candidates: list[Candidate]
    understood: Understanding
    notices: list[str]


BySql = Callable[[Understanding, str, Collection[str], Context], Awaitable[Found]]
"""How candidates come from the sql graph: see `retrieve_sql`."""


async def retrieve(
    movies: MovieIndex, understood: Understanding, text: str, rejected: Collection[str], context: Context
) -> Found:
    """Return candidates that meet the demands; while they are too few, ever looser ones."""
    exclude = {*rejected, *(mention.movie_id for mention in understood.mentions)}
    seeds = [mention.movie_id for mention in understood.mentions if mention.role == "like"]
    constraints, relaxed, notices = list(understood.constraints), [], []
    candidates = await _search(movies, text, seeds, context.candidates, constraints, exclude)
    looser = relaxations(constraints)
    while len(candidates) < context.limit and (step := next(looser, None)):
        constraints = step.constraints
        relaxed.append(step.gave_way)
        notices.append(step.notice)
        candidates = await _search(movies, text, seeds, context.candidates, constraints, exclude)
    left = understood.model_copy(update={"constraints": constraints, "relaxed": relaxed})
    return Found(candidates, left, notices)


async def _search(
    movies: MovieIndex,
    text: str,
    seeds: Sequence[str],
    k: int,
    constraints: Sequence[Constraint],
    exclude: Collection[str],
) -> list[Candidate]:
    if not seeds:
        return await movies.search(text, k, constraints, exclude)
    hits, near = await asyncio.gather(
        movies.search(text, k, constraints, exclude), movies.neighbours(seeds, k, constraints, exclude)
    )
    lists = {"search": hits, "neighbours": near}
    every = {c.movie.movie_id: Candidate(movie=c.movie) for found in lists.values() for c in found}
    # Scores of different searches do not compare: ranks do.
    signals = {name: {c.movie.movie_id: -float(rank) for rank, c in enumerate(found)} for name, found in lists.items()}
    return fuse(list(every.values()), signals, dict.fromkeys(lists, 1.0))[:k]
