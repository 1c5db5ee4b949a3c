"""A viewer's own ratings from what other services export: MovieLens, IMDb, Letterboxd."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Record, Table, fold, read_header
from matinee.catalogue.readers.values import clean_text, read_imdb_id
from matinee.errors import CatalogueError, UnknownCatalogueFormat
from matinee.models import title_key
from matinee.taste.ratings_report import HIGHEST, LOWEST, RatingsReport


@dataclass(frozen=True)
class ViewerRating:
    """What the viewer gave a film, and whatever the export says to find that film by."""

    rating: float
    """0.5..5 stars, whatever the scale of the export."""
    movielens_id: str | None = None
    imdb_id: str | None = None
    title: str | None = None
    year: int | None = None
    line: int = 0
    """The line of the file, for a message about a film that is not known."""

    @property
    def key(self) -> str:
        """Return what two ratings of one film have in common."""
        return self.movielens_id or self.imdb_id or title_key(self.title or "", self.year)


@dataclass(frozen=True)
class ViewerRatings:
    """The ratings of an export, each film once, and what became of its rows."""

    format: str
    ratings: list[ViewerRating]
    report: RatingsReport

    def __iter__(self) -> Iterator[ViewerRating]:
        """Iterate over the ratings in the order of the file."""
        return iter(self.ratings)

    def __len__(self) -> int:
        """Return the number of ratings."""
        return len(self.ratings)


@dataclass(frozen=True)
class _Export:
    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    rating: str
    scale: float
    """What a rating of the export is to be multiplied with for stars."""
    film: Callable[[dict[str, str]], dict[str, str | int | None]]
    """Raises ValueError where the row names no film."""


def _movielens(cells: dict[str, str]) -> dict[str, str | int | None]:
    if not cells["movieId"].strip().isdecimal():
        raise ValueError(f"movieId {cells['movieId'][:40]!r} is not a whole number")
    return {"movielens_id": str(int(cells["movieId"]))}


def _imdb(cells: dict[str, str]) -> dict[str, str | int | None]:
    imdb_id = read_imdb_id(cells["Const"])
    if imdb_id is None:
        raise ValueError(f"{cells['Const'][:40]!r} is not an IMDb id")
    return {"imdb_id": imdb_id, "title": clean_text(cells.get("Title")) or None, "year": _year(cells)}


def _letterboxd(cells: dict[str, str]) -> dict[str, str | int | None]:
    title = clean_text(cells["Name"])
    if not title:
        raise ValueError("no title")
    return {"title": title, "year": _year(cells)}


def _year(cells: dict[str, str]) -> int | None:
    year = cells.get("Year", "").strip()
    return int(year) if year.isdecimal() and 1870 <= int(year) <= 2100 else None


_EXPORTS = (
    _Export("movielens", ("movieId", "rating"), ("userId",), "rating", 1.0, _movielens),
    _Export("imdb", ("Const", "Your Rating"), ("Title", "Year"), "Your Rating", 0.5, _imdb),
    _Export("letterboxd", ("Name", "Rating"), ("Year",), "Rating", 1.0, _letterboxd),
)


def open_viewer_ratings(path: Path) -> ViewerRatings:
    """Return the ratings of one viewer's export; of a film rated twice the last, and the others are counted.

    Raises:
        CatalogueError: there is no such file, it is empty, cannot be read, lacks a column, has no row that can be used,
            or holds the ratings of several viewers.
        UnknownCatalogueFormat: it is no export of the services known.
    """
    if path.is_file() and not path.stat().st_size:
        raise CatalogueError(f"`{path.name}` is empty; an export with at least one rating was expected.")
    source = Source(path)
    export = _told_by(source)
    table = Table(source, export.required, export.optional)
    report = RatingsReport()
    found: dict[str, ViewerRating] = {}
    viewer: str | None = None
    for record in table:
        other = record.cells.get("userId", "").strip()
        if viewer and other and other != viewer:
            raise CatalogueError(
                f"`{path.name}` holds the ratings of several viewers ({viewer[:40]} and, on line {record.line}, "
                f"{other[:40]}); name a file with one viewer's, or take all of them in with `matinee ratings ingest`."
            )
        viewer = viewer or other
        report.read += 1
        if rating := _rating(record, export, report):
            report.duplicates += found.pop(rating.key, None) is not None
            found[rating.key] = rating
    if not found:
        rows = f"None of the {report.read:,} rows of `{path.name}` can be used{report.first_reason}."
        raise CatalogueError(rows if report.read else f"`{path.name}` has a header and no rating after it.")
    report.kept = len(found)
    return ViewerRatings(export.name, list(found.values()), report)


def _told_by(source: Source) -> _Export:
    names = read_header(source.head)[1]
    header = {fold(name) for name in names}
    best = max(_EXPORTS, key=lambda export: sum(fold(name) in header for name in export.required))
    if not any(fold(name) in header for name in best.required):
        known = "; ".join(f"{export.name} ({', '.join(export.required)})" for export in _EXPORTS)
        raise UnknownCatalogueFormat(
            f"`{source.name}` is no export of ratings that is known: it begins with {source.head.strip()[:60]!r}. "
            f"Known are, by their columns, {known}."
        )
    return best


def _rating(record: Record, export: _Export, report: RatingsReport) -> ViewerRating | None:
    if record.fault:
        report.unreadable += 1
        report.remark(record.line, record.fault)
        return None
    text = record.cells[export.rating].strip()
    if not text:
        report.unrated += 1
        return None
    try:
        stars = float(text.replace(",", ".")) * export.scale
        film = export.film(record.cells)
    except ValueError as error:
        report.unreadable += 1
        wrong = f"rating {text[:40]!r} is not a number" if "could not convert" in str(error) else str(error)
        report.remark(record.line, wrong)
        return None
    if not LOWEST <= stars <= HIGHEST:
        report.out_of_range += 1
        bounds = f"{LOWEST / export.scale:g}..{HIGHEST / export.scale:g}"
        report.remark(record.line, f"rating {text[:40]} is outside {bounds}")
        return None
    return ViewerRating(stars, line=record.line, **film)  # type: ignore[arg-type]
