"""The chat model's own order of the films found first, by their numbers alone."""

import re
from collections.abc import Sequence

from langchain_core.messages import BaseMessage, HumanMessage

from matinee.context import Context
from matinee.llm.brief_call import brief_call
from matinee.llm.chat import Chat
from matinee.models import Candidate
from matinee.nodes.prompting import quoted
from matinee.ranking.fusion import Scores
from matinee.reasons.shown_text import ShownText
from matinee_prompts import render

ORDERED = 20
"""Films that it orders."""
_TOKENS = 150
_PLOT = 160
_NUMBER = re.compile(r"\d+")


async def ordered_by_model(
    chat: Chat, request: str, candidates: Sequence[Candidate], context: Context
) -> tuple[Scores, str]:
    """Return each film's figure by the model's order, higher is better, and what was wrong where there are none.

    An answer that is no order of the films (numbers that none has, or less than half of them) gives no figures.
    """
    films, shown, said = list(candidates[:ORDERED]), ShownText(), []

    def read(text: str) -> bool:
        said.append(shown.feed(text))
        return True

    fault = await brief_call(chat, _prompt(request, films), context, tokens=_TOKENS, read=read)
    numbers = list(dict.fromkeys(int(number) for number in _NUMBER.findall("".join(said) + shown.finish())))
    if fault or len(numbers) < len(films) / 2 or not all(1 <= number <= len(films) for number in numbers):
        return {}, fault or "the chat model's answer was no order of the films"
    return {films[number - 1].movie.movie_id: -float(place) for place, number in enumerate(numbers)}, ""


def _prompt(request: str, films: Sequence[Candidate]) -> list[BaseMessage]:
    told = [
        {
            "number": number,
            "title": quoted(one.movie.label, 120),
            "genres": ", ".join(quoted(genre, 30) for genre in one.movie.genres[:3]),
            "overview": quoted(one.movie.overview, _PLOT),
        }
        for number, one in enumerate(films, start=1)
    ]
    return [HumanMessage(render("rerank", {"films": told, "request": quoted(request, len(request) + 4)}))]
