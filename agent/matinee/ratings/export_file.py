"""One file of what a viewer watched, as rows of texts under names of our own, whatever service wrote it.

A service is told by its columns; of any other file, columns that say what they are are enough, or such as are named.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from matinee.catalogue.readers.columns import IMDB_ID, ORIGINAL_TITLE, TITLE, TITLE_TYPE, TMDB_ID, YEAR, resolve
from matinee.catalogue.readers.elements import JsonList
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Record, Table, fold, read_header
from matinee.catalogue.readers.values import clean_text
from matinee.errors import CatalogueError, InvalidRequest, UnknownCatalogueFormat

WANTED = "an export of ratings, or of films watched: a CSV or JSON file, Letterboxd's ZIP or its folder"

Said = Literal["rated", "liked", "seen", "wished"]
"""What a row says of a film."""

Columns = Mapping[str, str]
"""The column or key that holds something, by `ROLES`."""

_RATING = ("yourrating", "yourated", "myrating", "userrating", "rating", "rating10", "score", "stars")
_NAMED: dict[str, tuple[str, ...]] = {
    "title": TITLE,
    "original_title": ORIGINAL_TITLE,
    "year": YEAR,
    "rating": _RATING,
    "imdb_id": IMDB_ID,
    "tmdb_id": TMDB_ID,
    "movielens_id": ("movieid", "movielensid"),
    "type": TITLE_TYPE,
    "watched": ("watcheddate", "watchedat", "datewatched", "lastwatchedat", "plays", "watched"),
    "wished": ("listedat",),
    "viewer": ("userid",),
}
ROLES = ("title", "year", "rating", "imdb_id", "tmdb_id", "movielens_id", "original_title", "watched")
"""What columns may be named for."""

_NAMES_FILM = ("title", "imdb_id", "tmdb_id", "movielens_id")
_LIST = re.compile(r"\s*Letterboxd list export")
_FILE_SAYS: tuple[tuple[re.Pattern[str], Said], ...] = (
    (re.compile(r"watch-?_? ?list|wish-?_? ?list", re.I), "wished"),
    (re.compile(r"\blikes/films", re.I), "liked"),
    (re.compile(r"watched|history|seen", re.I), "seen"),
)
_OBJECT = re.compile(r'\{\s*"')
_JSON_KEYS = ("movies", "films", "ratings", "watched", "items", "data")
_BESIDE_FILM = ("movie", "show", "episode", "season")


@dataclass(frozen=True)
class ViewerFile:
    """The rows of one file, each with cells under the names of our own, and what it is."""

    service: str
    name: str
    scale: float | None
    """What a rating is to be multiplied with for stars; None: the ratings themselves must tell."""
    says: Said | None
    """What a row says that has no rating; None: nothing."""
    rows: Callable[[], Iterator[Record]]


def open_viewer_file(file: Path | Traversable, columns: Columns | None = None, says: Said | None = None) -> ViewerFile:
    """Return what is in a file.

    Args:
        file: a CSV or JSON file, or one inside an archive.
        columns: the file's own names for some of `ROLES`.
        says: what rows without a rating say, where neither the file's name nor its columns tell.

    Raises:
        CatalogueError: the file is not there, cannot be read, is empty, or lacks a column.
        UnknownCatalogueFormat: nothing in it names films.
        InvalidRequest: a column is named for something else than `ROLES`.
    """
    if unknown := [role for role in columns or () if role not in ROLES]:
        raise InvalidRequest(f"`{unknown[0]}` is nothing that a column can be named for; known are {', '.join(ROLES)}.")
    source = Source(file, WANTED)
    if _LIST.match(source.head):
        raise CatalogueError(
            f"`{source.name}` is a list of Letterboxd's, which holds no ratings; take the ZIP that it hands out under "
            "Settings, Data."
        )
    name = "/".join(source.path.parts[-2:]) if source.path.parent.name == "likes" else source.name
    says = says or next((said for pattern, said in _FILE_SAYS if pattern.search(name)), None)
    if source.head.lstrip()[:1] in ("[", "{"):
        return _json(source, columns or {}, says)
    return _table(source, columns or {}, says)


def _table(source: Source, columns: Columns, says: Said | None) -> ViewerFile:
    header = read_header(source.head)[1]
    found = resolve(header, _NAMED) | _named(source, header, columns)
    if not any(role in found for role in _NAMES_FILM):
        raise UnknownCatalogueFormat(
            f"`{source.name}` names no films that can be told: its columns are "
            f"{', '.join(name.strip() or '(unnamed)' for name in header)[:200]!r}. {_rename('title=..., rating=...')}"
        )
    service, scale = _service(found, {fold(name) for name in header})
    if says is None and service == "letterboxd" and "rating" not in found:
        says = "seen"  # watched.csv and likes/films.csv have no column that says so
    if says is None and not {"rating", "watched"} & found.keys():
        raise CatalogueError(
            f"`{source.name}` lacks a column of ratings; found are {', '.join(header)[:200]}. "
            f"{_rename('rating=...')} If it holds films watched, or wished for, add `--as seen` or `--as wish`."
        )
    table = Table(source, [*found.values()])

    def rows() -> Iterator[Record]:
        for record in table:
            cells = record.cells and {role: record.cells[name] for role, name in found.items()}
            yield Record(record.line, cells, record.fault)

    return ViewerFile(service, source.name, scale, says, rows)


def _named(source: Source, header: Iterable[str], columns: Columns) -> dict[str, str]:
    written = {fold(name): name for name in header}
    if missing := [name for name in columns.values() if fold(name) not in written]:
        raise CatalogueError(f"`{source.name}` has no column {missing[0]}; found are {', '.join(header)[:300]}.")
    return {role: written[fold(name)] for role, name in columns.items()}


def _rename(example: str) -> str:
    return f"Rename them, or say which they are: `--columns {example}`."


def _service(found: Columns, header: set[str]) -> tuple[str, float | None]:
    """Return the service's name and what its ratings are to be multiplied with for stars."""
    rating = fold(found.get("rating", ""))
    if "const" in header:
        return "imdb", 0.5
    if "letterboxduri" in header or (fold(found.get("title", "")) == "name" and rating == "rating"):
        return "letterboxd", 1.0
    if "movielens_id" in found and rating == "rating":
        return "movielens", 1.0
    return "table", 0.5 if rating == "rating10" else None


def _json(source: Source, columns: Columns, says: Said | None) -> ViewerFile:
    if not JsonList(source.chunks(), _JSON_KEYS).found:
        raise UnknownCatalogueFormat(f"`{source.name}` is JSON without a list of films; name {WANTED}.")

    def rows() -> Iterator[Record]:
        for line, value, fault in JsonList(source.chunks(), _JSON_KEYS).elements(restart=_OBJECT):
            if not isinstance(value, dict):
                yield Record(line, {}, fault or "not a JSON object")
                continue
            flat = _flat(value)
            found = resolve(flat, _NAMED) | {role: name for role, name in columns.items() if name in flat}
            cells = {role: flat[name] for role, name in found.items()}
            yield Record(line, cells, None if any(cells.get(name) for name in _NAMES_FILM) else "it names no film")

    first = next((record.cells for record in rows() if record.cells), {})
    trakt = "type" in first or '"ids"' in source.head
    return ViewerFile("trakt" if trakt else "json", source.name, 0.5 if trakt else None, says, rows)


def _flat(value: Mapping[str, object]) -> dict[str, str]:
    """Return an object's own texts and those of the film in it; ids are named after their services."""
    flat = {name: clean_text(cell) for name, cell in value.items()}
    for kind in _BESIDE_FILM:
        if isinstance(inside := value.get(kind), Mapping):
            flat.pop(kind)
            flat |= {name: clean_text(cell) for name, cell in inside.items() if name not in ("rating", "score")}
            flat.setdefault("type", kind)
            value = {**value, "ids": inside.get("ids")}
            break
    if isinstance(ids := value.get("ids"), Mapping):
        flat |= {f"{name}_id": clean_text(ids[name]) for name in ("imdb", "tmdb") if name in ids}
    return flat
