"""Where films, passages, preferences and ratings are stored and searched, in Qdrant or in PostgreSQL."""

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexUnavailable
from matinee.index.films import Entry, FilmReference, MovieIndex
from matinee.index.preferences import PreferenceIndex
from matinee.index.store import IndexInfo, RatingStore, Repaired, Store
from matinee.private_files import close_home
from matinee.settings import Settings

__all__ = [
    "Entry",
    "FilmReference",
    "IndexInfo",
    "MovieIndex",
    "PreferenceIndex",
    "RatingStore",
    "Repaired",
    "Store",
    "open_store",
]


def open_store(settings: Settings, embedding: EmbeddingModel) -> Store:
    """Return the store that the settings name.

    Raises:
        IndexInUse: another process has the embedded store open.
        IndexUnavailable: the store cannot be opened.
    """
    if settings.backend == "qdrant":
        close_home(settings.home)
        from matinee.index.qdrant import open_qdrant

        return open_qdrant(settings, embedding)
    try:
        from matinee.index.pgvector import open_pgvector
    except ImportError as error:
        raise IndexUnavailable(
            f"What the pgvector backend needs is not installed ({error}); run `pip install 'matinee[pgvector]'`."
        ) from error
    return open_pgvector(settings, embedding)
