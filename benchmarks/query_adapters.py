"""Learns how a request's vector becomes each film's fit: adapters of low rank, and a prior that the request tilts.

A softmax over a batch's fitting films and others drawn by how well known they are, less the logarithm of how likely
each was drawn (Bengio and Senecal, "Adaptive importance sampling", IEEE Trans. Neural Networks 2008); Adam steps.
"""

from collections.abc import Sequence
from math import log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matinee.models import Movie
from matinee.ranking.bayesian_rating import quality
from matinee.ranking.learned import Fit, known_of
from matinee.ranking.query_adapter import QueryAdapter

RANK, EPOCHS, BATCH, DRAWN = 16, 20, 256, 2048
RATE, DECAY, SCALE = 0.01, 3e-5, 25.0
SIDES = ("texts", "terms", "phrases")

Floats = NDArray[np.float32]


class Example(NamedTuple):
    """A request's vector, the places of the films that fit, and its fold."""

    vector: Floats
    fits: NDArray[np.int64]
    fold: int


class Shelf(NamedTuple):
    """A catalogue's films, their vectors by text, by terms and by phrases `(n, d)`, and the requests for them."""

    films: list[Movie]
    texts: Floats
    terms: Floats
    phrases: Floats
    asked: list[Example]


class _Side(NamedTuple):
    """A catalogue, what `Fit.known_of` says of its films, and how likely each is drawn."""

    shelf: Shelf
    known: Floats
    chances: Floats


def learn_fit(shelves: Sequence[Shelf], left_out: int | None) -> Fit:
    """Return what is learned from the requests of every fold but the one left out."""
    rng = np.random.default_rng(0)
    d = shelves[0].texts.shape[1]
    films = [film for shelf in shelves for film in shelf.films]
    votes, liked = [log1p(film.votes) for film in films], [quality(film) or 0.0 for film in films]
    norms = np.array([np.mean(votes), np.std(votes) or 1, np.mean(liked), np.std(liked) or 1], np.float32)
    sides = [_side(shelf, norms) for shelf in shelves]
    values = {
        **{f"{side}_in": rng.normal(0, 0.05, (d, RANK)) for side in SIDES},
        **{f"{side}_out": np.zeros((d, RANK)) for side in SIDES},
        "scales": np.array([SCALE, SCALE / 2, SCALE / 2]), "prior": np.zeros(4), "tilt": np.zeros((d, 4)),
    }  # fmt: skip
    values = {name: value.astype(np.float32) for name, value in values.items()}
    batches = [
        (n, batch)
        for n, shelf in enumerate(shelves)
        if len(learned := [i for i, one in enumerate(shelf.asked) if one.fold != left_out])
        for _ in range(EPOCHS)
        for batch in np.array_split(rng.permutation(learned), max(1, len(learned) // BATCH))
    ]
    adam = _Adam(values, len(batches))
    for at in rng.permutation(len(batches)):
        n, batch = batches[at]
        adam.step(_gradient(values, sides[n], [shelves[n].asked[i] for i in batch], rng))
    texts, terms, phrases = (QueryAdapter(values[f"{side}_in"], values[f"{side}_out"]) for side in SIDES)
    return Fit(
        texts, terms, phrases,
        values["scales"], values["prior"], values["tilt"], norms,
    )  # fmt: skip


def _side(shelf: Shelf, norms: Floats) -> _Side:
    known = known_of(shelf.films, norms)
    drawn = np.exp(known[:, 0] / 2)
    return _Side(shelf, known, drawn / drawn.sum())


def _gradient(
    values: dict[str, Floats], drawn_from: _Side, batch: Sequence[Example], rng: np.random.Generator
) -> dict[str, Floats]:
    shelf, known, chances = drawn_from
    asked = np.array([one.vector for one in batch])
    fitting = np.unique(np.concatenate([one.fits for one in batch]))
    drawn = np.setdiff1d(rng.choice(len(chances), DRAWN, p=chances), fitting)
    films = np.concatenate([fitting, drawn])
    likely = np.concatenate([np.zeros(len(fitting)), np.log(1 - (1 - chances[drawn]) ** DRAWN)]).astype(np.float32)
    place = {film: n for n, film in enumerate(fitting.tolist())}
    wanted = np.zeros((len(batch), len(films)), np.float32)
    for n, one in enumerate(batch):
        wanted[n, [place[film] for film in one.fits.tolist()]] = 1 / len(one.fits)
    logits = known[films] @ (values["prior"][:, None] + values["tilt"].T @ asked.T)
    logits = logits.T - likely
    sides = [(side, getattr(shelf, side)[films], scale) for scale, side in enumerate(SIDES)]
    inner = {side: asked @ values[f"{side}_in"] for side, _, _ in sides}
    moved = {side: asked + inner[side] @ values[f"{side}_out"].T for side, _, _ in sides}
    for side, vectors, scale in sides:
        logits += values["scales"][scale] * (moved[side] @ vectors.T)
    chance = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = (chance / chance.sum(axis=1, keepdims=True) - wanted) / len(batch)
    tilted = error @ known[films]
    found = {"prior": tilted.sum(axis=0), "tilt": asked.T @ tilted, "scales": np.zeros(len(SIDES), np.float32)}
    for side, vectors, scale in sides:
        pulled = error @ vectors
        found["scales"][scale] = np.sum(pulled * moved[side])
        pulled = pulled * values["scales"][scale]
        found[f"{side}_out"] = pulled.T @ inner[side]
        found[f"{side}_in"] = asked.T @ (pulled @ values[f"{side}_out"])
    return found


class _Adam:
    """Kingma and Ba, "Adam", ICLR 2015, with a rate that falls to a fiftieth, and weight decay on what is a matrix."""

    def __init__(self, values: dict[str, Floats], steps: int) -> None:
        self._values, self._steps, self._done = values, steps, 0
        self._mean = {name: np.zeros_like(value) for name, value in values.items()}
        self._square = {name: np.zeros_like(value) for name, value in values.items()}

    def step(self, gradient: dict[str, Floats]) -> None:
        rate = RATE * (1 - self._done / self._steps) + RATE / 50
        self._done += 1
        for name, value in self._values.items():
            slope = gradient[name] + (DECAY * value if value.ndim > 1 else 0)
            self._mean[name] += 0.1 * (slope - self._mean[name])
            self._square[name] += 0.001 * (slope * slope - self._square[name])
            mean = self._mean[name] / (1 - 0.9**self._done)
            square = self._square[name] / (1 - 0.999**self._done)
            step = rate * (SCALE if name == "scales" else 1)  # which are so much larger
            value -= (step * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)
