"""The films of the starter catalogue."""

from functools import cache

from matinee.catalogue.readers import open_starter
from matinee.models import Movie


def well_known_movies(count: int) -> list[Movie]:
    """Return the films of it that most people voted on."""
    return sorted(starter_movies().values(), key=lambda movie: -movie.votes)[:count]


@cache
def starter_movies() -> dict[str, Movie]:
    """Return the films of the starter catalogue by id."""
    return {row.movie.movie_id: row.movie for row in open_starter() if row.movie}
