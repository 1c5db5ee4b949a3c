"""Damaged collections of the embedded engine: found, and rebuilt from the payload that can still be read.

What cannot be rebuilt whole is set aside and not deleted, so that nothing stands in the way of ingesting again.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import qdrant_edge as edge
from qdrant_client import models

from matinee.errors import IndexDamaged
from matinee.index.edge import EdgeClient
from matinee.index.edge_seal import salvaged
from matinee.index.forms import FILMS, PASSAGES, PREFERENCES, VIEWERS_COLLECTION
from matinee.index.qdrant_connection import Connection
from matinee.index.qdrant_filters import point_id
from matinee.index.qdrant_ratings import make_viewers
from matinee.index.qdrant_table import QdrantTable
from matinee.index.store import Repaired
from matinee.index.table import Row

_FROM_FILES = {FILMS.collection: "the catalogue", PASSAGES.collection: "the file"}
_AGAIN = {
    **{name: f"run `matinee ingest` again with {file} that they came from" for name, file in _FROM_FILES.items()},
    PREFERENCES.collection: "those were kept; tell the others again with `matinee taste`",
    VIEWERS_COLLECTION: "those were kept; bring the others again with `matinee taste import`",
}
"""How to get back what cannot be read; all else is made anew when it is asked for."""


def damaged_collections(connection: Connection) -> dict[str, IndexDamaged]:
    """Return the damaged collections, with what is wrong with each; a server tells of none."""
    client = connection.client
    return client.damaged() if isinstance(client, EdgeClient) else {}


def repair(connection: Connection, tables: Mapping[str, QdrantTable]) -> Repaired:
    """Rebuild every damaged collection; those that are not among the `tables` have no texts to embed.

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
            _store(client, name, tables.get(name), kept)
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


def _store(client: EdgeClient, name: str, table: QdrantTable | None, kept: Mapping[str, edge.Record]) -> None:
    payloads = {point: dict(record.payload or {}) for point, record in kept.items()}
    if table is not None:
        table.write([Row(i, str(p.get("page_content", "")), p.get("metadata") or {}) for i, p in payloads.items()])
        client.optimize(name)
    elif name == VIEWERS_COLLECTION:
        make_viewers(client)
        client.upsert(name, [models.PointStruct(id=i, vector={}, payload=p) for i, p in payloads.items()])


def _id_of(name: str, record: edge.Record) -> str:
    """Return the id that belongs to the payload of a film: a damaged mapping may have led to another's."""
    metadata = (record.payload or {}).get("metadata") or {}
    if name == FILMS.collection and isinstance(metadata.get("movie_id"), str):
        return point_id(FILMS, metadata["movie_id"])
    return str(record.id)
