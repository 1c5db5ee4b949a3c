"""How sure a pick is: the chance that it is an answer to the request, computed from its receipt alone.

A film's figure is its fused score as part of the best possible one, that of a film first by every signal. A logistic
curve for each kind of request makes a chance of it; `benchmarks.calibration` fits the curves on the first halves of
the evaluation files and checks them on the second.
"""

import math
from collections.abc import Mapping
from typing import Literal

from matinee.models import Candidate, Understanding
from matinee.ranking.fusion import RRF_K, Weighing

Kind = Literal["identify", "like", "open"]
"""A film half remembered, something like films named, or whatever else."""

CURVES: Mapping[Kind, tuple[float, float]] = {"identify": (-12.59, 11.82), "like": (-3.44, 0.15), "open": (-5.85, 2.64)}
"""Offset and slope of each kind's curve."""


def kind_of(understood: Understanding) -> Kind:
    """Return which kind of request it is."""
    if understood.intent == "identify":
        return "identify"
    return "like" if any(mention.role == "like" for mention in understood.mentions) else "open"


def sureness(candidate: Candidate, weights: Weighing) -> float:
    """Return the film's score as part of the best possible one, 0..1."""
    possible = sum(weights.get(name, 0.0) for name in candidate.receipt) / (RRF_K + 1)
    return min(1.0, candidate.score / possible) if possible else 0.0


def confidence(candidate: Candidate, weights: Weighing, understood: Understanding) -> float:
    """Return the chance that the film is an answer, 0..1."""
    offset, slope = CURVES[kind_of(understood)]
    return 1 / (1 + math.exp(-(offset + slope * sureness(candidate, weights))))
