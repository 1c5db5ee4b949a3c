"""Embedded PostgreSQL servers that do not lie in their data folder: listed, and removed when asked to.

They stay when somebody deletes the data folder, with all that was stored; the folder's name does not tell whose it is.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from matinee.errors import IndexInUse, IndexUnavailable
from matinee.index.postgres_server import ROOT_FOLDER, WHOLE, is_postgres, outside_folder


class OutsideServer(NamedTuple):
    """A server's folder outside of its data folder; `home` is None where its making was cut short."""

    folder: Path
    home: Path | None
    bytes: int


def servers_outside() -> list[OutsideServer]:
    """Return the servers that lie outside of their data folders, as far as this user may see them."""
    found = []
    with suppress(OSError):
        for folder in sorted(ROOT_FOLDER.iterdir()):
            with suppress(OSError):
                found.append(OutsideServer(folder, _home_of(folder), _size(folder)))
    return found


def remove_outside(home: Path) -> OutsideServer | None:
    """Remove the server of a data folder that lies outside of it, with all that it stores; return what was there.

    Raises:
        IndexInUse: it runs.
        IndexUnavailable: it cannot be removed.
    """
    folder = outside_folder(home)
    server = next((server for server in servers_outside() if server.folder == folder), None)
    if server is None:
        return None
    if is_postgres(folder / "postmaster.pid"):
        raise IndexInUse(f"The embedded PostgreSQL in {folder} runs; end the process that uses it, then clean again.")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise IndexUnavailable(
            f"The embedded PostgreSQL in {folder} cannot be removed ({error.strerror}); run this as the user that "
            "made it."
        ) from error
    return server


def _home_of(folder: Path) -> Path | None:
    note = folder / WHOLE
    return Path(note.read_text().rstrip("\n")) if note.is_file() else None


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
