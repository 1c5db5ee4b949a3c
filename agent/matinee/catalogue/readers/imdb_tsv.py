"""IMDb's own data set: title.basics.tsv, packed or not, with title.ratings, title.principals and name.basics beside it.

Rows of series, episodes and games are no films and are left out.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from matinee.catalogue.readers.columns import film, is_film
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.in_step import InStep
from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table, fold, read_header
from matinee.errors import CatalogueError

FILES = ("title.basics.tsv.gz", "title.basics.tsv")
"""The names under which IMDb keeps its titles."""

_BASICS = ("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "runtimeMinutes", "genres")
_RATINGS = ("tconst", "averageRating", "numVotes")
_PRINCIPALS = ("tconst", "nconst", "category")
_NAMES = ("nconst", "primaryName")
_ROLES = {"director": "directors", "actor": "stars", "actress": "stars", "self": "stars"}
_STARS = 5

_People = list[tuple[str, int]]
"""Which part somebody has in a film, `directors` or `stars`, and their number."""


class _Beside(NamedTuple):
    ratings: Table | None
    principals: Table | None
    names: Table | None


def _recognises(head: str) -> bool:
    return {"tconst", "primarytitle"} <= {fold(name) for name in read_header(head)[1]}


def _open(source: Source) -> Catalogue:
    basics = Table(source, _BASICS[:3], _BASICS[3:], quoted=False)
    remarks = [*source.remarks]
    ratings = _table(source, "title.ratings", _RATINGS, "ratings", remarks)
    principals = _table(source, "title.principals", _PRINCIPALS, "directors and stars", remarks)
    names = _table(source, "name.basics", _NAMES, "the names of people", remarks) if principals else None
    beside = _Beside(ratings, principals if names else None, names)
    return Catalogue(FORMAT.name, source.path, basics.total, remarks, lambda: _rows(basics, beside))


def _table(source: Source, name: str, columns: tuple[str, ...], what: str, remarks: list[str]) -> Table | None:
    packed = source.path.with_name(f"{name}.tsv.gz")
    path = packed if packed.is_file() else packed.with_suffix("")
    if not path.is_file():
        remarks.append(f"no {name}.tsv beside it: {what} stay unknown")
        return None
    try:
        return Table(Source(path), columns, quoted=False)
    except CatalogueError as error:
        remarks.append(f"{what} stay unknown: {error}")
        return None


def _rows(basics: Table, beside: _Beside) -> Iterator[Row]:
    ratings = InStep(lambda: _ratings(beside.ratings))
    people = InStep(lambda: _people(beside.principals))
    names = _names(basics, beside)
    for record in basics:
        if record.fault or not is_film(record.cells["titleType"]):
            yield Row(record.line, None, record.fault)
            continue
        cells = {name: "" if cell == "\\N" else cell for name, cell in record.cells.items()}
        rating, votes = ratings.of(cells["tconst"]) or ("", "")
        told: dict[str, object] = {**cells, "imdb_rating": rating, "imdb_votes": votes, "directors": [], "stars": []}
        for part, number in people.of(cells["tconst"]) or ():
            listed = told[part]
            if isinstance(listed, list) and number in names:
                listed.append(names[number])
        yield film(record.line, told)


def _ratings(table: Table | None) -> Iterator[tuple[str, tuple[str, str]]]:
    for record in table or ():
        if not record.fault:
            yield record.cells["tconst"], (record.cells["averageRating"], record.cells["numVotes"])


def _people(table: Table | None) -> Iterator[tuple[str, _People]]:
    whole = (record.cells for record in table or () if not record.fault)
    for film_id, rows in groupby(whole, key=lambda cells: cells["tconst"]):
        people = [(_ROLES[row["category"]], _number(row["nconst"])) for row in rows if row["category"] in _ROLES]
        stars = [one for one in people if one[0] == "stars"][:_STARS]
        yield film_id, [*(one for one in people if one[0] == "directors"), *stars]


def _names(basics: Table, beside: _Beside) -> dict[int, str]:
    """Return the names of the people of films: some 100 bytes for each of a million, which are held."""
    if beside.principals is None or beside.names is None:
        return {}
    people = InStep(lambda: _people(beside.principals))
    films = (record.cells["tconst"] for record in basics if not record.fault and is_film(record.cells["titleType"]))
    wanted = {number for film_id in films for _, number in people.of(film_id) or ()}
    return {
        number: record.cells["primaryName"]
        for record in beside.names
        if not record.fault and (number := _number(record.cells["nconst"])) in wanted
    }


def _number(name_id: str) -> int:
    digits = name_id.removeprefix("nm")
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1


FORMAT = Format("imdb-tsv", "IMDb's title.basics.tsv.gz, columns tconst, titleType, primaryTitle", _recognises, _open)
