"""Requests with the films that answer them, one JSON object a line.

`{"id": ..., "query": ..., "gold_movieId": ["2379", ...], "mentioned": ["Super Troopers (2001)", ...]}`: the answers
are MovieLens ids, or `gold` holds the catalogue's own ids; `mentioned` (titles that the request names) may be left
out.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from matinee.catalogue.titles import natural_title, split_year
from matinee.errors import CatalogueError
from matinee.index import FilmReference
from matinee.models import title_key

_FORM = '{"id": "1", "query": "...", "gold_movieId": ["2379"]}'


class EvaluationRequest(BaseModel):
    """One request, its answers, and the titles that it names."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, frozen=True)

    id: str = Field(min_length=1)
    query: str = Field(min_length=1)
    gold: list[str] = Field(validation_alias=AliasChoices("gold", "gold_movieId"), min_length=1)
    mentioned: list[str] = []


def read_requests(path: Path) -> list[EvaluationRequest]:
    """Return the requests of a file.

    Raises:
        CatalogueError: the file cannot be read or holds none, or a line is no request; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # a text may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"The requests {path} cannot be read: {error}") from error
    found: dict[str, EvaluationRequest] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            request = EvaluationRequest.model_validate(_object(line))
        except ValidationError as error:
            raise CatalogueError(f"{path.name}, line {number}: {_fault(error)}") from error
        except (ValueError, RecursionError) as error:
            raise CatalogueError(f"{path.name}, line {number} is no JSON object ({error}).") from error
        if request.id in found:
            raise CatalogueError(f"{path.name}, line {number}: the id {request.id!r} stands there twice.")
        found[request.id] = request
    if not found:
        raise CatalogueError(f"{path} holds no requests; expected lines such as {_FORM}.")
    return list(found.values())


def halves(requests: Sequence[EvaluationRequest]) -> tuple[Sequence[EvaluationRequest], Sequence[EvaluationRequest]]:
    """Return the first half of a file's requests, on which what can be tuned is tuned, and the second."""
    middle = (len(requests) + 1) // 2
    return requests[:middle], requests[middle:]


class Answers:
    """The catalogue's films by the ids and titles that evaluation files use."""

    def __init__(self, films: Sequence[FilmReference]) -> None:
        self._ids = {film.movielens_id: film.movie_id for film in films if film.movielens_id}
        self._ids |= {film.movie_id: film.movie_id for film in films}
        self._titles: dict[str, list[FilmReference]] = {}
        for film in films:
            for title in (film.title, *film.aka):
                self._titles.setdefault(title_key(title, None), []).append(film)

    def gold(self, request: EvaluationRequest) -> set[str]:
        """Return the catalogue ids of the answers, without films that the request names: those never count."""
        return {self._ids[i] for i in request.gold if i in self._ids} - self.mentioned(request)

    def mentioned(self, request: EvaluationRequest) -> set[str]:
        """Return the catalogue ids of the titles that the file says the request names; a year may be off by one."""
        found = set()
        for written in request.mentioned:
            title, year = split_year(written.strip())
            for film in self._titles.get(title_key(natural_title(title)[0], None), []):
                if year is None or film.year is None or abs(film.year - year) <= 1:
                    found.add(film.movie_id)
        return found


def _fault(error: ValidationError) -> str:
    """Return the first fault without the value, which may be a long text."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"`{place}`: {fault['msg']}. Expected {_FORM}."


def _object(line: str) -> dict[str, Any]:
    read = json.loads(line)
    if not isinstance(read, dict):
        raise ValueError(f"it is a {type(read).__name__}")
    return read
