"""Files that only their owner may read: the data folder holds what viewers said, seen and rated."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_OURS = ("qdrant", "ratings", "starter-unfinished-*")
"""What of the data folder is closed: somebody may have named a folder as such in which other things lie."""
_SERVER = "postgres"  # the embedded server keeps its own folder closed, and may run as another user
_OTHERS = 0o077
_PASSING = 0o011


def make_private_folder(folder: Path) -> None:
    """Make the folder where it is missing, closed to others; folders above it are made as usual.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def close_home(home: Path) -> None:
    """Take the rights of others from the data folder and what matinee keeps there.

    Libraries make their files by the process's umask, which a host program has chosen for other ends; the closed folder
    above them protects them from their first moment on.
    """
    _close(home, allowed=_PASSING if _is_entered_by_another(home / _SERVER) else 0)
    for path in (path for name in _OURS for path in home.glob(name)):
        close_to_others(path)


def close_to_others(path: Path) -> None:
    """Take the rights of others from the file, or from the folder and all below it."""
    _close(path)
    for place, _, files in os.walk(path):
        for name in ("", *files):
            _close(Path(place, name))


def _close(path: Path, allowed: int = 0) -> None:
    with suppress(OSError):  # gone since, or another user's
        mode = path.lstat().st_mode
        is_common = stat.S_ISLNK(mode) or mode & stat.S_ISVTX  # as /tmp is
        if not is_common and mode & _OTHERS & ~allowed:
            path.chmod(stat.S_IMODE(mode) & (0o7700 | allowed))


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


def replace_text(path: Path, text: str) -> None:
    """Write a text file closed to others in one step: whoever reads it meanwhile gets the former text or this, whole.

    Raises:
        OSError: it cannot be written; the former file stays.
    """
    staged = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _is_entered_by_another(server: Path) -> bool:
    """Tell whether the embedded server of root lies in the home: its own user has to reach it."""
    with suppress(OSError):
        return server.stat().st_uid != server.parent.stat().st_uid
    return False
