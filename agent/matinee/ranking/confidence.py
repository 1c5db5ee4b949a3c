"""How sure a pick is: the chance that it is an answer to the request, computed from its receipt alone.

In the learned order it is the chance that an informed friend finds the film at least acceptable, or that it is the one
film half remembered: a logistic curve over the trees' score (Platt, "Probabilistic outputs for support vector
machines", 1999), fitted on the half of the graded requests that may be tuned on, and on the first half of TOMT.

Where hand-set weights order, a film's figure is its fused score as part of the best possible one, that of a film first
by every signal, and a logistic curve for each kind of request makes a chance of it, fitted on the first halves of the
evaluation files.
"""

import math
from collections.abc import Mapping
from typing import Literal

from matinee.models import Candidate
from matinee.ranking.fusion import By, Weighing, possible
from matinee.understanding import Understanding

Kind = Literal["identify", "like", "open"]
"""A film half remembered, something like films named, or whatever else."""

CURVES: Mapping[Kind, tuple[float, float]] = {"identify": (-8.06, 7.81), "like": (-3.44, 0.13), "open": (-4.35, 0.95)}
"""Offset and slope of each kind's curve."""

FIT_CURVES: Mapping[str, tuple[float, float]] = {"recommend": (-0.15, 0.81), "identify": (-4.73, 1.25)}
"""Offset and slope over the trees' score, by the request's intent."""


_NAMED = 0.3
"""Part of what a chat model's naming adds to the order that counts in the chance: of twelve films that a model names
about half fit, while the weight that orders best puts most of them before all others."""


def rated_fit(candidate: Candidate, understood: Understanding) -> float:
    """Return the chance that a film in the learned order fits, 0..1."""
    named = candidate.receipt["model"].value or 0.0 if "model" in candidate.receipt else 0.0
    return chance(tree_score(candidate) - (1 - _NAMED) * named, FIT_CURVES[understood.intent])


def tree_score(candidate: Candidate) -> float:
    """Return the score that a film has in the learned order, which retrieval passes on as a chance."""
    passed = min(max(candidate.receipt["retrieval"].value or 0.0, 1e-9), 1 - 1e-9)
    return math.log(passed / (1 - passed))


def kind_of(understood: Understanding) -> Kind:
    """Return which kind of request it is."""
    if understood.intent == "identify":
        return "identify"
    return "like" if any(mention.role == "like" for mention in understood.mentions) else "open"


def calibrated_probability(candidate: Candidate, weights: Weighing, by: By = "rank") -> float:
    """Return the film's score as part of the best possible one, 0..1."""
    best = possible(candidate.receipt, weights, by)
    return min(1.0, candidate.score / best) if best else 0.0


def chance(sure: float, curve: tuple[float, float]) -> float:
    """Return what the logistic curve of this offset and slope makes of a film's sureness, 0..1."""
    offset, slope = curve
    return 1 / (1 + math.exp(-(offset + slope * sure)))


def confidence(candidate: Candidate, weights: Weighing, understood: Understanding, by: By = "rank") -> float:
    """Return the chance that the film, its signals fused that way, is an answer, 0..1."""
    return chance(calibrated_probability(candidate, weights, by), CURVES[kind_of(understood)])
