"""Opens a catalogue to evaluate on, in a data folder of its own, with what ratings say if there are any."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

from matinee.catalogue.readers import open_catalogue
from matinee.errors import CatalogueError, InvalidRequest
from matinee.ratings import training
from matinee.ratings.model import FOLDER
from matinee.settings import Settings
from matinee_app.cli.store import ensure_films, ingest_shown
from matinee_app.evaluation.requests import Answers
from matinee_app.evaluation.running import Remembered
from matinee_graphs.parts import Parts, open_parts


async def opened(settings: Settings, catalogue: Path | None, ratings: Path | None) -> tuple[Parts, Answers]:
    """Return the parts over the catalogue (None: the one in use) and its films by the ids that requests use.

    Raises:
        CatalogueError: the catalogue or the ratings cannot be read.
        InvalidRequest: there are ratings but no catalogue.
    """
    if ratings is not None and catalogue is None:
        raise InvalidRequest(
            "--ratings without --catalogue would replace what was learned for your own recommendations; name the "
            "catalogue as well, which is stored apart, or leave --ratings out to use what was ingested."
        )
    if catalogue is not None:
        settings = settings.model_copy(update={"home": _home(settings, catalogue)})
    parts = open_parts(settings)
    try:
        if catalogue is None:
            await ensure_films(settings, parts.store)
        else:
            await ingest_shown(parts.store, open_catalogue(catalogue))  # what is stored already is left alone
        if ratings is not None:
            learned = await asyncio.to_thread(training.learn, ratings, settings.home / FOLDER)
            await asyncio.to_thread(training.install, learned, settings.home / FOLDER)
        if parts.cross_encoder is not None:
            parts = replace(parts, cross_encoder=Remembered(parts.cross_encoder))
        return parts, Answers(await parts.store.movies.references())
    except BaseException:
        parts.store.close()
        raise


def _home(settings: Settings, catalogue: Path) -> Path:
    """Return a data folder of its own for the catalogue, so that what a viewer has stored stays as it is."""
    stamp = hashlib.blake2b(f"{catalogue.resolve().name}\0{settings.embeddings}".encode(), digest_size=6)
    try:
        for file in sorted(catalogue.iterdir()) if catalogue.is_dir() else [catalogue]:
            if file.is_file():
                with file.open("rb") as content:
                    stamp.update(hashlib.file_digest(content, "blake2b").digest())
    except OSError as error:
        raise CatalogueError(f"The catalogue {catalogue} cannot be read: {error}") from error
    return settings.home / "evaluation" / stamp.hexdigest()
