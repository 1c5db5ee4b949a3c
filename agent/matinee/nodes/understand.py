"""understand: what the request demands, by rule and by catalogue look-up."""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from matinee import events
from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.index import MovieIndex, PreferenceIndex
from matinee.language.detection import is_foreign
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.nodes.clarification import which
from matinee.nodes.history import dumped_conversation, exchanges, kept, replayed
from matinee.nodes.query_rewriting import rewritten
from matinee.nodes.request import request_of
from matinee.nodes.viewer import remembered, user_of
from matinee.observability import disclosure
from matinee.query import TitleLookup
from matinee.query.query_text import search_text
from matinee.query.scope import Scope, scope_of
from matinee.query.title_ambiguity import ambiguities, chosen, told_of_ambiguity
from matinee.query.turns import Conversation, Reader, Turn
from matinee.reasons.names import CatalogueNames
from matinee.reasons.support import Encoder
from matinee.state import WORKING, RecommendState, dumped
from matinee.understanding import Understanding

MAX_REQUEST = 4000
"""Characters of a request that are read; about what the chat model's window has room for."""

_READ_FOR_SCOPE = 400
"""Characters of a turn by which it is told what it is."""
_FOREIGN = (
    "matinee reads English: without a chat model this was searched with as it stands, by the words it could read."
)

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
    """Reads the turn, with the turns before it, and clears what an earlier run of the same thread left.

    Args:
        titles: the catalogue's titles and people.
        movies: the stored films.
        chat: condenses long requests for runs that ask for it.
        encoder: vectors by which a request for films is told from other turns; None: every turn asks for films.
        preferences: where is stored what a viewer says of films; None: it is not.
    """

    def __init__(
        self,
        titles: Titles,
        movies: MovieIndex,
        chat: Chat | None = None,
        encoder: Encoder | None = None,
        preferences: PreferenceIndex | None = None,
    ) -> None:
        self._titles = titles
        self._movies = movies
        self._chat = chat
        self._encoder = encoder
        self._preferences = preferences

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
        turn, began = await self._read(state, text)
        if viewer and self._preferences:
            notices += await remembered(
                self._preferences, viewer, turn.verdicts, await self._movies.get([one for one, _ in turn.verdicts])
            )
        before = {**WORKING, "viewer": viewer, "reply": turn.reply, **dumped_conversation(turn.after)}
        events.reply(turn.reply)
        if turn.reply != "films":
            asked = turn.after.understood or Understanding(text="")
            events.status("understand", turn.reply, constraints=0, mentions=0)
            said = dumped(understanding=asked, question=turn.question, search=text)
            return {**before, **said, "notices": Overwrite(notices)}
        understood = turn.after.understood
        assert understood is not None
        notices += understood.remarks
        if began and turn.lost:
            notices.append(_NO_EARLIER)
        if is_foreign(text) and not understood.written and self._is_without_model(context):
            notices.append(_FOREIGN)
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
            **before,  # an earlier run may have ended in the middle
            **dumped(understanding=understood, seeds=seeds, search=search_text(understood, seeds, condensed)),
            "notices": Overwrite(notices),
        }

    async def _read(self, state: RecommendState, text: str) -> tuple[Turn, bool]:
        """Return the turn, and whether nothing is known to go before it."""
        titles = await self._titles.lookup()
        before = kept(state)
        told = [] if before else exchanges(state, titles)
        ids = {film.movie_id for exchange in told for film in exchange.shown}
        ids |= {film.movie_id for film in before.lists.shown} if before else set()
        reader = Reader(titles, self._scopes if self._encoder else None)

        def read(rows: Mapping[str, Movie]) -> tuple[Turn, bool]:
            known = before or replayed(told, reader, rows)
            return reader.turn(text, known, rows), known == Conversation()

        rows = {movie.movie_id: movie for movie in await self._movies.get(ids)}
        return await asyncio.to_thread(read, rows)

    def _scopes(self, text: str, read: Sequence[bool]) -> Mapping[Scope, float]:
        assert self._encoder is not None
        return scope_of(self._encoder.vectors([text[:_READ_FOR_SCOPE]])[0], read)

    def _is_without_model(self, context: Context) -> bool:
        return self._chat is None or self._chat.name(context) == "none"


def after_understand(state: RecommendState) -> Literal["embed_query", "reply"]:
    """Return where to go: to the searches, or to a reply that shows no films."""
    return "embed_query" if state["reply"] == "films" else "reply"


def described(understood: Understanding) -> str:
    """Return what was understood as one line."""
    said = [constraint.label for constraint in understood.constraints]
    said += [f"toward {n.toward or 'less ' + n.away}" for n in (*understood.critiques, *understood.moods)]
    named = [m for m in understood.mentions if m.role != "shown"]
    said += [f"{m.role} {m.title}" + (f" ({m.year})" if m.year else "") for m in named]
    return "; ".join(dict.fromkeys(said)) or "no hard demands"
