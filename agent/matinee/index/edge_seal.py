"""The files of a collection of the embedded engine: sealed, so that damage is told and never searched; compacted.

A seal holds the version of the layout and of the engine, how many points there are, and a digest of every file. It is
broken before the first write and made again when the collection is closed. A collection without one (written by a
former version, or by a process that died at it) is read through once instead, and gets one.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from pydantic import BaseModel, ValidationError

from matinee.errors import IndexDamaged, IndexUnavailable

LAYOUT = 1
"""Counted up when what is stored is laid out in another way than before."""

SHARD = "shard"
_SEAL = "seal.json"
_NEW, _OLD = f"{SHARD}.new", f"{SHARD}.old"
_PAYLOAD = "payload_storage"
_BLOCK = 1 << 16
_PAGE = 1000
_COPIED = 256
_ENGINE = version("qdrant-edge-py")


class Seal(BaseModel):
    """What a collection was when it was closed."""

    layout: int
    engine: str
    points: int
    files: dict[str, str]
    """Digests by path in the collection's folder."""

    @property
    def of_this_engine(self) -> bool:
        """Tell whether the engine in use wrote it; another one may bring the files to its own form when it opens."""
        return self.engine == _ENGINE


def is_sealed(folder: Path) -> bool:
    """Tell whether the collection has a seal."""
    return (folder / _SEAL).is_file()


def unseal(folder: Path) -> None:
    """Break the seal, before what it says stops being true."""
    (folder / _SEAL).unlink(missing_ok=True)


def seal(folder: Path) -> None:
    """Seal a collection that nobody has open.

    It is opened once more first: the engine tidies its journals then, and opening it again changes no file.
    """
    with suppress(Exception):  # a full disk, say: without a seal it is read through when it is opened next
        shard = edge.EdgeShard.load(str(folder / SHARD))
        points = _count(shard)
        shard.close()
        made = Seal(layout=LAYOUT, engine=_ENGINE, points=points, files=_digests(folder))
        staged = folder / f"{_SEAL}.new"
        staged.write_text(made.model_dump_json())
        staged.replace(folder / _SEAL)


def verified(folder: Path) -> Seal | None:
    """Return the seal of a collection whose files are as they were sealed; None where it has no seal.

    Raises:
        IndexDamaged: the files are others, or the seal cannot be read.
        IndexUnavailable: a later version wrote it.
    """
    made = _read(folder)
    if made is None:
        return None
    if made.layout > LAYOUT:
        raise IndexUnavailable(
            f"The index in {folder} has layout {made.layout}, and this version of matinee reads layout {LAYOUT}; "
            "update matinee, or set MATINEE_HOME to another folder and ingest there."
        )
    if changed := _changed(folder, made):
        raise damaged(folder, f"{changed[0]} is not as it was written")
    return made


def check(folder: Path, shard: edge.EdgeShard, made: Seal | None) -> None:
    """Compare what was opened with its seal; without one read all of it.

    Raises:
        IndexDamaged: points are missing, or cannot be read.
    """
    count = _count(shard)
    if made is not None and made.points != count:
        raise damaged(folder, f"{count} of {made.points} entries are left")
    if made is None:
        dense = [_dense(record) for record in points_of(shard, vectors=True)]
        empty = sum(vector is not None and not any(vector) for vector in dense)
        if len(dense) != count or empty > len(dense) / 2:  # an encoder may have nothing to say of a text or two
            raise damaged(folder, f"{len(dense) - empty} of {count} entries can be read")


def damaged(folder: Path, what: str) -> IndexDamaged:
    """Return the error to raise for a collection that is not what it was."""
    return IndexDamaged(
        f"The index in {folder} is damaged ({what}); run `matinee doctor --repair`, which rebuilds it from what can "
        "still be read."
    )


def salvaged(folder: Path) -> tuple[list[edge.Record], int | None]:
    """Return the points of a damaged collection whose payload can be trusted, and how many there should be, if known.

    None can be where the payload's own files are not as they were sealed, or the engine cannot open the rest.
    """
    try:
        made = _read(folder)
    except IndexDamaged:
        made = None
    if made is not None and any(_PAYLOAD in path for path in _changed(folder, made)):
        return [], made.points
    records: list[edge.Record] = []
    with suppress(Exception):  # the engine has no error of its own kind
        shard = edge.EdgeShard.load(str(folder / SHARD))
        try:
            records.extend(record for record in points_of(shard) if record.payload)
        finally:
            shard.close()
    return records, made.points if made else None


def points_of(shard: edge.EdgeShard, *, vectors: bool = False) -> Iterator[edge.Record]:
    """Yield every point with its payload."""
    offset: Any = None
    while True:
        page, offset = shard.scroll(
            edge.ScrollRequest(offset=offset, limit=_PAGE, filter=None, with_payload=True, with_vector=vectors)
        )
        yield from page
        if offset is None:
            return


def compacted(shard: edge.EdgeShard, folder: Path, config: edge.EdgeConfig) -> edge.EdgeShard:
    """Return the shard that takes the place of this one in the folder, with the same points and payload indexes.

    The engine only marks points as deleted; their texts stay in its segments and in its write-ahead log. What is left
    is therefore copied into a new shard. Whenever the process dies, one of the two is whole, and `recovered` finds it.
    """
    shutil.rmtree(folder / _NEW, ignore_errors=True)
    fresh = edge.EdgeShard.create(str(folder / _NEW), config)
    for field, index in shard.info().payload_schema.items():
        fresh.update(edge.UpdateOperation.create_field_index(field, index.data_type))
    left = points_of(shard, vectors=True)
    while page := list(islice(left, _COPIED)):
        points = [edge.Point(record.id, record.vector or {}, record.payload) for record in page]
        fresh.update(edge.UpdateOperation.upsert_points(points))
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


def _dense(record: edge.Record) -> Any:
    return record.vector.get("") if isinstance(record.vector, dict) else record.vector


def _count(shard: edge.EdgeShard) -> int:
    return shard.count(edge.CountRequest(exact=True, filter=None))


def _read(folder: Path) -> Seal | None:
    try:
        return Seal.model_validate_json((folder / _SEAL).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise damaged(folder, f"{_SEAL} cannot be read") from error


def _changed(folder: Path, made: Seal) -> list[str]:
    found = _digests(folder)
    return sorted(path for path in {*made.files, *found} if made.files.get(path) != found.get(path))


def _digests(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(_SEAL)]
    return {path.relative_to(folder).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    """Return a digest of the size and of what is not zero: most of the engine's files are holes.

    Copying may fill holes, so that what lies in them counts for nothing either way. Of JSON the content counts: the
    engine writes its configuration anew whenever it opens a collection, with the names of vectors in any order.
    """
    if path.suffix == ".json":
        with suppress(ValueError):
            content = json.dumps(json.loads(path.read_bytes()), sort_keys=True)
            return blake2b(content.encode(), digest_size=16).hexdigest()
    digest = blake2b(str(path.stat().st_size).encode(), digest_size=16)
    with path.open("rb", buffering=0) as file:
        for place in _places_of_data(file.fileno()):
            file.seek(place)
            block = file.read(_BLOCK)
            if any(block):
                digest.update(place.to_bytes(8, "big"))
                digest.update(block)
    return digest.hexdigest()


def _places_of_data(descriptor: int) -> Iterator[int]:
    """Yield where the blocks begin that may hold something."""
    size, place = os.fstat(descriptor).st_size, 0
    while place < size:
        try:
            data = os.lseek(descriptor, place, os.SEEK_DATA) if hasattr(os, "SEEK_DATA") else place
        except OSError:
            return  # a hole up to the end
        place = max(place, data // _BLOCK * _BLOCK)
        yield place
        place += _BLOCK
