"""Embeddings for a command of its own process, named in MATINEE_EMBEDDINGS."""

import os
import signal
import time

from tests.support.fakes import WordEmbeddings


class DyingEmbeddings(WordEmbeddings):
    """Kills its process at the batch of documents that the variable DIES_AT_BATCH numbers; lives without it."""

    def __init__(self) -> None:
        super().__init__()
        self._batches = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self._batches += 1
        if os.environ.get("DIES_AT_BATCH") == str(self._batches):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_documents(texts)


class SlowEmbeddings(WordEmbeddings):
    """Takes a fifth of a second for each batch of documents."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        time.sleep(0.2)
        return super().embed_documents(texts)
