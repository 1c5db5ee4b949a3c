"""What a reader offers: a catalogue to iterate over, and the format that opens it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source


@dataclass(frozen=True)
class Catalogue:
    """The films of a file; iterating reads them row by row, in constant memory, and may be done again."""

    format: str
    path: Path
    total: int | None
    """Rows, where the file's lines tell; for a progress bar, not to rely on."""
    remarks: list[str]
    """What is unusual about the file as a whole."""
    rows: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        """Read the rows from the beginning."""
        return self.rows()


@dataclass(frozen=True)
class Format:
    """A format of catalogue files: how to tell it by a file's beginning, and how to open it."""

    name: str
    looks: str
    """What a file of this format looks like, for a message."""
    recognises: Callable[[str], bool]
    open: Callable[[Source], Catalogue]
    """Raises CatalogueError when the file is not of this format after all."""
