"""The store as commands use it: opened for as long as they take, with films in it, searched by title."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from matinee.catalogue import starter
from matinee.catalogue.ingest import IngestReport, ingest
from matinee.catalogue.readers import Catalogue
from matinee.encoders.embeddings import EmbeddingModel, open_embeddings
from matinee.errors import UnknownTitle
from matinee.index import Store, open_store
from matinee.models import Movie
from matinee.query import TitleLookup
from matinee.settings import Settings
from matinee_app.cli.console import err, plain, progress

_ALIKE = 0.8
"""How alike a title must be to be taken for another spelling of it, 0..1."""


@asynccontextmanager
async def opened(settings: Settings, embedding: EmbeddingModel | None = None) -> AsyncIterator[Store]:
    """Open the store for the length of a block, over the settings' embedding or another."""
    store = open_store(settings, embedding or open_embeddings(settings))
    try:
        yield store
    finally:
        store.close()


async def ensure_films(settings: Settings, store: Store) -> None:
    """Store the starter catalogue where films are missing, and show that it takes a while."""
    await starter.ensure_films(settings, store, ingest_with=ingest_shown, tell=err.print)


async def ingest_shown(store: Store, catalogue: Catalogue) -> IngestReport:
    """Ingest with a progress bar."""
    label, total = f"Ingesting {catalogue.path.name}", catalogue.total
    with progress() as show:
        report = await ingest(catalogue, store.movies, lambda so_far: show(label, so_far.read, total))
    report.remarks[:0] = catalogue.remarks
    return report


async def find_film(store: Store, title: str) -> Movie:
    """Return the film that a title names, misspelt too; says on standard error what was taken for it.

    Raises:
        UnknownTitle: no film of the catalogue has a title like it.
    """
    lookup = TitleLookup(await store.movies.titles())
    close = lookup.closest(title, limit=3)
    if not close or close[0][3] < _ALIKE:
        hint = f" Did you mean {' or '.join(_label(c) for c in close)}?" if close else ""
        raise UnknownTitle(f"No film of the catalogue is called “{plain(title)}”.{hint}")
    movie_id, _, _, likeness = close[0]
    if likeness < 1:
        err.print(f"“{plain(title)}” was taken for {_label(close[0])}.")
    return (await store.movies.get([movie_id]))[0]


def _label(found: tuple[str, str, int | None, float]) -> str:
    _, title, year, _ = found
    return plain(f"{title} ({year})" if year else title)
