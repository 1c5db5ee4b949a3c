"""Requests made from what a catalogue holds: genres, decades, lengths, people and moods, in seeded combinations."""

import random
from collections import Counter
from collections.abc import Sequence

from matinee.models import Movie

_MOODS = ("quiet", "upbeat", "thoughtful", "tense", "funny", "melancholy", "warm", "strange", "gripping", "")
_LENGTHS = ("under 100 minutes", "under two hours", "over two hours", "", "", "")
_FORMS = (
    "a {mood} {genre} {decade} {length} {person}",
    "{mood} {genre} films {decade} {person} {length}",
    "something {mood}, {genre} {decade}, {length}",
    "I want a {genre} {person} {decade} {length}",
)


def made_requests(films: Sequence[Movie], count: int, seed: int = 7) -> list[str]:
    """Return so many requests, all different; each names a genre or a decade that the catalogue has."""
    rng = random.Random(seed)
    genres = sorted({genre.lower() for film in films for genre in film.genres})
    decades = sorted({film.year // 10 * 10 for film in films if film.year})
    people = [name for name, n in Counter(p for f in films for p in (*f.directors, *f.stars)).most_common(60) if n > 1]
    made: dict[str, None] = {}
    while len(made) < count:
        decade, person = rng.choice(decades), rng.choice(people) if people else ""
        said = rng.choice(_FORMS).format(
            mood=rng.choice(_MOODS),
            genre=rng.choice(genres),
            decade=rng.choice((f"from the {decade}s", f"from the {str(decade)[2:]}s", f"after {decade}", "", "")),
            length=rng.choice(_LENGTHS),
            person=rng.choice((f"with {person}", "", "", "")) if person else "",
        )
        made[" ".join(said.replace(" ,", ",").split()).strip(" ,")] = None
    return list(made)
