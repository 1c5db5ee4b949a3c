"""reply: what a turn gets that asks for no films: an answer from the rows of films, or one sentence."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.index import MovieIndex
from matinee.language.folding import fold
from matinee.llm.replay_chat_model import replay
from matinee.query.references import pattern
from matinee.reasons.answers import answer
from matinee.state import WORKING, Parsed, RecommendState
from matinee.understanding import Reply as Kind

_COURTESIES = {
    "chosen": "Good choice. Enjoy the film!",
    "thanks": "You are welcome. Enjoy the film!",
    "bye": "Goodbye, and enjoy the film!",
    "greeting": "Hello! Tell me what you are in the mood for, and I will look for films.",
}
_ABOUT = "I am matinee: tell me what you are in the mood for, and I will look for films in your catalogue."
_REFUSAL = "I recommend films from your catalogue and cannot help with that; what are you in the mood for?"


class Reply:
    """Answers a turn that asks for no films."""

    def __init__(self, movies: MovieIndex) -> None:
        self._movies = movies

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the answer as a message, and no recommendations."""
        Context.of(runtime.context)
        kind, message_id = state["reply"], f"answer-{uuid4()}"
        text = await self._answer(state) if kind == "answer" else _sentence(kind, state["search"])
        await replay(_words(text), message_id)
        events.status("reply", f"{kind}, no films", picks=0)
        return {
            **WORKING,
            "recommendations": [],
            "reply": kind,
            "messages": [AIMessage(text, id=message_id)],
        }

    async def _answer(self, state: RecommendState) -> str:
        parsed = Parsed.model_validate(state)
        assert parsed.question is not None
        rows = {movie.movie_id: movie for movie in await self._movies.get(parsed.question.movie_ids)}
        films = [rows[one] for one in parsed.question.movie_ids if one in rows]
        return answer(parsed.question, films, parsed.understanding)


def _sentence(kind: Kind, text: str) -> str:
    if kind == "refusal":
        return _REFUSAL
    folded = fold(text).replace("'", "")
    if pattern("verdict", "chosen").search(folded):
        return _COURTESIES["chosen"]
    return next(
        (said for key, said in _COURTESIES.items() if key != "chosen" and pattern("courtesy", key).search(folded)),
        _ABOUT,
    )


async def _words(text: str) -> AsyncIterator[str]:
    for word in re.findall(r"\S+\s*", text):
        yield word
