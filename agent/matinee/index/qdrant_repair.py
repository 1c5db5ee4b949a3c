"""Damaged collections of the embedded engine: found, and rebuilt from the payload that can still be read.

What cannot be rebuilt whole is set aside and not deleted, so that nothing stands in the way of ingesting again.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from matinee.errors import IndexDamaged
from matinee.index.edge import EdgeClient
from matinee.index.edge_seal import salvaged
from matinee.index.protocol import Repaired
from matinee.index.qdrant_collection import Connection, QdrantCollection
from matinee.index.qdrant_films import MOVIES
from matinee.index.qdrant_filters import point_id
from matinee.index.qdrant_passages import PASSAGES
from matinee.index.qdrant_ratings import VIEWERS, make_viewers

_BATCH = 64
_FROM_FILES = {MOVIES: "the catalogue", PASSAGES: "the file"}
_AGAIN = {
    **{name: f"run `matinee ingest` again with {file} that they came from" for name, file in _FROM_FILES.items()},
    "matinee_preferences": "those were kept; tell the others again with `matinee taste`",
    VIEWERS: "those were kept; bring the others again with `matinee taste import`",
}
"""How to get back what cannot be read; all else is made anew when it is asked for."""


def damaged_collections(connection: Connection) -> dict[str, IndexDamaged]:
    """Return the damaged collections, with what is wrong with each; a server tells of none."""
    client = connection.client
    return client.damaged() if isinstance(client, EdgeClient) else {}


def repair(connection: Connection, collections: Mapping[str, QdrantCollection]) -> Repaired:
    """Rebuild every damaged collection; those that are not among the `collections` given have no texts to embed.

    What comes from a file is rebuilt whole or not at all: a part of it would be searched as if it were the whole.
    """
    client = connection.client
    said, whole = [], True
    for name in damaged_collections(connection):
        assert isinstance(client, EdgeClient)
        records, stored = salvaged(Path(connection.location) / name)
        kept = {_id_of(name, record): record for record in records}
        read, is_whole = len(kept), stored is not None and len(kept) == stored
        if not is_whole and name in _FROM_FILES:
            kept = {}
        aside = client.set_aside(name)
        if kept:
            _store(client, name, collections.get(name), kept)
        if is_whole:
            shutil.rmtree(aside, ignore_errors=True)
            said.append(f"{name}: all {stored} entries were rebuilt.")
        elif again := _AGAIN.get(name):
            whole = False
            of_all = f"{read} of {stored}" if stored is not None else f"{read}"
            said.append(f"{name}: {of_all} entries can be read, so {again} (what was there is in {aside}).")
        else:
            said.append(f"{name}: set aside in {aside}; it is made anew when it is asked for.")
    return Repaired(said, whole)


def _store(client: EdgeClient, name: str, collection: QdrantCollection | None, kept: Mapping[str, edge.Record]) -> None:
    ids = list(kept)
    payloads: list[dict[str, Any]] = [dict(record.payload or {}) for record in kept.values()]
    if collection is not None:
        for start in range(0, len(ids), _BATCH):
            some = payloads[start : start + _BATCH]
            texts = [str(payload.get("page_content", "")) for payload in some]
            collection.add(texts, [payload.get("metadata") or {} for payload in some], ids[start : start + _BATCH])
        collection.optimize()
    elif name == VIEWERS:
        make_viewers(client, name)
        points = zip(ids, payloads, strict=True)
        client.upsert(name, [models.PointStruct(id=i, vector={}, payload=payload) for i, payload in points])


def _id_of(name: str, record: edge.Record) -> str:
    """Return the id that belongs to the payload of a film: a damaged mapping may have led to another's."""
    metadata = (record.payload or {}).get("metadata") or {}
    if name == MOVIES and isinstance(metadata.get("movie_id"), str):
        return point_id(metadata["movie_id"])
    return str(record.id)
