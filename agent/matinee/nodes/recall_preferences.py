"""recall_preferences: what the viewer told before that bears on this request."""

from typing import Any

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index import PreferenceIndex
from matinee.nodes.viewer import without_preferences
from matinee.ratings.collaborative import Collaborative
from matinee.reasons.rating_sources import told
from matinee.state import Parsed, RecommendState, dumped
from matinee.understanding import Understanding

_RECALLED = 3
NOTHING_STORED = "Nothing is stored for "
"""How the notice begins that names a viewer who has told nothing."""


class RecallPreferences:
    """Finds the viewer's preferences most similar to the request."""

    def __init__(self, preferences: PreferenceIndex, collaborative: Collaborative | None = None) -> None:
        self._preferences = preferences
        self._collaborative = collaborative

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the preferences, most similar first; none, with a notice, when their store does not answer."""
        parsed = Parsed.model_validate(state)
        user = parsed.viewer
        if user is None:
            events.status("recall_preferences", "no viewer named", preferences=0)
            return {"preferences": [], "ratings": []}
        try:
            found = await self._preferences.recall(user, parsed.understanding.text, _RECALLED)
            known = bool(found or await self._preferences.of_user(user) or await self._rated(user))
            ratings = await self._ratings(user, parsed.understanding)
        except IndexUnavailable as error:
            notice = without_preferences(user, error)
            events.notice(notice)
            events.status("recall_preferences", "not to be had", preferences=0)
            return {"preferences": [], "ratings": [], "notices": [notice]}
        nothing = f"{NOTHING_STORED}{user} yet; `matinee taste add` or `matinee taste import` changes that."
        notices = [] if known else [nothing]
        for notice in notices:
            events.notice(notice)
        events.status("recall_preferences", f"{len(found)} preferences of {user}", preferences=len(found))
        return {**dumped(preferences=found, ratings=ratings), "notices": notices}

    async def _ratings(self, user: str, understood: Understanding) -> list[str]:
        """Return what the viewer rated, as the evidence of reasons cites it; films that the request names first."""
        if self._collaborative is None:
            return []
        named = [m.movie_id for m in understood.mentions]
        return [told(movie, stars) for movie, stars in await self._collaborative.rated(user, named)]

    async def _rated(self, user: str) -> bool:
        """Tell whether the viewer brought ratings, be it of films that the catalogue lacks."""
        return self._collaborative is not None and bool(await self._collaborative.stored(user))
