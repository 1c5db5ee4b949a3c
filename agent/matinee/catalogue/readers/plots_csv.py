"""Tables of titles with plots told at length, reviews or tags, such as those gathered from Wikipedia."""

from collections.abc import Iterator

from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table, fold, read_header
from matinee.catalogue.readers.texts import COLUMNS as TEXTS
from matinee.catalogue.readers.values import split_names

_FACTS = {
    "Year": "year",
    "Release Year": "year",
    "Genre": "genres",
    "Genres": "genres",
    "Overview": "overview",
    "Imdb Id": "imdb_id",
}
_NAMES = {"Director": "directors", "Directors": "directors"}
_UNKNOWN = "unknown"
_STARS = 5


def _recognises(head: str) -> bool:
    header = {fold(name) for name in read_header(head)[1]}
    return "title" in header and bool(header & {fold(name) for name in TEXTS})


def _open(source: Source) -> Catalogue:
    table = Table(source, ["Title"], [*_FACTS, *_NAMES, "Cast", *TEXTS])
    return Catalogue("plots-csv", source.path, table.total, [*source.remarks], lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row]:
    for record in table:
        if record.fault:
            yield Row(record.line, None, record.fault)
            continue
        said = {name: cell for name, cell in record.cells.items() if cell.strip().casefold() not in ("", _UNKNOWN)}
        raw: dict[str, object] = {field: said[name] for name, field in (_FACTS | TEXTS).items() if name in said}
        raw |= {field: split_names(said[name]) for name, field in _NAMES.items() if name in said}
        cast = split_names(said.get("Cast"))
        raw["stars"] = cast[:_STARS] if isinstance(cast, list) else []
        yield film_row(record.line, {**raw, "title": said.get("Title")})


FORMAT = Format("plots-csv", "a table with the columns Title and Plot, Synopsis, Reviews or Tags", _recognises, _open)
