"""guard_sql: nothing that the guard refuses reaches the database; its reason goes back to the writer."""

from typing import Any, Literal

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.index.pgvector_sql import GuardedSql
from matinee.sql import guard
from matinee.sql_state import Attempt, SqlState

MOST_ATTEMPTS = 3
"""The first and two corrections."""


class GuardSql:
    """Checks the statement as written."""

    def __init__(self, sql: GuardedSql) -> None:
        self._sql = sql

    async def __call__(self, state: SqlState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the attempts with this one, and no statement if it was refused."""
        if state["written"] is None:
            return {"step": "run"}
        verdict = guard.check(state["written"], await self._sql.schema())
        events.status("guard_sql", "passed" if verdict.ok else f"refused: {verdict.reason}")
        if verdict.ok:
            return {"step": "run"}
        return refused(state, verdict.reason or "", "guard")


def refused(state: SqlState, reason: str, by: Literal["guard", "postgresql"]) -> dict[str, Any]:
    """Return the attempts with this one; the writer gets the reason, at most twice."""
    attempts = [*state["attempts"], Attempt(sql=state["written"] or "", reason=reason, by=by)]
    return {"attempts": attempts, "written": None, "step": "write" if len(attempts) < MOST_ATTEMPTS else "run"}


def after_guard(state: SqlState) -> Literal["write_sql", "run_sql"]:
    """Return where to go: back to the writer, or on (without a statement, to the parametrised query)."""
    return "write_sql" if state["step"] == "write" else "run_sql"
