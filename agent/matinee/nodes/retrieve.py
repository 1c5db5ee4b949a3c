"""retrieve: candidates within the hard demands; some demands give way when too few films meet them all."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.index import PreferenceIndex
from matinee.models import Candidate
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.viewer import history_of
from matinee.ranking.constraint_relaxation import Relaxation, relaxations, told_of
from matinee.ratings.collaborative import Collaborative
from matinee.state import Parsed, RecommendState, dumped
from matinee.understanding import Understanding


class Retrieve:
    """Searches with the demands inside the queries."""

    def __init__(
        self,
        searches: Searches,
        preferences: PreferenceIndex,
        by_sql: "BySql",
        collaborative: Collaborative | None = None,
    ) -> None:
        self._searches = searches
        self._preferences = preferences
        self._by_sql = by_sql
        self._collaborative = collaborative

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the candidates, best first, and the demands that are left."""
        context = Context.of(runtime.context)
        parsed = Parsed.model_validate(state)
        history = await history_of(self._preferences, self._collaborative, parsed.viewer)
        ask = CandidateQuery(parsed.understanding, parsed.search, history.rejected, history.liked, history.wished)
        found = await (
            self._by_sql(ask, context) if context.retrieval == "sql" else retrieve(self._searches, ask, context)
        )
        if not found.candidates and not await self._searches.movies.count():
            found = found._replace(notices=["The index holds no films yet: run `matinee ingest`."])
        fault = await self._collaborative.fault() if self._collaborative else None
        found = found._replace(notices=[*history.notices, *([fault] if fault else []), *found.notices])
        for notice in found.notices:
            events.notice(notice)
        events.status("retrieve", f"{len(found.candidates)} candidates", candidates=len(found.candidates))
        return {
            **dumped(candidates=found.candidates, understanding=found.understood),
            "notices": found.notices,
        }


class Found(NamedTuple):
    """Candidates, best first; the understanding with the demands that they meet; what gave way, in words."""

    candidates: list[Candidate]
    understood: Understanding
    notices: list[str]


BySql = Callable[[CandidateQuery, Context], Awaitable[Found]]
"""How candidates come from the sql graph: see `retrieve_sql`."""


async def retrieve(searches: Searches, ask: CandidateQuery, context: Context) -> Found:
    """Return candidates that meet the demands; while they are too few, others that meet ever looser ones, too.

    In a conversation that has shown films, what is sure gives way only when nothing else is left to show.
    """
    asked = list(ask.understood.constraints)
    goes_on = any(mention.role == "shown" for mention in ask.understood.mentions)
    found = {c.movie.movie_id: c for c in await searches.candidates(ask, asked, context)}
    enough, steps = len(found), list[Relaxation]()
    for step in relaxations(asked):
        if len(found) >= context.limit or (found and (step.last_resort or (goes_on and not step.unsure))):
            break
        found |= {c.movie.movie_id: c for c in await searches.candidates(ask, step.constraints, context)}
        steps.append(step)
    gave_way = [one for step in steps for one in step.gave_way]
    left = [c for c in (steps[-1].constraints if steps else asked) if not any(c is one for one in gave_way)]
    relaxed = [c for c in asked if any(c is one for one in gave_way)]
    understood = ask.understood.model_copy(update={"constraints": left, "relaxed": relaxed})
    return Found(list(found.values()), understood, [told_of(enough, asked, steps)] if steps else [])
