"""The store as commands use it: opened for as long as they take, with films in it, searched by title."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from matinee.catalogue import starter
from matinee.catalogue.ingest import IngestReport, ingest
from matinee.catalogue.readers import Catalogue
from matinee.encoders.embeddings import EmbeddingModel, open_embeddings
from matinee.index import Store, open_store
from matinee.models import Movie
from matinee.query import TitleLookup
from matinee.settings import Settings
from matinee_app import films
from matinee_app.cli.console import err, plain, progress


@asynccontextmanager
async def opened(settings: Settings, embedding: EmbeddingModel | None = None) -> AsyncIterator[Store]:
    """Open the store for the length of a block, over the settings' embedding or another."""
    store = open_store(settings, embedding or open_embeddings(settings))
    try:
        yield store
    finally:
        store.close()


async def ensure_films(settings: Settings, store: Store, tell: Callable[[str], None] = err.print) -> None:
    """Store the starter catalogue where films are missing, and `tell` first and show that it takes a while."""
    await starter.ensure_films(settings, store, ingest_with=ingest_shown, tell=tell)


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
    found, is_same = await films.find_film(store, TitleLookup(await store.movies.titles()), title)
    if not is_same:
        err.print(f"“{plain(title)}” was taken for {plain(found.label)}.")
    return found
