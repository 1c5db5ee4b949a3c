"""Hours of hostile files against the readers of catalogues and of viewers' exports: a refusal is a CatalogueError."""

import time
import warnings
from contextlib import suppress
from pathlib import Path

from hypothesis import strategies as st

from matinee.catalogue.distinct_ids import DistinctIds
from matinee.catalogue.readers import open_catalogue
from matinee.errors import CatalogueError
from matinee.ratings.movielens import open_ratings
from matinee.ratings.user_ratings import open_viewer_ratings
from tests.support.fuzzing import HANG, MEMORY, batches, memory
from tests.support.hostile_files import NAMES, files


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
    before = memory()

    def tried(file: tuple[str, bytes, bool]) -> None:
        name, content, as_folder = file
        for left in tmp_path.iterdir():
            left.unlink()
        (tmp_path / name).write_bytes(content)
        started = time.process_time()  # readers wait for nothing, and other processes may run
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(tmp_path if as_folder else tmp_path / name)
        assert time.process_time() - started < HANG

    batches(st.tuples(st.sampled_from(NAMES), files, st.booleans()), tried)
    assert memory() - before < MEMORY
