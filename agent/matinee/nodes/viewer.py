"""Who is asking."""

from matinee.context import Context
from matinee.state import RecommendState
from matinee.taste.preferences import checked_user


def user_of(state: RecommendState, context: Context) -> str | None:
    """Return the viewer: the input's, else the context's; None when nobody is named.

    Raises:
        InvalidRequest: the name is not one.
    """
    name = state.get("user_id") or context.user_id
    return checked_user(name) if name else None
