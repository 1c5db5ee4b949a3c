"""Requests of many kinds with the films of the starter catalogue that fit them best, for composed reasons."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from matinee.language.lexicon import load
from matinee.language.tokens import stems
from matinee.models import Candidate, Movie, Preference, Signal, Spoilers
from matinee.query import understand
from matinee.reasons.composer import Composer
from matinee.understanding import Understanding
from tests.support.evidence_requests import titles, wish
from tests.support.starter_films import starter_movies

SHORT = Path(__file__).parents[2] / "benchmarks/requests/short.jsonl"
FORMS = (
    "something {mood} and {mood2}",
    "a {mood} {genre}",
    "a {mood} film about {theme}",
    "{genre} from the {decade}s, {mood} please",
    "a {genre} with {star}",
    "anything by {director}?",
    "a {people} {genre} under two hours",
    "a {genre} rated over 7 on imdb",
    "something like {title}",
    "films like {title} and {title2}",
    "like {title} but {compared}",
    "something like {title}, but less {mood}",
    "a {genre} about {theme}, nothing {mood2}",
    "I'm in the mood for something {mood}",
    "what was that {decade}s movie about {theme}?",
    "I can't remember the name of a film where {plot}",
    "tonight",
    "a {mood} movie with {star}, at least 100 minutes",
    "critically acclaimed {genre} in {language}",
    "{theme} and {theme2}",
)


@dataclass(frozen=True)
class Asked:
    """A request with what is known of the viewer, and the films offered for it, best first."""

    text: str
    understood: Understanding
    offered: list[Candidate]
    seeds: list[Movie] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    ratings: list[str] = field(default_factory=list)

    def composer(self, spoilers: Spoilers = "premise") -> Composer:
        """Return a composer for this request."""
        return Composer(
            self.understood, preferences=self.preferences, seeds=self.seeds, ratings=self.ratings, spoilers=spoilers
        )


@cache
def films() -> list[Movie]:
    """Return the films of the starter catalogue of which people and a language are known."""
    return [film for film in starter_movies().values() if film.stars and film.directors and film.languages]


def asked(
    text: str,
    preferences: Sequence[Preference] = (),
    ratings: Sequence[str] = (),
    *,
    seeds: Sequence[Movie] = (),
    n: int = 10,
) -> Asked:
    """Return a request with the `n` films that fit it best."""
    understood = understand(text, titles(), this_year=2024)
    named = [starter_movies()[m.movie_id] for m in understood.mentions if m.movie_id in starter_movies()]
    return Asked(text, understood, offered(understood, named, n), [*named, *seeds], list(preferences), list(ratings))


def offered(understood: Understanding, seeds: Sequence[Movie], n: int) -> list[Candidate]:
    """Return the films that meet most of the request, with a receipt that says so."""
    asked_stems = set(stems(understood.text))
    scored = [(_fit(film, understood, seeds, asked_stems), film) for film in films()]
    best = sorted((s for s in scored if s[1] not in seeds), key=lambda s: -s[0])[:n]
    return [_candidate(film, place, bool(seeds)) for place, (_, film) in enumerate(best, start=1)]


def _fit(film: Movie, understood: Understanding, seeds: Sequence[Movie], asked_stems: set[str]) -> float:
    score = -8.0 * len(understood.blocking(film)) + 2.0 * sum(hint.holds(film) for hint in understood.hints)
    for seed in seeds:
        score += len({*film.keywords} & {*seed.keywords}) + 2 * len({*film.people} & {*seed.people})
        score += 0.3 * len({*film.genres} & {*seed.genres})
    shared = set(_film_stems(film)) & asked_stems
    return score + 0.4 * sum(len(stem) > 3 for stem in shared) + (film.imdb_rating or 6.0) / 100


@cache
def _stems_by_id() -> dict[str, frozenset[str]]:
    return {f.movie_id: frozenset(stems(" ".join((f.overview, *f.keywords)))) for f in films()}


def _film_stems(film: Movie) -> frozenset[str]:
    return _stems_by_id()[film.movie_id]


def _candidate(film: Movie, place: int, seeded: bool) -> Candidate:
    ranks = {"dense": place, "quality": 2 * place}
    if seeded:
        ranks |= {"neighbours": 3 * place, "collaborative": 5 * place - 3 * (place % 3)}
    return Candidate(movie=film, receipt={name: Signal(rank=rank, share=0.2) for name, rank in ranks.items()})


def varied(seed: int, n: int) -> Iterator[Asked]:
    """Yield requests of many kinds, made from rows of the catalogue or written down, the same for the same seed."""
    rng = random.Random(seed)
    told = [json.loads(line)["query"] for line in SHORT.read_text("utf-8").splitlines()]
    for number in range(n):
        kind = number % 4
        if kind == 0:
            yield asked(rng.choice(told))
        elif kind == 1:
            movie = rng.choice(films())
            made = wish(movie, rng.sample(films(), 30), rng.randrange(16))
            one = asked(made.request.text, made.preferences, _ratings(rng), seeds=made.seeds)
            yield one
        else:
            yield asked(_filled(rng))


def _ratings(rng: random.Random) -> list[str]:
    return [f"Rated {film.label} {rng.choice((2, 3.5, 4.5, 5)):g} of 5" for film in rng.sample(films(), 3)]


def _filled(rng: random.Random) -> str:
    film, other = rng.sample(films(), 2)
    moods = [word for row in load("critiques")["mood"] for word in row["words"]]
    compared = [word for row in load("critiques")["mood"] for word in row.get("compared", ())]
    themes = film.keywords[1:] or ["hope"]
    sentence = film.overview.split(". ")[0]
    return rng.choice(FORMS).format(
        mood=rng.choice(moods),
        mood2=rng.choice(moods),
        compared=rng.choice(compared),
        genre=rng.choice(film.genres).lower(),
        decade=film.year // 10 * 10 if film.year else 1990,
        theme=rng.choice(themes),
        theme2=rng.choice(other.keywords),
        star=rng.choice(film.stars),
        director=film.directors[0],
        people=rng.choice(("French", "British", "Japanese", "Italian", "German", "Indian", "Korean")),
        language=rng.choice(film.languages),
        title=film.title,
        title2=other.title,
        plot=sentence[0].lower() + " ".join(sentence.split()[:12])[1:],
    )
