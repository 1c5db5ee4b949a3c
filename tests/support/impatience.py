"""Runs the recommend graph over a few films with time limits short enough for tests."""

from typing import Any

from matinee.context import Context
from matinee.settings import Settings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FILMS, MOON

REQUEST = "the language of visitors, or a worker at a lunar mine"


def impatient(url: str, *, first: float = 1.0, token: float = 1.0, whole: float = 10.0, **more: Any) -> Settings:
    """Settings with the time limits of a chat model in seconds: to the first token, between two, in all."""
    return Settings(
        ollama_url=url,
        first_token_timeout=first,
        token_timeout=token,
        generation_timeout=whole,
        **{"connect_timeout": 10.0, **more},
    )


async def recommend(settings: Settings, **context: Any) -> dict[str, Any]:
    graph = build_recommend_graph(await parts_with(settings=settings, films=[ARRIVAL, MOON, *FILMS[2:]]))
    options = Context.model_validate({"limit": 2, "suggest": False, **context})
    return await graph.ainvoke({"query": REQUEST}, context=options)
