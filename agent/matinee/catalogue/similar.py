"""The neighbours of films by the vectors of one encoder or of several, and how far these agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.films import VectorIndex
from matinee.index.table import Metric
from matinee.models import Candidate, Movie
from matinee.ranking.rank_overlap import rank_biased_overlap
from matinee.ranking.vector_blend import blend, unit


@dataclass(frozen=True)
class Seed:
    """A film to find neighbours of, and how much it weighs; below 0 it pushes away."""

    movie: Movie
    weight: float = 1.0


@dataclass(frozen=True)
class Neighbours:
    """The nearest films by one encoder, nearest first; scores are cosines, or distances for L2."""

    encoder: EmbeddingModel
    films: list[Candidate]

    @property
    def ids(self) -> list[str]:
        """Return the films' ids, nearest first."""
        return [candidate.movie.movie_id for candidate in self.films]


@dataclass(frozen=True)
class Overlap:
    """How far two encoders agree: the ids that both found, and the rank-biased overlap, 0..1."""

    encoders: tuple[str, str]
    common: list[str]
    of: int
    rank_biased: float


async def neighbours(
    index: VectorIndex, embedding: EmbeddingModel, seeds: Sequence[Seed], k: int, metric: Metric = "cosine"
) -> Neighbours:
    """Return the `k` films nearest to the seeds by an encoder's vectors, without the seeds.

    By cosine only directions count, so the seeds' vectors are brought to unit length before they are blended; by L2
    they are blended as the encoder gave them.

    Raises:
        InvalidRequest: no seed weighs more than 0.
    """
    ids = [seed.movie.movie_id for seed in seeds]
    stored = await index.vectors(ids)
    known = [(stored[seed.movie.movie_id], seed.weight) for seed in seeds if seed.movie.movie_id in stored]
    vectors = [unit(vector) if metric == "cosine" else vector for vector, _ in known]
    films = await index.nearest(blend(vectors, [w for _, w in known]), k, exclude=ids, metric=metric) if known else []
    return Neighbours(embedding, films)


def overlaps(found: Sequence[Neighbours]) -> list[Overlap]:
    """Return how far each two of the encoders agree."""
    return [
        Overlap(
            (one.encoder.name, other.encoder.name),
            [movie_id for movie_id in one.ids if movie_id in other.ids],
            max(len(one.ids), len(other.ids)),
            rank_biased_overlap(one.ids, other.ids),
        )
        for one, other in combinations(found, 2)
    ]
