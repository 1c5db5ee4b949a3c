"""How well liked a film is, from its IMDb rating, its metascore and its number of votes."""

import math

from matinee.models import Movie

_RATING, _METASCORE, _VOTES = 0.6, 0.3, 0.1
_MOST_VOTES = 3_000_000
"""About what the film with the most votes has; on a log scale the exact figure hardly matters."""


def quality(movie: Movie) -> float | None:
    """Return 0.6 rating + 0.3 metascore + 0.1 votes, each brought to 0..1, votes on a log scale.

    Raw votes would swamp the sum. A part that is not known is left out and the others' weights grow to sum to 1,
    so that a missing metascore is no malus; None when neither rating nor metascore is known.
    """
    if movie.imdb_rating is None and movie.metascore is None:
        return None
    parts = [
        (_RATING, movie.imdb_rating / 10 if movie.imdb_rating is not None else None),
        (_METASCORE, movie.metascore / 100 if movie.metascore is not None else None),
        (_VOTES, min(1.0, math.log1p(movie.imdb_votes) / math.log1p(_MOST_VOTES)) if movie.imdb_votes else None),
    ]
    known = [(weight, value) for weight, value in parts if value is not None]
    return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
