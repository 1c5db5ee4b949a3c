"""The films that ratings speak of: their numbers in the data set, and what is needed to find them in a catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matinee.catalogue.readers import movielens, open_catalogue
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.table import Table
from matinee.catalogue.readers.values import read_imdb_id
from matinee.errors import CatalogueError

OLD_FILMS = "u.item"
"""The name under which the 100k folder keeps its films."""


class RatedFilm(NamedTuple):
    """A film of a data set of ratings; titles are its own and others, empty where no file tells them."""

    number: str
    ratings: int
    imdb_id: str | None = None
    titles: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True)
class FilmFacts:
    """What the files beside the ratings say of the films, by their numbers."""

    files: list[str]
    remarks: list[str]
    by_number: dict[str, RatedFilm]

    def of(self, number: str, ratings: int) -> RatedFilm:
        """Return the film with a number of ratings."""
        known = self.by_number.get(number)
        return known._replace(ratings=ratings) if known else RatedFilm(number, ratings)


def read_films(folder: Path) -> FilmFacts:
    """Return what movies.csv or movies.dat, links.csv and u.item of a folder tell; what is faulty becomes a remark."""
    files: list[str] = []
    remarks: list[str] = []
    films: dict[str, RatedFilm] = {}
    name = next((name for name in (*movielens.FILES, OLD_FILMS) if (folder / name).is_file()), None)
    linked = name != OLD_FILMS and (folder / "links.csv").is_file()
    try:
        if name:
            rows = _old_rows(folder / name) if name == OLD_FILMS else iter(open_catalogue(folder / name, "movielens"))
            films = {film.number: film for row in rows if (film := _film(row))}
        elif linked:
            films = {number: RatedFilm(number, 0, imdb_id) for number, imdb_id in _links(folder / "links.csv")}
        files += [file for file in (name, "links.csv" if linked else None) if file]
    except CatalogueError as error:
        remarks.append(str(error))
    return FilmFacts(files, remarks, films)


def _film(row: Row) -> RatedFilm | None:
    movie = row.movie
    if movie is None or not movie.movielens_id:
        return None
    return RatedFilm(movie.movielens_id, 0, movie.imdb_id, (movie.title, *movie.aka), movie.year)


def _links(path: Path) -> Iterator[tuple[str, str]]:
    for record in Table(Source(path), ("movieId", "imdbId")):
        number = record.cells.get("movieId", "").strip()
        if not record.fault and number.isdecimal() and (imdb_id := read_imdb_id(record.cells["imdbId"])):
            yield str(int(number)), imdb_id


def _old_rows(path: Path) -> Iterator[Row]:
    for line, text in enumerate(Source(path).lines(), 1):
        number, _, rest = text.partition("|")
        if number.strip().isdecimal():
            yield film_row(line, {"title": rest.partition("|")[0], "movielens_id": str(int(number))})
