"""validate: the last word on every pick; too few lead to one repair, then to picks from the ranking."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.models import MovieRecommendation
from matinee.nodes.answer_reader import paragraph, told
from matinee.nodes.answer_session import AnswerSession
from matinee.nodes.history import with_list
from matinee.query.references import Shown
from matinee.state import WORKING, RecommendState, dumped
from matinee.understanding import Understanding


class Validate:
    """Lets through what holds, asks for one repair, fills up from the ranking, and says why if fewer come out."""

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the recommendations and the answer as a message, or the draft that a repair is to go on from."""
        session = AnswerSession(state, Context.of(runtime.context))
        draft, limit = session.draft, session.context.limit
        picks = standing(session)
        spare = len(session.offered) - len(picks)
        may_repair = draft.writer == "model" and not draft.broken_off and not session.is_repair
        if len(picks) < limit and spare > 0 and may_repair:
            events.status("validate", f"{len(picks)} of {limit} picks stand; one repair", picks=len(picks))
            return dumped(draft=draft.model_copy(update={"picks": picks}), repairs=1)

        builder = session.builder(picks)
        added = await asyncio.to_thread(builder.fill)
        if added:
            await session.tell(told(added, picks))
        written = len(picks) if draft.writer == "model" else None
        notices = [*_notices(limit, written, len(builder.picks)), *_doubts(session, builder.picks)]
        for notice in notices:
            events.notice(notice)
        events.status("validate", f"{len(builder.picks)} picks stand", picks=len(builder.picks))
        before = [Shown(**film) for film in state.get("shown") or []]
        films = [Shown(pick.movie_id, pick.title, pick.year) for pick in builder.picks]
        text = "\n\n".join(map(paragraph, builder.picks)) or "\n".join([*state.get("notices", []), *notices])
        return {
            **WORKING,
            **dumped(recommendations=builder.picks, understanding=_without(session.understanding, before)),
            "reply": "films",
            "shown": [film._asdict() for film in with_list(before, films)],
            # With the id of the streamed message it takes that one's place, instead of being streamed again.
            "messages": [AIMessage(text, id=draft.message_id)],
            "notices": notices,
        }


def _without(understood: Understanding, shown: Sequence[Shown]) -> Understanding:
    """Return the understanding without the films that the state keeps as shown anyway."""
    known = {film.movie_id for film in shown}
    left = [m for m in understood.mentions if m.role != "shown" or m.movie_id not in known]
    return understood.model_copy(update={"mentions": left})


def standing(session: AnswerSession) -> list[MovieRecommendation]:
    """Return the picks that are candidates, within the demands, not named by the request, and not repeated.

    The builder has seen to all that; a node that somebody else wired in may not have.
    """
    movies = {c.movie.movie_id: c.movie for c in session.offered}
    mentioned = {mention.movie_id for mention in session.understanding.mentions}
    kept: dict[str, MovieRecommendation] = {}
    for pick in session.draft.picks:
        movie = movies.get(pick.movie_id)
        if movie is not None and pick.movie_id not in mentioned and not session.understanding.blocking(movie):
            kept.setdefault(pick.movie_id, pick)
    return list(kept.values())


def after_validate(state: RecommendState) -> Literal["generate", "__end__"]:
    """Return where to go: back for the one repair, or to the end."""
    return "__end__" if "recommendations" in state else "generate"


def _notices(limit: int, written: int | None, total: int) -> list[str]:
    """Return what the viewer is told where the model's answer (None: it wrote none) or the catalogue held too few."""
    if not total:
        return ["No film in the catalogue meets these demands."]
    notices = []
    if written is not None and written < total:
        notices.append(
            f"{total - written} of {total} picks come from the ranking, with composed reasons: "
            f"the model's answer held {written} that can stand."
        )
    if total < limit:
        notices.append(f"Only {total} of {limit}: no other film in the catalogue meets these demands.")
    return notices


def _doubts(session: AnswerSession, picks: Sequence[MovieRecommendation]) -> list[str]:
    """Return a sentence that names the picks of which it is not known whether they keep the limits."""
    movies = {c.movie.movie_id: c.movie for c in session.offered}
    doubtful = [f"“{pick.title}”" for pick in picks if session.understanding.doubt(movies[pick.movie_id])]
    if not doubtful:
        return []
    return [f"Nothing is known of the age that {', '.join(doubtful)} suits, or of what is shown: look it up first."]
