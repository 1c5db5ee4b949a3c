"""What is on record about films of the starter catalogue: true stories, series, remakes, sources, casts.

Of a film without a record nothing is known.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from matinee.models import Movie, title_key
from matinee.records.prizes import winning_actors
from matinee.records.tables import listed, rows

_TITLED = re.compile(r"(?P<title>.+?)(?: \((?P<year>\d{4})[^)]*\))?")


class Related(NamedTuple):
    """A film that another one continues or remakes."""

    title: str
    year: int | None


@dataclass(frozen=True)
class Record:
    """What is known of a film of the starter catalogue."""

    true_story: Literal["yes", "loosely", "no"]
    series: tuple[Related, ...]
    remake_of: tuple[Related, ...]
    based_on: str
    cast: tuple[str, ...]


def record_of(movie: Movie) -> Record | None:
    """Return the film's record, or None for a film that is not of the starter catalogue."""
    return _records().get(title_key(movie.title, movie.year))


@cache
def performers() -> frozenset[str]:
    """Return the keys of everybody on record as an actor: in a cast, or for an acting prize."""
    casts = (person for record in _records().values() for person in record.cast)
    return frozenset(title_key(person, None) for person in (*casts, *winning_actors()))


def _related(cell: str | None) -> tuple[Related, ...]:
    found = (_TITLED.fullmatch(item) for item in listed(cell))
    return tuple(Related(f["title"], int(f["year"]) if f["year"] else None) for f in found if f)


@cache
def _records() -> dict[str, Record]:
    return {
        title_key(row["title"], int(row["year"])): Record(
            true_story=row["true_story"],  # type: ignore[arg-type]  # a test holds the file to the three words
            series=_related(row["series"]),
            remake_of=_related(row["remake_of"]),
            based_on=row["based_on"] or "",
            cast=listed(row["cast"]),
        )
        for row in rows("starter_facts.tsv")
    }
