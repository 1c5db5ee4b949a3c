"""What is on record about films beyond their rows: the main prizes, true stories, series, remakes, sources, casts.

Prizes are complete lists of their winners, so a claim that a listed prize went to a film is true or false by them. The
other records cover the films of the starter catalogue only; of a film without a record nothing is known.
"""

import re
from collections.abc import Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from matinee.models import Movie, title_key
from matinee.reasons.names import bare_title_key

_TITLED = re.compile(r"(?P<title>.+?)(?: \((?P<year>\d{4})[^)]*\))?")


@dataclass(frozen=True)
class Prize:
    """A prize that a film won; `prize` is a key of `prizes.tsv`, `people` those who got it, if it goes to people."""

    prize: str
    film: str
    year: int
    people: tuple[str, ...]


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


def prizes_of(movie: Movie) -> Sequence[Prize]:
    """Return the listed prizes that the film won; years of release may differ by one between sources."""
    years = (movie.year - 1, movie.year, movie.year + 1) if movie.year else ()
    found = (_prizes().get(f"{bare_title_key(key)}-{year}", ()) for key in movie.keys for year in years)
    return list(dict.fromkeys(prize for prizes in found for prize in prizes))


@cache
def newest(prize: str) -> int:
    """Return the year of the newest film in the list of a prize; keys that begin alike (`oscar`) count together."""
    return max(p.year for listed in _prizes().values() for p in listed if p.prize.startswith(prize))


@cache
def performers() -> frozenset[str]:
    """Return the keys of everybody on record as an actor: in a cast, or for an acting prize."""
    casts = (person for record in _records().values() for person in record.cast)
    acting = (person for listed in _prizes().values() for p in listed if "act" in p.prize for person in p.people)
    return frozenset(title_key(person, None) for person in (*casts, *acting))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("matinee.reasons").joinpath("data", name).read_text(encoding="utf-8")
    return iter(DictReader(text.splitlines(), delimiter="\t", quoting=3))


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in (cell or "").split(";") if item.strip())


def _related(cell: str | None) -> tuple[Related, ...]:
    found = (_TITLED.fullmatch(item) for item in _listed(cell))
    return tuple(Related(f["title"], int(f["year"]) if f["year"] else None) for f in found if f)


@cache
def _records() -> dict[str, Record]:
    return {
        title_key(row["title"], int(row["year"])): Record(
            true_story=row["true_story"],  # type: ignore[arg-type]  # a test holds the file to the three words
            series=_related(row["series"]),
            remake_of=_related(row["remake_of"]),
            based_on=row["based_on"] or "",
            cast=_listed(row["cast"]),
        )
        for row in _rows("starter_facts.tsv")
    }


@cache
def _prizes() -> dict[str, list[Prize]]:
    found: dict[str, list[Prize]] = {}
    for row in _rows("prizes.tsv"):
        prize = Prize(row["prize"], row["film"], int(row["year"]), _listed(row["people"]))
        for title in row["film"].split(" / "):
            found.setdefault(f"{bare_title_key(title)}-{prize.year}", []).append(prize)
    return found
