"""What ratings say goes with films liked (EASE), in the catalogue's film ids.

This is "near by taste": neither by plot (text) nor by history (preferences). The model is made by `ratings_ingest`;
here it is opened at first use, off the event loop, and again when another takes its place.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matinee import logs
from matinee.errors import CatalogueError
from matinee.index import MovieIndex, RatingStore, Store
from matinee.models import Movie
from matinee.ratings import model as ratings_model
from matinee.ratings.catalogue_films import CatalogueFilms
from matinee.ratings.model import FOLDER, RatingsModel
from matinee.ratings.user_ratings import ViewerRating
from matinee.settings import Settings

_log = logs.logger(__name__)


class ToldFilms(NamedTuple):
    """What a viewer brought of films, each in one of these."""

    rated: dict[str, float]
    """Stars."""
    liked: set[str]
    seen: set[str]
    wished: set[str]


@dataclass(frozen=True)
class _Resolved:
    """A model in the ids of a catalogue of so many films."""

    model: RatingsModel
    count: int
    films: CatalogueFilms
    numbers: dict[str, str]
    """A catalogue film's number in the data set; of several the one most rated."""
    movie_ids: dict[str, str]
    """A number's film in the catalogue."""
    learned: list[str | None]
    """The catalogue film of each of the model's, where there is one."""
    popularity: dict[str, int]


class Collaborative:
    """What ratings say goes with films liked; answers in the catalogue's film ids.

    A folder without a model, or with one that cannot be opened, gives empty answers; what is wrong is logged once.
    """

    def __init__(self, folder: Path, movies: MovieIndex, ratings: RatingStore) -> None:
        self._folder = folder
        self._movies = movies
        self._ratings = ratings
        self._model: RatingsModel | None = None
        self._fault: str | None = None
        self._stamp: int | None = -1  # which no file has
        self._resolved: _Resolved | None = None
        self._films: tuple[int, CatalogueFilms] | None = None

    async def ready(self) -> bool:
        """Tell whether there is a model in the data folder that can be opened."""
        return await asyncio.to_thread(self._open) is not None

    async def fault(self) -> str | None:
        """Return why a model that is there cannot be used, in a sentence; None where nothing is wrong."""
        await self.ready()
        return self._fault

    async def scores(self, liked: Mapping[str, float]) -> dict[str, float]:
        """Return what ratings (stars by film) say for every other film that the model knows, in no order.

        Scores have no unit: higher is better. Empty where the model knows none of the films, or there is no model.
        All films are returned, not the best alone: sorting would cost more than it saves.
        """
        known = await self._known()
        return await asyncio.to_thread(_scores, known, liked) if known else {}

    async def popularity(self) -> dict[str, int]:
        """Return how many viewers of the data set rated each film of the catalogue, where any did."""
        known = await self._known()
        return dict(known.popularity) if known else {}

    async def ratings_of(self, user: str) -> dict[str, float]:
        """Return the ratings that a viewer brought, in stars; films that the catalogue lacks are left out."""
        return (await self.told_by(user)).rated

    async def told_by(self, user: str) -> "ToldFilms":
        """Return all that a viewer brought of films that the catalogue has."""
        stored = await self.stored(user)
        told = ToldFilms({}, set(), set(), set())
        for film, one in zip(await self.films_of(stored), stored, strict=True):
            if film is not None and one.rating is not None:
                told.rated[film] = one.rating
            elif film is not None:
                {"liked": told.liked, "wished": told.wished}.get(one.said, told.seen).add(film)
        return told

    async def rated(self, user: str, first: Collection[str] = (), most: int = 100) -> list[tuple[Movie, float]]:
        """Return films that a viewer rated, with the stars: these `first`, then those of the most stars."""
        stars = await self.ratings_of(user)
        chosen = sorted(stars, key=lambda film: (film not in first, -stars[film], film))[:most]
        films = {movie.movie_id: movie for movie in await self._movies.get(chosen)}
        return [(films[film], stars[film]) for film in chosen if film in films]

    async def stored(self, user: str) -> list[ViewerRating]:
        """Return all that a viewer brought, of films that the catalogue lacks, too."""
        return [ViewerRating(**record) for record in await self._ratings.of_user(user)]

    async def films_of(self, ratings: Sequence[ViewerRating]) -> list[str | None]:
        """Return the catalogue's film of each rating; None where it has none."""
        if not ratings:
            return []
        known = await self._known()
        films = known.films if known else await self._catalogue(await self._movies.count())
        numbers = known.movie_ids if known and not known.model.about.own_numbers else {}
        return [
            numbers.get(one.movielens_id or "")
            or films.find(
                imdb_id=one.imdb_id,
                movielens_id=one.movielens_id,
                tmdb_id=one.tmdb_id,
                titles=one.titles,
                year=one.year,
            )
            for one in ratings
        ]

    async def _known(self) -> _Resolved | None:
        model = await asyncio.to_thread(self._open)
        if model is None:
            return None
        count = await self._movies.count()
        resolved = self._resolved
        if resolved is None or resolved.model is not model or resolved.count != count:
            films = await self._catalogue(count)
            resolved = self._resolved = await asyncio.to_thread(_resolve, model, count, films)
        return resolved

    async def _catalogue(self, count: int) -> CatalogueFilms:
        if self._films is None or self._films[0] != count:
            films = await asyncio.to_thread(CatalogueFilms, await self._movies.references())
            self._films = count, films
        return self._films[1]

    def _open(self) -> RatingsModel | None:
        stamp = ratings_model.stamp(self._folder)
        if stamp != self._stamp:
            self._model, self._fault = _loaded(self._folder)
            self._stamp = stamp
            if self._fault:
                _log.warning("%s", self._fault)
        return self._model


def open_collaborative(settings: Settings, store: Store) -> Collaborative:
    """Return what ratings say, for a home's catalogue; nothing is opened before its first use."""
    return Collaborative(settings.home / FOLDER, store.movies, store.ratings)


def _loaded(folder: Path) -> tuple[RatingsModel | None, str | None]:
    try:
        return ratings_model.load(folder), None
    except ImportError as error:
        return None, (
            f"Ratings are not used: what they need is not installed ({error}); run `pip install "
            "'matinee[collaborative]'`."
        )
    except CatalogueError as error:
        return None, f"Ratings are not used: {error}"


def _resolve(model: RatingsModel, count: int, films: CatalogueFilms) -> _Resolved:
    numbers: dict[str, str] = {}
    movie_ids: dict[str, str] = {}
    popularity: dict[str, int] = {}
    for film in sorted(model.films, key=lambda film: -film.ratings):
        number = None if model.about.own_numbers else film.number
        movie_id = films.find(imdb_id=film.imdb_id, movielens_id=number, titles=film.titles, year=film.year)
        if movie_id is not None:
            numbers.setdefault(movie_id, film.number)
            movie_ids[film.number] = movie_id
            popularity[movie_id] = popularity.get(movie_id, 0) + film.ratings
    learned = [movie_ids.get(number) for number in model.ease.items]
    return _Resolved(model, count, films, numbers, movie_ids, learned, popularity)


def _scores(known: _Resolved, liked: Mapping[str, float]) -> dict[str, float]:
    numbers = {known.numbers[film]: stars for film, stars in liked.items() if film in known.numbers}
    values = known.model.ease.values(numbers)
    if values is None:
        return {}
    scores: dict[str, float] = {}
    for film, score in zip(known.learned, values.tolist(), strict=True):
        if film is not None and score > scores.get(film, float("-inf")):  # a film may be there under two numbers
            scores[film] = score
    for film in liked:
        scores.pop(film, None)
    return scores
