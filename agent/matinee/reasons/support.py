"""Scores how well a film's own text bears a sentence out, and whether the sentence tells another film's plot.

Two logistic regressions over a few features each: cosines of bge-small between the sentence and the film's overview,
shares of words in common, and what the fact readers found. `benchmarks/train_support.py` learns the weights from
labelled reasons and writes `data/support.toml`, where the features' order, means and deviations stand too.
"""

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from tomllib import loads

import numpy as np
from numpy.typing import NDArray

from matinee.language.lexicon import words
from matinee.language.sentences import sentences
from matinee.language.tokens import content, stems
from matinee.models import Movie
from matinee.reasons.facts import Fact, Statement

Encode = Callable[[list[str]], list[list[float]]]
"""Texts to vectors of unit length, one each."""
Vectors = NDArray[np.float32]

SUPPORT = ("overview", "sentence", "shared", "unshared", "length", "stray_numbers", "numbers", "facts")
OTHER_PLOT = ("margin", "other", "own", "shared_more", "length")

_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"[^\W\d_][\w\u2019'-]*")
_SENTENCE_START = ".!?:;\u2014\u2013\u2026"


@dataclass(frozen=True)
class Weights:
    """A logistic regression over standardised features."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability, 0..1, that the features' sentence is of the kind learned."""
        terms = zip(features, self.mean, self.deviation, self.weight, strict=True)
        return 1 / (1 + math.exp(-(self.bias + sum(w * (x - m) / d for x, m, d, w in terms))))


@cache
def shipped(name: str) -> Weights:
    """Return the weights of `data/support.toml` under `support` or `other_plot`."""
    table = loads(files("matinee.reasons").joinpath("data", "support.toml").read_text(encoding="utf-8"))[name]
    features = table["features"]
    columns = {key: tuple(float(features[f][key]) for f in features) for key in ("mean", "deviation", "weight")}
    return Weights(**columns, bias=table["bias"], threshold=table["threshold"])


class Encoder:
    """Vectors of sentences and of films' overviews; what was embedded lately is remembered."""

    def __init__(self, encode: Encode, remembered: int = 1024) -> None:
        self._encode = encode
        self._remembered = remembered
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, d)` float32, unit length."""
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = dict(zip(missing, np.asarray(self._encode(missing), dtype=np.float32), strict=True)) if missing else {}
        with self._lock:
            self._known.update(fresh)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return np.stack([{**known, **fresh}[text] for text in texts])

    def cosine(self, one: str, other: str) -> float:
        """Return the cosine between two texts, -1..1; 0 where one is empty."""
        if not one.strip() or not other.strip():
            return 0.0
        first, second = self.vectors([one, other])
        return float(first @ second)


@dataclass(frozen=True)
class Nearest:
    """How near a sentence is to a film: to its overview as a whole, and to the sentence of it that is nearest."""

    overview: float
    sentence: float
    quote: str

    @property
    def best(self) -> float:
        """Return the larger of both cosines."""
        return max(self.overview, self.sentence)


def nearest(encoder: Encoder, text: str, film: Movie, written: Sequence[str] = ()) -> Nearest:
    """Return how near the text is to the film's overview, and to what is written of it elsewhere, by its sentences."""
    told = [*sentences(film.overview), *written]
    if not told:
        return Nearest(0.0, 0.0, "")
    own, overview, *rest = encoder.vectors([text, film.overview or told[0], *told])
    scores = [float(own @ other) for other in rest]
    best = max(range(len(told)), key=scores.__getitem__)
    return Nearest(float(own @ overview), scores[best], told[best])


def row_text(film: Movie) -> str:
    """Return the row's texts, names and figures as one text."""
    figures = (film.year, film.runtime, film.imdb_rating, film.imdb_votes, film.metascore)
    lists = (film.keywords, film.genres, film.directors, film.stars, film.aka, film.countries, film.languages)
    items = (film.title, film.overview, film.tagline, *(item for each in lists for item in each), *map(str, figures))
    return " ".join(items)


def support_features(statement: Statement, near: Nearest, facts: Sequence[Fact], written: str = "") -> list[float]:
    """Return the features named in `SUPPORT`, in that order."""
    row = f"{row_text(statement.film)} {written}"
    known, said = set(stems(row)), content(statement.text)
    shared = sum(stem in known for stem in said)
    numbers = [number.rstrip(".,") for number in _NUMBER.findall(statement.text)]
    return [
        near.overview,
        near.sentence,
        shared / max(1, len(said)),
        min(len(said) - shared, 15) / 15,
        min(len(said), 30) / 30,
        float(sum(number not in row for number in numbers)),
        float(len(numbers)),
        float(sum(fact.holds for fact in facts)),
    ]


def other_plot_features(text: str, film: Movie, near: Nearest, other: Movie, near_other: Nearest) -> list[float]:
    """Return the features named in `OTHER_PLOT`, in that order, for another film that the text may be about."""
    said = content(text)
    here, there = set(stems(row_text(film))), set(stems(row_text(other)))
    more = sum(stem in there for stem in said) - sum(stem in here for stem in said)
    return [near.best - near_other.best, near_other.best, near.best, more / max(1, len(said)), min(len(said), 30) / 30]


def stray_names(statement: Statement, written: str = "") -> list[str]:
    """Return the words with capital letters that neither the row, the records nor the viewer know.

    Words that begin a sentence are left out. A word counts as known with another ending: "Russia" by "Russian".
    """
    record = statement.record
    related = [other.title for other in (*record.series, *record.remake_of)] if record else []
    recorded = (*record.cast, record.based_on, *related) if record else ()
    told = (text for _, text in statement.viewer.texts)
    known = set(stems(" ".join((row_text(statement.film), written, *recorded, *told)))) | words("small", "names")
    return [
        found[0]
        for found in _WORD.finditer(statement.text)
        if found[0][0].isupper() and not _begins(statement.text, found.start()) and not _known(found[0], known)
    ]


def _begins(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"\u201c\u2018'(*_")
    return not before or before[-1] in _SENTENCE_START


def _known(word: str, known: set[str] | frozenset[str]) -> bool:
    parts = [stem for part in re.split(r"[-\u2019']", word) if len(part) > 1 for stem in stems(part)]
    return not parts or any(part in known or any(_kin(part, other) for other in known) for part in parts)


def _kin(one: str, other: str) -> bool:
    return len(one) > 3 and len(other) > 3 and one[:4] == other[:4]
