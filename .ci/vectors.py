"""Computes the vectors that come along of the starter catalogue's texts: `make vectors`, when those change."""

from pathlib import Path

import numpy as np

from matinee.catalogue.readers import open_starter
from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import OnnxEmbeddings
from matinee.encoders.known_vectors import FILE, pack

if __name__ == "__main__":
    texts = [embedding_text(row.movie) for row in open_starter() if row.movie]
    vectors = np.array(OnnxEmbeddings(threads=2).embed_documents(texts), dtype=np.float32)
    Path(str(FILE)).parent.mkdir(exist_ok=True)
    np.savez(Path(str(FILE)), **pack(texts, vectors))  # type: ignore[arg-type]
    print(f"{len(texts)} vectors")
