"""Qdrant's own engine in this process, behind the calls that `QdrantVectorStore` makes of a `QdrantClient`.

`qdrant_client`'s local mode searches without an index and writes some 60 rows a second; `qdrant_edge` is the
server's engine as a library, but has an interface of its own. This adapter takes and gives the client's
models. One folder a collection; one process a folder, which a lock file guards.
"""

import json
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from filelock import FileLock, Timeout
from qdrant_client.http import models

from matinee.errors import IndexInUse, IndexUnavailable
from matinee.index.edge_queries import (
    DISTANCES,
    PAYLOAD_TYPES,
    client_vector,
    edge_filter,
    edge_id,
    edge_params,
    edge_point,
    edge_prefetch,
    edge_query,
)

_CONFIG = "collection.json"
_ROOM = 128 << 20
"""Bytes that must be free: qdrant-edge 0.9 lays out up to 95 MB of files when it opens a collection of any size."""


class EdgeClient:
    """Collections of the embedded engine under one folder.

    Raises:
        IndexInUse: another process has the folder open.
        IndexUnavailable: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[str, edge.EdgeShard] = {}
        self._configs: dict[str, models.CreateCollection] = {}
        self._opening = threading.RLock()  # searches run side by side in threads; a shard opens once
        self._lock = FileLock(folder / ".lock", thread_local=False)  # opened in one thread, closed in another
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            (folder / ".owner").write_text(str(os.getpid()))
            self._check_room()
        except Timeout as error:
            raise IndexInUse(
                f"The index in {folder} is open in another process{_holder(folder)}; the embedded store serves one "
                "process at a time: end the other one, or run a Qdrant server and set MATINEE_QDRANT_URL."
            ) from error
        except OSError as error:
            self._lock.release()
            raise IndexUnavailable(
                f"The data folder {folder} cannot be written ({error.strerror}); set MATINEE_HOME to one that can."
            ) from error
        except IndexUnavailable:
            self._lock.release()
            raise

    def _check_room(self, more: int = 0) -> None:
        """Refuse while nothing is lost: where its mapped files find no room, the engine ends the process (SIGBUS).

        `more` is in bytes, beyond what the engine's files begin with.
        """
        free = shutil.disk_usage(self._folder).free
        if free < _ROOM + more:
            raise IndexUnavailable(
                f"The disk of the data folder {self._folder} has {free >> 20} MB left, of {(_ROOM + more) >> 20} that "
                "the index needs to work; make room, or set MATINEE_HOME to a folder on another disk."
            )

    def close(self) -> None:
        """Close every collection and let other processes in."""
        for shard in self._shards.values():
            shard.close()
        self._shards.clear()
        self._lock.release()

    def collection_exists(self, collection_name: str) -> bool:
        """Tell whether the collection is there."""
        return (self._folder / collection_name / _CONFIG).is_file()

    def create_collection(
        self,
        collection_name: str,
        vectors_config: models.VectorParams | dict[str, models.VectorParams] | None = None,
        sparse_vectors_config: dict[str, models.SparseVectorParams] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> bool:
        """Make an empty collection; its configuration is written last, so that a torn one counts as absent."""
        folder = self._folder / collection_name
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        config = models.CreateCollection(
            vectors=vectors_config, sparse_vectors=sparse_vectors_config, metadata=metadata
        )
        self._shards[collection_name] = edge.EdgeShard.create(str(folder / "shard"), _edge_config(config))
        self._configs[collection_name] = config
        staged = folder / f"{_CONFIG}.new"
        staged.write_text(config.model_dump_json(exclude_none=True))
        staged.replace(folder / _CONFIG)
        return True

    def delete_collection(self, collection_name: str) -> bool:
        """Delete the collection and its files."""
        if shard := self._shards.pop(collection_name, None):
            shard.close()
        self._configs.pop(collection_name, None)
        shutil.rmtree(self._folder / collection_name, ignore_errors=True)
        return True

    def get_collections(self) -> models.CollectionsResponse:
        """Return the names of the collections."""
        names = sorted(path.parent.name for path in self._folder.glob(f"*/{_CONFIG}"))
        return models.CollectionsResponse(collections=[models.CollectionDescription(name=name) for name in names])

    def get_collection(self, collection_name: str) -> models.CollectionInfo:
        """Return the collection's configuration and counts."""
        info = self._shard(collection_name).info()
        config = self._configs[collection_name]
        return models.CollectionInfo(
            status=models.CollectionStatus.GREEN,
            optimizer_status=models.OptimizersStatusOneOf.OK,
            points_count=info.points_count,
            indexed_vectors_count=info.indexed_vectors_count,
            segments_count=info.segments_count,
            payload_schema={},
            config=models.CollectionConfig(
                params=models.CollectionParams(vectors=config.vectors, sparse_vectors=config.sparse_vectors),
                hnsw_config=models.HnswConfig(m=16, ef_construct=100, full_scan_threshold=10_000),
                optimizer_config=models.OptimizersConfig(
                    deleted_threshold=0.2,
                    vacuum_min_vector_number=1000,
                    default_segment_number=0,
                    flush_interval_sec=5,
                ),
                metadata=config.metadata,
            ),
        )

    def create_payload_index(
        self, collection_name: str, field_name: str, field_schema: models.PayloadSchemaType
    ) -> None:
        """Index a payload field, which filters on it need to be fast."""
        schema = PAYLOAD_TYPES[models.PayloadSchemaType(field_schema)]
        self._shard(collection_name).update(edge.UpdateOperation.create_field_index(field_name, schema))

    def upsert(self, collection_name: str, points: Sequence[models.PointStruct], **_: Any) -> None:
        """Write the points; they are in the write-ahead log when this returns."""
        self._check_room()
        self._shard(collection_name).update(edge.UpdateOperation.upsert_points([edge_point(point) for point in points]))

    def delete(
        self,
        collection_name: str,
        points_selector: models.FilterSelector | models.Filter | Sequence[Any],
        **_: Any,
    ) -> models.UpdateResult:
        """Delete points by id or by filter."""
        shard = self._shard(collection_name)
        if isinstance(points_selector, models.FilterSelector):
            points_selector = points_selector.filter
        if isinstance(points_selector, models.Filter):
            condition = edge_filter(points_selector)
            assert condition is not None
            shard.update(edge.UpdateOperation.delete_points_by_filter(condition))
        else:
            shard.update(edge.UpdateOperation.delete_points([edge_id(i) for i in points_selector]))
        return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)

    def set_payload(
        self, collection_name: str, payload: dict[str, Any], points: models.Filter, key: str | None = None, **_: Any
    ) -> models.UpdateResult:
        """Set these values in the payload of the points that pass, under `key`; the others stay."""
        condition = edge_filter(points)
        assert condition is not None
        self._shard(collection_name).update(edge.UpdateOperation.set_payload_by_filter(condition, payload, key))
        return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)

    def query_points(
        self,
        collection_name: str,
        query: Any = None,
        using: str | None = None,
        prefetch: models.Prefetch | list[models.Prefetch] | None = None,
        query_filter: models.Filter | None = None,
        search_params: models.SearchParams | None = None,
        limit: int = 10,
        offset: int | None = None,
        with_payload: bool | Sequence[str] = True,
        with_vectors: bool | Sequence[str] = False,
        score_threshold: float | None = None,
        **_: Any,
    ) -> models.QueryResponse:
        """Search: nearest to a vector, or several searches fused."""
        prefetches = prefetch if isinstance(prefetch, list) else [prefetch] if prefetch else []
        request = edge.QueryRequest(
            limit=limit,
            offset=offset,
            query=edge_query(query, using),
            prefetches=[edge_prefetch(p) for p in prefetches],
            with_vector=_selection(with_vectors),
            with_payload=_selection(with_payload),
            filter=edge_filter(query_filter),
            score_threshold=score_threshold,
            params=edge_params(search_params),
        )
        found = self._shard(collection_name).query(request)
        return models.QueryResponse(
            points=[
                models.ScoredPoint(
                    id=_client_id(p.id),
                    version=p.version,
                    score=p.score,
                    payload=p.payload,
                    vector=client_vector(p.vector),
                )
                for p in found
            ]
        )

    def retrieve(
        self,
        collection_name: str,
        ids: Sequence[Any],
        with_payload: bool | Sequence[str] = True,
        with_vectors: bool | Sequence[str] = False,
        **_: Any,
    ) -> list[models.Record]:
        """Return the points that are there among these ids."""
        found = self._shard(collection_name).retrieve(
            [edge_id(i) for i in ids],
            with_payload=_selection(with_payload),
            with_vector=_selection(with_vectors),
        )
        return [_client_record(record) for record in found]

    def scroll(
        self,
        collection_name: str,
        scroll_filter: models.Filter | None = None,
        limit: int = 10,
        offset: Any = None,
        with_payload: bool | Sequence[str] = True,
        with_vectors: bool | Sequence[str] = False,
        **_: Any,
    ) -> tuple[list[models.Record], Any]:
        """Return a page of points in the order of their ids, and the id that the next page begins with."""
        records, following = self._shard(collection_name).scroll(
            edge.ScrollRequest(
                offset=edge_id(offset) if offset is not None else None,
                limit=limit,
                filter=edge_filter(scroll_filter),
                with_payload=_selection(with_payload),
                with_vector=_selection(with_vectors),
            )
        )
        return [_client_record(r) for r in records], _client_id(following) if following is not None else None

    def count(
        self, collection_name: str, count_filter: models.Filter | None = None, exact: bool = True
    ) -> models.CountResult:
        """Count the points that pass the filter."""
        shard = self._shard(collection_name)
        return models.CountResult(count=shard.count(edge.CountRequest(exact=exact, filter=edge_filter(count_filter))))

    def optimize(self, collection_name: str) -> None:
        """Build the indexes of what was written since the last call (the embedded engine does not on its own)."""
        shard = self._shard(collection_name)
        self._check_room(sum(path.stat().st_size for path in (self._folder / collection_name).rglob("*.*")))
        shard.optimize()
        shard.flush()

    def _shard(self, name: str) -> edge.EdgeShard:
        with self._opening:
            return self._shards.get(name) or self._load(name)

    def _load(self, name: str) -> edge.EdgeShard:
        folder = self._folder / name
        if not self.collection_exists(name):
            raise ValueError(f"Collection {name} not found")  # what QdrantClient's local mode raises
        self._check_room()
        try:
            config = models.CreateCollection.model_validate(json.loads((folder / _CONFIG).read_text()))
            shard = edge.EdgeShard.load(str(folder / "shard"))
        except Exception as error:
            raise IndexUnavailable(
                f"The collection in {folder} cannot be opened ({error}); delete that folder and ingest again."
            ) from error
        self._configs[name], self._shards[name] = config, shard
        return shard


def _edge_config(config: models.CreateCollection) -> edge.EdgeConfig:
    vectors = config.vectors or {}
    named = vectors if isinstance(vectors, dict) else {"": vectors}
    return edge.EdgeConfig(
        vectors={n: edge.EdgeVectorParams(size=v.size, distance=DISTANCES[v.distance]) for n, v in named.items()},
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(
                modifier=edge.Modifier.Idf if params.modifier == models.Modifier.IDF else None
            )
            for name, params in (config.sparse_vectors or {}).items()
        },
    )


def _selection(wanted: bool | Sequence[str]) -> bool | list[str]:
    return wanted if isinstance(wanted, bool) else list(wanted)


def _client_id(point_id: int | str | UUID) -> int | str:
    return point_id if isinstance(point_id, int) else str(point_id)


def _client_record(record: edge.Record) -> models.Record:
    return models.Record(id=_client_id(record.id), payload=record.payload, vector=client_vector(record.vector))


def _holder(folder: Path) -> str:
    try:
        return f" (process {int((folder / '.owner').read_text())})"
    except (OSError, ValueError):
        return ""
