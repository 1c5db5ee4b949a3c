"""Films out of what Qdrant gives back: documents and points with LangChain's payload."""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from matinee.models import Candidate, Movie, Signal
from matinee.sanitize import TEXT_MAX, plain, plain_row

MOVIES = "matinee_movies"


def candidates(found: Sequence[tuple[Document, float]], signal: str) -> list[Candidate]:
    """Return the films of documents found, best first, with a receipt of this signal."""
    return [
        Candidate(movie=movie_of(document), score=score, receipt={signal: Signal(rank=rank, value=score)})
        for rank, (document, score) in enumerate(found, start=1)
    ]


def movie_of_point(point: Any) -> Movie:
    """Return the film of a point."""
    return movie_of(document_of(point))


def document_of(point: Any) -> Document:
    """Return a point as the document that `QdrantVectorStore` makes of it."""
    payload = point.payload or {}
    metadata = {**(payload.get("metadata") or {}), "_id": point.id}
    return Document(page_content=payload.get("page_content", ""), metadata=metadata)


def movie_of(document: Document) -> Movie:
    """Return the film of a document; one that others wrote may hold less than a film, but has an id and a text.

    What others wrote has not passed the readers, so its texts are made plain here.
    """
    metadata = plain_row({k: v for k, v in document.metadata.items() if v is not None})
    first_line = document.page_content.strip().partition("\n")[0][:300]
    return Movie.model_validate(
        {
            "movie_id": str(metadata.get("_id", "")),
            "title": plain(first_line),
            **({} if "overview" in metadata else {"overview": plain(document.page_content[:TEXT_MAX])}),
            **metadata,
        }
    )
