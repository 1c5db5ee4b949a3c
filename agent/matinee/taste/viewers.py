"""Viewers of overlapping taste: ratings as sparse vectors, and what the nearest viewers' vectors add up to."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from matinee.index.viewers import MAX_PARTS, NearViewer, ViewerVector

if TYPE_CHECKING:
    from matinee.taste.ratings_table import RatingTable

MIDDLE = 3.0
"""What a viewer's mean is drawn to, in stars, while they have rated little."""

_PRIOR = 5
_LARGEST = 999_999_999
"""The largest film number: pgvector's vectors have a thousand million places."""


def taste_vector(ratings: Mapping[int, float], *, neutral: float | None = None) -> dict[int, float]:
    """Return ratings (stars by film number) as a vector of unit length; empty where no taste can be told.

    A rating counts by its distance from the viewer's own mean, drawn to `MIDDLE` as if by five more ratings, or from
    `neutral` stars if that is given (0 where every rating is a sign of liking). The product of two such vectors is the
    cosine of two viewers, -1..1. Of more than `MAX_PARTS` films the most telling stay.
    """
    centre = neutral
    if centre is None:
        centre = (sum(ratings.values()) + _PRIOR * MIDDLE) / (len(ratings) + _PRIOR)
    centred = {film: stars - centre for film, stars in ratings.items() if 0 <= film <= _LARGEST and stars != centre}
    if len(centred) > MAX_PARTS:
        telling = sorted(centred, key=lambda film: (-abs(centred[film]), film))[:MAX_PARTS]
        centred = {film: centred[film] for film in telling}
    length = math.sqrt(sum(value * value for value in centred.values()))
    return {film: value / length for film, value in centred.items()} if length >= 1e-6 else {}


def viewer_vectors(table: "RatingTable", most: int | None = None) -> Iterator[ViewerVector]:
    """Yield the vectors of a table's viewers who have a taste that can be told, of more than `most` an even sample."""
    for user, ratings in table.by_user(most):
        if parts := taste_vector({int(film): stars for film, stars in ratings.items()}):
            yield ViewerVector(user, parts)


def summed(near: Iterable[NearViewer]) -> dict[int, float]:
    """Return what near viewers say of each film they rated: the sum of cosine times the film's part in each vector."""
    scores: defaultdict[int, float] = defaultdict(float)
    for viewer in near:
        for film, part in viewer.parts.items():
            scores[film] += viewer.cosine * part
    return dict(scores)
