"""What a viewer tells: sentences, and verdicts on single films."""

import hashlib
from datetime import UTC, datetime
from typing import Literal

from matinee.catalogue.text import embedding_text
from matinee.errors import InvalidRequest
from matinee.language.negation import refuses
from matinee.models import VERDICTS, Movie, Preference
from matinee.sanitize import plain

MAX_STATEMENT = 500

LIKED = 5.0
"""The stars that a like stands for, or the mention of a film in a request."""

_HALF_LIFE = 730.0
"""Days in which what a viewer told comes to count half."""


def age_in_days(preference: Preference) -> float:
    """Return how long ago it was told, in days; 0 when that is unknown or in the future (a clock set back)."""
    try:
        told = datetime.fromisoformat(preference.created_at)
    except ValueError:
        return 0.0
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return max(0.0, (datetime.now(UTC) - told).total_seconds() / 86_400)


def weight_by_age(preference: Preference) -> float:
    """Return how much of it still counts, in 0..1: 1 when just told, half after each two years."""
    return float(0.5 ** (age_in_days(preference) / _HALF_LIFE))


Verdict = Literal["like", "dislike", "seen", "wish"]


def statement(user_id: str, text: str) -> Preference:
    """Return the preference of a sentence; the same sentence of the same viewer has the same id.

    Raises:
        InvalidRequest: the sentence or the viewer's name is empty or too long.
    """
    said = plain(text)
    if not said or len(said) > MAX_STATEMENT:
        raise InvalidRequest(f"A preference has 1 to {MAX_STATEMENT} characters; this one has {len(said)}.")
    return Preference(
        preference_id=_identity("statement", said.casefold()),
        user_id=checked_user(user_id),
        kind="statement",
        text=said,
    )


def verdict(user_id: str, kind: Verdict, movie: Movie) -> Preference:
    """Return a viewer's verdict on a film; a later verdict on the same film takes the place of an earlier one."""
    return Preference(
        preference_id=_identity("film", movie.movie_id),
        user_id=checked_user(user_id),
        kind=kind,
        text=f"{VERDICTS[kind]} {embedding_text(movie)}",
        movie_id=movie.movie_id,
        title=movie.label,
    )


def is_against(preference: Preference) -> bool:
    """Tell whether the viewer speaks against something: a dislike, or a sentence like “I can't stand gore”.

    A sentence that also says what they do like ("I hate gore, but love a good ghost") counts as for.
    """
    if preference.kind == "statement":
        return refuses(preference.text)
    return preference.kind == "dislike"


def checked_user(user_id: str) -> str:
    """Return the viewer's name without surrounding blanks.

    Raises:
        InvalidRequest: it is no text, empty, longer than 100 characters, or holds control characters.
    """
    name = user_id.strip() if isinstance(user_id, str) else ""
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidRequest(f"A viewer's name has 1 to 100 printable characters; given was {user_id!r}.")
    return name


def _identity(kind: str, what: str) -> str:
    return hashlib.sha256(f"{kind}\x1f{what}".encode()).hexdigest()[:8]
