"""Weighted reciprocal rank fusion, with a receipt of what each signal gave.

score(film) = sum over signals of weight / (60 + rank). Source: Cormack, Clarke and Buettcher, "Reciprocal
Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
"""

from collections.abc import Mapping, Sequence

from matinee.models import Candidate, Signal

RRF_K = 60

Scores = Mapping[str, float]
"""A signal: film id to the signal's own figure, higher is better; a film it knows nothing of is left out."""


def ranks(scores: Scores) -> dict[str, int]:
    """Return each film's rank by the signal, from 1; equal figures share the better rank."""
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    found: dict[str, int] = {}
    for position, (movie_id, value) in enumerate(ordered, start=1):
        tied = position > 1 and value == ordered[position - 2][1]
        found[movie_id] = found[ordered[position - 2][0]] if tied else position
    return found


def fuse(
    candidates: Sequence[Candidate], signals: Mapping[str, Scores], weights: Mapping[str, float]
) -> list[Candidate]:
    """Return the candidates by fused score, best first, ties in the order given.

    Each receipt holds every signal's rank and figure, and its share of the film's score (the shares sum to 1).
    """
    ranked = {name: ranks(scores) for name, scores in signals.items()}
    fused = []
    for candidate in candidates:
        movie_id = candidate.movie.movie_id
        parts = {
            name: weights.get(name, 0.0) / (RRF_K + ranked[name][movie_id]) if movie_id in ranked[name] else 0.0
            for name in signals
        }
        total = sum(parts.values())
        receipt = {
            name: Signal(
                rank=ranked[name].get(movie_id),
                value=signals[name].get(movie_id),
                share=part / total if total else 0.0,
            )
            for name, part in parts.items()
        }
        fused.append(candidate.model_copy(update={"score": total, "receipt": {**candidate.receipt, **receipt}}))
    return sorted(fused, key=lambda c: -c.score)


def confidence(candidate: Candidate, signals: Mapping[str, Scores], weights: Mapping[str, float]) -> float:
    """Return how much of the field the signals put behind the film, 0..1.

    Each signal says which part of the films that it knows rank below this one; the result is the mean over
    the signals by weight. A signal that does not know the film says nothing.
    """
    said: list[tuple[float, float]] = []
    for name, scores in signals.items():
        value = scores.get(candidate.movie.movie_id)
        if value is None or not weights.get(name):
            continue
        below = sum(other < value for other in scores.values())
        said.append((weights[name], (below + 1) / len(scores)))
    total = sum(weight for weight, _ in said)
    return sum(weight * part for weight, part in said) / total if total else 0.0
