"""Logistic regression with an L2 penalty, fitted by Newton's method."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_STEPS = 50
_CLOSE = 1e-6


def fit(rows: Matrix, target: Matrix, penalty: float) -> Matrix:
    """Return the weight of each column, and last the bias.

    Args:
        rows: `(n, features)`.
        target: `(n,)`, 0 or 1.
        penalty: what the square of a weight costs; the bias costs nothing.
    """
    rows = np.c_[rows, np.ones(len(rows))]
    cost = penalty * np.diag([*np.ones(rows.shape[1] - 1), 0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (p - target) + cost @ weights
        hessian = (rows * (p * (1 - p))[:, None]).T @ rows + cost + 1e-9 * np.eye(len(weights))
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < _CLOSE:
            break
    return weights
