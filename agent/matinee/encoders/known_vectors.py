"""Vectors of the starter catalogue's texts, which come along so that storing it takes seconds and no encoder.

A vector is found by a digest of its text, so that a text that changes is computed like any other. Each is kept as
384 bytes; its cosine with the encoder's own is above .9998. `make vectors` writes the file.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import as_file, files

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

FILE = files("matinee.encoders").joinpath("data", "starter_vectors.npz")


class KnownVectors(Embeddings):
    """An embedding that looks the vectors of texts up where they are known, and has the others computed."""

    def __init__(self, inner: Embeddings) -> None:
        self.inner = inner

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text, `(n, 384)`, unit length."""
        known = [_vectors().get(_digest(text)) for text in texts]
        computed = iter(self.inner.embed_documents([t for t, v in zip(texts, known, strict=True) if v is None]))
        return [next(computed) if vector is None else _unpacked(vector) for vector in known]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a request, `(384,)`, unit length."""
        return self.inner.embed_query(text)


def pack(texts: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the file: digests `(n,) uint64` and values `(n, 384) int8`, in the order of the digests."""
    digests = np.array([_digest(text) for text in texts], dtype=np.uint64)
    values = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    order = np.argsort(digests)
    return {"digests": digests[order], "values": values[order]}


@cache
def _vectors() -> dict[int, NDArray[np.int8]]:
    if not FILE.is_file():
        return {}
    with as_file(FILE) as path, np.load(path, allow_pickle=False) as arrays:
        return dict(zip(arrays["digests"].tolist(), arrays["values"], strict=True))


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _unpacked(values: NDArray[np.int8]) -> list[float]:
    """Return the vector at unit length, which makes a scale needless."""
    vector = values.astype(np.float64)
    unit: list[float] = (vector / np.linalg.norm(vector)).tolist()
    return unit
