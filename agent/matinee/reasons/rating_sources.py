"""What ratings say, as texts that a reason may rest on: the viewer's own, and those of others."""

from collections.abc import Sequence

from matinee.models import Candidate, Movie
from matinee.understanding import Understanding

_NEAREST = 10
"""Place up to which a film is called near to another by ratings."""
_NAMED = 3
"""Films named of which so much is told; the names of more would fill a sentence."""


def told(movie: Movie, stars: float) -> str:
    """Return a viewer's rating, 0.5 to 5 stars, as a sentence."""
    return f"Rated {movie.label} {stars:g} of 5"


def told_by_others(offered: Sequence[Candidate], understood: Understanding) -> dict[str, str]:
    """Return what other viewers' ratings say of the films that these put nearest, by film.

    Nearest to the films that the request names; to those that the viewer rated or liked if it names none.
    """
    whom = " and ".join(near_by_ratings(understood)) or "what this viewer rated or liked"
    places = {c.movie.movie_id: c.receipt["collaborative"].rank for c in offered if "collaborative" in c.receipt}
    return {
        movie_id: f"Place {place} next to {whom} by other viewers' ratings"
        for movie_id, place in places.items()
        if place is not None and place <= _NEAREST
    }


def near_by_ratings(understood: Understanding) -> list[str]:
    """Return the titles of the first films named, to which ratings put others near."""
    named = (mention.title for mention in understood.mentions if mention.role in ("like", "seen"))
    return list(dict.fromkeys(named))[:_NAMED]
