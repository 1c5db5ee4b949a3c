"""Fills the prompts: what never changes first, so that the model server's prefix cache serves."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from matinee.context import Context
from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Spoilers
from matinee.reasons.spoilers import TAGS, tellable, tellable_passages
from matinee.sanitize import plain, without_controls
from matinee.understanding import PEOPLE, ConstraintField, Understanding
from matinee_prompts import render

_OVERVIEW = 400
"""Characters of a plot that the model gets to see."""
_WRITTEN = 300
"""Characters of what is written of a film at length."""
_SHOWN_AS = {"plot": "From the plot", "overview": "From the plot", "review": "From a review", TAGS: "Viewers' tags"}
_TITLE = 120
_NAME = 60
_WISH = 500
_FAULTS = 5
_ANGLES = str.maketrans("<>", "()")

# Square brackets number the films, angle brackets mark off the parts, double quotes enclose what is quoted.
_NEUTRAL = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")", '"': "'", "\u201c": "'", "\u201d": "'", "\n": " "})


def quoted(text: str, most: int) -> str:
    """Return text from outside as a prompt may hold it: on one line, short, and without the prompt's own marks.

    So a film's row cannot imitate another film, end its part of the prompt, or begin one.
    """
    marked = plain(text).translate(_NEUTRAL)
    return marked if len(marked) <= most else marked[:most].rpartition(" ")[0] + " ..."


@dataclass(frozen=True)
class Asked:
    """What the chat model is asked: to recommend films for a request."""

    understood: Understanding
    offered: Sequence[Candidate]
    """The films that it may choose from; the prompt numbers them from 1."""
    context: Context
    preferences: Sequence[Preference] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    """What other viewers' ratings say of films, by film."""


def recommend_messages(asked: Asked) -> list[BaseMessage]:
    """Return the system prompt and the request with its films and preferences.

    Lengths, ratings and stars are told where the request speaks of them; of a film that the viewer half remembers,
    more is told.
    """
    return [SystemMessage(asked.context.system_prompt or render("system")), HumanMessage(_request(asked))]


def repair_messages(asked: Asked, faults: Sequence[str], picks: Sequence[MovieRecommendation]) -> list[BaseMessage]:
    """Return the request once more, with what was wrong with the answer to it, and what of that stands.

    The faulty text itself is left out: small models write on from it.
    """
    kept = [quoted(f"{pick.title} ({pick.year})" if pick.year else pick.title, _TITLE) for pick in picks]
    told = [quoted(fault, _WISH) for fault in faults[-_FAULTS:]] or ["It names too few films from the list."]
    settled = {pick.movie_id for pick in picks}
    left = [str(number) for number, c in enumerate(asked.offered, start=1) if c.movie.movie_id not in settled]
    missing = min(asked.context.limit - len(picks), len(left))
    values = {
        "faults": told,
        "has_kept": bool(kept),
        "kept": kept,
        "left": ", ".join(left),
        "missing": missing,
        "several": missing > 1,
    }
    system, request = recommend_messages(asked)
    return [system, HumanMessage(f"{request.text}\n\n{render('repair', values)}")]


def structure_messages(answer: str, offered: Sequence[Candidate]) -> list[BaseMessage]:
    """Return the request to put an answer into the schema."""
    films = [_film(number, c.movie, "strict", set()) for number, c in enumerate(offered, start=1)]
    text = without_controls(answer).translate(_ANGLES)
    return [HumanMessage(render("structure", {"films": films, "answer": text}))]


def _request(asked: Asked) -> str:
    understood, context, request = asked.understood, asked.context, asked.understood.as_written
    count = min(context.limit, len(asked.offered))
    demanded = {demand.field for demand in (*understood.constraints, *understood.hints)}
    seen = understood.intent == "identify"
    return render(
        "recommend",
        {
            "films": [
                {
                    **_film(number, c.movie, context.spoilers, demanded),
                    "written": _written(c, context.spoilers, seen),
                    "others": quoted(asked.others.get(c.movie.movie_id, ""), _WISH),
                }
                for number, c in enumerate(asked.offered, start=1)
            ],
            "has_preferences": bool(asked.preferences),
            "preferences": [
                {
                    "text": quoted(p.label, _WISH),
                    "similarity": f"{p.similarity:.2f}" if p.similarity is not None else "unknown",
                }
                for p in asked.preferences
            ],
            "request": quoted(request, len(request) + 4),
            "limit": count,
            "several": count > 1,
        },
    )


def _film(number: int, row: Movie, spoilers: Spoilers, demanded: Set[ConstraintField]) -> dict[str, Any]:
    movie = tellable(row, spoilers)
    return {
        "number": number,
        "title": quoted(movie.title, _TITLE),
        "year": movie.year or "year unknown",
        "genres": _listed(movie.genres, 6),
        "directors": _listed(movie.directors, 2),
        "stars": _listed(movie.stars, 2) if demanded & {*PEOPLE} else "",
        "runtime": movie.runtime if ConstraintField.RUNTIME in demanded else None,
        "rating": movie.imdb_rating if ConstraintField.IMDB_RATING in demanded else None,
        "overview": quoted(movie.overview, _OVERVIEW),
        "keywords": _listed(movie.keywords, 5),
    }


def _written(candidate: Candidate, spoilers: Spoilers, seen: bool) -> list[dict[str, str]]:
    """Return what may be told of the film's passages near the request, by what they are of."""
    told: dict[str, list[str]] = {}
    for source, text in tellable_passages(candidate.passages, spoilers, seen=seen):
        told.setdefault(source, []).append(text)
    return [
        {
            "what": _SHOWN_AS.get(source, source),
            "text": quoted((", " if source == TAGS else " ").join(texts), _WRITTEN),
        }
        for source, texts in told.items()
    ]


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(quoted(name, _NAME) for name in names[:most])
