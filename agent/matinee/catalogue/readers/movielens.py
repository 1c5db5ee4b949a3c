"""MovieLens: a folder with movies.csv, links.csv and tags.csv, that movies.csv alone, or the older movies.dat."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from matinee.catalogue.readers.columns import film_columns
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.in_step import InStep
from matinee.catalogue.readers.movielens_tags import open_tags
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Record, Table, read_header
from matinee.catalogue.readers.texts import COLUMNS as TEXTS
from matinee.errors import CatalogueError

FILES = ("movies.csv", "movies.dat")
"""The names under which a MovieLens folder keeps its films."""

_COLUMNS = ("movieId", "title", "genres")
_OTHERS = {"year", "overview"}
"""Columns of other tables that have a `movie_id`, too."""
_OLD_LINE = re.compile(r"\d+::.+::")


def _recognises(head: str) -> bool:
    if _OLD_LINE.match(head):
        return True
    columns = film_columns(tuple(read_header(head)[1])).keys()
    return "movielens_id" in columns and bool(columns & {"title", "genres"}) and not columns & _OTHERS


def _open(source: Source) -> Catalogue:
    remarks = [*source.remarks]
    tags = open_tags(source.path, remarks)
    if _OLD_LINE.match(source.head):
        return Catalogue(
            "movielens",
            source.path,
            source.line_count,
            remarks,
            lambda: _rows(_old_records(source), None, tags()),
        )
    films = Table(source, _COLUMNS, list(TEXTS))
    links = _open_links(source, remarks)
    return Catalogue("movielens", source.path, films.total, remarks, lambda: _rows(films, links, tags()))


def _open_links(source: Source, remarks: list[str]) -> Table | None:
    path = source.path.with_name("links.csv")
    if not path.is_file():
        return None
    try:
        links = Source(path)
        remarks += [f"links.csv: {remark}" for remark in links.remarks]
        return Table(links, ("movieId", "imdbId"), ("tmdbId",))
    except CatalogueError as error:
        remarks.append(f"the films stay without IMDb ids: {error}")
        return None


def _rows(records: Iterable[Record], links: Table | None, tags: Mapping[int, list[str]]) -> Iterator[Row]:
    linked = InStep(lambda: _linked(links))
    for record in records:
        if record.fault:
            yield Row(record.line, None, record.fault)
            continue
        movielens_id = record.cells["movieId"].strip()
        number = _number(movielens_id)
        link = linked.of(number) or _Link(None, None)
        yield film_row(
            record.line,
            {
                **{name: record.cells[column] for column, name in TEXTS.items() if column in record.cells},
                **({"tags": tags[number]} if number in tags else {}),
                "title": record.cells["title"],
                "genres": record.cells["genres"],
                "movielens_id": movielens_id,
                "imdb_id": link.imdb_id,
                "tmdb_id": link.tmdb_id,
            },
        )


def _old_records(source: Source) -> Iterator[Record]:
    for number, line in enumerate(source.lines(), 1):
        if not line.strip():
            continue
        movielens_id, _, rest = line.partition("::")
        title, separator, genres = rest.rpartition("::")
        if separator:
            yield Record(number, {"movieId": movielens_id, "title": title, "genres": genres})
        else:
            yield Record(number, {}, "not `number::title::genres`")


class _Link(NamedTuple):
    imdb_id: str | None
    tmdb_id: str | None


def _linked(table: Table | None) -> Iterator[tuple[int, _Link]]:
    for record in table or ():
        if not record.fault:
            cells = record.cells
            yield _number(cells["movieId"]), _Link(cells["imdbId"].strip() or None, cells.get("tmdbId"))


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() else -1


FORMAT = Format(
    "movielens",
    "a folder with movies.csv, a table with the columns movieId, title, genres, or lines `1::Toy Story (1995)::Comedy`",
    _recognises,
    _open,
)
