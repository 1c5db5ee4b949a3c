"""Finds films of data sets and exports in the stored catalogue: by ids of IMDb, MovieLens, TMDB, by title and year."""

from collections.abc import Iterable

from matinee.index import FilmReference
from matinee.models import title_key


class CatalogueFilms:
    """The films of a catalogue by everything that may name them."""

    def __init__(self, entries: Iterable[FilmReference]) -> None:
        self._imdb: dict[str, str] = {}
        self._movielens: dict[str, str] = {}
        self._tmdb: dict[str, FilmReference] = {}
        self._named: dict[str, list[FilmReference]] = {}
        for entry in entries:
            if imdb_id := _imdb_of(entry):
                self._imdb[imdb_id] = entry.movie_id
            if entry.movielens_id:
                self._movielens[entry.movielens_id] = entry.movie_id
            if entry.tmdb_id:
                self._tmdb[entry.tmdb_id] = entry
            for key in {title_key(title, None) for title in (entry.title, *entry.aka)}:
                self._named.setdefault(key, []).append(entry)

    def find(
        self,
        *,
        imdb_id: str | None = None,
        movielens_id: str | None = None,
        tmdb_id: str | None = None,
        titles: Iterable[str] = (),
        year: int | None = None,
    ) -> str | None:
        """Return the id of the film that all this names, or None.

        A title counts with its year, which may be off by one where only one film of that title is near (festivals and
        cinemas differ); without a year it must be the only film of that title. Two films of different IMDb ids are
        never taken for one.
        """
        if imdb_id and imdb_id in self._imdb:
            return self._imdb[imdb_id]
        if movielens_id and movielens_id in self._movielens:
            return self._movielens[movielens_id]
        by_tmdb = self._tmdb.get(tmdb_id or "")
        if by_tmdb and not (imdb_id and _imdb_of(by_tmdb)):
            return by_tmdb.movie_id
        named = {
            entry.movie_id: entry
            for title in titles
            for entry in self._named.get(title_key(title, None), ())
            if not (imdb_id and _imdb_of(entry))
        }
        for off in (0, 1):
            near = [one for one in named.values() if year is None or (one.year and abs(one.year - year) <= off)]
            if near:
                return near[0].movie_id if len(near) == 1 else None
        return None


def _imdb_of(entry: FilmReference) -> str | None:
    return entry.imdb_id or (entry.movie_id if entry.movie_id.startswith("tt") else None)
