"""Stand-ins for models in unit tests: deterministic, instant, and honest about being none."""

import math
import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from qdrant_client import QdrantClient

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.index import Entry, Store
from matinee.index.qdrant import QdrantStore
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.settings import Settings
from matinee_graphs.parts import Parts, open_parts
from tests.support.films import FILMS
from tests.support.reasons import sentence_encoder
from tests.support.scripted import asks_for_films


class WordEmbeddings(Embeddings):
    """Counts words into buckets: texts that share words are near, and that is all it knows."""

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension
        self.queries = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.queries += 1
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        counts = [0.01] * self._dimension
        for word in re.findall(r"\w+", text.lower()):
            counts[crc32(word.encode()) % self._dimension] += 1
        length = math.sqrt(sum(c * c for c in counts))
        return [c / length for c in counts]


class CountingWords(WordEmbeddings):
    """The same vectors, and how many documents they were made for."""

    documents = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.documents += len(texts)
        return super().embed_documents(texts)


class CountedWords(WordEmbeddings):
    """The same counts without unit length: a long text has a long vector."""

    def _vector(self, text: str) -> list[float]:
        return [value * len(text) / 10 for value in super()._vector(text)]


class SharedWords:
    """A cross-encoder that counts shared words."""

    name = "shared words"

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        wanted = set(re.findall(r"\w+", query.lower()))
        return [float(len(wanted & set(re.findall(r"\w+", text.lower())))) for text in texts]


def word_embedding(name: str = "words", dimension: int = 64) -> EmbeddingModel:
    return EmbeddingModel(name, QueryCache(WordEmbeddings(dimension)))


class LastingClient(QdrantClient):
    """Qdrant's in-memory client, which outlives its closing: homes that follow one another share it."""

    def __init__(self) -> None:
        super().__init__(":memory:")

    def close(self, *args: Any, **kwargs: Any) -> None:
        pass


def memory_store(embedding: EmbeddingModel | None = None, client: QdrantClient | None = None) -> QdrantStore:
    """A home in Qdrant's in-memory client; an empty one, when no client is given."""
    lasting = client or LastingClient()
    return QdrantStore(lambda: lasting, embedding or word_embedding(), location="memory")


async def filled(store: Store, films: Sequence[Movie] = FILMS) -> Store:
    await store.movies.add([Entry(film, embedding_text(film)) for film in films])
    return store


class InTurn(GenericFakeChatModel):
    """Gives its messages in turn, and to the question which films come to mind none of them."""

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        if asks_for_films(messages):
            return ChatResult(generations=[ChatGeneration(message=AIMessage("Nothing comes to mind."))])
        return super()._generate(messages, *args, **kwargs)


def saying(*answers: str) -> BaseChatModel:
    """A chat model that gives these answers in turn, streamed in words."""
    return InTurn(messages=iter([AIMessage(answer) for answer in answers]))


async def parts_with(*answers: str, films: Sequence[Movie] = FILMS, settings: Settings | None = None) -> Parts:
    """Parts over the test films whose chat model gives these answers; without answers reasons are composed."""
    settings = settings or Settings(chat_model="none")
    embedding = word_embedding()
    store = await filled(memory_store(embedding), films)
    return open_parts(
        settings,
        embedding=embedding,
        store=store,
        cross_encoder=SharedWords(),
        chat=Chat(settings, saying(*answers) if answers else None),
        sentence_encoder=sentence_encoder(),
    )
