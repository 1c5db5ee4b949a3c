"""A JSON list of films, alone or inside objects: Wikipedia's, French keys, or any whose keys say what they are."""

import re
from collections.abc import Iterable, Iterator

from matinee.catalogue.readers.columns import film, is_titled
from matinee.catalogue.readers.elements import JsonList
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source
from matinee.errors import CatalogueError

_KEYS = ("films", "film", "movies", "movie", "results", "items", "data")
_OBJECT = re.compile(r'\{\s*"(?:title|titre|name|id|_id|adult)"')
"""How a film begins, for going on after one that cannot be read."""


def json_list(chunks: Iterable[str]) -> JsonList:
    """Return the list of objects in a JSON text."""
    return JsonList(chunks, keys=_KEYS)


def _recognises(head: str) -> bool:
    found = json_list([head])
    first = next(found.elements(_OBJECT), None) if found.found else None
    if first is None or isinstance(first.value, dict):
        return first is not None and is_titled(first.value)
    return bool(_OBJECT.search(head))  # it may be longer than what has been read to tell the format


def _open(source: Source) -> Catalogue:
    if not json_list(source.chunks()).found:
        raise CatalogueError(f"`{source.name}` holds no list of films; expected is {FORMAT.looks}.")
    return Catalogue(FORMAT.name, source.path, None, [*source.remarks], lambda: _rows(source))


def _rows(source: Source) -> Iterator[Row]:
    for line, value, fault in json_list(source.chunks()).elements(restart=_OBJECT):
        yield (
            film(line, value, own_ids=True)
            if isinstance(value, dict)
            else Row(line, None, fault or "not a JSON object")
        )


FORMAT = Format("json", 'a list such as [{"title": ..., "year": ..., "genres": [...]}]', _recognises, _open)
