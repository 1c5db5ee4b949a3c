"""Reasons whose sentences are labelled, with the films and the names that checking them needs."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from matinee.catalogue.readers import open_catalogue, open_starter
from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import open_embeddings
from matinee.models import Movie, title_key
from matinee.reasons.names import CatalogueNames
from matinee.reasons.support import Encoder, Vectors
from matinee.settings import Settings

LABELLED = Path(__file__).parent / "labelled"
TRAINING = sorted(LABELLED.glob("reasons_*.jsonl"))
"""What the shipped weights are learned from."""

Label = Literal["supported", "outside", "opinion", "lie"]

_NEAREST = 3
"""How many other films a sentence is compared with, as in a run."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with its label; `kind` is that of a lie."""

    text: str
    label: Label
    kind: str


@dataclass(frozen=True)
class Reason:
    """What a model wrote of a film, sentence by sentence."""

    reason_id: str
    request: str
    film: Movie
    sentences: tuple[Sentence, ...]

    @property
    def honest(self) -> bool:
        """Tell whether it has no lie."""
        return all(sentence.label != "lie" for sentence in self.sentences)


class Films:
    """The films of a catalogue by id, by title and year, and by nearness to a text."""

    def __init__(self, films: Iterable[Movie], encode: Callable[[list[str]], list[list[float]]]) -> None:
        self.films = list(films)
        self.names = CatalogueNames(self.films)
        self.encoder = Encoder(encode, remembered=20_000)
        self._encode = encode
        self._by_id = {film.movie_id: film for film in self.films}
        self._by_title: dict[str, list[Movie]] = defaultdict(list)
        for film in self.films:
            for key in film.keys:
                self._by_title[key].append(film)

    def find(self, movie_id: str | None, title: str, year: int | None) -> Movie | None:
        """Return the film of this id, else of this title and a year that differs by at most one."""
        if movie_id in self._by_id:
            return self._by_id[movie_id]
        same = self._by_title.get(title_key(title, None), [])
        return next((f for f in same if year is None or f.year is None or abs(f.year - year) <= 1), None)

    def others(self, text: str, film: Movie) -> Sequence[Movie]:
        """Return the films beside this one whose texts lie nearest to a sentence."""
        scores = self._vectors @ self.encoder.vectors([text])[0]
        order = np.argsort(-scores)[: _NEAREST + 1]
        return [self.films[at] for at in order if self.films[at].movie_id != film.movie_id][:_NEAREST]

    def neighbours(self, film: Movie, count: int) -> Sequence[Movie]:
        """Return the films whose texts lie nearest to this film's."""
        at = next(i for i, other in enumerate(self.films) if other.movie_id == film.movie_id)
        order = np.argsort(-(self._vectors @ self._vectors[at]))
        return [self.films[i] for i in order if i != at][:count]

    @cached_property
    def _vectors(self) -> Vectors:
        return np.asarray(self._encode([embedding_text(film) for film in self.films]), dtype=np.float32)


def films_of(catalogue: Path | None, settings: Settings | None = None) -> Films:
    """Return the films of a catalogue file, by default of the starter catalogue, with the packaged bge-small."""
    opened = open_catalogue(catalogue) if catalogue else open_starter()
    embedding = open_embeddings(settings or Settings(embeddings="bge-small"))
    return Films((row.movie for row in opened if row.movie), embedding.embeddings.embed_documents)


def read_reasons(path: Path, films: Films) -> list[Reason]:
    """Return the reasons of a file whose films the catalogue has; of the others nothing can be judged."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        film = films.find(row.get("movie_id"), row["title"], row.get("year"))
        if film is not None:
            told = tuple(Sentence(s["text"], s["label"], s.get("kind") or "") for s in row["sentences"])
            found.append(Reason(row["id"], row["request"], film, told))
    return found
