"""What each signal counts in a run: by its strategy, and by how much the request describes."""

from matinee.context import Context
from matinee.models import Understanding
from matinee.ranking.fusion import weighed
from matinee.understanding.searching import specificity

_FALLBACK = 1e-5
"""Weight of retrieval's order under a single-signal strategy: it orders what the signal leaves open."""


def weights_for(understood: Understanding, context: Context) -> dict[str, float]:
    """Return each signal's weight.

    A single-signal strategy keeps retrieval's order among films that its signal cannot tell apart or does not know;
    retrieval itself fuses its searches the same way under every strategy.
    """
    fused = weighed(
        context.weights.model_dump(), specificity(understood), names_films=bool(understood.mentions)
    )
    match context.rerank:
        case "fused":
            return fused
        case "cross_encoder":
            return {"cross_encoder": 1.0, "retrieval": _FALLBACK}
        case "imdb":
            return {"quality": 1.0, "retrieval": _FALLBACK}
        case "none":
            return {"retrieval": 1.0}
