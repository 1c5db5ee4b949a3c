"""Films sorted as a request asks: by rating, by how many know them, by year or by length."""

from collections.abc import Sequence

from matinee.models import Candidate, Movie
from matinee.ranking.bayesian_rating import quality
from matinee.understanding import SortOrder

DESCRIBED = 10
"""Films among which an order sorts, where the request describes films beside its demands."""


def figure(movie: Movie, order: SortOrder) -> float | None:
    """Return what the film is sorted by, the more the earlier it comes; None where it is not known.

    A rating counts as `quality` has it, so that three enthusiasts make no film the best.
    """
    match order.column:
        case "imdb_rating":
            value = quality(movie)
        case "imdb_votes":
            value = movie.votes or None
        case "year":
            value = movie.year
        case _:
            value = movie.runtime
    return value if value is None or order.falling else -value


def in_order(ranked: Sequence[Candidate], order: SortOrder) -> list[Candidate]:
    """Return the candidates sorted: all, or the first where the request describes films; the unknown come last."""
    most = len(ranked) if order.alone else DESCRIBED
    figures = {c.movie.movie_id: figure(c.movie, order) for c in ranked[:most]}
    known = [c for c in ranked[:most] if figures[c.movie.movie_id] is not None]
    known.sort(key=lambda c: -(figures[c.movie.movie_id] or 0.0))
    return [*known, *(c for c in ranked[:most] if figures[c.movie.movie_id] is None), *ranked[most:]]
