"""Where films and preferences are stored and searched: one protocol, a module a home."""

import sys

from matinee.errors import IndexUnavailable
from matinee.index.protocol import (
    Entry,
    FilmReference,
    Home,
    IndexInfo,
    MovieIndex,
    PreferenceIndex,
    RatingStore,
    Repaired,
    TitleEntry,
)
from matinee.private_files import close_home
from matinee.providers.embeddings import EmbeddingModel
from matinee.settings import Settings

__all__ = [
    "Entry",
    "FilmReference",
    "Home",
    "IndexInfo",
    "MovieIndex",
    "PreferenceIndex",
    "RatingStore",
    "Repaired",
    "TitleEntry",
    "open_home",
    "speaks_sql",
]


def open_home(settings: Settings, embedding: EmbeddingModel) -> Home:
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


def speaks_sql(home: Home) -> bool:
    """Tell whether the home is PostgreSQL, without loading its libraries for one that is not."""
    opened = sys.modules.get("matinee.index.pgvector")
    return opened is not None and isinstance(home, opened.PgvectorHome)
