"""Vectors that come along: those of the starter catalogue as it is, near to the encoder's own, and of nothing else."""

import numpy as np
from langchain_core.embeddings import DeterministicFakeEmbedding

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import OnnxEmbeddings
from matinee.encoders.known_vectors import KnownVectors
from tests.support.starter_films import starter_movies

TEXTS = [embedding_text(movie) for movie in starter_movies().values()]


class Never(DeterministicFakeEmbedding):
    """Computes nothing."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        assert texts == [], "run `make vectors`: the starter catalogue's texts have changed"
        return []


def test_every_text_of_the_starter_catalogue_has_its_vector() -> None:
    vectors = np.array(KnownVectors(Never(size=384)).embed_documents(TEXTS))
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_they_are_the_encoder_s_but_for_rounding() -> None:
    some = TEXTS[::150]
    known = np.array(KnownVectors(Never(size=384)).embed_documents(some))
    computed = np.array(OnnxEmbeddings(threads=2).embed_documents(some))
    assert (known * computed).sum(axis=1).min() > 0.9998


def test_other_texts_are_computed_in_their_places() -> None:
    inner = DeterministicFakeEmbedding(size=384)
    found = KnownVectors(inner).embed_documents(["of no film", TEXTS[0], "of none either"])
    assert [found[0], found[2]] == inner.embed_documents(["of no film", "of none either"])
    assert found[1] == KnownVectors(inner).embed_documents(TEXTS[:1])[0]
    assert KnownVectors(inner).embed_query("a request") == inner.embed_query("a request")
