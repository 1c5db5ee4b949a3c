"""What a run of the tests must not leave behind: PostgreSQL servers, and their data outside the tests' folders."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from matinee.index.postgres_server import ROOT_FOLDER, WHOLE

_made: list[Path] = []


def new_folder() -> Path:
    """Make a folder for a server outside pytest's own, which the server's user could not enter."""
    _made.append(Path(tempfile.mkdtemp(prefix="matinee-postgres-")))
    return _made[-1]


def cleared(tests: Path) -> list[str]:
    """Stop the servers and remove the data that tests with this folder left; return the servers' commands."""
    apart = [folder for folder in ROOT_FOLDER.glob("*") if _home_of(folder).is_relative_to(tests)]
    left = list(_servers([str(place) for place in (*apart, *_made, tests)]))
    said = [" ".join(process.cmdline()) for process in left]
    for process in left:
        process.kill()
        process.wait(10)
    for folder in apart:
        shutil.rmtree(folder, ignore_errors=True)
    return said


def _home_of(folder: Path) -> Path:
    try:
        return Path((folder / WHOLE).read_text().strip())
    except OSError:  # in the making, or somebody else's
        return folder


def _servers(places: list[str]) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name", "cmdline"]):
        said = process.info["cmdline"] or []
        if process.info["name"] == "postgres" and any(word.startswith(place) for word in said for place in places):
            yield process
