"""Opens what the graphs are made of, from the settings; nothing is loaded or connected before its first use."""

from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from matinee.catalogue.lacking_films import LackingFilms
from matinee.encoders.cross_encoder import CrossEncoder, open_cross_encoder
from matinee.encoders.embeddings import BGE_SMALL_INT8, EmbeddingModel, open_embeddings, open_encoder
from matinee.index import Store, open_store
from matinee.llm.chat import Chat
from matinee.nodes.understand import Titles
from matinee.ratings.collaborative import Collaborative, open_collaborative
from matinee.reasons.support import Encoder
from matinee.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The parts of a graph; a host application replaces those that it has itself."""

    embedding: EmbeddingModel
    store: Store
    cross_encoder: CrossEncoder | None
    chat: Chat
    titles: Titles
    sentence_encoder: Encoder
    """Vectors by which sentences of reasons are compared with films; the weights of that were learned on bge-small."""
    collaborative: Collaborative | None = None
    lacking: LackingFilms | None = None
    """Where films are counted that the chat model names and the catalogue lacks."""
    films_share_encoder: bool = False
    """Whether the films are stored by the vectors of the sentence encoder."""


def open_parts(settings: Settings | None = None, *, chat_model: BaseChatModel | None = None, **given: Any) -> Parts:
    """Return the parts that the settings name.

    `chat_model` is any LangChain chat model to use instead of the settings'; `given` replaces whole parts by
    their names in `Parts`.

    Raises:
        EmbeddingsUnavailable: the embedding that the settings name is not known.
        ModelUnavailable: the reranker that the settings name is not known.
    """
    settings = settings or Settings()
    embedding: EmbeddingModel = given.get("embedding") or open_embeddings(settings)
    store: Store = given.get("store") or open_store(settings, embedding)
    judged_by = embedding if embedding.name == BGE_SMALL_INT8 else open_encoder("bge-small", settings)
    parts = Parts(
        embedding=embedding,
        store=store,
        cross_encoder=open_cross_encoder(settings),
        chat=Chat(settings, chat_model),
        titles=Titles(store.movies),
        sentence_encoder=Encoder(judged_by.embeddings.embed_documents),
        collaborative=open_collaborative(settings, store),
        lacking=LackingFilms(settings.home),
        films_share_encoder=judged_by is embedding,
    )
    return replace(parts, **given)
