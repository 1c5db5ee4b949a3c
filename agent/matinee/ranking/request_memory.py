"""Requests that people made, with the films that were named for them: what fitted alike requests fits this one, too.

A film's figure is the sum, over the requests nearest to this one that it was named for, of `exp((cosine - 1) / 0.1)`,
as a part of what the best twenty films have: Nadaraya and Watson's kernel regression (1964), over vectors less their
mean, for all requests are alike in being requests.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_WIDTH = 0.1
_NEAREST = 60
_BEST = 20


class RequestMemory(NamedTuple):
    """The requests."""

    vectors: NDArray[np.float32]
    """Less their mean, of unit length `(requests, d)`."""
    mean: NDArray[np.float32]
    """What is taken from a request's vector `(d,)`."""
    films: list[str]
    """Films by title and year, as `Arrival (2016)`."""
    fits: list[NDArray[np.int64]]
    """For each request the places in `films` of those that fit it."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32], fits: Sequence[Collection[str]]) -> "RequestMemory":
        """Return the memory of requests with these vectors, for which these films were named."""
        films = sorted({film for named in fits for film in named})
        place = {film: n for n, film in enumerate(films)}
        places = [np.array(sorted(place[film] for film in named), dtype=np.int64) for named in fits]
        mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
        return cls(_centred(vectors, mean), mean, films, places)

    def remembered(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """Return the films that were named for requests near to this vector, each with its figure."""
        if not len(self.vectors):
            return {}
        weights = np.exp((self.vectors @ _centred(vector, self.mean) - 1) / _WIDTH)
        sums = np.zeros(len(self.films))
        for request in np.argsort(-weights)[:_NEAREST]:
            sums[self.fits[request]] += weights[request]
        best = float(np.sort(sums)[-_BEST:].sum())
        return {self.films[n]: float(sums[n]) / best for n in np.flatnonzero(sums)}


def _centred(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    apart = vectors - mean
    lengths = np.maximum(np.linalg.norm(apart, axis=-1, keepdims=True), 1e-6)
    return np.asarray(apart / lengths, np.float32)
