"""The IMDb Top 1000 table, and tables with the same column names."""

from collections.abc import Iterator

from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table, fold, read_header
from matinee.catalogue.readers.texts import COLUMNS as TEXTS

_REQUIRED = {
    "Series_Title": "title",
    "Released_Year": "year",
    "Genre": "genres",
    "Overview": "overview",
}
_OPTIONAL = {
    "Runtime": "runtime",
    "IMDB_Rating": "imdb_rating",
    "Meta_score": "metascore",
    "No_of_Votes": "imdb_votes",
    "Director": "directors",
}
_STARS = ("Star1", "Star2", "Star3", "Star4")


def _recognises(head: str) -> bool:
    return fold("Series_Title") in map(fold, read_header(head)[1])


def _open(source: Source) -> Catalogue:
    table = Table(source, list(_REQUIRED), [*_OPTIONAL, *_STARS, *TEXTS])
    remarks = [*source.remarks]
    if absent := [name for name in table.absent if name not in TEXTS]:
        remarks.append(f"no column {', '.join(absent)}: what they tell stays unknown")
    return Catalogue("imdb-csv", source.path, table.total, remarks, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row]:
    columns = {**_REQUIRED, **_OPTIONAL, **TEXTS}
    for record in table:
        if record.fault:
            yield Row(record.line, None, record.fault)
            continue
        raw: dict[str, object] = {field: record.cells.get(column) for column, field in columns.items()}
        yield film_row(record.line, {**raw, "stars": [record.cells.get(star) for star in _STARS]})


FORMAT = Format("imdb-csv", "a table with the columns Series_Title, Released_Year, Genre, Overview", _recognises, _open)
