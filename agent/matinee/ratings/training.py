"""Learns from a data set of ratings: reads it and makes the model of films (`learn`), and puts that into use (`store`).

Both happen in the thread that asks, so that an interrupt ends them at once. Until the last step the former model stays
in use.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from matinee.errors import CatalogueError, IndexUnavailable, ModelUnavailable
from matinee.ratings import model as ratings_model
from matinee.ratings.model import About
from matinee.ratings.rated_films import RatedFilm, read_films
from matinee.ratings.report import RatingsReport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.ratings.ease import EaseModel
    from matinee.ratings.table import RatingTable

MOST_FILMS = 5000
"""Films that the model takes at most, the most rated ones: their weights take 50 MB on disk, and 1.6 GB to make
from 25 million ratings."""

_FORM = 1
"""Counted up when the same ratings would give another model than before."""

Stage = Literal["rows read", "learning"]
Progress = Callable[[Stage, int, int | None], None]


def _silent(stage: Stage, done: int, total: int | None) -> None:
    pass


@dataclass(frozen=True)
class Learned:
    """What was read, and the model made of it: None where the same is in use already."""

    note: About
    report: RatingsReport
    form: str
    films: list[RatedFilm]
    film_files: list[str]
    remarks: list[str]
    ease: "EaseModel | None"


def learn(
    path: Path,
    folder: Path,
    on_progress: Progress = _silent,
    *,
    most_films: int = MOST_FILMS,
) -> Learned:
    """Read ratings from a MovieLens folder or file and learn from them; `folder` holds the model in use.

    The whole takes 1.6 GB at its peak for 25 million ratings (measured: 90 s of one core), 1.0 GB for 4 million; of
    that reading takes 570 MB, and the rest is `EaseModel.fit`.

    Raises:
        CatalogueError: the ratings cannot be read, or are too few.
        ModelUnavailable: the extra `collaborative` is not installed.
    """
    try:
        import scipy  # noqa: F401

        from matinee.ratings.ease import EaseModel
        from matinee.ratings.movielens import open_ratings
    except ImportError as error:
        raise ModelUnavailable(
            f"What learning from ratings needs is not installed ({error}); run `pip install 'matinee[collaborative]'`."
        ) from error
    ratings = open_ratings(path)
    table = ratings.table(lambda report: on_progress("rows read", report.read, None))
    batch = _name_of(table, most_films)
    former = _former(folder)
    ease: EaseModel | None = None
    if former is None or former.batch != batch:
        on_progress("learning", 0, None)
        ease = EaseModel.fit(table, maximum_items=most_films)
    facts = read_films(ratings.path.parent)
    films = [facts.of(number, count) for number, count in _counts(table)]
    note = About(
        batch=batch,
        source=path.resolve().name,
        own_numbers=ratings.format == "movielens-100k",
        ratings=len(table),
        viewers=len(table.user_ids),
        films=len(films),
        learned_films=len(ease.items) if ease else former.learned_films if former else 0,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Learned(note, ratings.report, ratings.format, films, facts.files, facts.remarks, ease)


def install(learned: Learned, folder: Path) -> About:
    """Store the model, put it into use, and delete the former one; return the note about it.

    Raises:
        IndexUnavailable: the folder cannot be written; the former model stays in use.
    """
    with _writing(folder):
        if learned.ease:
            ratings_model.stage(folder, learned.note.batch, learned.ease, learned.films)
        else:
            ratings_model.write_films(folder, learned.note.batch, learned.films)
        ratings_model.switch(folder, learned.note)
    return learned.note


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnavailable(
            f"The ratings' model cannot be written to {folder} ({error.strerror or error}); make room there, or set "
            "MATINEE_HOME to a folder that can be written."
        ) from error


def _former(folder: Path) -> About | None:
    """Return the note about a model that can be opened, or None: what is damaged is made anew."""
    try:
        model = ratings_model.load(folder)
    except CatalogueError:
        return None
    return model.about if model else None


def _counts(table: "RatingTable") -> list[tuple[str, int]]:
    import numpy as np

    counts = np.bincount(table.items, minlength=len(table.item_ids)).tolist()
    return [(str(number), count) for number, count in zip(table.item_ids.tolist(), counts, strict=True) if count]


def _name_of(table: "RatingTable", most_films: int) -> str:
    """Return a name that the same ratings, learned from in the same way, always get."""
    digest = blake2b(f"{_FORM} {most_films}".encode(), digest_size=8)
    columns: tuple[NDArray[Any], ...] = (table.user_ids, table.item_ids, table.users, table.items, table.tenths)
    for column in columns:
        digest.update(column.data.cast("B"))
    return digest.hexdigest()
