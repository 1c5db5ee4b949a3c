"""What a home can do with the vectors of several encoders; `protocol` says the rest."""

from collections.abc import Callable, Collection, Sequence
from typing import Literal, NamedTuple, Protocol

from matinee.encoders.embeddings import EmbeddingModel
from matinee.models import Candidate, Constraint

Metric = Literal["cosine", "l2"]
Progress = Callable[[int, int], None]
"""Called with how many films have been embedded and how many there are to embed."""


def silent(done: int, total: int) -> None:
    """Show no progress."""


class EncoderInfo(NamedTuple):
    """An encoder whose vectors are stored beside the main one's, and of how many films."""

    name: str
    dimension: int
    films: int


class VectorIndex(Protocol):
    """Films by the vectors of one encoder. All errors are `IndexUnavailable`."""

    async def vectors(self, movie_ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these films, by id; unknown ids are left out."""
        ...

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        metric: Metric = "cosine",
    ) -> list[Candidate]:
        """Return at most `k` films nearest to a vector, nearest first; scores are cosines, for `l2` distances."""
        ...


class ByEncoder(Protocol):
    """Films whose vectors several encoders have made."""

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> VectorIndex:
        """Return the films by an encoder's vectors, for this metric; films that have none yet are embedded first.

        Raises:
            IndexMismatch: the place for its vectors holds those of another encoder.
        """
        ...
