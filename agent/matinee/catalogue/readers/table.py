"""Rows of comma-separated text with the lines they begin on; a quote that is never closed costs one row, not all."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from matinee.catalogue.readers.source import Source
from matinee.errors import CatalogueError

_LINES_MAX = 100
"""Lines that one row may span; what spans more is taken for a quote that was never closed."""

_BLANK = ' \t,;"'


@dataclass(frozen=True)
class Record:
    """A row's cells by column name, or why it cannot be used."""

    line: int
    cells: dict[str, str]
    fault: str | None = None


class Table:
    """A file with a header. Columns are told by name, whatever their order, case and punctuation."""

    def __init__(
        self, source: Source, required: Sequence[str], optional: Sequence[str] = (), *, quoted: bool = True
    ) -> None:
        """Read the header.

        Args:
            source: the file.
            required: columns without which it is another file.
            optional: columns that are read where they are there.
            quoted: whether cells may stand in quotes; else a quote is a letter like others.

        Raises:
            CatalogueError: a required column is not there.
        """
        self._source = source
        self._quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        self._delimiter, header = read_header(source.head)
        self._width = len(header)
        found = {fold(name): at for at, name in reversed(list(enumerate(header)))}
        self._places = {name: found[fold(name)] for name in (*required, *optional) if fold(name) in found}
        self.absent = [name for name in optional if name not in self._places]
        """Optional columns that the file does not have."""
        if missing := [name for name in required if name not in self._places]:
            raise CatalogueError(
                f"`{source.name}` lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}. "
                f"Expected are {', '.join(required)}{' and, if known, ' * bool(optional)}{', '.join(optional)}; "
                f"found are {', '.join(name.strip() or '(unnamed)' for name in header)[:300]}."
            )

    @property
    def total(self) -> int:
        """The number of rows, if none spans lines."""
        return max(0, self._source.line_count - 1)

    def __iter__(self) -> Iterator[Record]:
        """Read the rows after the header."""
        rows = _split(self._source.lines(), self._delimiter, self._quoting)
        next(rows, None)
        for line, cells, ended in rows:
            yield self._record(line, cells, ended)

    def _record(self, line: int, cells: list[str] | None, ended: bool) -> Record:
        if cells is None:
            return Record(line, {}, "a quote is opened and never closed")
        needed = max(self._places.values()) + 1
        if len(cells) < (needed if ended else self._width):
            breaks_off = "" if ended else ": the line breaks off"
            return Record(line, {}, f"{len(cells)} columns instead of {self._width}{breaks_off}")
        if any(cell.strip() for cell in cells[self._width :]):
            return Record(
                line,
                {},
                f"{len(cells)} columns instead of {self._width}: a text with a {self._delimiter!r} needs quotes",
            )
        return Record(line, {name: cells[at] for name, at in self._places.items()})


def read_header(head: str) -> tuple[str, list[str]]:
    """Return the delimiter (comma, semicolon or tab) and the column names of a text that begins with a header."""
    first = next((line for line in re.split(r"[\r\n]+", head) if line.strip(_BLANK)), "")
    delimiter = max(",;\t", key=first.count)
    try:
        return delimiter, next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return delimiter, []


def fold(column: str) -> str:
    """Return a column's name without case, spaces and punctuation: `Released_Year` is `releasedyear`."""
    return "".join(c for c in column.casefold() if c.isalnum())


class _Feed:
    """Hands lines to the csv module, remembers which it took for the row at hand, and takes them back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.exhausted = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        if line is None or len(self.taken) == _LINES_MAX:
            if line is not None:
                self._returned.appendleft(line)
            self.exhausted = True
            raise StopIteration
        self.taken.append(line)
        return line

    def begin_row(self) -> None:
        self.taken = []
        self.exhausted = False

    def give_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))


def _split(
    lines: Iterable[str], delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> Iterator[tuple[int, list[str] | None, bool]]:
    """Yield each row's first line number, its cells (None: unreadable), and whether its last line has an end."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, quoting=quoting, strict=True)
    line = 1
    while True:
        feed.begin_row()
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Letters after a closing quote: one line may be that sloppy, over several lines the quote is another row's.
            one_line = len(feed.taken) == 1 and not feed.exhausted
            cells = _split_sloppy(feed.taken[0], delimiter) if one_line else None
        if cells is None:
            # Skip the first line only: the others may be rows of their own, which the open quote swallowed.
            feed.give_back_all_but_first()
            reader = csv.reader(feed, delimiter=delimiter, quoting=quoting, strict=True)
            yield line, None, True
            line += 1
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells, feed.taken[-1].endswith(("\n", "\r"))
        line += len(feed.taken)


def _split_sloppy(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None  # a cell above the csv module's limit
