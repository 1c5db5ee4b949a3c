"""Where films and preferences are stored and searched: one protocol, a module a home."""

import sys

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexUnavailable
from matinee.index.protocol import (
    Entry,
    FilmReference,
    IndexInfo,
    MovieIndex,
    PreferenceIndex,
    RatingStore,
    Repaired,
    Store,
    TitleEntry,
)
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
    "TitleEntry",
    "open_store",
    "speaks_sql",
]


def open_store(settings: Settings, embedding: EmbeddingModel) -> Store:
    """Return the home that the settings name.

    Raises:
        IndexInUse: another process has the embedded store open.
        IndexUnavailable: the store cannot be opened.
    """
    if settings.backend == "qdrant":
        close_home(settings.home)
        from matinee.index.qdrant import open_qdrant_home

        return open_qdrant_home(settings, embedding)
    try:
        from matinee.index.pgvector import open_pgvector_home
    except ImportError as error:
        raise IndexUnavailable(
            f"What the pgvector backend needs is not installed ({error}); run `pip install 'matinee[pgvector]'`."
        ) from error
    return open_pgvector_home(settings, embedding)


def speaks_sql(store: Store) -> bool:
    """Tell whether the home is PostgreSQL, without loading its libraries for one that is not."""
    opened = sys.modules.get("matinee.index.pgvector")
    return opened is not None and isinstance(store, opened.PgvectorStore)
