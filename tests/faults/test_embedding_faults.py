"""Embeddings on Ollama that are down, silent, or of another dimension than the index."""

import time

import pytest

from matinee.context import Context
from matinee.encoders.embeddings import EmbeddingModel, open_embeddings
from matinee.errors import EmbeddingsUnavailable, IndexMismatch
from matinee.index import Store
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import LastingClient, SharedWords, filled, memory_store
from tests.support.impatience import REQUEST
from tests.support.misbehaving_ollama import MisbehavingOllama

CLIENT_LIMIT = 2.0


def by_ollama(url: str, limit: float = 60.0) -> Settings:
    return Settings(
        ollama_url=url,
        embeddings="ollama:bge-large",
        chat_model="none",
        first_token_timeout=limit,
        connect_timeout=10,
    )


async def recommended(settings: Settings, embedding: EmbeddingModel, store: Store) -> list[str]:
    parts = open_parts(settings, embedding=embedding, store=store, cross_encoder=SharedWords())
    final = await build_recommend_graph(parts).ainvoke({"query": REQUEST}, context=Context(limit=2))
    return [pick["title"] for pick in final["recommendations"]]


async def test_a_service_that_is_down_is_one_sentence_that_says_how_to_start_it() -> None:
    client = LastingClient()
    with MisbehavingOllama() as server:
        settings = by_ollama(server.url)
        embedding = open_embeddings(settings)
        store = await filled(memory_store(embedding, client))
        assert len(await recommended(settings, embedding, store)) == 2
    embedding.embeddings.clear()
    with pytest.raises(
        EmbeddingsUnavailable, match=r"`ollama serve`, then `ollama pull bge-large`, or set MATINEE"
    ) as e:
        await recommended(settings, embedding, store)
    assert "\n" not in str(e.value)
    assert REQUEST not in str(e.value)


async def test_a_silent_service_is_waited_for_once() -> None:
    with MisbehavingOllama() as server:
        settings = by_ollama(server.url, CLIENT_LIMIT)
        embedding = open_embeddings(settings)
        store = await filled(memory_store(embedding, LastingClient()))
        embedding.embeddings.clear()
        server.fault = "silent"
        start = time.monotonic()
        with pytest.raises(EmbeddingsUnavailable, match="did not answer in time"):
            await recommended(settings, embedding, store)
        assert time.monotonic() - start >= CLIENT_LIMIT
        asked = len(server.requests)
        with pytest.raises(EmbeddingsUnavailable, match="it is asked again in"):
            await recommended(settings, embedding, store)
        assert len(server.requests) == asked


async def test_a_model_of_another_dimension_under_the_same_name_is_refused_with_what_to_do() -> None:
    client = LastingClient()
    with MisbehavingOllama() as server:
        settings = by_ollama(server.url)
        await filled(memory_store(open_embeddings(settings), client))
        server.dimension = 96  # the model was pulled anew
        embedding = open_embeddings(settings)
        with pytest.raises(IndexMismatch, match=r"64 dimensions.*96 dimensions.*matinee ingest --rebuild"):
            await recommended(settings, embedding, memory_store(embedding, client))
