"""Films and requests compared by what is known of the films: the vocabulary's terms, genres, languages, decades.

A film's vector is the sum of its terms' vectors, rare terms counting more, at unit length. It is not kept: the dot
product with a request's is a weighted sum over the film's few terms.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matinee.models import Movie

Vector = NDArray[np.float32]

_AT_ONCE = 1000
"""Terms of films whose vectors are summed in one step: 1.5 MB, which a processor's cache holds."""


def terms_of(film: Movie) -> list[str]:
    """Return what is known of a film as names in a `Vocabulary`: keywords, and facts with their kind before them."""
    return [
        *(keyword.casefold() for keyword in film.keywords),
        *(f"genre: {genre}" for genre in film.genres),
        *(f"language: {language}" for language in film.languages),
        *(f"country: {country}" for country in film.countries),
        *([f"decade: {film.year // 10}0s"] if film.year else []),
    ]


class Vocabulary:
    """The terms that films are compared by."""

    def __init__(self, names: Sequence[str], vectors: Vector, weights: Vector) -> None:
        """Take the terms' names, their vectors `(n, d)`, and how much each counts, more the rarer it is `(n,)`."""
        self.names = list(names)
        self.vectors = vectors
        self.weights = weights
        self._places = {name: place for place, name in enumerate(self.names)}

    def places(self, film: Movie) -> list[int]:
        """Return the places of the film's terms; those that the vocabulary lacks are left out."""
        return sorted({self._places[name] for name in terms_of(film) if name in self._places})


class FilmTerms:
    """Many films' terms, for comparing all of them with a request or with one another."""

    def __init__(self, vocabulary: Vocabulary, films: Iterable[Movie]) -> None:
        self._vocabulary = vocabulary
        places = [vocabulary.places(film) for film in films]
        self._count = len(places)
        self._films = np.repeat(np.arange(self._count), [len(of_film) for of_film in places])
        self._terms = np.array([place for of_film in places for place in of_film], dtype=np.int64)
        weights = vocabulary.weights[self._terms]
        self._shared = weights / self._spread(np.sqrt(self._summed(weights**2)))
        self._weights = weights / self._spread(np.linalg.norm(self._vectors(weights), axis=1))

    def vectors(self) -> Vector:
        """Return the films' vectors, of unit length or zero `(films, d)`."""
        return self._vectors(self._weights)

    def _vectors(self, weights: Vector) -> Vector:
        found = np.zeros((self._count, self._vocabulary.vectors.shape[1]), dtype=np.float32)
        for start in range(0, len(self._terms), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            films = self._films[some]
            firsts = np.flatnonzero(np.diff(films, prepend=-1))  # a film's terms stand side by side
            of_terms = self._vocabulary.vectors[self._terms[some]] * weights[some, None]
            found[films[firsts]] += np.add.reduceat(of_terms, firsts, axis=0)
        return found

    def nearness(self, vector: Vector) -> Vector:
        """Return the dot product of a request's vector `(d,)` with each film's, which has unit length `(films,)`."""
        return self._summed(self._weights * (self._vocabulary.vectors @ vector)[self._terms])

    def alike(self, film: int) -> Vector:
        """Return how much of a film's terms each film shares, weighted by rarity: cosines, 0..1 `(films,)`."""
        its = np.zeros(len(self._vocabulary.names), dtype=np.float32)
        mine = self._films == film
        its[self._terms[mine]] = self._shared[mine]
        return self._summed(self._shared * its[self._terms])

    def _summed(self, parts: Vector) -> Vector:
        return np.bincount(self._films, weights=parts, minlength=self._count).astype(np.float32)

    def _spread(self, lengths: Vector) -> Vector:
        """Return each film's length for each of its terms; a film without any length divides by one."""
        return np.where(lengths > 0, lengths, 1.0)[self._films]
