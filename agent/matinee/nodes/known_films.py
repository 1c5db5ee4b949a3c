"""The films that people know best, kept at hand to be compared with a request all at once."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matinee.index import MovieIndex
from matinee.models import Candidate, Movie, title_key
from matinee.ranking.film_phrases import film_phrases
from matinee.ranking.sorting import figure
from matinee.ranking.vocabulary import FilmTerms, Vector, Vocabulary
from matinee.understanding import Constraint, SortOrder

_KEPT = 20_000
_SORTED = 2_000
"""How many of the best known films are kept at hand, and how many of those are sorted by anything else."""


class Known(NamedTuple):
    """Films without their texts, the one with most votes first, and what they have in common."""

    films: list[Movie]
    votes: list[float]
    places: Mapping[str, int]
    """Where each film stands, by its id."""
    titled: Mapping[str, int]
    """The same by the key of each of its titles, with the year."""
    terms: FilmTerms
    phrases: NDArray[np.int64]
    """Where each film's phrases stand in `film_phrases()`; -1 is nowhere."""
    resembling: Mapping[int, Sequence[int]]
    """The films that are named beside a film, whichever of the two names the other."""

    @classmethod
    def of(cls, films: Sequence[Movie], vocabulary: Vocabulary) -> "Known":
        """Return what is known of these films."""
        kept = sorted(films, key=lambda film: -film.votes)[:_KEPT]
        places = {film.movie_id: place for place, film in enumerate(kept)}
        titled = {title_key(title, film.year): n for n, film in enumerate(kept) for title in (film.title, *film.aka)}
        terms, phrases = FilmTerms(vocabulary, kept), film_phrases().places_of(kept)
        return cls(kept, [f.votes for f in kept], places, titled, terms, phrases, _resembling(kept, titled))

    def alike(self, film: int) -> Vector:
        """Return how much each film is like one of them, by shared terms, 0..1, and 1 more by being named beside it."""
        alike = self.terms.alike(film)
        alike[list(self.resembling.get(film, ()))] += 1.0
        return alike


class KnownFilms:
    """Reads them from the index, and again when its number of films has changed."""

    def __init__(self, movies: MovieIndex, vocabulary: Vocabulary) -> None:
        self._movies = movies
        self._vocabulary = vocabulary
        self._read: tuple[int, Known] | None = None

    async def known(self) -> Known:
        """Return the films and what is known of them."""
        count, read = await self._movies.count(), self._read
        if read is None or read[0] != count:
            films = await self._movies.described()
            read = self._read = (count, await asyncio.to_thread(Known.of, films, self._vocabulary))
        return read[1]

    async def popular(
        self, k: int, within: Sequence[Constraint], exclude: Collection[str], order: SortOrder | None = None
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint, those with most votes first; scores are the votes.

        Films that nobody voted on are left out. With an `order` it sorts the 2,000 best known, and films of which its
        figure is not known are left out, too.
        """
        known = await self.known()
        places: Sequence[int] = range(sum(votes > 0 for votes in known.votes))
        if order is not None:
            sought = {place: figure(known.films[place], order) for place in places[:_SORTED]}
            figures = {place: value for place, value in sought.items() if value is not None}
            places = sorted(figures, key=lambda place: -figures[place])
        return await self._rows(places, known.votes, k, within, exclude)

    async def by_terms(
        self, vector: Vector, k: int, within: Sequence[Constraint], exclude: Collection[str]
    ) -> list[Candidate]:
        """Return the films whose terms lie nearest to a vector; scores are dot products with vectors of length 1."""
        known = await self.known()
        nearness = await asyncio.to_thread(known.terms.nearness, vector)
        return await self._rows(np.argsort(-nearness), nearness, k, within, exclude)

    async def by_phrases(
        self, vector: Vector, k: int, within: Sequence[Constraint], exclude: Collection[str]
    ) -> list[Candidate]:
        """Return the films whose phrases lie nearest to a vector; scores are dot products with vectors of length 1."""
        phrases = (await self.known()).phrases
        told = np.flatnonzero(phrases >= 0)
        nearness = dict(zip(told.tolist(), (film_phrases().vectors[phrases[told]] @ vector).tolist(), strict=True))
        return await self._rows(sorted(nearness, key=lambda n: -nearness[n]), nearness, k, within, exclude)

    async def remembered(
        self, named: Mapping[str, float], k: int, within: Sequence[Constraint], exclude: Collection[str]
    ) -> list[Candidate]:
        """Return the films among those named, by title and year with a figure each, best first."""
        titled = (await self.known()).titled
        found = {titled[key]: figure for label, figure in named.items() if (key := title_key(label, None)) in titled}
        return await self._rows(sorted(found, key=lambda place: -found[place]), found, k, within, exclude)

    async def nearness(self, vector: Vector, films: Sequence[Movie]) -> Vector:
        """Return how near each film's terms lie to a vector; of films that are not at hand the least of all."""
        known = await self.known()
        nearness = await asyncio.to_thread(known.terms.nearness, vector)
        least = float(nearness.min(initial=0.0))
        return np.array(
            [nearness[known.places[f.movie_id]] if f.movie_id in known.places else least for f in films], np.float32
        )

    async def nearness_of_phrases(self, vector: Vector, films: Sequence[Movie]) -> Vector:
        """Return how near each film's phrases lie to a vector; 0 where it has none."""
        known = await self.known()
        phrases = [known.phrases[known.places[f.movie_id]] if f.movie_id in known.places else -1 for f in films]
        places = np.array(phrases, dtype=np.int64)
        return np.where(places >= 0, film_phrases().vectors[places] @ vector, 0.0).astype(np.float32)

    async def alike(
        self, seeds: Sequence[str], k: int, within: Sequence[Constraint], exclude: Collection[str]
    ) -> list[Candidate]:
        """Return the films that are most like the seeds together: the mean of what each says, see `Known.alike`."""
        known = await self.known()
        places = [known.places[seed] for seed in seeds if seed in known.places]
        if not places:
            return []
        scores = await asyncio.to_thread(lambda: np.mean([known.alike(place) for place in places], axis=0))
        return await self._rows(np.argsort(-scores), scores, k, within, exclude)

    async def _rows(
        self,
        order: Iterable[int],
        scores: Sequence[float] | Vector | Mapping[int, float],
        k: int,
        within: Sequence[Constraint],
        exclude: Collection[str],
    ) -> list[Candidate]:
        films = (await self.known()).films
        fitting = (
            (films[place].movie_id, float(scores[place]))
            for place in order
            if films[place].movie_id not in exclude and all(demand.holds(films[place]) for demand in within)
        )
        chosen = await asyncio.to_thread(lambda: dict(islice(fitting, k)))
        rows = {film.movie_id: film for film in await self._movies.get(list(chosen))}
        return [Candidate(movie=rows[one], score=score) for one, score in chosen.items() if one in rows]


def _resembling(films: Sequence[Movie], titled: Mapping[str, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for n, film in enumerate(films):
        for label in film.traits.similar:
            other = titled.get(title_key(label, None))
            if other is not None and other != n:
                found.setdefault(n, []).append(other)
                found.setdefault(other, []).append(n)
    return {n: sorted(set(others)) for n, others in found.items()}
