"""What viewers told: statements, and verdicts on films."""

from collections.abc import Collection

from matinee.index.filters import Condition
from matinee.index.table import Row, VectorTable
from matinee.models import Preference
from matinee.sanitize import plain_row


class PreferenceIndex:
    """Preferences by viewer and by meaning; what is embedded is what was said, or the text of the film judged.

    All errors are `IndexUnavailable`.
    """

    def __init__(self, table: VectorTable) -> None:
        self.table = table

    async def add(self, preference: Preference) -> None:
        """Store a preference; the same one again is replaced."""
        facts = preference.stamped().model_dump(mode="json", exclude={"similarity"})
        await self.table.add([Row(_row_id(preference), preference.text, facts)])

    async def of_user(self, user_id: str) -> list[Preference]:
        """Return everything stored for a viewer, oldest first."""
        found = [_preference_of(row) for row in await self.table.scroll([_of_user(user_id)])]
        return sorted(found, key=lambda p: p.created_at)

    async def recall(self, user_id: str, query: str, k: int) -> list[Preference]:
        """Return the viewer's statements, likes and dislikes most similar to the query, each with its cosine."""
        where = [_of_user(user_id), Condition("kind", "none_of", ["seen", "wish"])]
        return [_preference_of(row, row.score) for row in await self.table.nearest(query, k, where)]

    async def forget(self, user_id: str, preference_ids: Collection[str] | None = None) -> int:
        """Delete these preferences of a viewer, or all of them; return how many there were."""
        stored = await self.of_user(user_id)
        doomed = [p for p in stored if preference_ids is None or p.preference_id in preference_ids]
        if doomed:
            await self.table.delete([_row_id(preference) for preference in doomed])
        return len(doomed)


def _of_user(user_id: str) -> Condition:
    return Condition("user_id", "any_of", [user_id])


def _row_id(preference: Preference) -> str:
    """Return the id of a row: a preference's id is its viewer's own."""
    return f"{preference.user_id}\x1f{preference.preference_id}"


def _preference_of(row: Row, similarity: float | None = None) -> Preference:
    return Preference.model_validate({**plain_row(row.fields), "similarity": similarity})
