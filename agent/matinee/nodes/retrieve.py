"""retrieve: candidates by meaning, by words and by the films mentioned, within the hard demands."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.index import MovieIndex, PreferenceIndex
from matinee.models import Candidate, Constraint, Understanding
from matinee.nodes.viewer import user_of
from matinee.ranking.fusion import fuse
from matinee.ranking.relax import relaxations
from matinee.state import RecommendState


class Retrieve:
    """Searches with the demands inside the query, and loosens the least certain when too few films meet them."""

    def __init__(self, movies: MovieIndex, preferences: PreferenceIndex) -> None:
        self._movies = movies
        self._preferences = preferences

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the candidates, best first, and the demands that are left."""
        context = Context.of(runtime.context)
        understood = Understanding.model_validate(state["understanding"])
        user = user_of(state, context)
        exclude = {mention.movie_id for mention in understood.mentions}
        if user:
            exclude |= await self._preferences.rejected(user)
        seeds = [mention.movie_id for mention in understood.mentions if mention.role == "like"]

        constraints, relaxed, notices = list(understood.constraints), [], []
        found = await self._search(understood.text, seeds, context.candidates, constraints, exclude)
        looser = relaxations(constraints)
        while len(found) < context.limit and (step := next(looser, None)):
            constraints = step.constraints
            relaxed.append(step.gave_way)
            notices.append(step.notice)
            found = await self._search(understood.text, seeds, context.candidates, constraints, exclude)

        for notice in notices:
            events.notice(notice)
        events.status("retrieve", f"{len(found)} candidates", count=len(found))
        left = understood.model_copy(update={"constraints": constraints, "relaxed": relaxed})
        return {
            "candidates": [candidate.model_dump(mode="json") for candidate in found],
            "understanding": left.model_dump(mode="json"),
            "seeds": [movie.model_dump(mode="json") for movie in await self._movies.get(seeds)],
            "notices": notices,
        }

    async def _search(
        self,
        text: str,
        seeds: Sequence[str],
        k: int,
        constraints: Sequence[Constraint],
        exclude: Collection[str],
    ) -> list[Candidate]:
        hits, near = await asyncio.gather(
            self._movies.search(text, k, constraints, exclude),
            self._movies.neighbours(seeds, k, constraints, exclude),
        )
        if not near:
            return hits
        lists = {"search": hits, "neighbours": near}
        every = {c.movie.movie_id: Candidate(movie=c.movie) for found in lists.values() for c in found}
        # Scores of different searches do not compare: ranks do.
        signals = {
            name: {c.movie.movie_id: -float(rank) for rank, c in enumerate(found)} for name, found in lists.items()
        }
        return fuse(list(every.values()), signals, dict.fromkeys(lists, 1.0))[:k]
