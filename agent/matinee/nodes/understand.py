"""understand: what the request demands, by rule and by catalogue look-up."""

import asyncio
import unicodedata
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AnyMessage
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from matinee import events
from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.index import MovieIndex
from matinee.llm.chat import Chat
from matinee.nodes.clarification import which
from matinee.nodes.history import earlier_of
from matinee.nodes.query_rewriting import rewritten
from matinee.nodes.viewer import user_of
from matinee.observability import disclosure
from matinee.query import TitleLookup, understand
from matinee.query.followup import Earlier, follow, goes_on
from matinee.query.query_text import search_text
from matinee.query.title_ambiguity import ambiguities, chosen, told_of_ambiguity
from matinee.reasons.names import CatalogueNames
from matinee.state import WORKING, RecommendState, dumped
from matinee.understanding import Understanding

MAX_REQUEST = 4000
"""Characters of a request that are read; about what the chat model's window has room for."""


_NO_EARLIER = (
    "This could not be read as going on from an earlier turn: none is known here. A checkpointer of the graph keeps "
    "turns (in another graph's node: `build_recommend_graph(parts, checkpointer=True)`), and so do messages sent along."
)


class Titles:
    """The titles and people of the catalogue, looked up again when its number of films has changed."""

    def __init__(self, movies: MovieIndex) -> None:
        self._movies = movies
        self._known: tuple[int, TitleLookup, CatalogueNames] | None = None

    async def lookup(self) -> TitleLookup:
        """Return what finds them in a request."""
        return (await self._read())[0]

    async def names(self) -> CatalogueNames:
        """Return what looks them up for the checking of reasons."""
        return (await self._read())[1]

    async def _read(self) -> tuple[TitleLookup, CatalogueNames]:
        # No lock: one belongs to an event loop, and a host may run several; at worst the titles are read twice.
        count, known = await self._movies.count(), self._known
        if known is None or known[0] != count:
            entries = await self._movies.titles()
            lookup, names = await asyncio.to_thread(lambda: (TitleLookup(entries), CatalogueNames(entries)))
            known = self._known = (count, lookup, names)
        return known[1:]


class Understand:
    """Reads the request, with the turns before it, and clears what an earlier run of the same thread left.

    `chat` condenses long requests for runs that ask for it.
    """

    def __init__(self, titles: Titles, movies: MovieIndex, chat: Chat | None = None) -> None:
        self._titles = titles
        self._movies = movies
        self._chat = chat

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the understanding, the rows of the films it wants more of, and the words to search with.

        Raises:
            InvalidRequest: there is no text in the request, the viewer's name is not one, or the run asks about titles
                and nothing keeps its state.
        """
        context = Context.of(runtime.context)  # options out of bounds are refused before any work is done
        viewer = user_of(state, context)
        text = request_of(state)
        notices = disclosure.notices()
        if len(text) > MAX_REQUEST:
            notices.append(f"The request has {len(text)} characters; the first {MAX_REQUEST} were read.")
            text = text[:MAX_REQUEST]
        if not any(unicodedata.category(c)[0] in "LN" for c in text):
            raise InvalidRequest(
                f"The request {text[:40]!r} holds no words; say what you are in the mood for, as “thoughtful sci-fi”."
            )
        titles = await self._titles.lookup()
        earlier = earlier_of(state, titles)
        understood = follow(text, titles, earlier) if earlier and goes_on(text, earlier) else understand(text, titles)
        notices += understood.remarks
        asks = (*understood.constraints, *understood.mentions, *understood.critiques, *understood.moods)
        if earlier is None and not asks and goes_on(text, Earlier(understood, [])):
            notices.append(_NO_EARLIER)
        for ambiguity in ambiguities(understood.mentions):
            if context.ask:
                understood = chosen(understood, ambiguity.words, which(ambiguity))
            else:
                notices.append(told_of_ambiguity(ambiguity))
        wanted = {mention.movie_id: None for mention in understood.mentions if mention.role == "like"}
        rows = {movie.movie_id: movie for movie in await self._movies.get(wanted)}
        seeds = [rows[movie_id] for movie_id in wanted if movie_id in rows]
        condensed = ""
        if context.rewrite and self._chat is not None:
            condensed, told = await rewritten(understood.text, self._chat, context)
            notices += told
        for notice in notices:
            events.notice(notice)
        events.status(
            "understand",
            described(understood),
            constraints=len(understood.constraints),
            mentions=len(understood.mentions),
        )
        return {
            **WORKING,  # an earlier run may have ended in the middle
            "viewer": viewer,
            **dumped(understanding=understood, seeds=seeds, search=search_text(understood, seeds, condensed)),
            "shown": [],
            "notices": Overwrite(notices),
        }


def request_of(state: RecommendState) -> str:
    """Return the request: the query, else the last human message's text.

    Raises:
        InvalidRequest: the query is no text, or neither holds anything but blanks.
    """
    query: Any = state.get("query")
    if not isinstance(query, str | None):
        raise InvalidRequest(f"`query` is {query!r:.60}, which is no text; give the request in words.")
    messages: Sequence[AnyMessage] = state.get("messages") or []
    spoken = [message.text for message in messages if message.type == "human"]
    text = (query or (spoken[-1] if spoken else "")).strip()
    if not text:
        raise InvalidRequest("The request is empty; give `query`, or `messages` with a human message in it.")
    return text


def described(understood: Understanding) -> str:
    """Return what was understood as one line."""
    said = [constraint.label for constraint in understood.constraints]
    said += [f"toward {n.toward or 'less ' + n.away}" for n in (*understood.critiques, *understood.moods)]
    named = [m for m in understood.mentions if m.role != "shown"]
    said += [f"{m.role} {m.title}" + (f" ({m.year})" if m.year else "") for m in named]
    return "; ".join(dict.fromkeys(said)) or "no hard demands"
