"""validate: the last word on every pick; too few lead to one repair, then to picks from the ranking."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.llm.replay_chat_model import replay
from matinee.models import Candidate, MovieRecommendation, Understanding
from matinee.nodes.answer_reader import told
from matinee.nodes.answer_session import builder_of, dumped, offered_of, paragraph, picks_of, understanding_of
from matinee.state import RecommendState


class Validate:
    """Lets through what holds, asks for one repair, fills up from the ranking, and says why if fewer come out."""

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the recommendations and the answer as a message, or the verdict that a repair is due."""
        context = Context.of(runtime.context)
        offered = offered_of(state)
        picks = standing(picks_of(state), offered, understanding_of(state))
        spare = len(offered) - len(picks)
        if (
            len(picks) < context.limit
            and spare > 0
            and state["writer"] == "model"
            and not state["broken"]
            and not state["repairs"]
        ):
            events.status("validate", f"{len(picks)} of {context.limit} picks stand; one repair", picks=len(picks))
            return {"picks": dumped(picks), "repairs": 1, "verdict": "repair"}

        written = len(picks)
        builder = builder_of(state, context, offered, picks)
        added = await asyncio.to_thread(builder.fill)
        answer_id = state.get("answer_id") or f"answer-{uuid4()}"
        pieces = told(added, picks)
        if context.stream == "checked" and added:
            await replay(pieces, answer_id)
        else:
            async for _ in pieces:
                pass
        notices = _notices(state, context, written, len(builder.picks))
        for notice in notices:
            events.notice(notice)
        events.status("validate", f"{len(builder.picks)} picks stand", picks=len(builder.picks))
        text = "\n\n".join(paragraph(pick) for pick in builder.picks) or "\n".join(
            [*state.get("notices", []), *notices]
        )
        recommendations = dumped(builder.picks)
        return {
            "recommendations": recommendations,
            "picks": recommendations,
            # With the id of the streamed message it takes that one's place, instead of being streamed again.
            "messages": [AIMessage(text, id=answer_id)],
            "notices": notices,
            "verdict": "done",
        }


def standing(
    picks: Sequence[MovieRecommendation], offered: Sequence[Candidate], understood: Understanding
) -> list[MovieRecommendation]:
    """Return the picks that are candidates, within the demands, not named by the request, and not repeated.

    The builder has seen to all that; a node that somebody else wired in may not have.
    """
    movies = {c.movie.movie_id: c.movie for c in offered}
    mentioned = {mention.movie_id for mention in understood.mentions}
    kept: dict[str, MovieRecommendation] = {}
    for pick in picks:
        movie = movies.get(pick.movie_id)
        if movie is not None and pick.movie_id not in mentioned and not understood.blocking(movie):
            kept.setdefault(pick.movie_id, pick)
    return list(kept.values())


def after_validate(state: RecommendState) -> Literal["generate", "__end__"]:
    """Return where to go: back for the one repair, or to the end."""
    return "generate" if state["verdict"] == "repair" else "__end__"


def _notices(state: RecommendState, context: Context, written: int, total: int) -> list[str]:
    if not total:
        return ["No film in the catalogue meets these demands."]
    notices = []
    if state["writer"] == "model" and written < total:
        notices.append(
            f"{total - written} of {total} picks come from the ranking, with composed reasons: "
            f"the model's answer held {written} that can stand."
        )
    if total < context.limit:
        notices.append(f"Only {total} of {context.limit}: no other film in the catalogue meets these demands.")
    return notices
