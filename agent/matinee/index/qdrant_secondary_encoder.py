"""The films in Qdrant with the vectors of secondary encoders: a collection for each, filled on demand.

Such a collection holds ids, texts and vectors; the films' facts stay in the main one, so that nothing there can
grow stale. Its unnamed vector is measured by cosine, for which Qdrant brings it to unit length; where an encoder's
vectors have lengths of their own, they are kept as they are under a second name, for L2. The embedded engine is not
told to index them: it then looks at every vector, a few milliseconds for 10,000, and the comparison is exact.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qdrant_client import models

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch
from matinee.index.filters import ID, Condition, Filter
from matinee.index.forms import FILMS
from matinee.index.qdrant_connection import Connection, asked
from matinee.index.qdrant_filters import matching, meta
from matinee.index.qdrant_table import AS_GIVEN, BATCH, QdrantTable, chunks
from matinee.index.table import EncoderInfo, Metric, Progress, Row, VectorSearch, silent

_SECONDARY = f"{FILMS.collection}_by_"


class QdrantFilms(QdrantTable):
    """The films by the main encoder; `passages` repeats facts of theirs, since Qdrant joins nothing."""

    def __init__(self, connection: Connection, embedding: EmbeddingModel, passages: QdrantTable) -> None:
        super().__init__(connection, FILMS, embedding)
        self._passages = passages

    @asked
    def add(self, rows: Sequence[Row]) -> None:
        """Embed and write films, replacing those with the same id; their passages get the facts as they are now."""
        self.write(rows)
        form = self._passages.form
        of_rows = Condition("movie_id", "any_of", [row.id for row in rows])
        told = {row.fields.get("movie_id") for row in self._passages.passing([of_rows], ["movie_id"])}
        for row in rows:
            if row.id in told:
                facts = {name: row.fields.get(name) for name in form.parent_fields}
                of_row = models.Filter(must=[matching(form, Condition("movie_id", "any_of", [row.id]))])
                self.client.set_payload(form.collection, facts, points=of_row, key="metadata")

    @asked
    def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> VectorSearch:
        """Return the films by an encoder's vectors, for this metric; films that have none yet are embedded first.

        The main encoder's are in the collection itself, but for the lengths that L2 needs where they differ.
        """
        if embedding.name == self.encoder.name and (metric == "cosine" or embedding.unit_length):
            return self
        secondary = QdrantSecondaryEncoder(self, embedding)
        secondary.fill(on_progress)
        return secondary

    @asked
    def secondary_encoders(self) -> list[EncoderInfo]:
        """Return the encoders that have a collection of their own, each with how many films are in it."""
        names = [collection.name for collection in self.client.get_collections().collections]
        made = {name: self.made_by(name) for name in sorted(names) if name.startswith(_SECONDARY)}
        return [EncoderInfo(encoder or n, dimension or 0, self.size(n)) for n, (encoder, dimension) in made.items()]


class QdrantSecondaryEncoder(QdrantTable):
    """The films by the vectors of another encoder."""

    def __init__(self, main: QdrantTable, embedding: EmbeddingModel) -> None:
        name = _SECONDARY + re.sub(r"[^a-z0-9]+", "_", embedding.name.lower()).strip("_")
        super().__init__(main.connection, replace(main.form, collection=name), embedding)
        self._main = main

    def fill(self, on_progress: Progress = silent) -> None:
        """Embed the films that have no vector here yet, or another text by now; let go of those that are gone.

        Raises:
            IndexMismatch: another encoder's vectors are stored under the same name.
        """
        stored = self._texts(self) if self._is_made() else {}
        texts = self._texts(self._main) if self._main.exists() else {}
        if missing := [point for point, text in texts.items() if stored.get(point) != text]:
            # Looking at the dimension loads the encoder, which is not worth it where nothing is missing.
            if not self.exists() or self.made_by(self.name)[1] != self.encoder.dimension:
                self._recreate(self.name)
                missing = list(texts)
            self._embed(missing, on_progress)
        if gone := list(stored.keys() - texts.keys()):
            self.client.delete(self.name, gone)

    def search(self, vector: Sequence[float], k: int, where: Filter, metric: Metric) -> list[Row]:
        """Return at most `k` films nearest to a vector, nearest first, with cosines or distances."""
        by_id = [demand for demand in where if isinstance(demand, Condition) and demand.field == ID]
        if len(by_id) < len(where):  # the facts that the others speak of are in the main collection
            by_id = [Condition(ID, "any_of", [row.id for row in self._main.passing(where, fields=())])]
        near = super().search(vector, k, by_id, metric)
        films = {row.id: row for row in self._main.read([row.id for row in near])}
        return [films[row.id]._replace(score=row.score) for row in near if row.id in films]

    @staticmethod
    def _texts(table: QdrantTable) -> dict[Any, int]:
        """Return a hash of each point's text."""
        return {point.id: hash(point.payload["page_content"]) for point in table.pages(payload=["page_content"])}

    def _is_made(self) -> bool:
        if not self.exists():
            return False
        built, _ = self.made_by(self.name)
        if built != self.encoder.name:
            raise IndexMismatch(
                f"The collection {self.name} in {self.connection.location} has the vectors of {built}, whose name is "
                f"too like {self.encoder.name}; name one of the two otherwise in MATINEE_COMPARE."
            )
        return True

    def _create(self, name: str) -> None:
        size = self.encoder.dimension
        vectors = {"": models.VectorParams(size=size, distance=models.Distance.COSINE)}
        if not self.encoder.unit_length:
            vectors[AS_GIVEN] = models.VectorParams(size=size, distance=models.Distance.EUCLID)
        made = {"matinee": {"embedding": self.encoder.name, "dimension": size}}
        self.client.create_collection(name, vectors_config=vectors, metadata=made)

    def _embed(self, missing: Sequence[Any], on_progress: Progress) -> None:
        self.ready()
        done, batches = 0, chunks(iter(missing), BATCH)
        for ids in batches:
            points = self.client.retrieve(self._main.name, ids, with_payload=["page_content", meta("movie_id")])
            vectors = self.encoder.embeddings.embed_documents([p.payload["page_content"] for p in points if p.payload])
            named = [{"": v, AS_GIVEN: v} if self._keeps_lengths else {"": v} for v in vectors]
            self.client.upsert(
                self.name,
                [models.PointStruct(id=p.id, vector=v, payload=p.payload) for p, v in zip(points, named, strict=True)],
            )
            done += len(ids)
            on_progress(done, len(missing))
