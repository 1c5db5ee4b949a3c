"""A table of vectors in a Qdrant collection, opened and written by LangChain's `QdrantVectorStore`.

Collections have its plain payload (`page_content`, `metadata`) and vector names, so that anybody's `QdrantVectorStore`
opens them, and theirs open here.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from langchain_qdrant import QdrantVectorStore, RetrievalMode
from qdrant_client import QdrantClient, models

from matinee.encoders.bm25 import Bm25Embeddings
from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch
from matinee.index.edge import EdgeClient
from matinee.index.filters import ID, Condition, Filter
from matinee.index.qdrant_connection import Client, Connection, asked
from matinee.index.qdrant_filters import matching, meta, payload_indexes, point_id, qdrant_filter
from matinee.index.table import Form, Metric, Row

AS_GIVEN = "as_given"
"""The name of vectors with the lengths that their encoder gave them; the unnamed ones are of unit length."""

SPARSE = QdrantVectorStore.SPARSE_VECTOR_NAME
BATCH = 64
_PAGE = 1000
_TEXT = "page_content"


class QdrantTable:
    """A collection that is made when first written and checked when first searched."""

    def __init__(self, connection: Connection, form: Form, embedding: EmbeddingModel) -> None:
        self.connection = connection
        self.form = form
        self.name = form.collection
        self.encoder = embedding
        self._store: QdrantVectorStore | None = None
        self._keeps_lengths = False

    @property
    def staging(self) -> str:
        """Return the name of the collection that a rebuild writes first; one that died leaves it."""
        return f"{self.name}_rebuild"

    @property
    def client(self) -> Client:
        """Return the client of Qdrant."""
        return self.connection.client

    @asked
    def add(self, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; only texts that are not stored already are embedded."""
        self.write(rows)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; only texts that are not stored already are embedded."""
        if rows:
            if not self.exists():
                self._create(self.name)
            store = self.ready()
            assert store is not None
            stored = {row.id: row.text for row in self.read([row.id for row in rows])}
            new = [row for row in rows if stored.get(row.id) != row.text]
            ids = [point_id(self.form, row.id) for row in new]
            store.add_texts([row.text for row in new], [dict(row.fields) for row in new], ids=ids, batch_size=BATCH)
            for row in rows:
                if stored.get(row.id) == row.text:
                    this = models.Filter(must=[matching(self.form, Condition(ID, "any_of", [row.id]))])
                    self.client.set_payload(self.name, {"metadata": dict(row.fields)}, points=this)

    @asked
    def get(self, ids: Collection[str]) -> list[Row]:
        """Return the rows with these ids, in no particular order; unknown ids are left out."""
        return self.read(ids)

    def read(self, ids: Collection[str]) -> list[Row]:
        """Return the rows with these ids, in no particular order; unknown ids are left out."""
        points = [point_id(self.form, row_id) for row_id in ids]
        if not points or not self.exists():
            return []
        return [self._row(point) for point in self.client.retrieve(self.name, points, with_payload=True)]

    @asked
    def scroll(self, where: Filter = (), fields: Collection[str] | None = None) -> list[Row]:
        """Return every row that passes; with `fields` these alone are there, and no text."""
        return self.passing(where, fields)

    def passing(self, where: Filter, fields: Collection[str] | None = None) -> list[Row]:
        """Return every row that passes; with `fields` these alone are there, and no text."""
        if not self.exists():
            return []
        payload = True if fields is None else [meta(name) for name in {*fields, self.form.id_column}]
        return [self._row(point) for point in self.pages(qdrant_filter(self.form, where), payload)]

    @asked
    def count(self) -> int:
        """Return how many rows there are."""
        return self.size()

    @asked
    def delete(self, ids: Collection[str]) -> None:
        """Delete rows, also from what a rebuild that died would go on from."""
        points: list[Any] = [point_id(self.form, row_id) for row_id in ids]
        for name in filter(self.exists, (self.name, self.staging)):
            self.client.delete(name, points)

    @asked
    def vectors(self, ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these rows, by id; unknown ids are left out."""
        points = {point_id(self.form, row_id): row_id for row_id in ids}
        if not points or self.ready() is None:
            return {}
        found = self.client.retrieve(self.name, list(points), with_payload=False, with_vectors=True)
        return {points[str(point.id)]: _dense(point.vector) for point in found}

    @asked
    def nearest(self, near: str | Sequence[float], k: int, where: Filter = (), metric: Metric = "cosine") -> list[Row]:
        """Return at most `k` rows nearest to a vector or to a text's, nearest first, with cosines or distances."""
        if k < 1 or self.ready() is None:
            return []
        vector = self.encoder.embeddings.embed_query(near) if isinstance(near, str) else near
        return self.search(vector, k, where, metric)

    def search(self, vector: Sequence[float], k: int, where: Filter, metric: Metric) -> list[Row]:
        """Return at most `k` rows nearest to a vector, nearest first, with cosines or distances."""
        as_given = metric == "l2" and self._keeps_lengths
        found = self._query(list(vector), AS_GIVEN if as_given else None, k, where)
        if metric == "cosine" or as_given:
            return found
        return [row._replace(score=_distance_to_unit(vector, row.score)) for row in found]

    @asked
    def by_words(self, words: str, k: int, where: Filter = ()) -> list[Row]:
        """Return at most `k` rows that hold any of the words, best BM25 first."""
        store = self.ready() if k > 0 and words.strip() else None
        if store is None or store.retrieval_mode is RetrievalMode.DENSE:
            return []
        weights = store.sparse_embeddings.embed_query(words)
        query = models.SparseVector(indices=weights.indices, values=weights.values)
        return self._query(query, SPARSE, k, where)

    def _query(self, query: Any, using: str | None, k: int, where: Filter) -> list[Row]:
        payload: bool | list[str] = True
        if self.form.parent_fields:  # which serve filters alone
            payload = [_TEXT, *map(meta, self.form.columns)]
        found = self.client.query_points(
            self.name,
            query=query,
            using=using,
            query_filter=qdrant_filter(self.form, where),
            limit=k,
            with_payload=payload,
        )
        return [self._row(point) for point in found.points]

    @asked
    def optimize(self) -> None:
        """Have the embedded engine build its indexes; a server does so on its own."""
        if isinstance(self.client, EdgeClient) and self.exists():
            self.client.optimize(self.name)

    @asked
    def built_by(self) -> tuple[str | None, int | None]:
        """Return the encoder and the dimension that the collection was built with; None: not known."""
        return self.made_by(self.name) if self.exists() else (None, None)

    @asked
    def rebuild(self) -> None:
        """Embed every stored text again.

        The new vectors are built in a second collection and then copied over the first, so that whenever the process
        dies, one of the two holds everything, and running this again goes on from there.
        """
        staging = self.staging
        if not self.exists() and not self.exists(staging):
            return
        if not self._is_interrupted():
            self._recreate(staging)
            store = self._vector_store(RetrievalMode.HYBRID, staging)
            for page in chunks(self.pages(), BATCH):
                texts = [point.payload[_TEXT] for point in page]
                metadatas = [point.payload.get("metadata") or {} for point in page]
                store.add_texts(texts, metadatas, ids=[str(point.id) for point in page])
        self._recreate(self.name)
        for page in chunks(self.pages(name=staging, vectors=True), BATCH):
            points = [models.PointStruct(id=p.id, vector=p.vector, payload=p.payload) for p in page]
            self.client.upsert(self.name, points)
        self.client.delete_collection(staging)
        self._store = None

    def exists(self, name: str | None = None) -> bool:
        """Tell whether the collection is there, or another one."""
        return self.client.collection_exists(name or self.name)

    def size(self, name: str | None = None) -> int:
        """Return how many points are in the collection, or in another one."""
        return self.client.count(name or self.name).count if self.exists(name) else 0

    def made_by(self, name: str) -> tuple[str | None, int | None]:
        """Return the encoder and the dimension that a collection was built with; None: not known."""
        config = self.client.get_collection(name).config
        vectors = config.params.vectors
        dense = vectors.get("") if isinstance(vectors, dict) else vectors
        return (config.metadata or {}).get("matinee", {}).get("embedding"), dense.size if dense else None

    def pages(
        self,
        where: models.Filter | None = None,
        payload: bool | list[str] = True,
        *,
        name: str = "",
        vectors: bool = False,
    ) -> Iterator[Any]:
        """Yield the points of the collection, or of another one, that pass a filter."""
        offset = None
        while True:
            page, offset = self.client.scroll(
                name or self.name,
                scroll_filter=where,
                limit=_PAGE,
                offset=offset,
                with_payload=payload,
                with_vectors=vectors,
            )
            yield from page
            if offset is None:
                return

    def _row(self, point: Any) -> Row:
        payload = point.payload or {}
        fields = payload.get("metadata") or {}
        row_id = str(fields.get(self.form.id_column) or point.id)
        return Row(row_id, payload.get(_TEXT, ""), fields, getattr(point, "score", 0.0))

    def _is_interrupted(self) -> bool:
        """Tell whether an earlier rebuild died while copying: then only the staging collection is whole."""
        return self.exists(self.staging) and self.size() < self.size(self.staging)

    def ready(self) -> QdrantVectorStore | None:
        """Return LangChain's store of the collection, once checked, or None while nothing has been written."""
        if self._store is None or self._store.client is not self.client:  # which was closed since
            if not self.exists() and not self._is_interrupted():
                return None
            self._check()
            params = self.client.get_collection(self.name).config.params
            self._keeps_lengths = isinstance(params.vectors, dict) and AS_GIVEN in params.vectors
            is_hybrid = SPARSE in (params.sparse_vectors or {})
            self._store = self._vector_store(RetrievalMode.HYBRID if is_hybrid else RetrievalMode.DENSE)
        return self._store

    def _check(self) -> None:
        """Refuse a collection that another encoder built, or that a rebuild has left half copied."""
        if self._is_interrupted():
            raise IndexMismatch(
                f"A rebuild of {self.name} in {self.connection.location} was interrupted; "
                "run `matinee ingest --rebuild` again."
            )
        name, dimension = self.made_by(self.name)
        ours = self.encoder
        if name not in (None, ours.name) or dimension != ours.dimension:
            raise IndexMismatch(
                f"The index in {self.connection.location} was built with {name or 'another embedding'} ({dimension} "
                f"dimensions), but the embedding in use is {ours.name} ({ours.dimension} dimensions); run "
                "`matinee ingest --rebuild` to embed everything stored again, or set MATINEE_EMBEDDINGS back."
            )

    def _vector_store(self, mode: RetrievalMode, name: str = "") -> QdrantVectorStore:
        return QdrantVectorStore(
            client=cast(QdrantClient, self.client),
            collection_name=name or self.name,
            embedding=self.encoder.embeddings,
            retrieval_mode=mode,
            sparse_embedding=Bm25Embeddings(),
            validate_collection_config=False,  # checked above, without embedding a dummy text at every start
        )

    def _recreate(self, name: str) -> None:
        if self.exists(name):
            self.client.delete_collection(name)
        self._create(name)

    def _create(self, name: str) -> None:
        dimension = self.encoder.dimension
        self.client.create_collection(
            name,
            vectors_config={"": models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
            sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
            metadata={"matinee": {"embedding": self.encoder.name, "dimension": dimension}},
        )
        for path, kind in payload_indexes(self.form).items():
            self.client.create_payload_index(name, path, kind)


def chunks(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of this size, the last one shorter."""
    while chunk := list(islice(items, size)):
        yield chunk


def _dense(vector: Any) -> list[float]:
    """Return the dense vector of a point, with the length that the encoder gave it where that is kept."""
    return cast(list[float], vector.get(AS_GIVEN) or vector[""] if isinstance(vector, dict) else vector)


def _distance_to_unit(vector: Sequence[float], cosine: float) -> float:
    """Return the L2 distance between a vector and one of unit length, from the cosine between them."""
    length = math.hypot(*vector)
    return math.sqrt(max(0.0, length * length + 1 - 2 * length * cosine))
