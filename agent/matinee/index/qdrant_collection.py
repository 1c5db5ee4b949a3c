"""One Qdrant collection behind `QdrantVectorStore`: made, checked against the embedding, searched, rebuilt."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from langchain_core.documents import Document
from langchain_qdrant import QdrantVectorStore, RetrievalMode
from qdrant_client import QdrantClient, models

from matinee.encoders.bm25 import Bm25Embeddings
from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch, IndexUnavailable
from matinee.index.edge import EdgeClient
from matinee.index.edge_seal import damaged
from matinee.index.qdrant_errors import FAILURES, explained, is_dead
from matinee.index.qdrant_filters import meta
from matinee.llm.circuit_breaker import REST, CircuitOpen, breaker_of

Client = QdrantClient | EdgeClient
Found = list[tuple[Document, float]]

_PAGE = 1000
_BATCH = 64


class Connection:
    """A client that is made at first use, so that opening a home costs nothing and never blocks."""

    def __init__(self, connect: Callable[[], Client], location: str, rest: float = REST) -> None:
        self.location = location
        self._rest = rest
        self._connect = connect
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._asking = threading.local()

    @property
    def client(self) -> Client:
        """Return the client, connecting at the first call."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    @contextmanager
    def answering(self, part: str = "") -> Iterator[None]:
        """Bring a server's errors to one kind, and leave a part (a collection) alone that kept us waiting in vain.

        Raises:
            IndexUnavailable: the server does not answer, fails, or is left alone.
        """
        if getattr(self._asking, "now", False):
            yield  # a piece of larger work, which is guarded as a whole
            return
        self._asking.now = True
        try:
            with breaker_of(f"{self.location} {part}", self._rest).call(is_dead):
                try:
                    yield
                except FAILURES as error:
                    raise explained(error, self.location) from error
                except Exception as error:
                    if type(error) is Exception:  # the embedded engine has no error of its own kind
                        raise damaged(Path(self.location) / part, "the engine cannot read it") from error
                    raise
        except CircuitOpen as resting:
            raise IndexUnavailable(str(resting)) from None
        finally:
            self._asking.now = False

    def close(self) -> None:
        """Close the client, if there is one; the next use connects again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None


class QdrantCollection:
    """A collection that is made when first written and checked when first used.

    Raises:
        IndexMismatch: it was built by another embedding than the one given.
        IndexUnavailable: the server does not answer.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        embedding: EmbeddingModel,
        indexed: dict[str, models.PayloadSchemaType],
    ) -> None:
        self.name = name
        self._connection = connection
        self._embedding = embedding
        self._location = connection.location
        self._indexed = indexed
        self._store: QdrantVectorStore | None = None

    @property
    def connection(self) -> Connection:
        """Return the connection to the store."""
        return self._connection

    @property
    def client(self) -> Client:
        """Return the client of the store."""
        return self._connection.client

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the embedding that it is written and searched with."""
        return self._embedding

    def add(self, texts: Sequence[str], metadatas: Sequence[dict[str, Any]], ids: Sequence[str]) -> None:
        """Embed and write documents, replacing those with the same id."""
        with self._connection.answering(self.name):
            if not self.client.collection_exists(self.name):
                self._create(self.name)
            self._opened().add_texts(list(texts), list(metadatas), ids=list(ids), batch_size=_BATCH)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete documents."""
        with self._connection.answering(self.name):
            self._dense().delete(list(ids))

    def count(self) -> int:
        """Return how many documents there are."""
        with self._connection.answering(self.name):
            return self.client.count(self.name).count if self.client.collection_exists(self.name) else 0

    def retrieve(self, ids: Sequence[str]) -> list[Any]:
        """Return the points that are there among these ids, without vectors."""
        with self._connection.answering(self.name):
            if not ids or not self.client.collection_exists(self.name):
                return []
            return self.client.retrieve(self.name, list(ids), with_payload=True)

    def scroll(self, condition: models.Filter | None = None, fields: bool | list[str] = True) -> Iterator[Any]:
        """Yield every point that passes the filter, without vectors."""
        if self.count():
            yield from self._pages(self.name, condition, fields)

    def search(self, query: str, k: int, condition: models.Filter | None) -> Found:
        """Return the `k` best documents by hybrid search (dense alone where the collection has no sparse vectors)."""
        with self._connection.answering(self.name):
            store = self._ready()
            return store.similarity_search_with_score(query, k=k, filter=condition) if store else []

    def search_words(self, words: str, k: int, condition: models.Filter | None) -> Found:
        """Return the `k` best documents by BM25 alone, of those that hold any of the words."""
        with self._connection.answering(self.name):
            if k < 1 or not words.strip() or not self._ready():
                return []
            sparse = self.client.get_collection(self.name).config.params.sparse_vectors or {}
            if QdrantVectorStore.SPARSE_VECTOR_NAME not in sparse:
                return []
            store = self._vector_store(RetrievalMode.SPARSE)
            return store.similarity_search_with_score(words, k=k, filter=condition)

    def search_dense(self, query: str, k: int, condition: models.Filter | None) -> Found:
        """Return the `k` best documents by dense vectors alone, with cosines."""
        with self._connection.answering(self.name):
            if k < 1 or not self._ready():
                return []
            return self._dense().similarity_search_with_score(query, k=k, filter=condition)

    def vectors(self, ids: Sequence[str]) -> dict[str, list[float]]:
        """Return the dense vectors of the points that are there among these ids; measured by cosine, of unit length."""
        with self._connection.answering(self.name):
            if not ids or not self._ready():
                return {}
            points = self.client.retrieve(self.name, list(ids), with_payload=False, with_vectors=True)
            return {str(point.id): dense_vector(point.vector) for point in points}

    def nearest(self, vector: Sequence[float], k: int, condition: models.Filter | None) -> Found:
        """Return the `k` documents nearest to a vector, with cosines."""
        with self._connection.answering(self.name):
            if k < 1 or not self._ready():
                return []
            return self._dense().similarity_search_with_score_by_vector(list(vector), k=k, filter=condition)

    def nearest_points(
        self, vector: Sequence[float], k: int, condition: models.Filter | None, fields: list[str]
    ) -> list[Any]:
        """Return the `k` points nearest to a vector, with cosines, and of their payload these fields."""
        with self._connection.answering(self.name):
            if k < 1 or not self._ready():
                return []
            found = self.client.query_points(
                self.name, query=list(vector), query_filter=condition, limit=k, with_payload=fields
            )
            return list(found.points)

    def set_metadata(self, values: dict[str, Any], condition: models.Filter) -> None:
        """Set these values in the metadata of the documents that pass; the others stay."""
        with self._connection.answering(self.name):
            self.client.set_payload(self.name, values, points=condition, key="metadata")

    def optimize(self) -> None:
        """Have the embedded engine build its indexes; a server does so on its own."""
        if isinstance(self.client, EdgeClient) and self.client.collection_exists(self.name):
            self.client.optimize(self.name)

    def built_by(self) -> tuple[str | None, int | None]:
        """Return the embedding and the dimension that the collection was built with; None: not known."""
        with self._connection.answering(self.name):
            if not self.client.collection_exists(self.name):
                return None, None
            config = self.client.get_collection(self.name).config
        made = (config.metadata or {}).get("matinee", {})
        vectors = config.params.vectors
        dense = vectors.get("") if isinstance(vectors, dict) else vectors
        return made.get("embedding"), dense.size if dense else None

    def rebuild(self) -> None:
        """Embed every stored text again.

        The new vectors are built beside the old collection and then copied over it, so that whenever the process
        dies, one of the two holds everything, and running this again goes on from there.
        """
        with self._connection.answering(self.name):
            staging = f"{self.name}_rebuild"
            if not self.client.collection_exists(self.name) and not self.client.collection_exists(staging):
                return
            if not self._interrupted():
                self._recreate(staging)
                store = self._vector_store(RetrievalMode.HYBRID, staging)
                for page in chunks(self._pages(self.name), _BATCH):
                    store.add_texts(
                        [p.payload["page_content"] for p in page],
                        [p.payload.get("metadata") or {} for p in page],
                        ids=[str(p.id) for p in page],
                    )
            self._recreate(self.name)
            for page in chunks(self._pages(staging, vectors=True), _BATCH):
                points = [models.PointStruct(id=p.id, vector=p.vector, payload=p.payload) for p in page]
                self.client.upsert(self.name, points)
            self.client.delete_collection(staging)
        self._store = None

    def _interrupted(self) -> bool:
        """Tell whether an earlier rebuild died while copying: then only the staging collection is whole."""
        staging = f"{self.name}_rebuild"
        if not self.client.collection_exists(staging):
            return False
        return self.count() < self.client.count(staging).count

    def _ready(self) -> QdrantVectorStore | None:
        """Return the store, or None while nothing has been written."""
        if self._current() is None and not self.client.collection_exists(self.name) and not self._interrupted():
            return None
        return self._opened()

    def _current(self) -> QdrantVectorStore | None:
        """Return the store opened before, unless its client was closed since."""
        return self._store if self._store is not None and self._store.client is self.client else None

    def _opened(self) -> QdrantVectorStore:
        store = self._current()
        if store is None:
            if self._interrupted():
                raise IndexMismatch(
                    f"A rebuild of {self.name} in {self._location} was interrupted; "
                    "run `matinee ingest --rebuild` again."
                )
            name, dimension = self.built_by()
            ours = self._embedding
            if name not in (None, ours.name) or dimension != ours.dimension:
                raise IndexMismatch(
                    f"The index in {self._location} was built with {name or 'another embedding'} ({dimension} "
                    f"dimensions), but the embedding in use is {ours.name} ({ours.dimension} dimensions); run "
                    "`matinee ingest --rebuild` to embed everything stored again, or set MATINEE_EMBEDDINGS back."
                )
            sparse = self.client.get_collection(self.name).config.params.sparse_vectors or {}
            hybrid = QdrantVectorStore.SPARSE_VECTOR_NAME in sparse
            self._store = store = self._vector_store(RetrievalMode.HYBRID if hybrid else RetrievalMode.DENSE)
        return store

    def _dense(self) -> QdrantVectorStore:
        return self._vector_store(RetrievalMode.DENSE)

    def _vector_store(self, mode: RetrievalMode, name: str | None = None) -> QdrantVectorStore:
        return QdrantVectorStore(
            client=cast(QdrantClient, self.client),
            collection_name=name or self.name,
            embedding=self._embedding.embeddings,
            retrieval_mode=mode,
            sparse_embedding=Bm25Embeddings(),
            validate_collection_config=False,  # checked above, without embedding a dummy text at every start
        )

    def _recreate(self, name: str) -> None:
        if self.client.collection_exists(name):
            self.client.delete_collection(name)
        self._create(name)

    def _create(self, name: str) -> None:
        dimension = self._embedding.dimension
        self.client.create_collection(
            name,
            vectors_config={"": models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
            sparse_vectors_config={
                QdrantVectorStore.SPARSE_VECTOR_NAME: models.SparseVectorParams(modifier=models.Modifier.IDF)
            },
            metadata={"matinee": {"embedding": self._embedding.name, "dimension": dimension}},
        )
        for field, kind in self._indexed.items():
            self.client.create_payload_index(name, meta(field), kind)

    def _pages(
        self,
        name: str,
        condition: models.Filter | None = None,
        fields: bool | list[str] = True,
        vectors: bool = False,
    ) -> Iterator[Any]:
        offset = None
        while True:
            with self._connection.answering(self.name):
                page, offset = self.client.scroll(
                    name,
                    scroll_filter=condition,
                    limit=_PAGE,
                    offset=offset,
                    with_payload=fields,
                    with_vectors=vectors,
                )
            yield from page
            if offset is None:
                return


def dense_vector(vector: Any) -> list[float]:
    """Return the unnamed vector of a point."""
    return cast(list[float], vector[""] if isinstance(vector, dict) else vector)


def chunks(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of this size, the last one shorter."""
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
