"""movies.json with French keys: `{"films": {"film": [{"titre": ..., "realisateur": ..., "role": [...]}]}}`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from matinee.catalogue.readers.elements import JsonList
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source
from matinee.catalogue.readers.values import read_imdb_id, split_names
from matinee.errors import CatalogueError

_FILM = re.compile(r'\{\s*"titre"')
_STARS = 5


def _list(chunks: Iterable[str]) -> JsonList:
    return JsonList(chunks, keys=("films", "film"))


def _recognises(head: str) -> bool:
    return '"titre"' in head and _list([head]).found


def _open(source: Source) -> Catalogue:
    if not _list(source.chunks()).found:
        raise CatalogueError(f"`{source.name}` holds no list of films; expected is {FORMAT.looks}.")
    return Catalogue("french-json", source.path, None, [*source.remarks], lambda: _rows(source))


def _rows(source: Source) -> Iterator[Row]:
    for line, film, fault in _list(source.chunks()).elements(restart=_FILM):
        if isinstance(film, dict):
            yield film_row(line, _fields(film))
        else:
            yield Row(line, None, fault or "not a JSON object")


def _fields(film: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": film.get("titre"),
        "year": film.get("annee"),
        "runtime": film.get("duree"),
        "overview": film.get("resume"),
        "genres": film.get("genre"),
        "countries": split_names(film.get("pays")),
        "languages": split_names(film.get("langue")),
        "directors": _people(film.get("realisateur")),
        "stars": _people(film.get("role"))[:_STARS],
        # A number that can be nothing else is an IMDb id; another catalogue's own id is of no use.
        "imdb_id": read_imdb_id(film.get("_id")),
    }


def _people(entry: object) -> list[object]:
    """Return the names in a person, a role, or a list of either."""
    if isinstance(entry, list):
        return [name for one in entry for name in _people(one)]
    if isinstance(entry, dict):
        return _people(entry.get("acteur")) if "acteur" in entry else [entry.get("__text")]
    return [entry] if isinstance(entry, str) else []


FORMAT = Format("french-json", '{"films": {"film": [{"titre": ..., "annee": ...}]}}', _recognises, _open)
