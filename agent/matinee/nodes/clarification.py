"""Asking the viewer which film is meant, by an interrupt that the caller answers with `Command(resume=...)`."""

from collections.abc import Sequence
from typing import Any

from langgraph.config import get_config
from langgraph.types import interrupt

from matinee.errors import InvalidRequest
from matinee.query.title_ambiguity import Ambiguity
from matinee.understanding import Mention

_EVERY = ("all", "both", "any")


def which(ambiguity: Ambiguity) -> list[str]:
    """Return the ids of the films meant; asks again until the answer names some of them.

    The answer is an id, a year, a title with its year as `Paprika (2006)`, a list of these, or `all`.

    Raises:
        InvalidRequest: the graph has no checkpointer, so that the run could not go on after the answer.
    """
    # LangGraph interrupts without one too, and the run is then lost; it tells of it under this key alone (1.2).
    if get_config()["configurable"].get("__pregel_checkpointer") is None:
        raise InvalidRequest(
            f"“{ambiguity.words}” names several films, and `ask` needs a checkpointer to go on after the answer; "
            "build the graph with one, or leave `ask` off."
        )
    question = f"Which “{ambiguity.words}” is meant?"
    while True:
        answer = interrupt({"question": question, "words": ambiguity.words, "options": _options(ambiguity.mentions)})
        if found := _meant(answer, ambiguity.mentions):
            return found
        question = f"{answer!r} is none of the films that “{ambiguity.words}” names. Which one is meant?"


def _options(mentions: Sequence[Mention]) -> list[dict[str, Any]]:
    return [{"movie_id": m.movie_id, "title": m.title, "year": m.year} for m in mentions]


def _meant(answer: Any, mentions: Sequence[Mention]) -> list[str]:
    given = answer if isinstance(answer, list | tuple) else [answer]
    said = {str(one.get("movie_id") if isinstance(one, dict) else one).strip().casefold() for one in given}
    if said & {*_EVERY}:
        return [m.movie_id for m in mentions]
    return [
        m.movie_id
        for m in mentions
        if said & {m.movie_id.casefold(), str(m.year), f"{m.title} ({m.year})".casefold()} - {"none"}
    ]
