"""Who is asking, and what to do when their preferences cannot be had."""

from matinee import logs
from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index import PreferenceIndex
from matinee.state import RecommendState
from matinee.taste.preferences import checked_user

_log = logs.logger(__name__)


def user_of(state: RecommendState, context: Context) -> str | None:
    """Return the viewer: the input's, else the context's; None when nobody is named.

    Raises:
        InvalidRequest: the name is not one.
    """
    name = state.get("user_id") or context.user_id
    return checked_user(name) if name else None


async def rejected_by(preferences: PreferenceIndex, user: str | None) -> tuple[set[str], list[str]]:
    """Return the ids of the films that the viewer wants no more, and a notice when that cannot be known."""
    if user is None:
        return set(), []
    try:
        return await preferences.rejected(user), []
    except IndexUnavailable as error:
        return set(), [without_preferences(user, error)]


def without_preferences(user: str, error: IndexUnavailable) -> str:
    """Log that the preferences' store does not answer, and return what the viewer is told."""
    _log.warning("preferences cannot be read: %s", logs.kinds(error))
    return f"What is stored for {user} could not be read, so films seen or disliked may be among the picks: {error}"
