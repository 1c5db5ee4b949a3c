"""Files that only their owner may read: the data folder holds what viewers said, seen and rated."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_OTHERS = 0o077
_PASSING = 0o011
_SERVER = "postgres"  # the embedded server keeps its own folder closed, and may run as another user


def make_private_folder(folder: Path) -> None:
    """Make the folder where it is missing, closed to others; folders above it are made as usual.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def close_to_others(folder: Path) -> None:
    """Take the rights of others from the folder and all below it; what belongs to somebody else stays as it is.

    Libraries make their files by the process's umask, which a host program has chosen for other ends; the closed folder
    above them protects them from their first moment on.
    """
    for place, folders, files in os.walk(folder):
        if Path(place) == folder and _SERVER in folders:
            folders.remove(_SERVER)
        for path in (Path(place), *(Path(place, name) for name in files)):
            allowed = _PASSING if path == folder and _is_entered_by_another(folder / _SERVER) else 0
            with suppress(OSError):  # gone since, or another user's
                mode = path.lstat().st_mode
                if mode & _OTHERS & ~allowed and not path.is_symlink():
                    path.chmod(mode & 0o7700 | mode & allowed)


def appending(path: Path) -> TextIO:
    """Open a text file at its end, by lines, closed to others also where it was there before.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with suppress(OSError, AttributeError):  # another user's file, or a system without such rights
        if stat.S_ISREG(mode := os.fstat(descriptor).st_mode):  # no terminal, nor what all programs write to
            os.fchmod(descriptor, mode & 0o700)
    return os.fdopen(descriptor, "a", encoding="utf-8", buffering=1)


def _is_entered_by_another(server: Path) -> bool:
    """Tell whether the embedded server of root lies in the home: its own user has to reach it."""
    with suppress(OSError):
        return server.stat().st_uid != server.parent.stat().st_uid
    return False
