"""Who is asking, and what to do when their preferences cannot be had."""

from collections.abc import Sequence
from typing import NamedTuple

from matinee import logs
from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index import PreferenceIndex
from matinee.models import Movie
from matinee.ratings.collaborative import Collaborative, ToldFilms
from matinee.ratings.preferences import LIKED, Verdict, checked_user, verdict, weight_by_age
from matinee.state import RecommendState

_log = logs.logger(__name__)


def user_of(state: RecommendState, context: Context) -> str | None:
    """Return the viewer: the input's, else the context's; None when nobody is named.

    Raises:
        InvalidRequest: the name is not one.
    """
    name = state.get("user_id") or context.user_id
    return checked_user(name) if name else None


async def remembered(
    preferences: PreferenceIndex, user: str, verdicts: Sequence[tuple[str, Verdict]], films: Sequence[Movie]
) -> list[str]:
    """Store what a viewer said of films, and return what they are told of it.

    Args:
        preferences: where it is stored.
        user: the viewer.
        verdicts: what was said of films, by their ids.
        films: their rows.
    """
    said = dict(verdicts)
    told = [verdict(user, said[film.movie_id], film) for film in films if film.movie_id in said]
    if not told:
        return []
    try:
        for preference in told:
            await preferences.add(preference)
    except IndexUnavailable as error:
        _log.warning("preferences cannot be stored: %s", logs.kinds(error))
        return [f"What you said of films could not be stored: {error}"]
    return [f"Noted for {user}: {'; '.join(preference.label for preference in told)}."]


class History(NamedTuple):
    """What a viewer told of films."""

    rejected: set[str]
    """Those that they want no more."""
    liked: dict[str, float]
    """How much each that they rated or liked speaks for others, in stars, likes of long ago with fewer."""
    wished: set[str]
    """Those that they wish to see."""
    notices: list[str]


async def history_of(preferences: PreferenceIndex, collaborative: Collaborative | None, user: str | None) -> History:
    """Return what is stored of the viewer, with a notice when that cannot be known.

    A film that was rated or liked elsewhere was seen.
    """
    if user is None:
        return History(set(), {}, set(), [])
    try:
        told = await preferences.of_user(user)
        brought = await collaborative.told_by(user) if collaborative else ToldFilms({}, set(), set(), set())
    except IndexUnavailable as error:
        return History(set(), {}, set(), [without_preferences(user, error)])
    rejected = {p.movie_id for p in told if p.movie_id and p.kind in ("dislike", "seen")}
    liked = {p.movie_id: LIKED * weight_by_age(p) for p in told if p.movie_id and p.kind == "like"}
    wished = {p.movie_id for p in told if p.movie_id and p.kind == "wish"} | brought.wished
    rejected |= {*brought.rated, *brought.liked, *brought.seen}
    return History(rejected, brought.rated | dict.fromkeys(brought.liked, LIKED) | liked, wished - rejected, [])


def without_preferences(user: str, error: IndexUnavailable) -> str:
    """Log that the preferences' store does not answer, and return what the viewer is told."""
    _log.warning("preferences cannot be read: %s", logs.kinds(error))
    return f"What is stored for {user} could not be read, so films seen or disliked may be among the picks: {error}"
