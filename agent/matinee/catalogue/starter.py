"""The starter catalogue in an index that holds no film yet, whole even where storing it was once broken off."""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from matinee import logs
from matinee.catalogue.ingest import IngestReport, ingest
from matinee.catalogue.readers import Catalogue, open_starter
from matinee.index import Store
from matinee.private_files import make_private_folder
from matinee.settings import Settings

_log = logs.logger(__name__)

Ingest = Callable[[Store, Catalogue], Awaitable[IngestReport]]


async def ingest_quietly(store: Store, catalogue: Catalogue) -> IngestReport:
    """Ingest a catalogue and show nothing."""
    return await ingest(catalogue, store.movies)


async def ensure_films(
    settings: Settings, store: Store, *, ingest_with: Ingest = ingest_quietly, tell: Callable[[str], None] = _log.info
) -> None:
    """Store the starter catalogue when the index holds no film yet, or the rest of it when that was broken off.

    Args:
        settings: of the data folder, which remembers what is not whole yet.
        store: where the films go.
        ingest_with: ingests a catalogue, with whatever it shows meanwhile.
        tell: is told what is about to be done, where something is.
    """
    if _unfinished(settings).exists():
        tell("The starter catalogue has not been stored whole: storing the rest first.")
    elif await store.movies.count():
        return
    else:
        tell("The index is empty: storing the starter catalogue first.")
    await store_starter(settings, store, ingest_with)


async def store_starter(settings: Settings, store: Store, ingest_with: Ingest = ingest_quietly) -> IngestReport:
    """Store the starter catalogue, and remember until it is done that it is not."""
    mark = _unfinished(settings)
    with suppress(OSError):  # a store elsewhere takes films where this folder takes no file
        make_private_folder(mark.parent)
        mark.touch()
    report = await ingest_with(store, open_starter())
    with suppress(OSError):
        mark.unlink(missing_ok=True)
    return report


def _unfinished(settings: Settings) -> Path:
    """Return the file that is there as long as this store's starter catalogue is not whole."""
    server = settings.qdrant if settings.backend == "qdrant" else settings.postgres
    where = hashlib.sha256(f"{settings.backend} {server or ''}".encode()).hexdigest()[:8]
    return settings.home / f"starter-unfinished-{where}"
