"""BM25 term weights as sparse vectors, by Qdrant's own encoder, which needs no download.

The encoder gives term frequency and length normalisation; the store multiplies by the inverse document
frequency (its `idf` modifier). The same parameters serve every home, so the vectors are interchangeable.
"""

import math
import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from langchain_qdrant.sparse_embeddings import SparseEmbeddings, SparseVector

if TYPE_CHECKING:
    from qdrant_edge import Bm25

_WORD = re.compile(r"[^\W_]+")

_AVERAGE_LENGTH = 60.0
"""Words in the text of an average film of the catalogues that come with readers."""


class Bm25Embeddings(SparseEmbeddings):
    """English BM25: stop words dropped, words stemmed, k = 1.2, b = 0.75."""

    @cached_property
    def _encoder(self) -> "Bm25":
        from qdrant_edge import Bm25, Bm25Config

        return Bm25(Bm25Config(language="english", ascii_folding=True, avg_len=_AVERAGE_LENGTH))

    def embed_documents(self, texts: list[str]) -> list[SparseVector]:
        """Return each text's terms with their saturated frequencies."""
        found = (self._encoder.embed_document(text) for text in texts)
        return [SparseVector(indices=v.indices, values=v.values) for v in found]

    def embed_query(self, text: str) -> SparseVector:
        """Return the query's terms, each with the square root of how often it stands there.

        The encoder counts each once. In a long request what is said again matters more: on 378 real ones it is worth
        two in a hundred found among the first ten.
        """
        weights: dict[int, float] = {}
        for word, times in Counter(_WORD.findall(text.lower())).items():
            for term in self._encoder.embed_query(word).indices:
                weights[term] = weights.get(term, 0.0) + times
        terms = sorted(weights)
        return SparseVector(indices=terms, values=[math.sqrt(weights[term]) for term in terms])
