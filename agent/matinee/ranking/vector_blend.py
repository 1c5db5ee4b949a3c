"""One point to search from, made of several films' vectors and how much the viewer liked each film."""

import math
from collections.abc import Sequence

from matinee.errors import InvalidRequest

LOWEST, MIDDLE, HIGHEST = 0.5, 2.5, 5.0
"""Ratings in stars, as MovieLens counts them; above the middle a film attracts, below it pushes away."""

_PUSH = 0.2


def weights_of(ratings: Sequence[float]) -> list[float]:
    """Return what each rating weighs, -0.8..1: (rating - 2.5) / 2.5."""
    return [(rating - MIDDLE) / (HIGHEST - MIDDLE) for rating in ratings]


def blend(vectors: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    """Return the mean of the vectors by their positive weights, pushed away from those with negative ones.

    sum(w * v over w > 0) / sum(w over w > 0) - 0.2 * sum(|w| * v over w < 0) / count(w < 0): Rocchio's formula, with
    the ratio .15 to .75 of what is unwanted to what is wanted that Manning, Raghavan and Schütze advise ("Introduction
    to Information Retrieval", 2008, 9.1.1). However many films push, together they move the point by a fifth of a
    vector at most: far from every film there is nothing to find. Equal weights give the plain mean.

    Raises:
        InvalidRequest: no weight is positive, so that there is nothing to be near to.
    """
    wanted = [(vector, weight) for vector, weight in zip(vectors, weights, strict=True) if weight > 0]
    unwanted = [(vector, -weight) for vector, weight in zip(vectors, weights, strict=True) if weight < 0]
    if not wanted:
        raise InvalidRequest(
            f"No film is rated above {MIDDLE:g} of {HIGHEST:g}; at least one must be, for others to be near to it."
        )
    total = sum(weight for _, weight in wanted)
    scale = [weight / total for _, weight in wanted] + [-_PUSH * weight / len(unwanted) for _, weight in unwanted]
    columns = zip(*(vector for vector, _ in wanted + unwanted), strict=True)
    return [sum(share * value for share, value in zip(scale, column, strict=True)) for column in columns]


def unit(vector: Sequence[float]) -> list[float]:
    """Return the vector at unit length; one of length 0 as it is."""
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else list(vector)
