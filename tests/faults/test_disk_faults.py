"""A data folder on a disk that is full or read-only: real file systems of a few megabytes, where we may mount some."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee.errors import IndexUnavailable
from matinee.index import Store, open_store
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from tests.support.fakes import filled, word_embedding
from tests.support.films import FILMS


class Disk:
    """A file system in memory, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def mount(self, options: str) -> None:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", str(self.folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("no right to mount a file system here")

    def fill(self, leaving: int) -> Path:
        """Write a file that leaves so many bytes."""
        filler = self.folder / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(self.folder).free - leaving))
        return filler

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.folder)], capture_output=True, check=False)

    @property
    def store(self) -> Store:
        return open_store(Settings(home=self.folder / "home"), word_embedding())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.unmount()


async def refusal(store: Store) -> str:
    with pytest.raises(IndexUnavailable) as refused:
        await filled(store)
    store.close()
    return str(refused.value)


@pytest.mark.parametrize("size", ["4k", "300k", "8m", "100m"])
async def test_a_disk_without_room_is_one_sentence_and_nothing_is_begun(disk: Disk, size: str) -> None:
    disk.mount(f"size={size}")
    said = await refusal(disk.store)
    assert "MATINEE_HOME" in said
    assert "No space left" in said or "MB left" in said
    assert not list(disk.folder.rglob("collection.json"))


async def test_a_read_only_folder_is_one_sentence(disk: Disk) -> None:
    disk.mount("ro")
    said = await refusal(disk.store)
    assert "Read-only file system" in said
    assert "MATINEE_HOME" in said


async def test_a_disk_that_fills_up_keeps_what_was_stored_and_takes_more_once_there_is_room(disk: Disk) -> None:
    disk.mount("size=600m")
    store = await filled(disk.store)
    await store.preferences.add(statement("ana", "I like quiet films"))
    filler = disk.fill(leaving=20 << 20)
    with pytest.raises(IndexUnavailable, match=r"20 MB left, of 128 .* make room"):
        await store.preferences.add(statement("ana", "I like loud films"))
    assert await store.movies.count() == len(FILMS)
    assert await store.movies.search("a linguist", 1)  # reading goes on
    filler.unlink()
    await store.preferences.add(statement("ana", "I like loud films"))
    store.close()

    again = disk.store
    assert await again.movies.count() == len(FILMS)
    assert {p.text for p in await again.preferences.of_user("ana")} == {"I like quiet films", "I like loud films"}
    again.close()
