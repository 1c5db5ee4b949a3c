"""Weighted reciprocal rank fusion, with a receipt of what each signal gave.

score(film) = sum over signals of weight / (40 + rank). Source: Cormack, Clarke and Buettcher, "Reciprocal
Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009, where the constant is 60; 40 was
as good or better on the first halves of the evaluation files, and lets a first place count more.
"""

from collections.abc import Mapping, Sequence

from matinee.models import Candidate, Signal

RRF_K = 40

Scores = Mapping[str, float]
"""A signal: film id to the signal's own figure, higher is better; a film it knows nothing of is left out."""

Weighing = Mapping[str, float]
"""Each signal's weight by its name; a signal without one counts nothing."""

WRITTEN = ("dense", "bm25", "cross_encoder")
KNOWN = ("popularity", "quality", "recency")
"""Signals that compare with the request's words, and signals that hold whatever is asked for."""

_GIVES_WAY = 0.9
"""How much of the weight of what is known is gone when a request describes exactly what it wants."""

_BESIDE_FILMS = 0.5
"""What is left of that weight when the request names films, which say more."""


def weighed(weights: Weighing, specificity: float, *, names_films: bool) -> dict[str, float]:
    """Return the weights for a request that describes so much of what it wants (0..1, `searching.specificity`)."""
    known = (1 - _GIVES_WAY * specificity) * (_BESIDE_FILMS if names_films else 1.0)
    factors = dict.fromkeys(WRITTEN, specificity) | dict.fromkeys(KNOWN, known)
    return {name: weight * factors.get(name, 1.0) for name, weight in weights.items()}


def ranks(scores: Scores) -> dict[str, int]:
    """Return each film's rank by the signal, from 1; equal figures share the better rank."""
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    found: dict[str, int] = {}
    for position, (movie_id, value) in enumerate(ordered, start=1):
        tied = position > 1 and value == ordered[position - 2][1]
        found[movie_id] = found[ordered[position - 2][0]] if tied else position
    return found


def fuse(
    candidates: Sequence[Candidate], signals: Mapping[str, Scores], weights: Weighing, k: int | None = None
) -> list[Candidate]:
    """Return the `k` best candidates by fused score, best first, ties in the order given.

    The signals' ranks join those on the candidates' receipts, in the place of former ones of the same name. Each
    signal's share of the film's score is noted; the shares sum to 1.
    """
    ranked = {name: ranks(scores) for name, scores in signals.items()}
    scored: list[tuple[float, int]] = []
    for position, candidate in enumerate(candidates):
        movie_id = candidate.movie.movie_id
        total = 0.0
        for name, places in ranked.items():
            if movie_id in places:
                total += _part(weights, name, places[movie_id])
        for name, signal in candidate.receipt.items():
            if name not in ranked:
                total += _part(weights, name, signal.rank)
        scored.append((-total, position))
    return [
        _receipted(candidates[position], -negated, signals, ranked, weights) for negated, position in sorted(scored)[:k]
    ]


def _part(weights: Weighing, name: str, rank: int | None) -> float:
    return weights.get(name, 0.0) / (RRF_K + rank) if rank is not None else 0.0


def _receipted(
    candidate: Candidate,
    total: float,
    signals: Mapping[str, Scores],
    ranked: Mapping[str, Mapping[str, int]],
    weights: Weighing,
) -> Candidate:
    movie_id = candidate.movie.movie_id
    said = {name: (signal.rank, signal.value) for name, signal in candidate.receipt.items()}
    said |= {name: (ranked[name].get(movie_id), signals[name].get(movie_id)) for name in signals}
    receipt = {
        name: Signal(rank=rank, value=value, share=_part(weights, name, rank) / total if total else 0.0)
        for name, (rank, value) in said.items()
    }
    return candidate.model_copy(update={"score": total, "receipt": receipt})
