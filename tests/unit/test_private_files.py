"""What is closed to others, and what is left as it is."""

import os
import stat
from pathlib import Path

import pytest

from matinee.private_files import appending, close_home, close_to_others, make_private_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no rights of others on files")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_closed_and_those_above_are_not(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "above" / "home")
    assert mode_of(tmp_path / "above" / "home") == 0o700
    assert mode_of(tmp_path / "above") & 0o700 == 0o700


def test_all_that_lies_in_a_folder_is_closed_but_what_links_lead_to(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    (home / "deep").mkdir(parents=True)
    for path in (home / "file", home / "deep" / "file", elsewhere):
        path.touch()
        path.chmod(0o644)
    (home / "link").symlink_to(elsewhere)
    home.chmod(0o755)
    close_to_others(home)
    assert [mode_of(p) for p in (home, home / "deep", home / "file", home / "deep" / "file")] == [0o700] * 2 + [
        0o600
    ] * 2
    assert mode_of(elsewhere) == 0o644


def test_of_a_data_folder_what_is_ours_is_closed(tmp_path: Path) -> None:
    names = ["qdrant/.lock", "ratings/model.json", "starter-unfinished-0a1b", "postgres/PG_VERSION", "diary/monday.txt"]
    for path in map(tmp_path.joinpath, names):
        path.parent.mkdir(exist_ok=True)
        path.touch()
        path.chmod(0o644)
        path.parent.chmod(0o755)
    close_home(tmp_path)
    assert mode_of(tmp_path) == 0o700
    assert [mode_of(tmp_path / name) for name in names] == [0o600, 0o600, 0o600, 0o644, 0o644]
    assert [mode_of(tmp_path / name) for name in ("qdrant", "ratings", "postgres")] == [0o700, 0o700, 0o755]


def test_a_folder_that_everybody_writes_to_stays_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    close_home(tmp_path)
    assert mode_of(tmp_path) == 0o1777


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_user_of_roots_server_may_pass_through_the_data_folder_and_read_nothing(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    os.chown(tmp_path / "postgres", 65534, 65534)
    tmp_path.chmod(0o755)
    close_home(tmp_path)
    assert mode_of(tmp_path) == 0o711


def test_a_missing_folder_is_no_fault(tmp_path: Path) -> None:
    close_home(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_a_device_keeps_its_rights() -> None:
    before = mode_of(Path(os.devnull))
    with appending(Path(os.devnull)) as file:
        file.write("a line\n")
    assert mode_of(Path(os.devnull)) == before
