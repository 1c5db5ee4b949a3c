"""The films that most people know: candidates for a request that says little, within whatever it demands."""

from collections.abc import Collection, Sequence

from matinee.index import MovieIndex
from matinee.models import Constraint, Movie

_KEPT = 2000
"""How many of the best known films are kept at hand."""


class PopularFilms:
    """The catalogue's films by number of votes, read again when its number of films has changed."""

    def __init__(self, movies: MovieIndex) -> None:
        self._movies = movies
        self._count = -1
        self._films: list[Movie] = []

    async def within(self, k: int, constraints: Sequence[Constraint], exclude: Collection[str]) -> list[Movie]:
        """Return at most `k` films that meet every constraint, the one with most votes first.

        Only the 2,000 best known are looked at, and of those only films that anybody voted on.
        """
        count = await self._movies.count()
        if count != self._count:
            entries = sorted((e for e in await self._movies.titles() if e.votes), key=lambda e: -e.votes)[:_KEPT]
            rows = {movie.movie_id: movie for movie in await self._movies.get([e.movie_id for e in entries])}
            self._films = [rows[e.movie_id] for e in entries if e.movie_id in rows]
            self._count = count
        found: list[Movie] = []
        for movie in self._films:
            if len(found) == k:
                break
            if movie.movie_id not in exclude and all(c.holds(movie) for c in constraints):
                found.append(movie)
        return found
