"""Every home of films, opened for a test: the same cases run over each."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index import Store, open_store
from matinee.models import Movie
from matinee.settings import Settings
from matinee.understanding import Constraint
from tests.support.fakes import LastingClient, filled, memory_store, word_embedding

Opener = Callable[[EmbeddingModel], Store]


@pytest.fixture(params=["qdrant embedded", "qdrant in memory", "postgres embedded"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same home again and again, as processes that follow one another do."""
    if request.param == "qdrant embedded":
        return lambda embedding: open_store(Settings(home=tmp_path), embedding)
    if request.param == "postgres embedded":
        settings = request.getfixturevalue("postgres_settings")
        return lambda embedding: open_store(settings, embedding)
    client = LastingClient()
    return lambda embedding: memory_store(embedding, client)


@pytest.fixture
async def store(opener: Opener) -> AsyncIterator[Store]:
    store = await filled(opener(word_embedding()))
    yield store
    store.close()


def demand(field: str, op: str, value: object) -> Constraint:
    return Constraint.model_validate({"field": field, "op": op, "value": value})


async def found(store: Store, query: str, *constraints: Constraint, exclude: tuple[Movie, ...] = ()) -> set[str]:
    """Return the titles of all films that a search finds."""
    hits = await store.movies.search(query, 50, constraints, {m.movie_id for m in exclude})
    return {hit.movie.title for hit in hits}
