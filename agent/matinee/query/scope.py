"""Tells what a turn is: a request for films, a question about films, a courtesy, or something else.

A vector says what a turn is about; what reading it finds says whether that is wanted in a film. The weights were
learned by `benchmarks.train_scope` on bge-small.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
Scope = Literal["films", "question", "smalltalk", "other"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_READ_WEIGHS = 0.6
"""How long a figure of the reading is beside a vector of unit length."""
FILE = files("matinee.query").joinpath("data", "scope.npz")


def columns(vectors: Matrix, read: Sequence[Sequence[bool]]) -> Matrix:
    """Return what the weights are of: the vectors, and beside them what reading finds."""
    return np.hstack([vectors, _READ_WEIGHS * np.array(read, dtype=np.float32)])


@cache
def _weights() -> Matrix:
    with FILE.open("rb") as file, np.load(file) as kept:
        weights: Matrix = kept["weights"].astype(np.float32)
    return weights


def scope_of(vector: Matrix, read: Sequence[bool]) -> dict[Scope, float]:
    """Return how likely each scope is, 0..1, in sum 1.

    Args:
        vector: the turn's, `(384,)`, unit length.
        read: what reading it finds, see `followup.Follow.features`.
    """
    logits = columns(vector[None, :], [read])[0] @ _weights()[:-1] + _weights()[-1]
    shares = np.exp(logits - logits.max())
    return dict(zip(SCOPES, (shares / shares.sum()).tolist(), strict=True))
