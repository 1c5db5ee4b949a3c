"""Opens what the graphs are made of, from the settings; nothing is loaded or connected before its first use."""

from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from matinee.index import Home, open_home
from matinee.nodes.understand import Titles
from matinee.providers.chat import Chat
from matinee.providers.cross_encoder import CrossEncoder, open_cross_encoder
from matinee.providers.embeddings import EmbeddingModel, open_embeddings
from matinee.settings import Settings
from matinee.taste.collaborative import Collaborative, open_collaborative


@dataclass(frozen=True)
class Parts:
    """The parts of a graph; a host application replaces those that it has itself."""

    embedding: EmbeddingModel
    home: Home
    cross_encoder: CrossEncoder | None
    chat: Chat
    titles: Titles
    collaborative: Collaborative | None = None


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
    home: Home = given.get("home") or open_home(settings, embedding)
    parts = Parts(
        embedding=embedding,
        home=home,
        cross_encoder=open_cross_encoder(settings),
        chat=Chat(settings, chat_model),
        titles=Titles(home.movies),
        collaborative=open_collaborative(settings, home),
    )
    return replace(parts, **given)
