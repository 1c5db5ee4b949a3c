"""suggest: which films the chat model names for a request, and what it takes to be wished for, while searches run."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.runtime import Runtime

from matinee import events
from matinee.catalogue.lacking_films import LackingFilms
from matinee.context import Context
from matinee.language.detection import is_foreign
from matinee.llm.brief_call import brief_call
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.prompting import quoted
from matinee.nodes.retrieve import retrieve
from matinee.nodes.understand import Titles
from matinee.nodes.viewer import History
from matinee.query import TitleLookup, understand
from matinee.query.doubtful_demands import without_doubtful
from matinee.query.title_linking import linked
from matinee.ranking.suggestions import spoken_for
from matinee.reasons.film_list import FilmList, NamedFilm
from matinee.sanitize import plain
from matinee.state import Parsed, RecommendState, Suggestion, dumped
from matinee_prompts import render

_SCOPES = ("films", "shown", "other")
"""The kinds of request that the prompt offers: films to watch, a question about films shown, anything else."""

_TOKENS = 400
_LONGEST_WISH = 300
_TURNS, _LONGEST_TURN = 8, 300
"""Messages of a conversation that the prompt tells, and characters of each."""
_PICK = re.compile(r"^.{1,120}?\((?:18|19|20)\d\d\)", re.MULTILINE)


class Suggest:
    """Asks the chat model once, within seconds, and searches again with what it said."""

    def __init__(
        self,
        chat: Chat,
        titles: Titles,
        searches: Searches,
        told_by: Callable[[str | None], Awaitable[History]],
        lacking: LackingFilms | None = None,
    ) -> None:
        """Use these parts; `told_by` gives what a viewer told of films."""
        self._chat = chat
        self._titles = titles
        self._searches = searches
        self._told_by = told_by
        self._lacking = lacking

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return what the model named, with the films found by it; nothing where it is not asked or says nothing."""
        context = Context.of(runtime.context)
        by_sql = context.retrieval == "sql"  # where the model has written the search itself
        if not context.suggest or by_sql or self._chat.name(context) == "none":
            return {}
        parsed = Parsed.model_validate(state)
        messages = _prompt(parsed.understanding.as_written, state.get("messages") or [])
        read = FilmList()
        fault = await brief_call(self._chat, messages, context, tokens=_TOKENS, read=read.feed)
        read.finish(broken=bool(fault))
        if not (read.films or read.wish):
            events.status("suggest", fault or "no film was named", named=0, known=0)
            return {}
        suggestion = await self._found(read, parsed, context)
        if self._lacking is not None and suggestion.lacking:
            await asyncio.to_thread(self._lacking.add, suggestion.lacking)
        named, known = len(suggestion.named), len(suggestion.named) - len(suggestion.lacking)
        events.status("suggest", f"{known} of {named} are in the catalogue", named=named, known=known)
        return dumped(suggestion=suggestion)

    async def _found(self, read: FilmList, parsed: Parsed, context: Context) -> Suggestion:
        titles = await self._titles.lookup()
        films = await self._linked(read.films, titles)
        rows = {film.movie_id: film for film in films.values()}
        named = [label for film in read.films if (label := _label(film)) in films or film.sure]
        wish = plain(read.wish)[:_LONGEST_WISH]
        dated = [Movie(movie_id=_label(film), title=film.title, year=film.year) for film in read.films if film.year]
        understood = without_doubtful(parsed.understanding, understand(wish, titles), list(rows.values()), dated)
        history = await self._told_by(parsed.viewer)
        ask = CandidateQuery(
            understood,
            wish if wish and is_foreign(understood.as_written) else parsed.search,
            history.rejected,
            history.liked,
            history.wished,
            suggested=spoken_for(rows, context.weights.model),
            wish=wish,
        )
        found = await retrieve(self._searches, ask, context)
        return Suggestion(
            wish=wish,
            scope=read.scope if read.scope in _SCOPES else "",
            named=named,
            lacking=[label for label in named if label not in films],
            candidates=found.candidates,
            understanding=found.understood,
        )

    async def _linked(self, named: Sequence[NamedFilm], titles: TitleLookup) -> dict[str, Movie]:
        """Return the films of the catalogue that are meant, by what they are named."""
        meant = {_label(film): linked(film.title, film.year, titles) for film in named}
        ids = [film.movie_id for films in meant.values() for film in films]
        rows = {row.movie_id: row for row in await self._searches.movies.get(ids)}
        known = {label: [rows[f.movie_id] for f in films if f.movie_id in rows] for label, films in meant.items()}
        # Without a year a title may be that of several.
        return {label: max(films, key=lambda film: film.votes) for label, films in known.items() if films}


def _label(named: NamedFilm) -> str:
    title = plain(named.title)
    return f"{title} ({named.year})" if named.year else title


def _prompt(request: str, messages: Sequence[AnyMessage]) -> list[BaseMessage]:
    """Return the instructions, then the conversation before the request with what was shown in it, and the request."""
    spoken = [message for message in messages if message.type in ("human", "ai") and message.text.strip()]
    if spoken and spoken[-1].type == "human":
        spoken.pop()  # the request itself
    turns = []
    for message in spoken[-_TURNS:]:
        text = message.text[: 10 * _LONGEST_TURN]
        shown = _PICK.findall(text) if message.type == "ai" else []
        said = ", ".join(shown) or text
        turns.append({"who": "viewer" if message.type == "human" else "you", "said": quoted(said, _LONGEST_TURN)})
    values = {"has_turns": bool(turns), "turns": turns, "request": quoted(request, len(request) + 4)}
    return [SystemMessage(render("suggest_system")), HumanMessage(render("suggest", values))]
