"""Fills the prompts: what never changes first, so that the model server's prefix cache serves."""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from matinee.context import Context
from matinee.grounding.claims import tellable
from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Spoilers
from matinee_prompts import render

_OVERVIEW = 400
"""Characters of a plot that the model gets to see."""


def recommend_messages(
    request: str, offered: Sequence[Candidate], preferences: Sequence[Preference], context: Context
) -> list[BaseMessage]:
    """Return the system prompt and the request with its films and preferences."""
    human = render(
        "recommend",
        {
            "films": [_film(number, c.movie, context.spoilers) for number, c in enumerate(offered, start=1)],
            "has_preferences": bool(preferences),
            "preferences": [
                {"text": p.label, "similarity": f"{p.similarity:.2f}" if p.similarity is not None else "unknown"}
                for p in preferences
            ],
            "request": request,
            "limit": min(context.limit, len(offered)),
        },
    )
    return [SystemMessage(context.system_prompt or render("system")), HumanMessage(human)]


def repair_message(faults: Sequence[str], picks: Sequence[MovieRecommendation], missing: int) -> HumanMessage:
    """Return what the model is told when its answer holds too few picks that stand."""
    kept = [f"{pick.title} ({pick.year})" if pick.year else pick.title for pick in picks]
    told = list(faults) or ["It names too few films from the list."]
    return HumanMessage(render("repair", {"faults": told, "has_kept": bool(kept), "kept": kept, "missing": missing}))


def structure_messages(answer: str, offered: Sequence[Candidate]) -> list[BaseMessage]:
    """Return the request to put an answer into the schema."""
    films = [_film(number, c.movie, "strict") for number, c in enumerate(offered, start=1)]
    return [HumanMessage(render("structure", {"films": films, "answer": answer}))]


def _film(number: int, row: Movie, spoilers: Spoilers) -> dict[str, Any]:
    movie = tellable(row, spoilers)
    return {
        "number": number,
        "title": movie.title,
        "year": movie.year or "year unknown",
        "genres": ", ".join(movie.genres),
        "directors": ", ".join(movie.directors[:2]),
        "stars": ", ".join(movie.stars[:3]),
        "runtime": movie.runtime,
        "rating": movie.imdb_rating,
        "overview": _cut(movie.overview),
        "keywords": ", ".join(movie.keywords[:8]),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _OVERVIEW else text[:_OVERVIEW].rpartition(" ")[0] + " ..."
