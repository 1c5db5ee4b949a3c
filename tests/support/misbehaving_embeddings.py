"""Embeddings for a command of its own process, named in MATINEE_EMBEDDINGS."""

import time

from tests.support.fakes import WordEmbeddings


class SlowEmbeddings(WordEmbeddings):
    """Takes a fifth of a second for each batch of documents."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        time.sleep(0.2)
        return super().embed_documents(texts)
