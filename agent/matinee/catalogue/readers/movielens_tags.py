"""The tags that MovieLens' viewers gave films: tags.csv, or the older tags.dat, beside the films."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from sys import intern

from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table
from matinee.catalogue.readers.values import TITLE_MAX
from matinee.errors import CatalogueError

_FILES = ("tags.csv", "tags.dat")
_KEPT = 200
"""Different tags of one film that are counted, the first ones; then those said most often come first."""

Tags = dict[int, list[str]]
"""The tags of each film by its movieId, those that most viewers gave first."""


def open_tags(films: Path, remarks: list[str]) -> Callable[[], Tags]:
    """Return what reads the tags beside the file of films, each time it is called; none where there are none.

    The file is sorted by viewer, so all of it is held: some 150 MB for the 1.1 million tags of the 25M set.
    """
    path = next((path for name in _FILES if (path := films.with_name(name)).is_file()), None)
    if path is None:
        return dict
    try:
        source = Source(path)
        remarks += [f"{path.name}: {remark}" for remark in source.remarks]
        lines = (
            partial(_old_lines, source) if path.suffix == ".dat" else partial(_lines, Table(source, ("movieId", "tag")))
        )
    except CatalogueError as error:
        remarks.append(f"the films stay without tags: {error}")
        return dict
    return partial(_read, lines)


def _read(lines: Callable[[], Iterator[tuple[str, str]]]) -> Tags:
    counted: dict[int, Counter[str]] = {}
    for film, said in lines():
        tag = said.strip()
        if not film.isdecimal() or not tag or len(tag) > TITLE_MAX:
            continue
        tags = counted.setdefault(int(film), Counter())
        if tag in tags or len(tags) < _KEPT:
            tags[intern(tag)] += 1
    return {film: [tag for tag, _ in tags.most_common()] for film, tags in counted.items()}


def _lines(table: Table) -> Iterator[tuple[str, str]]:
    for record in table:
        if not record.fault:
            yield record.cells["movieId"].strip(), record.cells["tag"]


def _old_lines(source: Source) -> Iterator[tuple[str, str]]:
    for line in source.lines():
        cells = line.split("::")
        if len(cells) == 4:
            yield cells[1], cells[2]
