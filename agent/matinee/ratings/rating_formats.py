"""The forms in which MovieLens ships ratings, told by a file's beginning, and their lines in blocks as arrays.

Blocks of plain figures are parsed by numpy, some millions of rows a second; a block with anything else in it goes
through line by line, so that every fault has its line number.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from matinee.catalogue.readers.table import fold, read_header
from matinee.errors import CatalogueError, UnknownCatalogueFormat
from matinee.ratings.report import RatingsReport

FILES = ("ratings.csv", "ratings.dat", "u.data")
"""The names under which a MovieLens folder keeps its ratings."""

_BLOCK = 1 << 22
_HEAD = 1 << 12
_ID_MAX = 2**31 - 1
_WITHOUT_HEADER = {
    b"::": re.compile(rb"\d+::\d+::\d+(\.\d+)?(::|\s|$)"),
    b"\t": re.compile(rb"\d+\t\d+\t\d+(\.\d+)?\s"),
}
_COLUMNS = ("userId", "movieId", "rating", "timestamp")
_PACKED = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip archive"}

Rows = NDArray[np.float64]
"""`(n, 4)`: viewer, film, stars, and seconds since 1970 or NaN."""


@dataclass(frozen=True)
class RatingForm:
    """How the lines of a file are to be read."""

    name: str
    separator: bytes
    places: tuple[int, ...]
    """The columns of viewer, film, rating and, if there is one, timestamp."""
    width: int
    header: bool


def recognise(path: Path) -> RatingForm:
    """Return the form of a file.

    Raises:
        CatalogueError: it is not there, cannot be read, is empty, holds a header alone, or lacks a column.
        UnknownCatalogueFormat: it is in none of the forms.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise CatalogueError(f"`{path}` cannot be read: {error.strerror or error}; name a file of ratings.") from error
    if not head.strip():
        raise CatalogueError(f"`{path.name}` is empty; a file with at least one rating was expected.")
    for mark, kind in _PACKED.items():
        if head.startswith(mark):
            raise CatalogueError(f"`{path.name}` is {kind}, not text; unpack it and name what was in it.")
    for separator, pattern in _WITHOUT_HEADER.items():
        if pattern.match(head):
            width = head.split(b"\n", 1)[0].count(separator) + 1
            name = "movielens-dat" if separator == b"::" else "movielens-100k"
            return RatingForm(name, separator, tuple(range(min(width, 4))), width, header=False)
    return _with_header(path, head)


def _with_header(path: Path, head: bytes) -> RatingForm:
    delimiter, names = read_header(head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))
    places = {fold(name): at for at, name in reversed(list(enumerate(names)))}
    if not places.keys() & {fold(name) for name in _COLUMNS}:
        raise UnknownCatalogueFormat(
            f"`{path.name}` is in no known form of ratings: it begins with {head[:60].decode('utf-8', 'replace')!r}. "
            "Known are a table with the columns userId, movieId, rating, lines `1::1193::5::978300760`, and the same "
            "separated by tabs."
        )
    if missing := [name for name in _COLUMNS[:3] if fold(name) not in places]:
        raise CatalogueError(
            f"`{path.name}` lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; found are "
            f"{', '.join(names)[:300]}. A viewer's own export is read by `matinee taste import`."
        )
    if path.stat().st_size <= _HEAD and not head.partition(b"\n")[2].strip():
        raise CatalogueError(f"`{path.name}` has a header and no rating after it; at least one was expected.")
    found = tuple(places[fold(name)] for name in _COLUMNS if fold(name) in places)
    return RatingForm("movielens-csv", delimiter.encode(), found, len(names), header=True)


def blocks(file: IO[bytes], form: RatingForm, report: RatingsReport) -> Iterator[tuple[NDArray[np.int64], Rows]]:
    """Yield the line numbers and figures of the readable rows, a block of some 4 MB of text at a time.

    Raises:
        OSError: the file cannot be read any further.
    """
    line, rest = 1, b""
    if form.header:
        file.readline()
        line = 2
    while chunk := file.read(_BLOCK):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            whole += newline
            yield _parse(whole, line, form, report)
            line += whole.count(b"\n")
    if rest.strip(b"\0 \r\n\t"):
        yield _parse_slowly(rest, line, form, report)


def _parse(block: bytes, line: int, form: RatingForm, report: RatingsReport) -> tuple[NDArray[np.int64], Rows]:
    plain = block.replace(b"\r\n", b"\n").replace(form.separator, b",")
    if b"," in form.separator or b"," not in block:
        rows = _parse_figures(plain, form)
        if rows is not None:
            report.read += len(rows)
            return np.arange(line, line + len(rows)), rows
    return _parse_slowly(block, line, form, report)


def _parse_figures(plain: bytes, form: RatingForm) -> Rows | None:
    if plain.translate(None, b"0123456789.,\n"):
        return None
    text = np.frombuffer(plain, np.uint8)
    ends = text[(text == ord(",")) | (text == ord("\n"))]
    pattern = np.frombuffer(b"," * (form.width - 1) + b"\n", np.uint8)
    if len(ends) % form.width or not (ends.reshape(-1, form.width) == pattern).all():
        return None
    try:
        figures = np.loadtxt(io.BytesIO(plain), delimiter=",", usecols=form.places, ndmin=2)
    except ValueError:
        return None  # an empty cell, or two points in one
    if not _are_ids(figures[:, :2]).all():
        return None
    return figures if figures.shape[1] == 4 else np.column_stack([figures, np.full(len(figures), np.nan)])


def _are_ids(figures: Rows) -> NDArray[np.bool_]:
    whole: NDArray[np.bool_] = (figures >= 0) & (figures <= _ID_MAX) & (figures == np.floor(figures))
    return whole


def _parse_slowly(block: bytes, line: int, form: RatingForm, report: RatingsReport) -> tuple[NDArray[np.int64], Rows]:
    numbers: list[int] = []
    rows: list[list[float]] = []
    for number, text in enumerate(block.decode("utf-8", "replace").split("\n"), line):
        cleaned = text.strip("\r\0")
        if not cleaned.strip():
            continue
        report.read += 1
        last = not block.endswith(b"\n") and number == line + block.count(b"\n")
        try:
            rows.append(_row(cleaned, form))
            numbers.append(number)
        except ValueError as error:
            report.unreadable += 1
            report.remark(number, f"{error}{': the line breaks off' * last}")
    return np.array(numbers, np.int64), np.array(rows, np.float64).reshape(-1, 4)


def _row(text: str, form: RatingForm) -> list[float]:
    separator = form.separator.decode()
    try:
        cells = text.split(separator) if separator == "::" else next(csv.reader([text], delimiter=separator))
    except csv.Error as error:
        raise ValueError(f"not a row of a table ({error})") from error
    if len(cells) < form.width:
        raise ValueError(f"{len(cells)} columns instead of {form.width}")
    figures = [_figure(cells[place], name) for place, name in zip(form.places, _COLUMNS, strict=False)]
    for figure, name, place in zip(figures[:2], _COLUMNS, form.places, strict=False):
        if not (0 <= figure <= _ID_MAX and figure == int(figure)):
            raise ValueError(f"{name} {cells[place][:40]!r} is not a whole number from 0 to {_ID_MAX}")
    return figures if len(figures) == 4 else [*figures, np.nan]


def _figure(cell: str, name: str) -> float:
    try:
        figure = float(cell)
    except ValueError:
        figure = np.inf
    if not np.isfinite(figure):
        raise ValueError(f"{name} {cell[:40]!r} is not a number")
    return figure
