"""Where films and preferences are stored and searched: one protocol, a module a home."""

from matinee.errors import IndexUnavailable
from matinee.index.protocol import Entry, Home, IndexInfo, MovieIndex, PreferenceIndex, TitleEntry
from matinee.providers.embeddings import EmbeddingModel
from matinee.settings import Settings

__all__ = ["Entry", "Home", "IndexInfo", "MovieIndex", "PreferenceIndex", "TitleEntry", "open_home"]


def open_home(settings: Settings, embedding: EmbeddingModel) -> Home:
    """Return the home that the settings name.

    Raises:
        IndexInUse: another process has the embedded store open.
        IndexUnavailable: the store cannot be opened.
    """
    if settings.backend == "qdrant":
        from matinee.index.qdrant import open_qdrant_home

        return open_qdrant_home(settings, embedding)
    raise IndexUnavailable(f"MATINEE_BACKEND is {settings.backend!r}, which is not built yet; use qdrant.")
