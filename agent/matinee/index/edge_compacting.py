"""Writes a shard of the embedded engine anew, so that nothing of a deleted point is left in its files.

The engine only marks points as deleted; their texts stay in its segments and in its write-ahead log. What is left is
therefore copied into a new shard beside the old one, which then takes its place. Whenever the process dies, one of the
two is whole, and `recovered` finds it.
"""

import shutil
from pathlib import Path

import qdrant_edge as edge

from matinee.index.edge_seal import SHARD

_NEW, _OLD = f"{SHARD}.new", f"{SHARD}.old"
_PAGE = 256


def compacted(shard: edge.EdgeShard, folder: Path, config: edge.EdgeConfig) -> edge.EdgeShard:
    """Return the shard that takes the place of this one in the folder, with the same points and payload indexes."""
    shutil.rmtree(folder / _NEW, ignore_errors=True)
    fresh = edge.EdgeShard.create(str(folder / _NEW), config)
    for field, index in shard.info().payload_schema.items():
        fresh.update(edge.UpdateOperation.create_field_index(field, index.data_type))
    offset = None
    while True:
        page, offset = shard.scroll(edge.ScrollRequest(offset=offset, limit=_PAGE, with_payload=True, with_vector=True))
        if page:
            points = [edge.Point(record.id, record.vector or {}, record.payload) for record in page]
            fresh.update(edge.UpdateOperation.upsert_points(points))
        if offset is None:
            break
    fresh.flush()
    fresh.close()
    shard.close()
    (folder / SHARD).rename(folder / _OLD)
    (folder / _NEW).rename(folder / SHARD)
    shutil.rmtree(folder / _OLD, ignore_errors=True)
    return edge.EdgeShard.load(str(folder / SHARD))


def recovered(folder: Path) -> Path:
    """Return where the folder's shard is, after ending what a process that died in `compacted` had begun."""
    shard = folder / SHARD
    if not shard.exists() and (folder / _NEW).exists():
        (folder / _NEW).rename(shard)  # the old one steps aside only for one that is whole
    for left in (_NEW, _OLD):
        shutil.rmtree(folder / left, ignore_errors=True)
    return shard
