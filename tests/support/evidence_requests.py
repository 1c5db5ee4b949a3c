"""Requests made from a film's own row, so that it meets them: demands of each kind, with preferences and seeds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from matinee.models import Movie, Preference
from matinee.query import TitleLookup, understand
from matinee.query.people import PeopleLookup
from matinee.understanding import Understanding
from tests.support.starter_films import starter_movies

FORMS = (
    "a {genre} film from the {decade}s",
    "something {mood} with {star}",
    "a {genre} by {director} over {hours}",
    "a {mood} film under {hours_more}, please",
    "a film in {language} from {country}",
    "a film rated above {rating} about {theme}",
    "a {genre} from {year} with {star}, not too violent",
    "films like {other}",
    "something like {other}, but not too {mood}",
    "{mood} and {tag}, for an evening with my kids",
    "a film about {tag} with a metascore of at least {metascore}",
    "a {genre} before {year_more} with {director} at most {minutes} minutes long",
    "{word} and {tag}",
    "at least {minutes_less} minutes of {genre}, an IMDb rating of at least {rating}",
    "please, {long_request}",
    "tonight",
)
"""What is asked, filled from the row of the film that is to answer it."""

NOTES = (
    "I love {director}",
    "{mood} films are what I like",
    "more {genre} for me",
    "I am fond of {tag}",
    "{long_note}",
)
_LONG = (
    "after a long week at work I would be glad of a quiet evening on the sofa with {tag} and nothing else to think of"
)
_HOURS = {60: "an hour", 90: "90 minutes", 120: "two hours", 150: "two and a half hours", 180: "three hours"}


@dataclass(frozen=True)
class Wish:
    """A request that a film meets, with what the viewer told before and the films named."""

    request: Understanding
    preferences: list[Preference]
    seeds: list[Movie]


@cache
def titles() -> TitleLookup:
    """Return the titles and people of the starter catalogue."""
    films = starter_movies().values()
    people = PeopleLookup([(film.directors, film.stars) for film in films])
    return TitleLookup([(f.movie_id, f.title, f.year, tuple(f.aka)) for f in films], people)


def wish(movie: Movie, others: Sequence[Movie], form: int) -> Wish:
    """Return the request of the form for the film; `others` are films that it may be likened to."""
    other = max(others, key=lambda film: _shared(movie, film))
    filled = _filled(movie, other, form)
    text = " ".join(FORMS[form % len(FORMS)].format(**filled).split())
    notes = [
        Preference(preference_id=f"n{n}", user_id="ana", text=note.format(**filled))
        for n, note in enumerate(NOTES)
        if (form + n) % len(NOTES) < 2
    ]
    liked = Preference(
        preference_id="l1", user_id="ana", kind="like", text=other.title, title=other.title, movie_id=other.movie_id
    )
    return Wish(understand(text, titles(), this_year=2024), [*notes, *([liked] if form % 3 == 0 else [])], [other])


def _shared(movie: Movie, other: Movie) -> tuple[int, int]:
    people = {*movie.people} & {*other.people}
    return len(people), len({*movie.keywords} & {*other.keywords})


def _filled(movie: Movie, other: Movie, form: int) -> dict[str, str]:
    runtime, year, rating = movie.runtime or 100, movie.year or 2000, movie.imdb_rating or 7.0
    at_least = max((m for m in _HOURS if m <= runtime), default=60)
    at_most = min((m for m in _HOURS if m >= runtime), default=180)
    keywords = movie.keywords or ["hope"]
    words = re.findall(r"\b[a-z]{6,}\b", movie.overview) or ["story"]
    tag = keywords[form % len(keywords)]
    return {
        "genre": movie.genres[form % len(movie.genres)].lower() if movie.genres else "drama",
        "decade": str(year - year % 10),
        "mood": keywords[(form + 3) % len(keywords)],
        "star": movie.stars[form % len(movie.stars)] if movie.stars else "anybody",
        "director": movie.directors[0] if movie.directors else "anybody",
        "hours": _HOURS[at_least],
        "hours_more": _HOURS[at_most],
        "language": movie.languages[form % len(movie.languages)] if movie.languages else "English",
        "country": movie.countries[0] if movie.countries else "anywhere",
        "rating": str(int(rating)),
        "theme": tag,
        "tag": tag,
        "year": str(year),
        "year_more": str(year + 1),
        "other": other.title,
        "metascore": str((movie.metascore or 50) // 10 * 10),
        "minutes": str(runtime),
        "minutes_less": str(runtime // 10 * 10),
        "word": words[form % len(words)],
        "long_request": _LONG.format(tag=tag),
        "long_note": _LONG.format(tag=tag),
    }
