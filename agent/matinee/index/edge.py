"""Qdrant's own engine in this process, behind the calls that `QdrantVectorStore` makes of a `QdrantClient`.

`qdrant_client`'s local mode searches without an index and writes some 60 rows a second; `qdrant_edge` is the
server's engine as a library, but has an interface of its own. This adapter takes and gives the client's
models. One folder a collection; one process a folder, whose clients share what is open of it (`edge_folder`).
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from qdrant_client.http import models

from matinee.errors import IndexDamaged, IndexUnavailable
from matinee.index import edge_seal
from matinee.index.edge_folder import hold, release
from matinee.index.edge_queries import (
    PAYLOAD_TYPES,
    client_vector,
    edge_config,
    edge_filter,
    edge_id,
    edge_params,
    edge_point,
    edge_prefetch,
    edge_query,
)

_CONFIG = "collection.json"
_ASIDE = ".damaged"


class EdgeClient:
    """A hold on the embedded engine's collections under one folder; they close when the last hold is given up.

    Raises:
        IndexInUse: another process has the folder open.
        IndexUnavailable: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = hold(folder)
        self._closed = False

    def close(self) -> None:
        """Give up the hold; the last one closes every collection and lets other processes in."""
        if not self._closed:
            self._closed = True
            release(self._open)

    def collection_exists(self, collection_name: str) -> bool:
        """Tell whether the collection is there, damaged or not."""
        folder = self._folder / collection_name
        return (folder / _CONFIG).is_file() or edge_seal.is_sealed(folder)

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
        self._open.shards[collection_name] = edge.EdgeShard.create(str(folder / edge_seal.SHARD), edge_config(config))
        self._open.written.add(collection_name)
        self._open.configs[collection_name] = config
        staged = folder / f"{_CONFIG}.new"
        staged.write_text(config.model_dump_json(exclude_none=True))
        staged.replace(folder / _CONFIG)
        return True

    def delete_collection(self, collection_name: str) -> bool:
        """Delete the collection and its files."""
        if shard := self._open.shards.pop(collection_name, None):
            shard.close()
        self._open.configs.pop(collection_name, None)
        self._open.written.discard(collection_name)
        shutil.rmtree(self._folder / collection_name, ignore_errors=True)
        return True

    def get_collections(self) -> models.CollectionsResponse:
        """Return the names of the collections."""
        names = sorted(path.name for path in self._folder.iterdir() if self.collection_exists(path.name))
        return models.CollectionsResponse(collections=[models.CollectionDescription(name=name) for name in names])

    def get_collection(self, collection_name: str) -> models.CollectionInfo:
        """Return the collection's configuration and count, of all that a server tells."""
        points = self._shard(collection_name).info().points_count
        made = self._open.configs[collection_name]
        params = models.CollectionParams(vectors=made.vectors, sparse_vectors=made.sparse_vectors)
        told: dict[str, Any] = {"params": params, "metadata": made.metadata}
        told = {"points_count": points, "config": models.CollectionConfig.model_construct(**told)}
        return models.CollectionInfo.model_construct(**told, status=models.CollectionStatus.GREEN)

    def create_payload_index(
        self, collection_name: str, field_name: str, field_schema: models.PayloadSchemaType
    ) -> None:
        """Index a payload field, which filters on it need to be fast."""
        schema = PAYLOAD_TYPES[models.PayloadSchemaType(field_schema)]
        self._writing(collection_name).update(edge.UpdateOperation.create_field_index(field_name, schema))

    def upsert(self, collection_name: str, points: Sequence[models.PointStruct], **_: Any) -> None:
        """Write the points; they are in the write-ahead log when this returns."""
        self._open.check_room()
        operation = edge.UpdateOperation.upsert_points([edge_point(point) for point in points])
        self._writing(collection_name).update(operation)

    def delete(
        self,
        collection_name: str,
        points_selector: models.FilterSelector | models.Filter | Sequence[Any],
        **_: Any,
    ) -> models.UpdateResult:
        """Delete points by id or by filter."""
        shard = self._writing(collection_name)
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
        self._writing(collection_name).update(edge.UpdateOperation.set_payload_by_filter(condition, payload, key))
        return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)

    def query_points(
        self,
        collection_name: str,
        query: Any = None,
        prefetch: models.Prefetch | list[models.Prefetch] | None = None,
        limit: int = 10,
        **options: Any,
    ) -> models.QueryResponse:
        """Search: nearest to a vector, or several searches fused; the other options are those of `QdrantClient`."""
        prefetches = prefetch if isinstance(prefetch, list) else [prefetch] if prefetch else []
        request = edge.QueryRequest(
            limit=limit,
            offset=options.get("offset"),
            query=edge_query(query, options.get("using")),
            prefetches=[edge_prefetch(p) for p in prefetches],
            filter=edge_filter(options.get("query_filter")),
            score_threshold=options.get("score_threshold"),
            params=edge_params(options.get("search_params")),
            **_selection(options),
        )
        points = [
            models.ScoredPoint(version=p.version, score=p.score, **_content(p))
            for p in self._shard(collection_name).query(request)
        ]
        return models.QueryResponse(points=points)

    def retrieve(self, collection_name: str, ids: Sequence[Any], **options: Any) -> list[models.Record]:
        """Return the points that are there among these ids."""
        found = self._shard(collection_name).retrieve([edge_id(i) for i in ids], **_selection(options))
        return [models.Record(**_content(record)) for record in found]

    def scroll(
        self,
        collection_name: str,
        scroll_filter: models.Filter | None = None,
        limit: int = 10,
        offset: Any = None,
        **options: Any,
    ) -> tuple[list[models.Record], Any]:
        """Return a page of points in the order of their ids, and the id that the next page begins with."""
        records, following = self._shard(collection_name).scroll(
            edge.ScrollRequest(
                offset=edge_id(offset) if offset is not None else None,
                limit=limit,
                filter=edge_filter(scroll_filter),
                **_selection(options),
            )
        )
        page = [models.Record(**_content(record)) for record in records]
        return page, _client_id(following) if following is not None else None

    def count(
        self, collection_name: str, count_filter: models.Filter | None = None, exact: bool = True
    ) -> models.CountResult:
        """Count the points that pass the filter."""
        shard = self._shard(collection_name)
        return models.CountResult(count=shard.count(edge.CountRequest(exact=exact, filter=edge_filter(count_filter))))

    def optimize(self, collection_name: str) -> None:
        """Build the indexes of what was written since the last call (the embedded engine does not on its own)."""
        shard = self._writing(collection_name)
        self._open.check_room(sum(path.stat().st_size for path in (self._folder / collection_name).rglob("*.*")))
        shard.optimize()
        shard.flush()

    def damaged(self) -> dict[str, IndexDamaged]:
        """Return the collections that cannot be used, with what is wrong; opens those that can."""
        found: dict[str, IndexDamaged] = {}
        for name in [collection.name for collection in self.get_collections().collections]:
            try:
                self._shard(name)
            except IndexDamaged as error:
                found[name] = error
        return found

    def set_aside(self, collection_name: str) -> Path:
        """Move a damaged collection to where nothing looks for it, replacing what lay there; return where."""
        aside = self._folder / _ASIDE / collection_name
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(exist_ok=True)
        (self._folder / collection_name).rename(aside)
        return aside

    def _writing(self, name: str) -> edge.EdgeShard:
        shard = self._shard(name)
        if name not in self._open.written:
            edge_seal.unseal(self._folder / name)
            self._open.written.add(name)
        return shard

    def compact(self, collection_name: str) -> None:
        """Write the collection anew, and drop what was set aside of it: the engine keeps what was deleted."""
        shutil.rmtree(self._folder / _ASIDE / collection_name, ignore_errors=True)
        with self._open.loading:
            shard = self._writing(collection_name)
            self._open.check_room()
            config = edge_config(self._open.configs[collection_name])
            del self._open.shards[collection_name]  # where this fails, the next use opens what is on the disk
            self._open.shards[collection_name] = edge_seal.compacted(shard, self._folder / collection_name, config)

    def _shard(self, name: str) -> edge.EdgeShard:
        with self._open.loading:
            return self._open.shards.get(name) or self._load(name)

    def _load(self, name: str) -> edge.EdgeShard:
        if self._closed:
            raise IndexUnavailable(f"The index in {self._folder} was closed while it was in use; open it again.")
        folder = self._folder / name
        if not self.collection_exists(name):
            raise ValueError(f"Collection {name} not found")  # what QdrantClient's local mode raises
        self._open.check_room()
        shard_folder = edge_seal.recovered(folder)
        seal = edge_seal.verified(folder)
        try:
            config = models.CreateCollection.model_validate(json.loads((folder / _CONFIG).read_text()))
            shard = edge.EdgeShard.load(str(shard_folder))
        except Exception as error:  # the engine has no error of its own kind
            raise edge_seal.damaged(folder, "the engine cannot open it") from error
        try:
            edge_seal.check(folder, shard, seal)
        except Exception as error:
            shard.close()
            if isinstance(error, IndexDamaged):
                raise
            raise edge_seal.damaged(folder, "entries cannot be read") from error
        self._open.configs[name], self._open.shards[name] = config, shard
        if seal is None or not seal.of_this_engine:
            self._writing(name)  # which seals it when it is closed
        return shard


def _selection(options: dict[str, Any]) -> dict[str, Any]:
    """Return what of a point is wanted: all of its payload, and no vectors, unless the options say otherwise."""
    payload, vectors = options.get("with_payload", True), options.get("with_vectors", False)
    return {
        "with_payload": payload if isinstance(payload, bool) else list(payload),
        "with_vector": vectors if isinstance(vectors, bool) else list(vectors),
    }


def _client_id(point_id: int | str | UUID) -> int | str:
    return point_id if isinstance(point_id, int) else str(point_id)


def _content(point: edge.Record | edge.ScoredPoint) -> dict[str, Any]:
    return {"id": _client_id(point.id), "payload": point.payload, "vector": client_vector(point.vector)}
