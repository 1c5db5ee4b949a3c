"""A folder of the embedded engine as this process has it open: locked once, shared by all that hold it."""

import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

import qdrant_edge as edge
from filelock import FileLock, Timeout
from qdrant_client.http import models
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_fixed

from matinee.errors import IndexInUse, IndexUnavailable
from matinee.index.edge_seal import seal
from matinee.private_files import close_to_others, make_private_folder

_ROOM = 128 << 20
"""Bytes that must be free: qdrant-edge 0.9 lays out up to 95 MB of files when it opens a collection of any size."""


class EdgeFolder:
    """The open collections of a folder, by name, and the lock that keeps other processes out."""

    def __init__(self, path: Path) -> None:
        self.key = _key(path)
        self.holders = 0
        self.shards: dict[str, edge.EdgeShard] = {}
        self.configs: dict[str, models.CreateCollection] = {}
        self.written: set[str] = set()
        """Collections whose seal is broken; they get another when they are closed."""
        self.loading = threading.RLock()  # searches run side by side in threads; a shard opens once
        self._path = path
        self._lock = FileLock(path / ".lock", thread_local=False)  # opened in one thread, closed in another
        try:
            make_private_folder(path.parent)
            make_private_folder(path)
            close_to_others(path)
            self._lock.acquire(timeout=0)
            _owner(path).write_text(str(os.getpid()))
            self.check_room()
        except Timeout as error:
            raise IndexInUse(
                f"The index in {path} is open in another process{_holder(path)}; the embedded store serves one "
                "process at a time: end the other one, or run a Qdrant server and set MATINEE_QDRANT_URL."
            ) from error
        except OSError as error:
            self._lock.release()
            raise IndexUnavailable(
                f"The data folder {path} cannot be written ({error.strerror}); set MATINEE_HOME to one that can."
            ) from error
        except IndexUnavailable:
            self._lock.release()
            raise

    def check_room(self, more: int = 0) -> None:
        """Refuse while nothing is lost: where its mapped files find no room, the engine ends the process (SIGBUS).

        `more` is in bytes, beyond what the engine's files begin with.
        """
        free = shutil.disk_usage(self._path).free
        if free < _ROOM + more:
            raise IndexUnavailable(
                f"The disk of the data folder {self._path} has {free >> 20} MB left, of {(_ROOM + more) >> 20} that "
                "the index needs to work; make room, or set MATINEE_HOME to a folder on another disk."
            )

    def _has_room(self) -> bool:
        return shutil.disk_usage(self._path).free >= _ROOM

    def close(self) -> None:
        """Close every collection and let other processes in."""
        for name, shard in self.shards.items():
            _close(shard)
            if name in self.written and self._has_room():
                seal(self._path / name)
        self.shards.clear()
        close_to_others(self._path)
        with suppress(OSError):
            _owner(self._path).unlink()  # who holds the folder next is not to be taken for this process
        self._lock.release()


@retry(
    retry=retry_if_exception_message(match=".*borrowed"), stop=stop_after_delay(10), wait=wait_fixed(0.01), reraise=True
)
def _close(shard: edge.EdgeShard) -> None:
    """Close a collection, when the searches are done whose callers have been cancelled: their threads go on."""
    shard.close()


_sharing = threading.Lock()
_opened: dict[tuple[int, Path], EdgeFolder] = {}


def hold(path: Path) -> EdgeFolder:
    """Return the folder as this process has it open, opening it for the first who holds it.

    Raises:
        IndexInUse: another process has the folder open.
        IndexUnavailable: the folder cannot be made or written.
    """
    with _sharing:
        folder = _opened.get(_key(path)) or EdgeFolder(path)
        _opened[folder.key] = folder
        folder.holders += 1
        return folder


def release(folder: EdgeFolder) -> None:
    """Give up one hold; the last one closes the folder."""
    with _sharing:
        folder.holders -= 1
        if not folder.holders:
            del _opened[folder.key]
            folder.close()


def _key(path: Path) -> tuple[int, Path]:
    """Return the process with the path: a fork inherits what is open, and must not use it."""
    return os.getpid(), path.resolve()


def _owner(path: Path) -> Path:
    return path / ".owner"


def _holder(path: Path) -> str:
    """Return which process wrote that it holds the lock; our own number there is another container's."""
    try:
        process = int(_owner(path).read_text())
    except (OSError, ValueError):
        return ""
    return f" (process {process})" if process != os.getpid() else ""
