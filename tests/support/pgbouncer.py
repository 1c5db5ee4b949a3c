"""PgBouncer in transaction mode before a server of the tests, with one connection to it for all who come."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARY = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

_SETTINGS = """
[databases]
postgres = host={socket} port=5432 dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = 1
unix_socket_dir =
"""


@contextmanager
def pooled(server: Path) -> Iterator[str]:
    """Yield an address of the database `postgres` of the server whose socket is in the folder, through a pooler."""
    assert BINARY is not None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = server.parent / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(socket=server, port=port))
    settings.chmod(0o644)
    # Only the server's own user may enter the folder of its socket.
    user = ["-u", pwd.getpwuid(server.stat().st_uid).pw_name] if os.geteuid() == 0 else []
    with subprocess.Popen([BINARY, "-q", *user, settings], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()


def _wait_for(port: int, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
