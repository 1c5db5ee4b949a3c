"""What each signal counts in a run: by its strategy, and by how much the request describes."""

from matinee.context import Context
from matinee.models import Understanding
from matinee.ranking.fusion import weighed
from matinee.understanding.searching import specificity

_FALLBACK = 1e-5
"""Weight of retrieval's order under a single-signal strategy: it orders what the signal leaves open."""


def fused_weights(understood: Understanding, context: Context) -> dict[str, float]:
    """Return each signal's weight in the fusion of all; retrieval fuses its searches by these under every strategy."""
    return weighed(context.weights.model_dump(), specificity(understood), names_films=bool(understood.mentions))


def weights_for(understood: Understanding, context: Context) -> dict[str, float]:
    """Return each signal's weight in the ranking by the run's strategy.

    A single-signal strategy keeps retrieval's order among films that its signal cannot tell apart or does not know.
    """
    match context.rerank:
        case "fused":
            return fused_weights(understood, context)
        case "cross_encoder":
            return {"cross_encoder": 1.0, "retrieval": _FALLBACK}
        case "imdb":
            return {"quality": 1.0, "retrieval": _FALLBACK}
        case "none":
            return {"retrieval": 1.0}
