"""Weighted fusion of what the signals say, by rank or by strength, with a receipt of what each gave.

By rank: score(film) = sum over signals of weight / (40 + rank). Source: Cormack, Clarke and Buettcher, "Reciprocal
Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009, where the constant is 60; 40 was
as good or better on the first halves of the evaluation files, and lets a first place count more.

By strength: score(film) = sum over signals of weight * strength, where strength is the signal's figure, scaled so that
the last film that the signal names has 0 and its first 1. Source: Fox and Shaw, "Combination of Multiple Searches",
TREC-2, 1994 (CombSUM), with the scaling of Lee, "Analyses of Multiple Evidence Combination", SIGIR 1997. Where a
request tells what happens in a film, how far ahead of all others it stands says more than that it comes first.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from matinee.models import Candidate, Signal

RRF_K = 40

Scores = Mapping[str, float]
"""A signal: film id to the signal's own figure, higher is better; a film it knows nothing of is left out."""

Weighing = Mapping[str, float]
"""Each signal's weight by its name; a signal without one counts nothing."""

By = Literal["rank", "strength"]

RETRIEVAL = "retrieval"
"""The signal that is the order of the candidates as they were found."""

WRITTEN = ("dense", "bm25", "cross_encoder")
KNOWN = ("popularity", "quality", "recency")
"""Signals that compare with the request's words, and signals that hold whatever is asked for."""

_GIVES_WAY = 0.9
"""How much of the weight of what is known is gone when a request describes exactly what it wants."""

_BESIDE_FILMS = 0.5
"""What is left of that weight when the request names films, which say more."""


def weighed(weights: Weighing, specificity: float, *, names_films: bool) -> dict[str, float]:
    """Return the weights for a request that describes so much of what it wants (0..1, `Understanding.specificity`)."""
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


def strengths(scores: Scores) -> dict[str, float]:
    """Return where each film's figure lies between the signal's last (0) and first (1); all 1 where all are alike."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {movie_id: (value - low) / (high - low) if high > low else 1.0 for movie_id, value in scores.items()}


def fuse(
    candidates: Sequence[Candidate],
    signals: Mapping[str, Scores],
    weights: Weighing,
    k: int | None = None,
    *,
    by: By = "rank",
) -> list[Candidate]:
    """Return the `k` best candidates by fused score, best first, ties in the order given.

    The signals join those on the candidates' receipts, in the place of former ones of the same name. Each signal's
    share of the film's score is noted; the shares sum to 1.
    """
    said = {name: _said(scores) for name, scores in signals.items()}
    receipts = [_receipt(candidate, said) for candidate in candidates]
    totals = [sum(_part(weights, name, mark, by) for name, mark in receipt.items()) for receipt in receipts]
    best = sorted(range(len(candidates)), key=lambda place: -totals[place])[:k]
    return [_fused(candidates[place], receipts[place], totals[place], weights, by) for place in best]


def with_receipts(
    candidates: Sequence[Candidate], signals: Mapping[str, Scores], shares: Sequence[Mapping[str, float]]
) -> list[Candidate]:
    """Return the candidates in their order, with what the signals say on their receipts, and these shares of each."""
    said = {name: _said(scores) for name, scores in signals.items()}
    return [
        candidate.model_copy(update={"receipt": _signals(_receipt(candidate, said), its_shares)})
        for candidate, its_shares in zip(candidates, shares, strict=True)
    ]


def possible(names: Collection[str], weights: Weighing, by: By) -> float:
    """Return the score of a film that comes first by every signal named."""
    return sum(_part(weights, name, _Mark(1, None, 1.0), by) for name in names)


class _Mark(NamedTuple):
    """What one signal says of a film."""

    rank: int | None
    value: float | None
    strength: float | None


def _said(scores: Scores) -> dict[str, _Mark]:
    places, scaled = ranks(scores), strengths(scores)
    return {movie_id: _Mark(places[movie_id], value, scaled[movie_id]) for movie_id, value in scores.items()}


def _receipt(candidate: Candidate, said: Mapping[str, Mapping[str, _Mark]]) -> dict[str, _Mark]:
    before = {name: _Mark(signal.rank, signal.value, signal.strength) for name, signal in candidate.receipt.items()}
    return before | {name: marks.get(candidate.movie.movie_id, _NOTHING) for name, marks in said.items()}


def _part(weights: Weighing, name: str, mark: _Mark, by: By) -> float:
    weight = weights.get(name, 0.0)
    if by == "strength":
        return weight * (mark.strength or 0.0)
    return weight / (RRF_K + mark.rank) if mark.rank is not None else 0.0


def _fused(candidate: Candidate, receipt: Mapping[str, _Mark], total: float, weights: Weighing, by: By) -> Candidate:
    shares = {name: _part(weights, name, mark, by) / total if total else 0.0 for name, mark in receipt.items()}
    if within := shares.get(RETRIEVAL):  # what that was made of has its part in it
        parts = {name: within * signal.share for name, signal in candidate.receipt.items() if name in shares}
        shares = {name: share + parts.get(name, 0.0) for name, share in shares.items()}
        shares[RETRIEVAL] -= sum(parts.values())
    return candidate.model_copy(update={"score": total, "receipt": _signals(receipt, shares)})


def _signals(receipt: Mapping[str, _Mark], shares: Mapping[str, float]) -> dict[str, Signal]:
    return {name: Signal(**mark._asdict(), share=shares.get(name, 0.0)) for name, mark in receipt.items()}


_NOTHING = _Mark(None, None, None)
