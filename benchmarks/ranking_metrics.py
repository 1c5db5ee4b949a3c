"""How well scores rank what was held out: nDCG and recall, over viewers."""

import numpy as np
from numpy.typing import NDArray

DEPTH = 20


def ranking_metrics(
    scores: NDArray[np.float32], seen: NDArray[np.bool_], held: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Return nDCG@10, recall@10 and recall@20 of each viewer with at least one film held out.

    All three are `(viewers, films)`. What a viewer has seen is ranked last. nDCG: a film held out gains 1, discounted
    by `log2(rank + 1)`; the ideal has min(10, films held out) of them on top. Recall: those found over those held out.
    """
    asked = held.any(axis=1)
    masked = np.where(seen[asked], -np.inf, scores[asked])
    held = held[asked]
    top = np.argsort(-masked, axis=1, kind="stable")[:, :DEPTH]
    hits = np.take_along_axis(held, top, axis=1)
    total = held.sum(axis=1)
    discounts = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discounts)[np.minimum(total, 10) - 1]
    return {
        "nDCG@10": hits[:, :10] @ discounts[: hits.shape[1]] / ideal,
        "recall@10": hits[:, :10].sum(axis=1) / total,
        "recall@20": hits.sum(axis=1) / total,
    }
