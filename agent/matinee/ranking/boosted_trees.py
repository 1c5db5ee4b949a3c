"""Gradient-boosted regression trees, walked for many rows at once; where they are trained is told who grew them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class BoostedTrees(NamedTuple):
    """All nodes of all trees in one table: a leaf has itself as both children."""

    roots: Ints
    """The first node of each tree `(trees,)`."""
    feature: Ints
    """Which column decides `(nodes,)`."""
    threshold: Floats
    """What is at most that much goes left `(nodes,)`."""
    missing_left: NDArray[np.bool_]
    """Whether an unknown value (NaN) goes left `(nodes,)`."""
    left: Ints
    right: Ints
    value: Floats
    """What the rows that come by here score on average, and of a leaf what it adds `(nodes,)`."""
    depth: int
    """Steps from a root to the furthest leaf."""

    def score(self, rows: Floats) -> Floats:
        """Return each row's score `(n,)`."""
        *_, (leaves, _) = self._steps(rows)
        score: Floats = self.value[leaves].sum(axis=1)
        return score

    def contributions(self, rows: Floats) -> Floats:
        """Return what each column contributed to each row's score `(n, columns)`.

        A step down a tree changes the value of where one stands; the column that decided it has contributed the change
        (Saabas, "Interpreting random forests", 2014).
        """
        found = np.zeros(rows.shape, dtype=np.float32)
        each = np.arange(len(rows))[:, None]
        before = self._start(rows)
        for at, decided in self._steps(rows):
            np.add.at(found, (each, decided), self.value[at] - self.value[before])
            before = at
        return found

    def _start(self, rows: Floats) -> Ints:
        return np.broadcast_to(self.roots, (len(rows), len(self.roots)))

    def _steps(self, rows: Floats) -> Iterator[tuple[Ints, Ints]]:
        """Yield where each row stands in each tree, from the root on, and the columns that decided it `(n, trees)`."""
        at, each = self._start(rows), np.arange(len(rows))[:, None]
        yield at, self.feature[at]
        for _ in range(self.depth):
            feature = self.feature[at]
            values = rows[each, feature]
            left = np.where(np.isnan(values), self.missing_left[at], values <= self.threshold[at])
            at = np.where(left, self.left[at], self.right[at])
            yield at, feature
