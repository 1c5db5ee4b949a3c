"""run_sql: the statement that the guard let through, else the parametrised query; every row is the database's."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexMismatch, InvalidRequest
from matinee.index.pgvector_schema import EMBEDDING
from matinee.index.pgvector_sql import UNKNOWN, GuardedSql
from matinee.nodes.guard_sql import refused
from matinee.nodes.understand import Titles
from matinee.query import understand
from matinee.sql import guard
from matinee.sql.guard import Verdict
from matinee.sql.query_builder import compose
from matinee.sql.runner import Rows, plain
from matinee.sql_state import Attempt, SqlState
from matinee.understanding import Mention, Understanding

_TAKEN: dict[str, Any] = {"search": "", "understanding": {}, "wanted": 0}  # a later run of the thread has its own


class RunSql:
    """Runs the statement, with the question's vector bound to $1."""

    def __init__(self, sql: GuardedSql, embedding: EmbeddingModel, titles: Titles) -> None:
        self._sql = sql
        self._embedding = embedding
        self._titles = titles

    async def __call__(self, state: SqlState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the rows and who gave them, or PostgreSQL's refusal for the writer."""
        context = Context.of(runtime.context)
        if given := state.get("understanding"):
            understood = Understanding.model_validate(given)
        else:
            understood = understand(state["question"], await self._titles.lookup())
        text = state.get("search") or understood.text
        if (written := state["written"]) is None:
            return await self._parametrised(state, understood, text, context)
        found = await self._run(written, text)
        if isinstance(found, Verdict):
            events.status("run_sql", f"refused: {found.reason}")
            back = refused(state, found.reason or "", "postgresql")
            if back["step"] == "write":
                return back
            return {**back, **await self._parametrised({**state, **back}, understood, text, context)}  # type: ignore[typeddict-item]
        tried = [*state["attempts"], Attempt(sql=written, reason=None, by=None)]
        return {"answered_by": "sql", "attempts": tried, **_answer(found, understood)}

    async def _parametrised(
        self, state: SqlState, understood: Understanding, text: str, context: Context
    ) -> dict[str, Any]:
        """Answer within the question's demands, by a statement that no model wrote."""
        schema = await self._sql.schema()
        built, dimension = schema.vectors[EMBEDDING]
        if built not in (UNKNOWN, self._embedding.name):
            raise IndexMismatch(
                f"The films were embedded with {built} ({dimension} dimensions), but the embedding in use is "
                f"{self._embedding.name}; run `matinee ingest --backend pgvector --rebuild`, or set MATINEE_EMBEDDINGS "
                "back."
            )
        wanted = context.limit + len(understood.mentions)  # films that the question names are taken out
        sql = compose(understood, schema, EMBEDDING, wanted)
        found = await self._run(sql, text)
        if isinstance(found, Verdict):
            raise InvalidRequest(f"The question cannot be answered by SQL: {found.reason}.")
        why = "no statement that was written could run" if state["attempts"] else "no chat model wrote SQL"
        notice = f"The parametrised query answered: {why}."
        events.notice(notice)
        answer = _answer(found, understood, context.limit)
        return {"answered_by": "parametrised query", "notices": [notice], **answer}

    async def _run(self, sql: str, text: str) -> Rows | Verdict:
        asked = guard.check(sql, await self._sql.schema()).vectors
        strange = sorted({encoder for encoder in asked.values() if encoder} - {UNKNOWN, self._embedding.name})
        if strange:
            reason = (
                f"$1 is a vector of {self._embedding.name}, not of {', '.join(strange)}: compare it with {EMBEDDING}"
            )
            return Verdict(False, reason, "encoder", sql)
        vector = await asyncio.to_thread(self._embedding.embeddings.embed_query, text)
        return await self._sql.run(sql, [vector] if asked else [])


def _answer(found: Rows, understood: Understanding, most: int | None = None) -> dict[str, Any]:
    rows = without([plain(row) for row in found.rows], found.columns, understood.mentions)[:most]
    events.status("run_sql", f"{len(rows)} rows", rows=len(rows))
    return {
        "sql": found.ran,
        "columns": list(found.columns),
        "rows": rows,
        "truncated": found.truncated,
        "step": "done",
        **_TAKEN,
    }


def without(rows: Sequence[Sequence[Any]], columns: Sequence[str], mentions: Sequence[Mention]) -> list[list[Any]]:
    """Return the rows without the films that the question itself names."""
    by = next((column for column in ("movie_id", "title") if column in columns), None)
    if by is None:
        return [list(row) for row in rows]
    place, named = columns.index(by), {getattr(mention, by) for mention in mentions}
    return [list(row) for row in rows if row[place] not in named]


def after_run(state: SqlState) -> Literal["write_sql", "__end__"]:
    """Return where to go: back to the writer with PostgreSQL's refusal, or to the end."""
    return "write_sql" if state["step"] == "write" else "__end__"
