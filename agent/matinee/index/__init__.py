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
    try:
        from matinee.index.pgvector import open_pgvector_home
    except ImportError as error:
        raise IndexUnavailable(
            f"What the pgvector backend needs is not installed ({error}); run `pip install 'matinee[pgvector]'`."
        ) from error
    return open_pgvector_home(settings, embedding)
