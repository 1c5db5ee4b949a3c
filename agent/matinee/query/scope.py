"""Tells what a turn is, from its vector: a request for films, a question about films, a courtesy, or something else.

The weights were learned by `benchmarks.train_scope` on bge-small.
"""

from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
Scope = Literal["films", "question", "smalltalk", "other"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
FILE = files("matinee.query").joinpath("data", "scope.npz")


@cache
def _weights() -> Matrix:
    with FILE.open("rb") as file, np.load(file) as kept:
        weights: Matrix = kept["weights"].astype(np.float32)
    return weights


def scope_of(vector: Matrix) -> dict[Scope, float]:
    """Return how likely each scope is, 0..1, in sum 1, of a turn's `(384,)` vector of unit length."""
    logits = vector @ _weights()[:-1] + _weights()[-1]
    shares = np.exp(logits - logits.max())
    return dict(zip(SCOPES, (shares / shares.sum()).tolist(), strict=True))
