"""Candidates from the sql graph: the rows' films, checked against every demand, filled up by the ordinary search.

A statement that a model wrote decides what is looked at first, never what is allowed: its rows are looked up in the
catalogue again, and a film that breaks a demand is dropped whatever the statement says.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_config
from langgraph.constants import TAG_NOSTREAM

from matinee import events
from matinee.context import MAX_LIMIT, Context
from matinee.errors import IndexUnavailable, InvalidRequest
from matinee.models import Candidate, Movie, Signal, title_key
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.retrieve import Found, retrieve
from matinee.sql_state import MAX_QUESTION, SqlInput, SqlOutput


class SqlGraph(Protocol):
    """The compiled sql graph, as far as it is used here."""

    async def ainvoke(self, input: SqlInput, config: RunnableConfig, *, context: Context) -> Any:
        """Return the graph's output."""
        ...


NEEDS_POSTGRES = (
    "retrieval is 'sql', which only the pgvector home can do: set MATINEE_BACKEND=pgvector (or `--backend pgvector`), "
    "or leave retrieval at 'hybrid'."
)


class RetrieveSql:
    """Asks the sql graph for films.

    `open_graph` compiles it at its first use; None: the home is not PostgreSQL, and asking is refused.
    """

    def __init__(self, searches: Searches, open_graph: Callable[[], SqlGraph] | None) -> None:
        self._searches = searches
        self._movies = searches.movies
        self._open_graph = open_graph
        self._graph: SqlGraph | None = None

    async def __call__(self, ask: CandidateQuery, context: Context) -> Found:
        """Return candidates that meet every demand, the statement's first; notices say what was refused and filled.

        Raises:
            InvalidRequest: the home is not PostgreSQL.
            ChatModelUnavailable: the model that this run named explicitly does not answer.
        """
        if self._open_graph is None:
            raise InvalidRequest(NEEDS_POSTGRES)
        if not await self._movies.count():
            return await retrieve(self._searches, ask, context)
        try:
            answer = await self._answered(self._open_graph, ask, context)
        except (IndexUnavailable, InvalidRequest) as error:  # a server that is down fails the ordinary search, too
            ordinary = await retrieve(self._searches, ask, context)
            return ordinary._replace(notices=[f"The ordinary search answered: {error}", *ordinary.notices])
        return await self._checked(answer, ask, context)

    async def _answered(self, open_graph: Callable[[], SqlGraph], ask: CandidateQuery, context: Context) -> SqlOutput:
        if self._graph is None:
            self._graph = await asyncio.to_thread(open_graph)
        wanted = min(context.candidates, MAX_LIMIT)
        question = SqlInput(
            question=ask.understood.text[:MAX_QUESTION],
            search=ask.text,
            understanding=ask.understood.model_dump(mode="json"),
            wanted=wanted,
        )
        found: SqlOutput = await self._graph.ainvoke(
            question, _unstreamed(), context=context.model_copy(update={"limit": wanted})
        )
        for attempt in found["attempts"]:
            events.statement(**attempt)
        if found["answered_by"] != "sql":
            events.statement(found["sql"] or "", None, None)
        return found

    async def _checked(self, answer: SqlOutput, ask: CandidateQuery, context: Context) -> Found:
        understood, exclude = ask.understood, ask.exclude
        notices = [*_refusals(answer), *answer["notices"]]
        movies = await self._movies_of(answer["rows"], answer["columns"])
        fitting = [m for m in movies if m.movie_id not in exclude and not understood.blocking(m)]
        broken = [m for m in movies if m.movie_id not in exclude and understood.blocking(m)]
        if broken:
            demands = dict.fromkeys(c.label for m in broken for c in understood.blocking(m))
            notices.append(f"{_films(len(broken))} of the SQL's rows left out, against {'; '.join(demands)}.")
        found = [_candidate(movie, rank) for rank, movie in enumerate(fitting, start=1)]
        if len(found) >= context.limit:
            return Found(found[: context.candidates], understood, notices)
        ordinary = await retrieve(self._searches, ask, context)
        there = {candidate.movie.movie_id for candidate in found}
        added = [c for c in ordinary.candidates if c.movie.movie_id not in there]
        # Scores of different searches do not compare: the ordinary search goes on where the statement's ranks end.
        found += [
            candidate.model_copy(update={"score": -float(rank)})
            for rank, candidate in enumerate(added[: context.candidates - len(found)], start=len(found) + 1)
        ]
        gave = _films(len(fitting)) if fitting else "no film"
        notices.append(f"The SQL gave {gave} within the demands; the ordinary search filled up.")
        return Found(found, ordinary.understood, [*notices, *ordinary.notices])

    async def _movies_of(self, rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> list[Movie]:
        """Return the catalogue's films of the rows, each once, in the rows' order.

        A row names its film by movie_id, else by title, with the year where it has one; a row with neither (of an
        aggregate, say) names none.
        """
        if "movie_id" in columns:
            place = columns.index("movie_id")
            ids = list(dict.fromkeys(str(row[place]) for row in rows))
            there = {movie.movie_id: movie for movie in await self._movies.get(ids)}
            return [there[movie_id] for movie_id in ids if movie_id in there]
        if "title" not in columns:
            return []
        title, year = columns.index("title"), columns.index("year") if "year" in columns else None
        named = list(dict.fromkeys((str(row[title]), row[year] if year is not None else None) for row in rows))
        stored = await self._movies.known([Movie(movie_id="", title=one) for one in {name for name, _ in named}])
        by_title: dict[str, list[Movie]] = {}
        for movie in stored:
            by_title.setdefault(title_key(movie.title, None), []).append(movie)
        films = [
            movie
            for name, made in named
            for movie in by_title.get(title_key(name, None), [])
            if made is None or movie.year == made
        ]
        return list({movie.movie_id: movie for movie in films}.values())


def _unstreamed() -> RunnableConfig:
    """Return the run's configuration with the tag that keeps the statement's tokens out of the answer's."""
    try:
        config = get_config()
    except RuntimeError:  # called outside a run, as from a test of this class
        return {"tags": [TAG_NOSTREAM]}
    return {**config, "tags": [*(config.get("tags") or []), TAG_NOSTREAM]}


def _refusals(answer: SqlOutput) -> list[str]:
    refused = [attempt for attempt in answer["attempts"] if attempt["reason"]]
    if not refused:
        return []
    last = refused[-1]
    by = "the guard" if last["by"] == "guard" else "PostgreSQL"
    count = "1 SQL statement was" if len(refused) == 1 else f"{len(refused)} SQL statements were"
    return [f"{count} refused, the last by {by}: {last['reason']}."]


def _films(count: int) -> str:
    return "1 film" if count == 1 else f"{count} films"


def _candidate(movie: Movie, rank: int) -> Candidate:
    return Candidate(movie=movie, score=-float(rank), receipt={"sql": Signal(rank=rank)})
