"""Hours of hostile files against the readers of catalogues and of what viewers export: a refusal is a CatalogueError.

The tests give it seconds; `make fuzz` as many as `FUZZ_SECONDS` says. Batches are seeded one after the other, so that
a longer run does what a shorter one did, and more.
"""

import os
import time
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from matinee.catalogue.distinct_ids import DistinctIds
from matinee.catalogue.readers import open_catalogue
from matinee.errors import CatalogueError
from matinee.ratings.movielens import open_ratings
from matinee.ratings.user_ratings import open_viewer_ratings
from tests.support.hostile_files import NAMES, files

SECONDS = float(os.environ.get("FUZZ_SECONDS", "15"))
HANG = 1.0
"""Seconds of a core that no file of some kilobytes may take; readers wait for nothing, and other processes may run."""
MEMORY = 200 << 20
_BATCH = settings(
    max_examples=250,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[*HealthCheck],
)


def read(path: Path) -> None:
    """Read a file in every way that a command would."""
    with suppress(CatalogueError):
        ids = DistinctIds()
        for row in open_catalogue(path):
            ids.film(row)
            if row.movie:
                row.movie.model_dump_json()
    with suppress(CatalogueError):
        for rating in open_viewer_ratings(path):
            assert rating.key
            assert rating.rating is None or 0.5 <= rating.rating <= 5
    with suppress(CatalogueError):
        assert list(open_ratings(path)) is not None


def test_no_file_makes_a_reader_fail_hang_or_grow(tmp_path: Path) -> None:
    @_BATCH
    @given(st.sampled_from(NAMES), files, st.booleans())
    def no_file_does(name: str, content: bytes, as_folder: bool) -> None:
        for left in tmp_path.iterdir():
            left.unlink()
        (tmp_path / name).write_bytes(content)
        started = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(tmp_path if as_folder else tmp_path / name)
        assert time.process_time() - started < HANG

    before, end, batch = psutil.Process().memory_info().rss, time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        seed(batch)(no_file_does)()
        batch += 1
    assert psutil.Process().memory_info().rss - before < MEMORY
