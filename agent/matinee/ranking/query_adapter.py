"""A request's vector moved to where the films lie that people name for such requests.

`q + B A q` with matrices of rank 16, learned by a softmax over the catalogue: a low-rank adapter as in Hu et al.,
"LoRA", ICLR 2022, on the vector instead of the encoder.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class QueryAdapter(NamedTuple):
    """The two matrices, each `(d, rank)`."""

    inner: NDArray[np.float32]
    outer: NDArray[np.float32]

    def moved(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vectors `(..., d)` moved; their length changes."""
        return (vector + (vector @ self.inner) @ self.outer.T).astype(np.float32)
