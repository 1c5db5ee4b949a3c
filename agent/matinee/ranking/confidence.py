"""How sure a pick is, computed from its receipt alone."""

from matinee.models import Candidate
from matinee.ranking.fusion import RRF_K, Weighing


def confidence(candidate: Candidate, weights: Weighing) -> float:
    """Return the film's score as part of the best possible one, 0..1: that of a film first by every signal."""
    possible = sum(weights.get(name, 0.0) for name in candidate.receipt) / (RRF_K + 1)
    return min(1.0, candidate.score / possible) if possible else 0.0
