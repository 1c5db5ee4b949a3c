"""What each signal counts in a run, and how they are fused: by its strategy, and by how much the request describes."""

from matinee.context import Context, Weights
from matinee.ranking.fusion import By, weighed
from matinee.understanding import Understanding

_TASTE = {"retrieval": 3.0, "taste": 0.6, "wish": 0.2}
"""What the learned order counts beside what this viewer likes; it knows nothing of viewers."""

_ORDERED = 3.0
"""What the chat model's own order of the first films counts beside."""

_FALLBACK = 1e-5
"""Weight of retrieval's order under a single-signal strategy: it orders what the signal leaves open."""

_DESCRIBES = 0.5
"""Share of a request that must describe a film for the signals to be fused by their strength."""
_PLOT = 3
"""Words that it takes to tell what happens in a film; fewer tell a mood or a subject, which many films have."""


def is_learned(context: Context) -> bool:
    """Tell whether the learned order is wanted: nobody has set weights but that of the chat model's suggestions."""
    others = context.weights.model_copy(update={"model": Weights().model})
    return context.retrieval == "hybrid" and others == Weights()


def fused_by(understood: Understanding) -> By:
    """Return how a request's signals are fused: by strength where it tells what happens in a film, else by rank.

    Of half-remembered films, and of those told in a line (`benchmarks/requests/short.jsonl`), more come first so; where
    films are named or little is described, ranks do better.
    """
    if understood.intent == "identify":
        return "strength"
    if understood.mentions or len(understood.described) < _PLOT:
        return "rank"
    return "strength" if understood.specificity >= _DESCRIBES else "rank"


def fused_weights(understood: Understanding, context: Context) -> dict[str, float]:
    """Return each signal's weight in the fusion of all; retrieval fuses its searches by these under every strategy."""
    return weighed(context.weights.model_dump(), understood.specificity, names_films=bool(understood.mentions))


def weights_for(understood: Understanding, context: Context, *, learned: bool = False) -> dict[str, float]:
    """Return each signal's weight in the ranking by the run's strategy, of candidates that may be in `learned` order.

    A single-signal strategy keeps retrieval's order among films that its signal cannot tell apart or does not know.
    """
    match context.rerank:
        case "fused" | "llm":
            weights = dict(_TASTE) if learned else fused_weights(understood, context)
            return weights | ({"llm": _ORDERED} if context.rerank == "llm" else {})
        case "cross_encoder":
            return {"cross_encoder": 1.0, "retrieval": _FALLBACK}
        case "imdb":
            return {"quality": 1.0, "retrieval": _FALLBACK}
        case "none":
            return {"retrieval": 1.0}
