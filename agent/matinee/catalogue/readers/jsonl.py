"""One film a line as a JSON object, under the names of `Movie`'s fields or those of enriched MovieLens."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row, film_row
from matinee.catalogue.readers.source import Source

_ALSO_CALLED = {"directors": "director", "stars": "cast", "movielens_id": "movieId", "tmdb_rating": "tmdb_vote"}
_LINES_TRIED = 10
_TITLED = re.compile(r'\s*\{(?:[^\[{]*,)?\s*"title"\s*:')


def _recognises(head: str) -> bool:
    lines = head.split("\n", _LINES_TRIED)[:_LINES_TRIED]
    # A film that is told at length may be longer than what has been read to tell the format.
    return any("title" in _object(line) for line in lines) or bool(len(lines) == 1 and _TITLED.match(head))


def _open(source: Source) -> Catalogue:
    return Catalogue("jsonl", source.path, source.line_count, [*source.remarks], lambda: _rows(source))


def _rows(source: Source) -> Iterator[Row]:
    for number, line in enumerate(source.lines(), 1):
        if not line.strip():
            continue
        try:
            film = json.loads(line, strict=False)
        except json.JSONDecodeError as error:
            yield Row(number, None, f"not readable as JSON: {error.msg} at character {error.pos + 1}")
        except (ValueError, RecursionError) as error:
            yield Row(number, None, f"not readable as JSON: {error}")
        else:
            yield film_row(number, _fields(film)) if isinstance(film, dict) else Row(number, None, "not a JSON object")


def _fields(film: Mapping[str, Any]) -> dict[str, Any]:
    return {**film, **{name: film[other] for name, other in _ALSO_CALLED.items() if other in film and name not in film}}


def _object(line: str) -> Mapping[str, Any]:
    try:
        film = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return {}
    return film if isinstance(film, dict) else {}


FORMAT = Format("jsonl", 'lines such as {"title": "Arrival", "year": 2016, "genres": ["Drama"]}', _recognises, _open)
