"""Viewers of overlapping taste: each a sparse vector of film and centred rating in a Qdrant collection."""

import math
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from qdrant_client import QdrantClient, models

from matinee.errors import InvalidRequest
from matinee.index.edge import EdgeClient

VECTOR = "ratings"
"""The name of the sparse vector; its indices are MovieLens' film ids."""

MIDDLE = 3.0
"""What a viewer's mean is drawn to, in stars, while they have rated little."""

_PRIOR = 5
_BATCH = 256
_NAMESPACE = uuid.UUID("5f0d5c0e-6f0b-5d0e-9a55-3b1d3a7a4c11")
_FILM_MAX = 2**32 - 1


class ViewerIndex:
    """Viewers by their ratings (stars by MovieLens' film id), in the embedded engine or on a Qdrant server."""

    def __init__(
        self, client: QdrantClient | EdgeClient, collection: str = "viewers", *, neutral: float | None = None
    ) -> None:
        """Use the collection, which is made when first written.

        A rating counts by its distance from the viewer's own mean, drawn to `MIDDLE` as if by five more ratings, or
        from `neutral` stars if that is given (0 where every rating is a sign of liking). Vectors have unit length, so
        that a score is the cosine of two viewers, -1..1.
        """
        self._client = client
        self._collection = collection
        self._neutral = neutral

    def add(self, user: str, ratings: Mapping[str, float]) -> None:
        """Store a viewer's ratings in the place of their former ones.

        Raises:
            InvalidRequest: a film's id is no number of MovieLens.
        """
        self.add_many([(user, ratings)])

    def add_many(self, viewers: Iterable[tuple[str, Mapping[str, float]]]) -> int:
        """Store many viewers in batches, in constant memory; return how many have a taste that can be told.

        Raises:
            InvalidRequest: a film's id is no number of MovieLens.
        """
        self._make()
        added = 0
        remaining = iter(viewers)
        while batch := list(islice(remaining, _BATCH)):
            points = {self._id(user): self._point(user, ratings) for user, ratings in batch}
            self._delete([point_id for point_id, point in points.items() if point is None])
            if kept := [point for point in points.values() if point]:
                self._client.upsert(self._collection, kept)
                added += len(kept)
        if isinstance(self._client, EdgeClient):
            self._client.optimize(self._collection)
        return added

    def forget(self, user: str) -> None:
        """Delete a viewer's ratings."""
        if self._client.collection_exists(self._collection):
            self._delete([self._id(user)])

    def count(self) -> int:
        """Return the number of viewers."""
        if not self._client.collection_exists(self._collection):
            return 0
        return self._client.count(self._collection).count

    def similar(self, ratings: Mapping[str, float], k: int = 50, *, but: str | None = None) -> list[tuple[str, float]]:
        """Return the k viewers nearest in taste and their cosine, above 0, best first, without the one named `but`."""
        return [(str((point.payload or {})["user"]), point.score) for point in self._nearest(ratings, k, but, False)]

    def recommend(self, ratings: Mapping[str, float], k: int = 50, *, but: str | None = None) -> dict[str, float]:
        """Return what the k nearest viewers liked or disliked of the films not rated here, best first.

        A film's score is the sum, over those viewers, of cosine times the film's part in the viewer's vector.
        """
        scores: defaultdict[int, float] = defaultdict(float)
        for point in self._nearest(ratings, k, but, [VECTOR]):
            vector = point.vector[VECTOR] if isinstance(point.vector, dict) else None
            if isinstance(vector, models.SparseVector):
                for film, value in zip(vector.indices, vector.values, strict=True):
                    scores[film] += point.score * value
        unseen = {str(film): score for film, score in scores.items() if str(film) not in ratings}
        return dict(sorted(unseen.items(), key=lambda scored: (-scored[1], int(scored[0]))))

    def _delete(self, ids: list[models.ExtendedPointId]) -> None:
        if ids:
            these = models.Filter(must=[models.HasIdCondition(has_id=ids)])
            self._client.delete(self._collection, models.FilterSelector(filter=these))

    def _make(self) -> None:
        if not self._client.collection_exists(self._collection):
            self._client.create_collection(
                self._collection, vectors_config={}, sparse_vectors_config={VECTOR: models.SparseVectorParams()}
            )

    def _nearest(
        self, ratings: Mapping[str, float], k: int, but: str | None, vectors: bool | list[str]
    ) -> Iterator[models.ScoredPoint]:
        query = self._vector(ratings)
        if query is None or k < 1 or not self._client.collection_exists(self._collection):
            return
        without = models.HasIdCondition(has_id=[self._id(but)]) if but is not None else None
        found = self._client.query_points(
            self._collection,
            query=query,
            using=VECTOR,
            query_filter=models.Filter(must_not=[without]) if without else None,
            limit=k,
            with_payload=["user"],
            with_vectors=vectors,
        )
        yield from (point for point in found.points if point.score > 0)

    def _point(self, user: str, ratings: Mapping[str, float]) -> models.PointStruct | None:
        vector = self._vector(ratings)
        if vector is None:
            return None
        payload: dict[str, Any] = {"user": user, "rated": len(ratings)}
        return models.PointStruct(id=self._id(user), vector={VECTOR: vector}, payload=payload)

    def _vector(self, ratings: Mapping[str, float]) -> models.SparseVector | None:
        centre = self._neutral
        if centre is None:
            centre = (sum(ratings.values()) + _PRIOR * MIDDLE) / (len(ratings) + _PRIOR)
        centred = {_film(item): stars - centre for item, stars in ratings.items()}
        length = math.sqrt(sum(value * value for value in centred.values()))
        if length < 1e-6:
            return None
        films = sorted(film for film, value in centred.items() if value)
        return models.SparseVector(indices=films, values=[centred[film] / length for film in films])

    @staticmethod
    def _id(user: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, user))


def _film(item: str) -> int:
    if not (item.isascii() and item.isdecimal() and int(item) <= _FILM_MAX):
        raise InvalidRequest(f"{item!r} is not a film's number in MovieLens, as 2571; ratings are stored under those.")
    return int(item)
