"""Requests made of demands in seeded combinations, each with what it asks of a film; some exclude each other."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from matinee.models import Movie

Asks = Callable[[Movie], bool]

_NOUNS = {
    "Animation": "animated",
    "Biography": "biographical",
    "Crime": "crime",
    "Film-Noir": "film noir",
    "History": "historical",
    "Romance": "romantic",
    "Sci-Fi": "sci-fi",
    "War": "war",
}
_LANGUAGES = ("French", "Japanese", "German", "Spanish", "Italian", "Hindi", "Korean")
_LENGTHS = (
    ("under 90 minutes", 0, 90),
    ("under two hours", 0, 120),
    ("over two hours", 120, 999),
    ("at least 150 minutes long", 150, 999),
)
_MINUTES, _YEARS, _STARS = 45, 10, 1.0
"""How far a figure may be missed where the viewer is told that it was widened."""


class Demand(NamedTuple):
    """Words, whether a film has what they ask for, and whether it comes near to the figure that they set."""

    words: str
    holds: Asks
    nearly: Asks = lambda _: False


class Demanding(NamedTuple):
    """A request and the demands that it is made of, in their order."""

    text: str
    demands: list[Demand]


def demanding_requests(films: Sequence[Movie], count: int, seed: int = 11) -> list[Demanding]:
    """Return so many requests of two to five demands, all different; of about one in six two demands clash."""
    rng = random.Random(seed)
    people = [name for name, n in Counter(p for f in films for p in f.people).most_common(80) if n > 1]
    genres = sorted({g for f in films for g in f.genres} - {"Music", "Sport", "Musical"})
    made: dict[str, Demanding] = {}
    while len(made) < count:
        genre = _genre(rng.choice(genres))
        kinds: tuple[Callable[[], Demand], ...] = (
            lambda: rng.choice((_decade, _year, _since, _until))(rng.randrange(1950, 2020)),
            lambda: _long(*rng.choice(_LENGTHS)),
            lambda: _rated(rng.choice((6.5, 7.0, 7.5, 8.0, 8.5))),
            lambda: _in_language(rng.choice(_LANGUAGES)),
            lambda: rng.choice((_with, _without))(rng.choice(people)),
            lambda: _not(rng.choice(genres)),
        )
        rest = [kind() for kind in rng.sample(kinds, rng.randint(1, 4))]
        if rng.random() < 1 / 6:
            dated = any(demand.words.startswith(("from", "after", "before")) for demand in rest)
            rest += rng.choice((_lengths() if dated else _decades(rng), _lengths(), _person(rng.choice(people))))
        opening = rng.choice(("a {} film", "I want a {} movie", "something good, a {} movie", "{} films please"))
        text = ", ".join((opening.format(genre.words), *(demand.words for demand in rest)))
        made[text] = Demanding(text, [genre, *rest])
    return list(made.values())


def _genre(genre: str) -> Demand:
    return Demand(_NOUNS.get(genre, genre.lower()), lambda m: genre in m.genres)


def _not(genre: str) -> Demand:
    return Demand(f"no {_NOUNS.get(genre, genre.lower())} films", lambda m: genre not in m.genres)


def _made(words: str, first: int, last: int) -> Demand:
    def asks(slack: int) -> Asks:
        return lambda m: m.year is not None and first - slack <= m.year <= last + slack

    return Demand(words, asks(0), asks(_YEARS))


def _decade(year: int) -> Demand:
    first = year // 10 * 10
    return _made(f"from the {first}s", first, first + 9)


def _year(year: int) -> Demand:
    return _made(f"from {year}", year, year)


def _since(year: int) -> Demand:
    return _made(f"after {year}", year, 9999)


def _until(year: int) -> Demand:
    return _made(f"before {year}", 0, year)


def _long(words: str, least: int, most: int) -> Demand:
    def asks(slack: int) -> Asks:
        return lambda m: m.runtime is not None and least - slack <= m.runtime <= most + slack

    return Demand(words, asks(0), asks(_MINUTES))


def _rated(least: float) -> Demand:
    def asks(slack: float) -> Asks:
        return lambda m: m.imdb_rating is not None and m.imdb_rating >= least - slack

    return Demand(f"rated at least {least} on IMDb", asks(0), asks(_STARS))


def _in_language(language: str) -> Demand:
    return Demand(f"in {language}", lambda m: language in m.languages)


def _with(name: str) -> Demand:
    return Demand(f"with {name}", lambda m: name in m.people)


def _without(name: str) -> Demand:
    return Demand(f"nothing with {name}", lambda m: name not in m.stars)


def _decades(rng: random.Random) -> list[Demand]:
    made = rng.randrange(1990, 2020)
    return [_decade(rng.randrange(1950, 1980)), _made(f"made in {made}", made, made)]


def _lengths() -> list[Demand]:
    return [_long(*_LENGTHS[0]), _long(*_LENGTHS[3])]


def _person(name: str) -> list[Demand]:
    return [_with(name), _without(name)]
