"""The order learned from requests with films that fit them: what an informed friend would name.

Three adapters move the request's vector, to the films' texts, to their terms and to what viewers would say who want
them; with a prior of how well known and well liked a film is, which the request itself tilts, they give its `fit`.
Boosted trees then order the candidates by that, by what fitted alike requests, and by every other signal.
`benchmarks.train_ranker` learns all of it and writes the files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from math import log1p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matinee.models import Movie
from matinee.ranking.bayesian_rating import quality
from matinee.ranking.boosted_trees import BoostedTrees
from matinee.ranking.fusion import Scores, ranks
from matinee.ranking.query_adapter import QueryAdapter
from matinee.ranking.request_memory import RequestMemory
from matinee.ranking.vocabulary import Vector, Vocabulary
from matinee.understanding import Intent, Understanding

FOLDER = files("matinee.ranking").joinpath("data")


_BY_MEANING = ("fit", "dense", "adapted", "terms", "phrases", "remembered")
_COMPARED = (*_BY_MEANING, "alike", "neighbours", "popularity", "quality")
BY_VALUE = (*_COMPARED, "recency", "hints")
"""Signals whose figures mean the same whatever the request, store and catalogue; of the others only ranks do."""
BY_RANK = (*_COMPARED, "bm25", "collaborative")
OF_FILM = ("runtime", "age", "described")
OF_REQUEST = ("specificity", "words", "films named", "demands", "people", "critiques")
COLUMNS = (*BY_VALUE, *(f"{name} rank" for name in BY_RANK), *OF_FILM, *OF_REQUEST)
"""What the trees decide by; the files hold places in it."""
SUGGESTED = "model"
"""The signal of films that a chat model named: what that adds to the trees' score, see `ranking.suggestions`."""


def known_of(films: Sequence[Movie], norms: Vector) -> Vector:
    """Return how well known and how well liked films are, the square of the one, and both together `(n, 4)`.

    `norms` holds the mean and the spread of the logarithm of votes, and of quality.
    """
    votes = np.array([log1p(film.votes) for film in films], dtype=np.float32)
    liked = np.array([quality(film) or 0.0 for film in films], dtype=np.float32)
    v, q = (votes - norms[0]) / norms[1], (liked - norms[2]) / norms[3]
    return np.stack([v, q, v * v, v * q], axis=1)


class Fit(NamedTuple):
    """How the request's vector becomes each film's `fit`."""

    to_texts: QueryAdapter
    to_terms: QueryAdapter
    to_phrases: QueryAdapter
    scales: Vector
    """How much nearness to text, to terms and to phrases count `(3,)`."""
    prior: Vector
    """What the features of `known_of` count whatever is asked `(4,)`."""
    prior_tilt: Vector
    """How a request's vector changes that `(d, 4)`."""
    norms: Vector
    """As `known_of` takes them `(4,)`."""

    def score(self, vector: Vector, films: Sequence[Movie], nearness: Vector) -> Vector:
        """Return each film's fit to the request `vector`, of its nearness by text, terms and phrases `(n, 3)`."""
        prior = known_of(films, self.norms) @ (self.prior + vector @ self.prior_tilt)
        fit: Vector = nearness @ self.scales + prior
        return fit


class Placed(NamedTuple):
    """A film's place in the list that was given, its chance to fit, and each signal's part in what speaks for it."""

    place: int
    chance: float
    shares: dict[str, float]


@dataclass(frozen=True)
class Learned:
    """What was learned for one kind of request; without trees the `fit` orders."""

    fit: Fit
    memory: RequestMemory
    trees: BoostedTrees | None

    def ordered(
        self, films: Sequence[Movie], signals: Mapping[str, Scores], understood: Understanding, k: int | None = None
    ) -> list[Placed]:
        """Return where the `k` best films stand in the list, best first."""
        if not films:
            return []
        rows, suggested = columns(films, signals, understood), signals.get(SUGGESTED, {})
        named = np.array([suggested.get(film.movie_id, 0.0) for film in films], dtype=np.float32)
        scores = named + (rows[:, COLUMNS.index("fit")] if self.trees is None else self.trees.score(rows))
        order = np.argsort(-scores, kind="stable")[:k]
        chances = (1 / (1 + np.exp(-scores[order]))).tolist()
        if self.trees is None:
            return [Placed(place, chance, {}) for place, chance in zip(order.tolist(), chances, strict=True)]
        shares = _shares(np.column_stack([self.trees.contributions(rows[order]), named[order]]))
        return [Placed(*placed) for placed in zip(order.tolist(), chances, shares, strict=True)]


def columns(films: Sequence[Movie], signals: Mapping[str, Scores], understood: Understanding) -> NDArray[np.float32]:
    """Return what the trees decide by, one row a film, in the order of `COLUMNS`; NaN is unknown."""
    asked = [
        understood.specificity,
        len(understood.text.split()),
        sum(mention.role == "like" for mention in understood.mentions),
        len(understood.constraints),
        sum(demand.field.value in ("directors", "stars", "people") for demand in understood.constraints),
        len(understood.critiques),
    ]
    values = [signals.get(name, {}) for name in BY_VALUE]
    places = [ranks(signals.get(name, {})) for name in BY_RANK]
    rows = [
        [
            *(said.get(film.movie_id) for said in (*values, *places)),
            *(film.runtime, film.traits.age, bool(film.traits.moods), *asked),
        ]
        for film in films
    ]
    return np.array(rows, dtype=np.float32)


def _shares(contributions: NDArray[np.float32]) -> list[dict[str, float]]:
    """Return each row's contributions by signal as parts of what speaks for the film, 0..1."""
    found = []
    for row in contributions.tolist():
        summed: dict[str, float] = {}
        for column, part in zip((*COLUMNS, SUGGESTED), row, strict=True):
            signal = column.removesuffix(" rank")
            summed[signal] = summed.get(signal, 0.0) + part
        total = sum(part for part in summed.values() if part > 0)
        found.append({signal: max(0.0, part) / total if total else 0.0 for signal, part in summed.items()})
    return found


@cache
def vocabulary() -> Vocabulary:
    """Return the terms that come along."""
    arrays = _arrays("terms")
    vectors = arrays["vectors"].astype(np.float32) * arrays["scales"].astype(np.float32)[:, None]
    return Vocabulary(arrays["names"].tolist(), vectors, arrays["weights"].astype(np.float32))


@cache
def learned(intent: Intent) -> Learned:
    """Return what was learned for these requests and comes along."""
    return unpacked(_arrays(intent))


def _arrays(name: str) -> dict[str, NDArray[Any]]:
    with as_file(FOLDER / f"{name}.npz") as path, np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def packed_terms(terms: Vocabulary) -> dict[str, NDArray[Any]]:
    """Return the arrays of the file of terms; vectors are kept as one byte a number."""
    scales = np.abs(terms.vectors).max(axis=1) / 127
    vectors = np.round(terms.vectors / scales[:, None]).astype(np.int8)
    return {"names": np.array(terms.names), "vectors": vectors, "scales": scales, "weights": terms.weights}


def packed(learned: Learned) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file; vectors of requests are kept as one byte a number."""
    fit, memory = learned.fit, learned.memory
    adapters = {to: getattr(fit, to) for to in _ADAPTERS}
    arrays: dict[str, NDArray[Any]] = {
        **{f"{to}_{part}": of.astype(np.float16) for to, two in adapters.items() for part, of in two._asdict().items()},
        **{name: getattr(fit, name).astype(np.float32) for name in _FIGURES},
        "requests": np.round(memory.vectors * _SCALE).clip(-127, 127).astype(np.int8),
        "requests_mean": memory.mean,
        "films": np.array(memory.films, dtype=str),
        "fits": np.concatenate([*memory.fits, np.empty(0, np.int64)]).astype(np.int32),
        "fits_ends": np.cumsum([len(fits) for fits in memory.fits], dtype=np.int32),
    }
    if learned.trees is not None:
        arrays |= {f"trees_{name}": np.asarray(value) for name, value in learned.trees._asdict().items()}
    return arrays


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> Learned:
    """Return what the arrays of a file hold."""
    texts, terms, phrases = (
        QueryAdapter(*(arrays[f"{to}_{part}"].astype(np.float32) for part in QueryAdapter._fields)) for to in _ADAPTERS
    )
    fit = Fit(texts, terms, phrases, *(arrays[name].astype(np.float32) for name in _FIGURES))
    fits = np.split(arrays["fits"].astype(np.int64), arrays["fits_ends"].tolist())[:-1]
    vectors = (arrays["requests"] / _SCALE).astype(np.float32)
    memory = RequestMemory(vectors, arrays["requests_mean"], arrays["films"].tolist(), fits)
    if "trees_roots" not in arrays:
        return Learned(fit, memory, None)
    held: dict[str, Any] = {name: arrays[f"trees_{name}"] for name in BoostedTrees._fields}
    return Learned(fit, memory, BoostedTrees(**{**held, "depth": int(held["depth"])}))


_SCALE = 256
"""Of numbers in vectors of unit length, which are hardly ever above a half."""
_ADAPTERS = ("to_texts", "to_terms", "to_phrases")
_FIGURES = ("scales", "prior", "prior_tilt", "norms")
