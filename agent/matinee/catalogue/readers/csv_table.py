"""Tables of films, one a row, whose columns say what they are: IMDb's, Kaggle's, TMDB's, plots from Wikipedia."""

from collections.abc import Iterator

from matinee.catalogue.readers.columns import describes_films, film, film_columns
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table, read_header
from matinee.errors import CatalogueError

_EXPECTED = ("year", "genres", "overview")


def _recognises(head: str) -> bool:
    return describes_films(read_header(head)[1])


def _open(source: Source) -> Catalogue:
    header = read_header(source.head)[1]
    if not describes_films(header):
        raise CatalogueError(
            f"`{source.name}` lacks columns: a title and something that describes the film, such as genres or "
            f"overview, are needed; found are {', '.join(name.strip() or '(unnamed)' for name in header)[:300]}."
        )
    columns = film_columns(tuple(header))
    remarks = [*source.remarks]
    if absent := [name for name in _EXPECTED if name not in columns]:
        remarks.append(f"no column for {', '.join(absent)}: what they tell stays unknown")
    table = Table(source, [*columns.values()])
    return Catalogue(FORMAT.name, source.path, table.total, remarks, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row]:
    for record in table:
        yield Row(record.line, None, record.fault) if record.fault else film(record.line, record.cells)


FORMAT = Format("csv", "a table with columns such as title, year, genres, overview", _recognises, _open)
