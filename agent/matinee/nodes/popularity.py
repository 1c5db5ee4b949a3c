"""The films that most people know: candidates for a request that says little, within whatever it demands."""

from collections.abc import Collection, Sequence
from itertools import islice

from matinee.index import MovieIndex
from matinee.models import Constraint, Movie, SortOrder
from matinee.ranking.sorting import figure

_KEPT = 2000
"""How many of the best known films are kept at hand."""


class PopularFilms:
    """The catalogue's films by number of votes, read again when its number of films has changed."""

    def __init__(self, movies: MovieIndex) -> None:
        self._movies = movies
        self._count = -1
        self._films: list[Movie] = []

    async def within(
        self, k: int, constraints: Sequence[Constraint], exclude: Collection[str], order: SortOrder | None = None
    ) -> list[Movie]:
        """Return at most `k` films that meet every constraint, the one with most votes first.

        Only the 2,000 best known are looked at, and of those only films that anybody voted on.

        Args:
            k: how many.
            constraints: demands that every film meets.
            exclude: ids of films to leave out.
            order: what else to sort by; films of which that is not known are left out.
        """
        count = await self._movies.count()
        if count != self._count:
            entries = sorted((e for e in await self._movies.titles() if e.votes), key=lambda e: -e.votes)[:_KEPT]
            rows = {movie.movie_id: movie for movie in await self._movies.get([e.movie_id for e in entries])}
            self._films = [rows[e.movie_id] for e in entries if e.movie_id in rows]
            self._count = count
        films = self._films if order is None else _sorted(self._films, order)
        fitting = (m for m in films if m.movie_id not in exclude and all(c.holds(m) for c in constraints))
        return list(islice(fitting, k))


def _sorted(films: Sequence[Movie], order: SortOrder) -> list[Movie]:
    known = [(value, movie) for movie in films if (value := figure(movie, order)) is not None]
    return [movie for _, movie in sorted(known, key=lambda one: -one[0])]
