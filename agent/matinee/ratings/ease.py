"""Which films go together, from many viewers' ratings: closed-form item-item weights in a file that is memory-mapped.

Making a model takes scipy, which is imported then; opening one takes numpy alone.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (2019), gives the weights `B = -P / diag(P)` with
`P = inverse(X'X + regularisation)`. `Tuning` says what may differ from that; `STECK` differs in nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matinee.errors import CatalogueError
from matinee.private_files import make_private_folder, replace_text
from matinee.ratings.table import RatingTable

if TYPE_CHECKING:
    from scipy import sparse

_HIGHEST = 5.0
_VIEWERS_AT_ONCE = 8192
_MODEL, _WEIGHTS = "model.json", "weights.npy"

Weights = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Tuning:
    """How weights are made from ratings.

    The defaults won on validation splits of MovieLens latest-small; `benchmarks.collaborative` shows what they gain.
    """

    regularisation: float = 200.0
    rating_power: float = 2.0
    """A rating counts `(stars / 5) ** rating_power`; 0: that a film was rated is all that counts."""
    viewer_power: float = 0.35
    """A viewer of n ratings counts `n ** -viewer_power`, so that those who rate everything say less of each film."""
    film_power: float = 0.1
    """A film of n ratings is scaled by `n ** -film_power`, so that the regularisation weighs on rare films less."""
    diagonal_power: float = 0.0
    """The weights toward a film are divided by `diag(P) ** diagonal_power`.

    1 is the regression of films on films (EASE). 0 is the regression of viewers on viewers: for films that the viewer
    has not seen, both follow from the same P.
    """
    smooth_share: float = 0.4
    """What is added of the projection on the main directions of taste, by its norm over that of the weights."""
    smooth_directions: int = 32


STECK = Tuning(rating_power=0.0, viewer_power=0.0, film_power=0.0, diagonal_power=1.0, smooth_share=0.0)
"""EASE as published."""


class EaseModel:
    """Item-item weights. What is saved as float16 and loaded takes no memory but the rows of the films asked about."""

    def __init__(self, items: list[str], weights: Weights, tuning: Tuning) -> None:
        """Take weights, `(n, n)`: row i is what film i says for every film, with a zero for itself."""
        self.items = items
        self.weights = weights
        self.tuning = tuning
        self._places = {item: place for place, item in enumerate(items)}

    @classmethod
    def fit(
        cls,
        ratings: RatingTable,
        tuning: Tuning = Tuning(),
        *,
        minimum_ratings: int = 5,
        maximum_items: int = 5000,
    ) -> "EaseModel":
        """Return the model of the films with enough ratings, of too many the most rated.

        Takes some 24 bytes times the square of the number of films and 30 a rating (1.5 GB in all for 5,000 films of 25
        million ratings), and a time that grows with the cube of the number of films: on one core about 1 s at 2,000
        films, a minute at 5,000.

        Raises:
            CatalogueError: fewer than two films have enough ratings.
        """
        counts = np.bincount(ratings.items, minlength=len(ratings.item_ids))
        most = np.argsort(-counts, kind="stable")[:maximum_items]
        chosen = np.sort(most[counts[most] >= minimum_ratings])
        if len(chosen) < 2:
            raise CatalogueError(
                f"{len(chosen)} of {int((counts > 0).sum())} films have {minimum_ratings} ratings or more; at least "
                "two are needed to tell what goes together. Read in more ratings."
            )
        items = [str(item) for item in ratings.item_ids[chosen]]
        return cls(items, _weights(_interactions(ratings, chosen, tuning.rating_power), tuning), tuning)

    @classmethod
    def load(cls, folder: Path) -> "EaseModel":
        """Return the model of a folder; its weights stay in the file and are read as they are needed.

        Raises:
            CatalogueError: there is none, or its files do not belong together.
        """
        try:
            about = json.loads((folder / _MODEL).read_text(encoding="utf-8"))
            weights = np.load(folder / about["weights"], mmap_mode="r", allow_pickle=False)
            model = cls(about["items"], weights, Tuning(**about["tuning"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise CatalogueError(
                f"The ratings' model in {folder} cannot be opened ({error}); run `matinee ratings ingest` again."
            ) from error
        if weights.shape != (len(model.items), len(model.items)):
            raise CatalogueError(
                f"The ratings' model in {folder} has {len(model.items)} films and weights of shape {weights.shape}; "
                "run `matinee ratings ingest` again."
            )
        return model

    def save(self, folder: Path) -> None:
        """Write the model; who has the former one open keeps it, and who opens it meanwhile gets either whole."""
        make_private_folder(folder.parent)
        make_private_folder(folder)
        former = set(folder.glob(f"*-{_WEIGHTS}"))
        number = 1 + max((int(path.name.split("-")[0]) for path in former), default=0)
        weights = f"{number}-{_WEIGHTS}"
        np.save(folder / weights, np.asarray(self.weights, np.float16))
        about = {"items": self.items, "weights": weights, "tuning": asdict(self.tuning)}
        replace_text(folder / _MODEL, json.dumps(about))
        for path in former:
            path.unlink(missing_ok=True)

    def scores(self, liked: Mapping[str, float]) -> dict[str, float]:
        """Return what a viewer's ratings (stars by film) say for every film that they have not rated.

        Scores have no unit: higher is better. Films that the model does not know are passed over; if it knows none of
        them, there is nothing to say, and the result is empty.
        """
        scores = self.values(liked)
        if scores is None:
            return {}
        return {item: score for item, score in zip(self.items, scores.tolist(), strict=True) if item not in liked}

    def recommend(self, liked: Mapping[str, float], k: int, seen: Collection[str] = ()) -> list[tuple[str, float]]:
        """Return the k best films by `scores`, best first, without those seen."""
        scores = self.values(liked)
        if scores is None or k < 1:
            return []
        for item in (*liked, *seen):
            if item in self._places:
                scores[self._places[item]] = -np.inf
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self.items[place], float(scores[place])) for place in best if np.isfinite(scores[place])]

    def neighbours(self, items: Iterable[str], k: int = 20) -> list[tuple[str, float]]:
        """Return the k films that go best with these, best first."""
        return self.recommend(dict.fromkeys(items, _HIGHEST), k)

    def score_viewers(self, ratings: RatingTable) -> NDArray[np.float32]:
        """Return every viewer's scores of every film of the model, `(len(ratings.user_ids), len(items))`."""
        places = {str(item): place for place, item in enumerate(ratings.item_ids)}
        known = [(here, places[item]) for here, item in enumerate(self.items) if item in places]
        interactions = _interactions(ratings, np.array([there for _, there in known]), self.tuning.rating_power)
        rows = np.asarray(self.weights[[here for here, _ in known]], np.float32)
        scores: NDArray[np.float32] = interactions @ rows
        return scores

    def values(self, liked: Mapping[str, float]) -> NDArray[np.float32] | None:
        """Return the scores as an array in the order of `items`, of the films given too; None if none is known."""
        known = sorted((self._places[item], stars) for item, stars in liked.items() if item in self._places)
        if not known:
            return None
        rows = np.asarray(self.weights[[place for place, _ in known]], np.float32)
        stars = np.array([stars for _, stars in known], np.float32)
        scores: NDArray[np.float32] = _strength(stars, self.tuning.rating_power) @ rows
        return scores


def _strength(stars: NDArray[np.float32], power: float) -> NDArray[np.float32]:
    strength: NDArray[np.float32] = (np.clip(stars, 0, _HIGHEST) / np.float32(_HIGHEST)) ** np.float32(power)
    return strength


def _interactions(ratings: RatingTable, chosen: NDArray[np.intp], power: float) -> "sparse.csr_array":
    from scipy import sparse

    places = np.full(len(ratings.item_ids), -1, np.int32)
    places[chosen] = np.arange(len(chosen), dtype=np.int32)
    columns = places[ratings.items]
    kept = columns >= 0
    strength = _strength(ratings.stars[kept], power)
    shape = (len(ratings.user_ids), len(chosen))
    return sparse.csr_array((strength, (ratings.users[kept], columns[kept])), shape=shape)


def _weights(ratings: "sparse.csr_array", tuning: Tuning) -> NDArray[np.float32]:
    """Return the weights; scales are set so that the mean diagonal of the Gram matrix stays what it is without them."""
    by_film = np.maximum(ratings.sum(axis=0), 1e-9)
    scale = np.maximum(by_film, 1) ** -tuning.film_power
    by_viewer = np.maximum(ratings.sum(axis=1), 1) ** -tuning.viewer_power
    gram = _gram(ratings, by_viewer, scale)
    gram *= np.square(ratings.data, dtype=np.float64).sum() / np.trace(gram)
    smooth = _smooth(gram, tuning.smooth_directions) if tuning.smooth_share else None
    inverse = _inverse(gram, tuning.regularisation)
    diagonal = np.diag(inverse).copy()
    # The scale of the whole matters to no ranking; this one keeps the weights well inside the range of float16.
    inverse *= -(tuning.regularisation ** (1 - tuning.diagonal_power))
    inverse *= scale[:, None]
    inverse /= diagonal**tuning.diagonal_power * scale
    np.fill_diagonal(inverse, 0)
    if smooth is not None:
        inverse += smooth * (tuning.smooth_share * np.linalg.norm(inverse) / np.linalg.norm(smooth))
        np.fill_diagonal(inverse, 0)
    return inverse.astype(np.float32)


def _gram(
    ratings: "sparse.csr_array", by_viewer: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy import sparse

    gram = np.zeros((len(scale), len(scale)))
    for start in range(0, ratings.shape[0], _VIEWERS_AT_ONCE):
        some = ratings[start : start + _VIEWERS_AT_ONCE].multiply(by_viewer[start : start + _VIEWERS_AT_ONCE, None])
        some = sparse.csr_array(some)
        gram += (some.T @ some).toarray()
    gram *= scale[:, None]
    gram *= scale
    return gram


def _smooth(gram: NDArray[np.float64], directions: int) -> NDArray[np.float64]:
    """Return the projection on the main directions of the normalised Gram matrix."""
    from scipy.sparse.linalg import eigsh

    length = np.sqrt(np.maximum(np.diag(gram), 1e-9))
    rank = min(directions, len(gram) - 1)
    # A fixed start and seed, so that the same ratings give the same model.
    values, main = eigsh(gram / length[:, None] / length, k=rank, v0=np.ones(len(gram)), rng=0)
    main = main[:, values > 1e-9]  # with few viewers there are fewer directions, and the rest is arbitrary
    projection: NDArray[np.float64] = (main / length[:, None]) @ (main * length[:, None]).T
    return projection


def _inverse(gram: NDArray[np.float64], regularisation: float) -> NDArray[np.float64]:
    """Invert in place; the matrix is symmetric and, with the regularisation, positive definite."""
    from scipy import linalg

    gram[np.diag_indices_from(gram)] += regularisation
    factor, failed = linalg.lapack.dpotrf(gram.T, lower=1, overwrite_a=1)
    inverse, failed = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1) if not failed else (factor, failed)
    if failed:
        raise CatalogueError("The ratings' regularisation is too small for so few of them; take one above 0.")
    inverse = np.tril(inverse)
    inverse += np.tril(inverse, -1).T
    return np.ascontiguousarray(inverse)
