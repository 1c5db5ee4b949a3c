"""What was learned from a data set of ratings, as a folder of files: the weights, the films, and a note about them.

`current.json` names the folder in use and is replaced in one step, last: whoever opens the model meanwhile gets the
former or the new one whole, and a reading that was interrupted leaves the former in use. It holds a digest of each
file and one of itself, since a flipped bit would otherwise give other films without a word.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matinee.errors import CatalogueError
from matinee.private_files import replace_text
from matinee.ratings.rated_films import RatedFilm

if TYPE_CHECKING:
    from matinee.ratings.ease import EaseModel

FOLDER = "ratings"
"""The model's folder in the data folder."""

_CURRENT, _FILMS = "current.json", "films.json"
_FILES, _DIGEST = "files", "digest"


@dataclass(frozen=True)
class About:
    """What a model was made of."""

    batch: str
    """The name of the reading: of the same ratings always the same."""
    source: str
    """The name of the folder or file read."""
    own_numbers: bool
    """Whether the films have numbers of their own, as in 100k, and not MovieLens' usual ones."""
    ratings: int
    viewers: int
    films: int
    """Films rated."""
    learned_films: int
    """Those with enough ratings for the model."""
    made: str
    """When, in UTC (ISO 8601)."""


@dataclass(frozen=True)
class RatingsModel:
    """A model that was opened."""

    about: About
    films: list[RatedFilm]
    ease: "EaseModel"


def stamp(folder: Path) -> int | None:
    """Return what changes when another model takes the place of this one; None where there is none."""
    try:
        return (folder / _CURRENT).stat().st_mtime_ns
    except OSError:
        return None


def about(folder: Path) -> About | None:
    """Return the note about the model in use; None where there is none.

    Raises:
        CatalogueError: it cannot be read.
    """
    told = _note(folder)
    if told is None:
        return None
    try:
        # A note of a former version says more.
        return About(**{name: value for name, value in told.items() if name in About.__dataclass_fields__})
    except TypeError as error:
        raise _damaged(folder, error) from error


def load(folder: Path) -> RatingsModel | None:
    """Return the model in use, its weights still in their file; None where there is none.

    Raises:
        CatalogueError: its files are damaged.
    """
    from matinee.ratings.ease import EaseModel

    told, note = _note(folder), about(folder)
    if told is None or note is None:
        return None
    try:
        for name, digest in told.get(_FILES, {}).items():  # a former version wrote none
            if _digest(folder / note.batch / name) != digest:
                raise ValueError(f"{name} is not as it was written")
        rows = json.loads((folder / note.batch / _FILMS).read_text(encoding="utf-8"))
        films = [RatedFilm(number, ratings, imdb, tuple(titles), year) for number, ratings, imdb, titles, year in rows]
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(folder, error) from error
    return RatingsModel(note, films, EaseModel.load(folder / note.batch))


def stage(folder: Path, batch: str, ease: "EaseModel", films: list[RatedFilm]) -> None:
    """Write a model's files beside those in use."""
    ease.save(folder / batch)
    write_films(folder, batch, films)


def write_films(folder: Path, batch: str, films: list[RatedFilm]) -> None:
    """Write what is known of the films of a model, in one step."""
    replace_text(folder / batch / _FILMS, json.dumps(films, ensure_ascii=False))


def switch(folder: Path, note: About) -> None:
    """Put a staged model into use and delete all others."""
    files = sorted(path for path in (folder / note.batch).iterdir() if path.is_file())
    told = {**asdict(note), _FILES: {path.name: _digest(path) for path in files}}
    replace_text(folder / _CURRENT, json.dumps({**told, _DIGEST: _digest_of(told)}))
    for other in folder.iterdir():
        if other.is_dir() and other.name != note.batch:
            shutil.rmtree(other, ignore_errors=True)


def _note(folder: Path) -> dict[str, Any] | None:
    try:
        told = json.loads((folder / _CURRENT).read_text(encoding="utf-8"))
        digest = told.pop(_DIGEST, None)
        if (digest is not None or _FILES in told) and digest != _digest_of(told):
            raise ValueError(f"{_CURRENT} is not as it was written")
    except FileNotFoundError as error:
        if any(folder.glob(f"*/{_FILMS}")):
            raise _damaged(folder, error) from error
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(folder, error) from error
    return dict(told)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _digest_of(told: dict[str, Any]) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _damaged(folder: Path, error: Exception) -> CatalogueError:
    return CatalogueError(
        f"The ratings' model in {folder} cannot be opened ({error}); run `matinee ratings ingest` again."
    )
