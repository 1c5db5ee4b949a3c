"""Keeps rows of a catalogue apart that have one id and are different films, so that none replaces another."""

from typing import NamedTuple

from matinee.catalogue.readers import Row
from matinee.models import Movie, title_key

_IDS = ("movie_id", "imdb_id", "tmdb_id", "movielens_id")


class _First(NamedTuple):
    """The row that had an id first."""

    line: int
    title: str
    keys: tuple[str, ...]


class DistinctIds:
    """The ids of the rows of one run: some 300 bytes a film."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str | None], _First] = {}
        self._titled: dict[str, str] = {}

    def film(self, row: Row) -> tuple[Movie | None, str | None]:
        """Return the row's film, without ids that an earlier row of another title has, and what is to be said of it."""
        movie = row.movie
        if movie is None:
            return None, None
        ids = {**{name: getattr(movie, name) for name in _IDS}, "number": row.number}
        taken = {name: first for name, value in ids.items() if (first := self._taken((name, value), movie, row.line))}
        if not taken:
            return self._namesake(movie), None
        kept = {name: None for name in taken if name not in ("movie_id", "number")}
        own = None if {"movie_id", "imdb_id"} & taken.keys() else movie.movie_id
        movie_id = own or (None if "imdb_id" in taken else movie.imdb_id) or title_key(movie.title, movie.year)
        name, first = next(iter(taken.items()))
        said = (
            f"its id {ids[name]} is that of line {first.line}, {first.title}: {movie.label} is kept, too, "
            "without the id"
        )
        return movie.model_copy(update={**kept, "movie_id": movie_id}), said

    def _taken(self, named: tuple[str, str | None], movie: Movie, line: int) -> _First | None:
        value = named[1]
        if not value or value == title_key(movie.title, movie.year):
            return None
        first = self._first.setdefault(named, _First(line, movie.label, tuple(movie.keys)))
        return None if set(first.keys) & set(movie.keys) else first

    def _namesake(self, movie: Movie) -> Movie:
        """Return the film under an id of its own where another of its title and year has another TMDB id."""
        if movie.tmdb_id is None or movie.movie_id != title_key(movie.title, movie.year):
            return movie
        if self._titled.setdefault(movie.movie_id, movie.tmdb_id) == movie.tmdb_id:
            return movie
        return movie.model_copy(update={"movie_id": f"{movie.movie_id}-tmdb-{movie.tmdb_id}"})
