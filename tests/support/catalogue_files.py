"""Catalogue files as tests read and write them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.catalogue.readers import Row, open_catalogue
from matinee.models import Movie

SAMPLES = Path(__file__).parent.parent / "unit" / "data" / "catalogue"
IMDB_HEADER = "Series_Title,Released_Year,Runtime,Genre,IMDB_Rating,Overview,No_of_Votes"
DATA = Path(os.environ.get("MATINEE_DATA", ""))
needs_data = pytest.mark.skipif(not os.environ.get("MATINEE_DATA"), reason="MATINEE_DATA is not set")
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of a name and content, and returns its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def films(path: Path) -> dict[str, Movie]:
    """Return the films of a catalogue by their labels."""
    return {row.movie.label: row.movie for row in open_catalogue(path) if row.movie}


def only_row(path: Path) -> Row:
    """Return the row of a catalogue that has one."""
    (row,) = open_catalogue(path)
    return row


def imdb_row(cells: str) -> str:
    """Return an IMDb table of one row."""
    return f"{IMDB_HEADER}\n{cells}\n"
