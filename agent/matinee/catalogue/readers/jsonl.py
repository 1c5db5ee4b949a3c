"""One film a line as a JSON object, under the names of `Movie`'s fields or any that say what they are."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from matinee.catalogue.readers.columns import describes_films, film
from matinee.catalogue.readers.format import Catalogue, Format
from matinee.catalogue.readers.row import Row
from matinee.catalogue.readers.source import Source

_LINES_TRIED = 10
_TITLED = re.compile(r'\s*\{(?:[^\[{]*,)?\s*"title"\s*:')


def _recognises(head: str) -> bool:
    lines = head.split("\n", _LINES_TRIED)[:_LINES_TRIED]
    # A film that is told at length may be longer than what has been read to tell the format.
    return any("title" in (o := _object(line)) or describes_films(o) for line in lines) or bool(
        len(lines) == 1 and _TITLED.match(head)
    )


def _open(source: Source) -> Catalogue:
    return Catalogue("jsonl", source.path, source.line_count, [*source.remarks], lambda: _rows(source))


def _rows(source: Source) -> Iterator[Row]:
    for number, line in enumerate(source.lines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line, strict=False)
        except json.JSONDecodeError as error:
            yield Row(number, None, f"not readable as JSON: {error.msg} at character {error.pos + 1}")
        except (ValueError, RecursionError) as error:
            yield Row(number, None, f"not readable as JSON: {error}")
        else:
            is_object = isinstance(said, dict)
            yield film(number, said, own_ids=True) if is_object else Row(number, None, "not a JSON object")


def _object(line: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


FORMAT = Format("jsonl", 'lines such as {"title": "Arrival", "year": 2016, "genres": ["Drama"]}', _recognises, _open)
