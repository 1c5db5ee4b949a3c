"""The files in what a service hands out: one file, Letterboxd's ZIP, or the folder that it unpacks to."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zipfile import Path as ZipPath

from matinee.catalogue.readers.source import ZIPPED
from matinee.errors import CatalogueError
from matinee.ratings.export_file import Said

_PARTS: tuple[tuple[str, Said | None], ...] = (
    ("watchlist.csv", "wished"),
    ("watched.csv", "seen"),
    ("likes/films.csv", "liked"),
    ("diary.csv", "seen"),
    ("ratings.csv", None),
)
"""The files of Letterboxd's export, the one whose word counts most last; what it keeps under `deleted/` is left out."""

_TRAKT = re.compile(r"movies|watchlist", re.IGNORECASE)
"""Those of Trakt's files, one for each kind of thing, that are about films."""

_UNPACKED_MAX = 200 << 20
_NAMED = 8


Part = tuple[Path | Traversable, Said | None]


@contextmanager
def open_parts(path: Path) -> Iterator[list[Part]]:
    """Yield the files to be read, and what the rows of each say that have no rating, where it is known.

    Raises:
        CatalogueError: there is none in it, or the archive is locked, too large, or damaged.
    """
    try:
        if path.is_dir():
            yield _inside(path, path)
        elif path.is_file() and _begin(path) in ZIPPED:
            with ZipFile(path) as archive:
                _check_archive(archive, path)
                yield _inside(ZipPath(archive), path)
        else:
            yield [(path, None)]
    except (OSError, BadZipFile, NotImplementedError, UnicodeError) as error:
        raise CatalogueError(f"`{path}` cannot be read: {getattr(error, 'strerror', '') or error}.") from error


def _begin(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(ZIPPED[0]))


def _check_archive(archive: ZipFile, path: Path) -> None:
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise CatalogueError(f"`{path.name}` is locked with a password; unpack it and name its folder.")
    if sum(member.file_size for member in archive.infolist()) > _UNPACKED_MAX:
        raise CatalogueError(
            f"`{path.name}` holds more than {_UNPACKED_MAX >> 20} MB; unpack it and name the file in it to be read."
        )


def _inside(folder: Path | ZipPath, path: Path) -> list[Part]:
    """Return the files of Letterboxd's or Trakt's export in a folder, else the one table in it."""
    entries = sorted((entry for entry in folder.iterdir() if not entry.name.startswith(("__", "."))), key=str)
    if len(entries) == 1 and entries[0].is_dir():
        return _inside(entries[0], path)
    found: list[Part] = [(file, said) for name, said in _PARTS if (file := folder / name).is_file()]
    if found:
        return found
    tables = [entry for entry in entries if entry.is_file() and entry.name.casefold().endswith((".csv", ".json"))]
    of_films = [entry for entry in tables if _TRAKT.search(entry.name)]
    if len(tables) == 1 or of_films:
        return [(entry, None) for entry in of_films or tables]
    raise CatalogueError(
        f"`{path.name}` is no export of Letterboxd's (ratings.csv, diary.csv, watched.csv); found are "
        f"{_listed(entry.name for entry in entries)}; name the file in it to be read."
    )


def _listed(names: Iterable[str]) -> str:
    listed = [*names]
    return ", ".join(listed[:_NAMED]) + (", ..." if len(listed) > _NAMED else "") if listed else "no files"
