"""What a viewer rated, watched, liked or wishes for, from what other services export: a file, a ZIP or a folder."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matinee.catalogue.readers.columns import is_film
from matinee.catalogue.readers.table import Record
from matinee.catalogue.readers.values import clean_text, read_id, read_imdb_id
from matinee.catalogue.titles import natural_title, split_year
from matinee.errors import CatalogueError
from matinee.models import title_key
from matinee.ratings.export_archive import open_parts
from matinee.ratings.export_file import Columns, Said, ViewerFile, open_viewer_file
from matinee.ratings.report import HIGHEST, LOWEST, RatingsReport

_WEIGHT: dict[Said, int] = {"wished": 0, "seen": 1, "liked": 2, "rated": 3}
"""What of two things said of one film stays: a film rated was seen, one seen is wished for no more."""


@dataclass(frozen=True)
class ViewerRating:
    """What the viewer gave a film, or that they watched, liked or wish for it, and what there is to find it by."""

    rating: float | None = None
    """0.5..5 stars, whatever the scale of the export; None where it is not rated."""
    movielens_id: str | None = None
    imdb_id: str | None = None
    title: str | None = None
    year: int | None = None
    line: int = 0
    """The line of the file, for a message about a film that is not known."""
    tmdb_id: str | None = None
    original_title: str | None = None
    said: Said = "rated"
    file: str = ""
    """The file in an archive or folder of several."""

    @property
    def key(self) -> str:
        """Return what two ratings of one film have in common."""
        tmdb = f"tmdb:{self.tmdb_id}" if self.tmdb_id else None
        return self.movielens_id or self.imdb_id or tmdb or title_key(self.title or "", self.year)

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the titles that are known of it."""
        return tuple(title for title in (self.title, self.original_title) if title)

    @property
    def where(self) -> str:
        """Return where it stands, as `line 3` or `diary.csv, line 3`."""
        return f"{self.file}, line {self.line}" if self.file else f"line {self.line}"

    def yields_to(self, later: "ViewerRating") -> bool:
        """Tell whether another that comes later takes its place."""
        return _WEIGHT[later.said] >= _WEIGHT[self.said]


@dataclass(frozen=True)
class ViewerRatings:
    """What an export says, each film once, and what became of its rows."""

    format: str
    ratings: list[ViewerRating]
    report: RatingsReport
    remarks: list[str] = field(default_factory=list)
    """What is unusual about the export as a whole."""

    def __iter__(self) -> Iterator[ViewerRating]:
        """Iterate over the ratings in the order of the file."""
        return iter(self.ratings)

    def __len__(self) -> int:
        """Return the number of ratings."""
        return len(self.ratings)


def open_viewer_ratings(
    path: Path, *, columns: Columns | None = None, says: Said | None = None, scale: int | None = None
) -> ViewerRatings:
    """Return what one viewer's export says; of a film rated twice the last counts, and the others are counted.

    Args:
        path: a file, the ZIP that Letterboxd hands out, or its folder.
        columns: the file's own names for some of `viewer_files.ROLES`.
        says: what rows without a rating say, where the file itself does not tell.
        scale: the highest rating possible; by default as the service has it, else 5, 10 or 100 by the highest found.

    Raises:
        CatalogueError: there is no such file, it is empty, cannot be read, lacks a column, has no row that can be used,
            or holds the ratings of several viewers.
        UnknownCatalogueFormat: nothing in it names films.
        InvalidRequest: a column is named for something that is not known.
    """
    reading = _Reading(scale)
    with open_parts(path) as parts:
        for file, said in parts:
            try:
                opened = open_viewer_file(file, columns, said or says)
            except CatalogueError as error:
                if len(parts) == 1:
                    raise
                reading.remarks.append(str(error))
            else:
                reading.read(opened, several=len(parts) > 1)
    return reading.result(path.name)


class _Reading:
    """What has been read so far."""

    def __init__(self, scale: int | None) -> None:
        self.report = RatingsReport()
        self.remarks: list[str] = []
        self._scale = HIGHEST / scale if scale else None
        self._services: list[str] = []
        self._found: dict[str, ViewerRating] = {}

    def read(self, file: ViewerFile, *, several: bool) -> None:
        self._services.append(file.service)
        scale = self._scale or file.scale
        if scale is None:
            scale = HIGHEST / (highest := _highest(file))
            self.remarks.append(f"Ratings are taken to be out of {highest}, by the highest found; else add `--scale`.")
        viewer = ""
        for record in file.rows():
            other = record.cells.get("viewer", "").strip()
            if viewer and other and other != viewer:
                raise CatalogueError(
                    f"`{file.name}` holds the ratings of several viewers ({viewer[:40]} and, on line {record.line}, "
                    f"{other[:40]}); name a file with one viewer's, or take all of them in with `matinee ratings "
                    "ingest`."
                )
            viewer = viewer or other
            self.report.read += 1
            if rating := self._rating(record, file, scale, file.name if several else ""):
                self._keep(rating)

    def result(self, name: str) -> ViewerRatings:
        report = self.report
        if not self._found:
            why = report.first_reason or ": they have no rating" * bool(report.unrated)
            why = why or ": they are no films" * bool(report.no_films)
            rows = f"None of the {report.read:,} rows of `{name}` can be used{why}."
            raise CatalogueError(rows if report.read else f"`{name}` has a header and no rating after it.")
        report.kept = len(self._found)
        return ViewerRatings(self._services[-1], list(self._found.values()), report, self.remarks)

    def _keep(self, rating: ViewerRating) -> None:
        former = self._found.get(rating.key)
        self.report.duplicates += former is not None
        if former is None or former.yields_to(rating):
            self._found.pop(rating.key, None)
            self._found[rating.key] = rating

    def _rating(self, record: Record, file: ViewerFile, scale: float, name: str) -> ViewerRating | None:
        report, cells = self.report, record.cells
        where = f"{name}, line {record.line}" if name else f"line {record.line}"
        if record.fault:
            report.unreadable += 1
            report.note(where, record.fault)
            return None
        if not is_film(kind := cells.get("type", "")):
            report.leave_out(clean_text(kind)[:40])
            return None
        text = cells.get("rating", "").strip()
        said: Said | None = "rated" if text else _said(cells, file.says)
        if said is None:
            report.unrated += 1
            return None
        try:
            stars = _stars(text, scale) if text else None
            film = _film(cells)
        except ValueError as error:
            report.unreadable += 1
            report.note(where, str(error))
            return None
        if stars is not None and not LOWEST <= stars <= HIGHEST:
            report.out_of_range += 1
            report.note(where, f"rating {text[:40]} is outside {LOWEST / scale:g}..{HIGHEST / scale:g}")
            return None
        return ViewerRating(stars, line=record.line, said=said, file=name, **film)  # type: ignore[arg-type]


def _said(cells: Mapping[str, str], says: Said | None) -> Said | None:
    if clean_text(cells.get("watched")).casefold() not in ("", "0", "false", "no"):
        return "seen"
    return "wished" if cells.get("wished", "").strip() else says


def _film(cells: Mapping[str, str]) -> dict[str, str | int | None]:
    """Return what there is to find a film by; raises ValueError where there is nothing, or an id that cannot be one."""
    written, year_in_title = split_year(clean_text(cells.get("title")))
    title = natural_title(written)[0] if year_in_title else written
    number = cells.get("movielens_id", "").strip()
    if number and not (number.isascii() and number.isdecimal() and len(number) < 12):
        raise ValueError(f"movieId {number[:40]!r} is not a whole number")
    imdb = cells.get("imdb_id", "").strip()
    film: dict[str, str | int | None] = {
        "movielens_id": str(int(number)) if number else None,
        "imdb_id": read_imdb_id(imdb),
        "tmdb_id": read_id(cells.get("tmdb_id")),
        "title": title or None,
        "original_title": clean_text(cells.get("original_title")) or None,
        "year": _year(cells.get("year", "")) or year_in_title,
    }
    if not any(film[name] for name in ("movielens_id", "imdb_id", "tmdb_id", "title")):
        raise ValueError(f"{imdb[:40]!r} is not an IMDb id" if imdb else "no title")
    return film


def _year(text: str) -> int | None:
    found = re.match(r"\s*(\d{4})(?!\d)", text, re.ASCII)
    return int(found[1]) if found and 1870 <= int(found[1]) <= 2100 else None


def _stars(text: str, scale: float) -> float:
    try:
        value = float(text.replace(",", ".")) * scale
    except ValueError:
        raise ValueError(f"rating {text[:40]!r} is not a number") from None
    # Of a hundred points, a few are less than half a star.
    return max(value, LOWEST) if 0 < value < LOWEST and scale < LOWEST / 2 else value


def _highest(file: ViewerFile) -> int:
    """Return which scale a file's ratings are on: the least of those in use that holds them all."""
    found = 0.0
    for record in file.rows():
        try:
            found = max(found, float(record.cells.get("rating", "").replace(",", ".")))
        except ValueError:
            continue
    return next((highest for highest in (5, 10) if found <= highest), 100)
