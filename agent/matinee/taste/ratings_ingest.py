"""Learns from a data set of ratings: reads it, makes the model of films, stores the viewers, and puts both into use.

What is read and learned happens in the thread that asks (`learn`), so that an interrupt ends it at once; what is
stored follows (`store`). Until its last step the former model stays in use.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from matinee.errors import CatalogueError, IndexUnavailable, ModelUnavailable
from matinee.index.viewers import ViewerIndex
from matinee.taste import ratings_model
from matinee.taste.rated_films import RatedFilm, read_films
from matinee.taste.ratings_model import About
from matinee.taste.ratings_report import RatingsReport
from matinee.taste.viewers import viewer_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.taste.ease import EaseModel
    from matinee.taste.ratings_table import RatingTable

MOST_FILMS = 5000
"""Films that the model takes at most, the most rated ones: their weights take 50 MB on disk, and 1.6 GB to make
from 25 million ratings."""
MOST_VIEWERS = 20_000
"""Viewers stored at most, evenly taken from all: 55 MB in Qdrant, where the nearest are found in some 2 ms, 21 MB in
PostgreSQL, where the search is exact and takes some 40 ms."""

_AT_ONCE = 512
_FORM = 1
"""Counted up when the same ratings would give another model than before."""

Stage = Literal["rows read", "learning", "viewers stored"]
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
    table: "RatingTable"
    ease: "EaseModel | None"


def learn(
    path: Path,
    folder: Path,
    on_progress: Progress = _silent,
    *,
    most_films: int = MOST_FILMS,
    most_viewers: int = MOST_VIEWERS,
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

        from matinee.taste.ease import EaseModel
        from matinee.taste.ratings import open_ratings
    except ImportError as error:
        raise ModelUnavailable(
            f"What learning from ratings needs is not installed ({error}); run `pip install 'matinee[collaborative]'`."
        ) from error
    ratings = open_ratings(path)
    table = ratings.table(lambda report: on_progress("rows read", report.read, None))
    batch = _name_of(table, most_films, most_viewers)
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
        stored_viewers=0,
        films=len(films),
        learned_films=len(ease.items) if ease else former.learned_films if former else 0,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Learned(note, ratings.report, ratings.format, films, facts.files, facts.remarks, table, ease)


async def store(
    learned: Learned,
    folder: Path,
    viewers: ViewerIndex,
    on_progress: Progress = _silent,
    *,
    most_viewers: int = MOST_VIEWERS,
) -> About:
    """Store the viewers and the model, put them into use, and delete the former ones; return the note about them.

    Raises:
        IndexUnavailable: the store does not answer, or the folder cannot be written; the former model stays in use.
    """
    batch = learned.note.batch
    with _writing(folder):
        if learned.ease:
            ratings_model.stage(folder, batch, learned.ease, learned.films)
        else:
            ratings_model.write_films(folder, batch, learned.films)
    stored, total = 0, min(most_viewers, learned.note.viewers)
    vectors = viewer_vectors(learned.table, most_viewers)
    while some := list(islice(vectors, _AT_ONCE)):
        await viewers.add(batch, some)
        stored += len(some)
        on_progress("viewers stored", stored, total)
    note = About(**{**vars(learned.note), "stored_viewers": stored})
    with _writing(folder):
        ratings_model.switch(folder, note)
    await viewers.keep(batch)
    return note


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


def _name_of(table: "RatingTable", most_films: int, most_viewers: int) -> str:
    """Return a name that the same ratings, learned from in the same way, always get."""
    digest = blake2b(f"{_FORM} {most_films} {most_viewers}".encode(), digest_size=8)
    columns: tuple[NDArray[Any], ...] = (table.user_ids, table.item_ids, table.users, table.items, table.tenths)
    for column in columns:
        digest.update(column.data.cast("B"))
    return digest.hexdigest()
