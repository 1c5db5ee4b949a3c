"""Ratings of many viewers from MovieLens folders and files, read as a stream; a viewer's own: `ratings_viewer`."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matinee.errors import CatalogueError
from matinee.ratings.rating_formats import FILES, RatingForm, Rows, blocks, recognise
from matinee.ratings.report import HIGHEST, LOWEST, RatingsReport
from matinee.ratings.table import Rating, RatingTable

__all__ = ["Rating", "RatingTable", "Ratings", "RatingsReport", "open_ratings"]


class Ratings:
    """The ratings of a file. Iterating reads them from the beginning, in constant memory (some 40 MB).

    Rows that cannot be used are left out and counted in `report`, which is about the last reading. As a table, 25
    million rows take 225 MB (9 bytes a rating), and the process some 570 MB while the table is made; a core reads one
    to three million rows a second.
    """

    def __init__(self, path: Path, form: RatingForm, films: Collection[str] | None = None) -> None:
        self.path = path
        self.format = form.name
        self.report = RatingsReport()
        self._form = form
        self._films = None if films is None else np.array(sorted(int(film) for film in films if film.isdecimal()))

    def __iter__(self) -> Iterator[Rating]:
        """Yield the ratings in the order of the file, of a viewer and film rated twice both.

        Raises:
            CatalogueError: the file cannot be read to its end.
        """
        for rows in self._blocks():
            for user, item, stars, seconds in rows.tolist():
                yield Rating(str(int(user)), str(int(item)), stars, None if seconds != seconds else int(seconds))

    def table(self, on_progress: Callable[[RatingsReport], None] = lambda report: None) -> RatingTable:
        """Return all the ratings; of a viewer and film rated twice the last one, and the others are counted.

        `on_progress` is called every hundred thousand rows or so.

        Raises:
            CatalogueError: the file cannot be read to its end, or not one of its rows can be used.
        """
        users: list[NDArray[np.int32]] = []
        items: list[NDArray[np.int32]] = []
        tenths: list[NDArray[np.uint8]] = []
        for rows in self._blocks():
            users.append(rows[:, 0].astype(np.int32))
            items.append(rows[:, 1].astype(np.int32))
            tenths.append(np.round(rows[:, 2] * 10).astype(np.uint8))
            on_progress(self.report)
        if not self.report.kept:
            raise CatalogueError(
                f"None of the {self.report.read:,} rows of `{self.path.name}` can be used{self.report.first_reason}."
            )
        table, self.report.duplicates = RatingTable.of_columns(users, items, tenths)
        self.report.kept -= self.report.duplicates
        return table

    def _blocks(self) -> Iterator[Rows]:
        self.report = RatingsReport()
        try:
            with self.path.open("rb") as file:
                for lines, rows in blocks(file, self._form, self.report):
                    usable = self._in_range(lines, rows) & self._known(lines, rows)
                    self.report.kept += int(usable.sum())
                    yield rows if usable.all() else rows[usable]
        except OSError as error:
            raise CatalogueError(f"`{self.path}` cannot be read: {error.strerror or error}.") from error

    def _in_range(self, lines: NDArray[np.int64], rows: Rows) -> NDArray[np.bool_]:
        fine: NDArray[np.bool_] = (rows[:, 2] >= LOWEST) & (rows[:, 2] <= HIGHEST)
        self.report.out_of_range += int((~fine).sum())
        for at in np.flatnonzero(~fine)[: 10 * self.report.wants_reasons]:
            self.report.remark(int(lines[at]), f"rating {rows[at, 2]:g} is outside {LOWEST}..{HIGHEST:g}")
        return fine

    def _known(self, lines: NDArray[np.int64], rows: Rows) -> NDArray[np.bool_]:
        if self._films is None:
            return np.ones(len(rows), bool)
        fine: NDArray[np.bool_] = np.isin(rows[:, 1], self._films)
        rated = (rows[:, 2] >= LOWEST) & (rows[:, 2] <= HIGHEST)  # a row counts under its first fault
        self.report.unknown += int((~fine & rated).sum())
        for at in np.flatnonzero(~fine & rated)[: 10 * self.report.wants_reasons]:
            self.report.remark(int(lines[at]), f"film {rows[at, 1]:.0f} is not in the catalogue")
        return fine


def open_ratings(path: Path, films: Collection[str] | None = None) -> Ratings:
    """Return the ratings in a MovieLens folder (latest, 100k, 1M, 10M, 20M, 25M, 32M) or in one of its files.

    Ratings of films that are not among `films` (MovieLens' ids) are left out and counted; None lets all through.

    Raises:
        CatalogueError: there is no such file, it is empty, cannot be read, or lacks a column.
        UnknownCatalogueFormat: it is in none of MovieLens' forms.
    """
    if path.is_dir():
        found = next((path / name for name in FILES if (path / name).is_file()), None)
        if found is None:
            raise CatalogueError(f"The folder `{path}` has no {', '.join(FILES[:-1])} or {FILES[-1]}.")
        path = found
    return Ratings(path, recognise(path), films)
