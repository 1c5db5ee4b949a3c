"""A small data set of ratings for tests: two circles of viewers, who agree among themselves and not with the other."""

from collections.abc import Sequence
from pathlib import Path

from matinee.models import Movie
from matinee.ratings.table import RatingTable
from tests.support.films import film

_NAMES = ("Ann", "Bea", "Cleo", "Dora", "Eve")  # numbers would make films of one series of them
SEA = [film(f"Sea Tale of {name}", 1990 + n, imdb_id=f"tt000000{n}") for n, name in enumerate(_NAMES, 1)]
CITY = [film(f"City Tale of {name}", 1990 + n, imdb_id=f"tt000001{n}") for n, name in enumerate(_NAMES, 1)]
TALES: list[Movie] = [*SEA, *CITY]


def number(movie: Movie) -> int:
    """The film's number in the data set: 101 to 105, 111 to 115."""
    return 100 + int((movie.imdb_id or "")[-2:])


def rating_rows(viewers: int = 6) -> list[tuple[int, int, float]]:
    """Each viewer knows four films of their circle, of which they love three, and one of the other, which they do not.

    Which four and which one goes round, so that every film is known and none is known to all.
    """
    rows = []
    for user in range(2 * viewers):
        own, other = (SEA, CITY) if user < viewers else (CITY, SEA)
        for place in range(4):
            rows.append((user + 1, number(own[(user + place) % 5]), 5.0 if place else 3.5))
        rows.append((user + 1, number(other[user % 5]), 1.5))
    return sorted(rows)


def write_ratings(folder: Path, viewers: int = 6, *, movies: bool = True, links: bool = True) -> Path:
    """Write the data set as MovieLens' latest sets are."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{user},{item},{stars},1" for user, item, stars in rating_rows(viewers)]
    _write(folder / "ratings.csv", ["userId,movieId,rating,timestamp", *lines])
    if movies:
        titled = [f"{number(m)},{m.title} ({m.year}),Drama" for m in TALES]
        _write(folder / "movies.csv", ["movieId,title,genres", *titled])
    if links:
        linked = [f"{number(m)},{(m.imdb_id or '')[2:]}," for m in TALES]
        _write(folder / "links.csv", ["movieId,imdbId,tmdbId", *linked])
    return folder


def write_old_ratings(folder: Path, *, films: bool = True) -> Path:
    """Write it as 100k is, whose numbers are its own: here those that the usual ones give to other films."""
    folder.mkdir(parents=True, exist_ok=True)
    others = {number(m): number(TALES[-1 - place]) for place, m in enumerate(TALES)}
    _write(folder / "u.data", [f"{user}\t{others[item]}\t{round(stars)}\t1" for user, item, stars in rating_rows()])
    if films:
        titled = [f"{others[number(m)]}|{m.title} ({m.year})|01-Jan-1995||http://x|0|1" for m in TALES]
        _write(folder / "u.item", titled)
    return folder


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines) + "\n")


def by_viewer(table: RatingTable) -> dict[str, dict[str, float]]:
    """Each viewer's ratings, in stars by film."""
    found: dict[str, dict[str, float]] = {}
    for user, item, tenths in zip(table.users.tolist(), table.items.tolist(), table.tenths.tolist(), strict=True):
        found.setdefault(str(table.user_ids[user]), {})[str(table.item_ids[item])] = tenths / 10
    return found
