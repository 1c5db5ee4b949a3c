"""The films of the starter catalogue, as rows."""

import json
from functools import cache
from importlib.resources import files

from matinee.models import Movie, title_key


@cache
def starter_movies() -> dict[str, Movie]:
    """Return the films of the starter catalogue by id."""
    text = files("matinee.catalogue").joinpath("data", "starter.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    movies = [
        Movie.model_validate({**row, "movie_id": row.get("imdb_id") or title_key(row["title"], row["year"])})
        for row in rows
    ]
    return {movie.movie_id: movie for movie in movies}
