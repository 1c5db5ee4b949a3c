"""What viewers would say who want a film: its premise in general, how it feels, its form and end, what it is about.

Phrases that viewers might search by find films that their plots do not lead to (Nogueira, Yang, Lin and Cho, "Document
Expansion by Query Prediction", 2019). `records/data/phrases.tsv` holds those of the starter's films; `make vectors`
computes the file that is read here: the mean of each film's phrases less the mean of all, at unit length.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matinee.models import Movie, title_key
from matinee.records.tables import rows

FILE = files("matinee.ranking").joinpath("data", "phrases.npz")

Vector = NDArray[np.float32]


class FilmPhrases(NamedTuple):
    """Films with phrases, by the keys of their titles with the year, and a vector for each."""

    places: Mapping[str, int]
    vectors: Vector
    """Of unit length `(films, d)`."""

    @classmethod
    def of(cls, keys: Sequence[str], vectors: Vector) -> "FilmPhrases":
        """Return the phrases of films with these keys and vectors `(films, d)`."""
        return cls({key: place for place, key in enumerate(keys)}, vectors)

    def places_of(self, films: Iterable[Movie]) -> NDArray[np.int64]:
        """Return where the vector of each film stands; -1 is nowhere."""
        keyed = ((title_key(title, film.year) for title in (film.title, *film.aka)) for film in films)
        found = [next((self.places[key] for key in keys if key in self.places), -1) for keys in keyed]
        return np.array(found, dtype=np.int64)

    def of_films(self, films: Iterable[Movie]) -> Vector:
        """Return the vector of each film, zero where there is none `(n, d)`."""
        places = self.places_of(films)
        return self.vectors[places] * (places >= 0)[:, None]


def phrases_on_record() -> dict[str, list[str]]:
    """Return the phrases by the keys of the films."""
    return {title_key(row["title"], int(row["year"])): row["phrases"].split(" | ") for row in rows("phrases.tsv")}


def packed_phrases(of_films: Mapping[str, Vector]) -> dict[str, NDArray[Any]]:
    """Return the arrays of the file, of the vectors of each film's phrases; vectors are kept as one byte a number."""
    means = np.array([vectors.mean(axis=0) for vectors in of_films.values()], np.float32)
    apart = means - means.mean(axis=0)
    values = np.round(apart / np.abs(apart).max(axis=1, keepdims=True) * 127).astype(np.int8)
    return {"films": np.array(list(of_films)), "values": values}


@cache
def film_phrases() -> FilmPhrases:
    """Return the phrases that come along."""
    with as_file(FILE) as path, np.load(path, allow_pickle=False) as arrays:
        values = arrays["values"].astype(np.float32)
        lengths = np.linalg.norm(values, axis=1, keepdims=True)
        return FilmPhrases.of(arrays["films"].tolist(), values / lengths)
