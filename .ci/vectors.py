"""Computes the vectors that come along, of the starter's texts and of phrases: `make vectors`, when those change."""

from pathlib import Path

import numpy as np

from matinee.catalogue.readers import open_starter
from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import OnnxEmbeddings
from matinee.encoders.known_vectors import FILE, pack
from matinee.ranking.film_phrases import FILE as PHRASES
from matinee.ranking.film_phrases import packed_phrases, phrases_on_record

if __name__ == "__main__":
    texts = [embedding_text(row.movie) for row in open_starter() if row.movie]
    encoder = OnnxEmbeddings(threads=2)
    vectors = np.array(encoder.embed_documents(texts), dtype=np.float32)
    Path(str(FILE)).parent.mkdir(exist_ok=True)
    np.savez(Path(str(FILE)), **pack(texts, vectors))  # type: ignore[arg-type]
    phrases = phrases_on_record()
    of_films = {key: np.array([encoder.embed_query(p) for p in of], np.float32) for key, of in phrases.items()}
    np.savez(Path(str(PHRASES)), **packed_phrases(of_films))  # type: ignore[arg-type]
    print(f"{len(texts)} vectors of films, {len(of_films)} of their phrases")
