"""The films of the starter catalogue."""

from functools import cache

from matinee.catalogue.readers import open_starter
from matinee.models import Movie


@cache
def starter_movies() -> dict[str, Movie]:
    """Return the films of the starter catalogue by id."""
    return {row.movie.movie_id: row.movie for row in open_starter() if row.movie}
