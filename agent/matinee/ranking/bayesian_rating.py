"""How well liked a film is: ratings and metascore, drawn toward the mean while few have voted."""

import math

from matinee.models import Movie

_RATING, _METASCORE, _VOTES = 0.6, 0.3, 0.1

_MEAN = 6.4
"""About the mean rating of films on IMDb and TMDB, which an unvoted film is taken to have."""

_PRIOR = 20
"""Votes (TMDB's numbers) that the mean weighs as much as; 7,600 of IMDb's."""

_MOST_VOTES = 10_000
"""About what the film with the most votes has; on a log scale the exact figure hardly matters."""


def quality(movie: Movie) -> float | None:
    """Return 0.6 rating + 0.3 metascore + 0.1 votes, each brought to 0..1, votes on a log scale.

    The rating is the Bayesian mean `(votes * rating + 20 * 6.4) / (votes + 20)`, as IMDb computes its own list;
    where no votes are known the rating stands as it is. Raw votes would swamp the sum. A part that is not known is
    left out and the others' weights grow to sum to 1, so that a missing metascore is no malus; None when neither
    rating nor metascore is known.
    """
    rating = movie.imdb_rating if movie.imdb_rating is not None else movie.tmdb_rating
    if rating is None and movie.metascore is None:
        return None
    if rating is not None and movie.votes:
        rating = (movie.votes * rating + _PRIOR * _MEAN) / (movie.votes + _PRIOR)
    parts = [
        (_RATING, rating / 10 if rating is not None else None),
        (_METASCORE, movie.metascore / 100 if movie.metascore is not None else None),
        (_VOTES, min(1.0, math.log1p(movie.votes) / math.log1p(_MOST_VOTES)) if movie.votes else None),
    ]
    known = [(weight, value) for weight, value in parts if value is not None]
    return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
