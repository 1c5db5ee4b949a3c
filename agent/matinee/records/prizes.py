"""The winners of the main prizes: complete lists, so that a film which is not on one did not win that prize."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from matinee.models import Movie, bare_title_key
from matinee.records.tables import listed, rows


@dataclass(frozen=True)
class Prize:
    """A prize that a film won; `prize` is a key of `prizes.tsv`, `people` those who got it, if it goes to people."""

    prize: str
    film: str
    year: int
    people: tuple[str, ...]


def prizes_of(movie: Movie) -> Sequence[Prize]:
    """Return the listed prizes that the film won; years of release may differ by one between sources."""
    years = (movie.year - 1, movie.year, movie.year + 1) if movie.year else ()
    found = (_by_film().get(f"{bare_title_key(key)}-{year}", ()) for key in movie.keys for year in years)
    return list(dict.fromkeys(prize for prizes in found for prize in prizes))


@cache
def newest(prize: str) -> int:
    """Return the year of the newest film in the list of a prize; keys that begin alike (`oscar`) count together."""
    return max(p.year for p in all_prizes() if p.prize.startswith(prize))


def winning_actors() -> Iterator[str]:
    """Yield everybody who won a prize for acting."""
    return (person for p in all_prizes() if "act" in p.prize for person in p.people)


@cache
def all_prizes() -> tuple[Prize, ...]:
    """Return every prize on record."""
    return tuple(
        Prize(row["prize"], row["film"], int(row["year"]), listed(row["people"])) for row in rows("prizes.tsv")
    )


@cache
def _by_film() -> dict[str, list[Prize]]:
    found: dict[str, list[Prize]] = {}
    for prize in all_prizes():
        for title in prize.film.split(" / "):
            found.setdefault(f"{bare_title_key(title)}-{prize.year}", []).append(prize)
    return found
