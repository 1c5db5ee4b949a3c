"""What a viewer rated, watched or wishes for, brought from another service: stored, read back, and exported."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from matinee.index import Store
from matinee.models import Movie
from matinee.ratings.collaborative import Collaborative
from matinee.ratings.export_file import Said
from matinee.ratings.preferences import checked_user
from matinee.ratings.report import RatingsReport
from matinee.ratings.user_ratings import ViewerRating, ViewerRatings

_NAMED = 10


@dataclass
class ImportReport:
    """What became of an export: `matched` and `unknown` add up to the films that could be read."""

    user: str
    format: str
    rows: RatingsReport
    """What became of the file's rows; `kept` counts films."""
    matched: int = 0
    """Films that the catalogue has."""
    unknown: int = 0
    """Films that it lacks: what is said of them is kept and counts as soon as it has them."""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    stored: int = 0
    """Films that are stored for the viewer now, from this export and former ones."""
    said: dict[Said, int] = field(default_factory=dict)
    """How many films of the export are rated, liked, seen and wished for."""
    told: bool = False
    """Whether a taste can be told: the ratings' model knows some of the films."""
    unknown_films: list[str] = field(default_factory=list)
    """The first ten, with their lines."""
    remarks: list[str] = field(default_factory=list)


async def import_ratings(user: str, ratings: ViewerRatings, store: Store, collaborative: Collaborative) -> ImportReport:
    """Store what an export says beside what the viewer brought before; of a film rated twice the later one stays.

    Raises:
        InvalidRequest: the viewer's name cannot be one.
        IndexUnavailable: the store does not answer.
    """
    user = checked_user(user)
    report = ImportReport(user, ratings.format, ratings.report, remarks=ratings.remarks)
    kept = await _by_film(collaborative, await collaborative.stored(user))
    brought = await _by_film(collaborative, list(ratings))
    films = {movie.movie_id: movie for movie in await store.movies.get([film for film, _ in brought.values() if film])}
    report.rows.duplicates += len(ratings) - len(brought)
    report.rows.kept = len(brought)
    for key, (film, rating) in brought.items():
        report.said[rating.said] = report.said.get(rating.said, 0) + 1
        report.matched += film is not None
        if film is None:
            _remark_unknown(report, rating)
        former = kept.get(key)
        report.added += former is None
        if former is None or former[1].yields_to(rating):
            report.changed += former is not None and former[1].rating != rating.rating
            kept[key] = film, _completed(rating, films.get(film or ""))
    report.unchanged = len(brought) - report.added - report.changed
    report.stored = len(kept)
    await store.ratings.replace(user, [_record(rating) for _, rating in kept.values()])
    stars = {film: one.rating for film, one in kept.values() if film is not None and one.rating is not None}
    report.told = bool(await collaborative.scores(stars))
    return report


async def exported(user: str, store: Store, collaborative: Collaborative) -> dict[str, Any]:
    """Return all that is stored for a viewer, as a document that JSON can hold.

    Raises:
        InvalidRequest: the viewer's name cannot be one.
        IndexUnavailable: the store does not answer.
    """
    user = checked_user(user)
    ratings = await collaborative.stored(user)
    films = await collaborative.films_of(ratings)
    preferences = await store.preferences.of_user(user)
    return {
        "user": user,
        "preferences": [p.model_dump(mode="json", exclude={"similarity", "user_id"}) for p in preferences],
        "ratings": [{**_record(rating), "movie_id": film} for film, rating in zip(films, ratings, strict=True)],
    }


_ByFilm = dict[str, tuple[str | None, ViewerRating]]
"""Ratings under their film's id in the catalogue, or under what the export calls a film that it lacks."""


async def _by_film(collaborative: Collaborative, ratings: Sequence[ViewerRating]) -> _ByFilm:
    films = await collaborative.films_of(ratings)
    by_film: _ByFilm = {}
    for film, rating in zip(films, ratings, strict=True):
        former = by_film.get(key := film or rating.key)
        if former is None or former[1].yields_to(rating):
            by_film[key] = film, rating
    return by_film


def _completed(rating: ViewerRating, film: Movie | None) -> ViewerRating:
    """Return the rating with the film's names, so that it is found again whatever numbers the next model has."""
    if film is None:
        return rating
    return replace(
        rating,
        title=rating.title or film.title,
        year=rating.year or film.year,
        imdb_id=rating.imdb_id or film.imdb_id,
        movielens_id=rating.movielens_id or film.movielens_id,
        tmdb_id=rating.tmdb_id or film.tmdb_id,
    )


def _record(rating: ViewerRating) -> dict[str, Any]:
    return {name: value for name, value in asdict(rating).items() if name not in ("line", "file")}


def _remark_unknown(report: ImportReport, rating: ViewerRating) -> None:
    report.unknown += 1
    if len(report.unknown_films) < _NAMED:
        year = f" ({rating.year})" if rating.year else ""
        number = rating.imdb_id or rating.movielens_id or rating.tmdb_id
        name = f"{rating.title}{year}" if rating.title else f"film {number}"
        report.unknown_films.append(f"{rating.where}: {name}")
