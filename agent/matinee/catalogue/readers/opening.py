"""Opens a catalogue file in the format it is in, told by its content."""

import os
from dataclasses import replace
from importlib import resources
from pathlib import Path

from matinee.catalogue.readers import csv_table, imdb_tsv, json_list, jsonl, movielens
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source
from matinee.errors import CatalogueError, UnknownCatalogueFormat

FORMATS: tuple[Format, ...] = (imdb_tsv.FORMAT, movielens.FORMAT, csv_table.FORMAT, jsonl.FORMAT, json_list.FORMAT)
"""Every format that can be read, in the order in which they are tried."""

STARTER = "starter"
"""The name of the format of the catalogue that comes along, which is `jsonl`."""


def format_names() -> list[str]:
    """Return the names that `open_catalogue` takes as a format."""
    return [*(known.name for known in FORMATS), STARTER]


def open_catalogue(path: Path, format: str | None = None) -> Catalogue:
    """Return the catalogue in a file, or in a folder of MovieLens or IMDb, by default in the format that it shows.

    Raises:
        CatalogueError: the file is not there, is empty, cannot be read, or is not of the format that was named.
        UnknownCatalogueFormat: no reader knows the format, or recognises the file.
    """
    if format is not None and format not in format_names():
        raise UnknownCatalogueFormat(f"There is no format `{format}`; known are {', '.join(format_names())}.")
    source = Source(_films_in(path, format) if os.path.isdir(path) else path)
    for known in FORMATS:
        if known.name == ("jsonl" if format == STARTER else format) or (not format and known.recognises(source.head)):
            return replace(known.open(source), format=format or known.name)
    looks = "; ".join(f"{known.name} ({known.looks})" for known in FORMATS)
    raise UnknownCatalogueFormat(
        f"`{source.name}` is in no known format: it begins with {source.head.strip()[:60]!r}. Tried were {looks}."
    )


def open_starter() -> Catalogue:
    """Return the catalogue that comes along.

    Raises:
        CatalogueError: this installation lacks it.
    """
    return _coming_along("starter.jsonl")


def open_described() -> Catalogue:
    """Return films that are no part of the starter catalogue, with their ids and traits and nothing else.

    Raises:
        CatalogueError: this installation lacks them.
    """
    return _coming_along("traits.jsonl")


def _coming_along(name: str) -> Catalogue:
    file = resources.files("matinee.catalogue") / "data" / name
    if not file.is_file():
        raise CatalogueError(
            "The starter catalogue is missing from this installation; install matinee again, or name a catalogue file."
        )
    catalogue = jsonl.FORMAT.open(Source(file))
    return replace(catalogue, format=STARTER, rows=lambda: map(_ours, catalogue))


def _ours(row: Row) -> Row:
    traits = row.movie.traits.said_by("starter") if row.movie else None
    return replace(row, movie=row.movie and row.movie.model_copy(update={"traits": traits}))


def _films_in(folder: Path, format: str | None) -> Path:
    named = {movielens.FORMAT.name: movielens.FILES, imdb_tsv.FORMAT.name: imdb_tsv.FILES}
    if format is not None and format not in named:
        raise CatalogueError(f"`{folder}` is a folder; the format {format} is a single file: name that.")
    names = [name for known, names in named.items() if format in (None, known) for name in names]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise CatalogueError(f"The folder `{folder}` has no {' or '.join(names)}; name a catalogue file.")
