"""write_sql: one statement for the question, by the chat model, with the reasons of earlier refusals."""

import re
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable, InvalidRequest
from matinee.index.pgvector_schema import EMBEDDING
from matinee.index.pgvector_sql import GuardedSql
from matinee.llm.chat import Chat
from matinee.models import GENRES
from matinee.observability import disclosure
from matinee.sanitize import plain
from matinee.sql.guard import Schema
from matinee.sql.unwrapping import statement_in
from matinee.sql_state import MAX_QUESTION, SqlState
from matinee_prompts import render

_log = logs.logger(__name__)

_NOTES = {
    "imdb_rating": "0 to 10",
    "runtime": "minutes",
    "metascore": "0 to 100",
    "overview": "the plot",
    "keywords": "moods and themes",
}
_TAG = re.compile(r"<(?=\s*[/!?]?\s*[^\W\d_])")
_CLOSING = re.compile(r"<\s*/")


class WriteSql:
    """Asks the chat model for a statement; without one, the parametrised query answers."""

    def __init__(self, chat: Chat, sql: GuardedSql) -> None:
        self._chat = chat
        self._sql = sql

    async def __call__(self, state: SqlState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the statement as written, or None.

        Raises:
            InvalidRequest: the question is no text, empty, or too long.
            ChatModelUnavailable: the model that this run named explicitly does not answer.
        """
        context = Context.of(runtime.context)
        asked: Any = state.get("question", "")
        if not isinstance(asked, str):
            raise InvalidRequest(f"`question` is {asked!r:.60}, which is no text; ask in words.")
        question = asked.strip()
        if not question or len(question) > MAX_QUESTION:
            raise InvalidRequest(f"A question has 1 to {MAX_QUESTION} characters; this one has {len(question)}.")
        # Without a `step` the run begins, and attempts are those of an earlier run of the thread.
        attempts = state["attempts"] if state.get("step") == "write" else []
        # A run of recommendations, which gives its understanding along, has told where its texts go.
        leave = [] if attempts or state.get("understanding") else disclosure.notices()
        for notice in leave:
            events.notice(notice)
        fresh: dict[str, Any] = {} if attempts else {"attempts": [], "notices": Overwrite(leave)}
        if self._chat.name(context) == "none":
            events.status("write_sql", "nobody writes", attempts=len(attempts))
            return {**fresh, "written": None}
        try:
            text = await self._ask(question, attempts, state.get("wanted"), context)
        except ChatModelUnavailable as error:
            if context.model is not None and not attempts:
                raise
            _log.warning("sql: %s", logs.kinds(error))
            return {**fresh, "written": None, "notices": [str(error)] if attempts else Overwrite([*leave, str(error)])}
        events.status("write_sql", text, attempts=len(attempts) + 1)
        return {**fresh, "written": text}

    async def _ask(self, question: str, attempts: list[Any], wanted: int | None, context: Context) -> str:
        refused = [_refusal(attempt) for attempt in attempts if attempt["reason"]]
        messages = [
            SystemMessage(render("sql_system", told(await self._sql.schema()))),
            HumanMessage(
                render(
                    "sql_question",
                    {"question": quoted(question), "wanted": wanted, "has_refused": bool(refused), "refused": refused},
                )
            ),
        ]
        said = ""
        async with aclosing(self._chat.stream(messages, context)) as stream:
            async for chunk in stream:
                said += chunk.text
        return statement_in(said)


def told(schema: Schema) -> dict[str, Any]:
    """Return what the prompt tells of the table; of several vector columns only the one that $1 fits."""
    (columns,) = schema.tables.values()
    shown = [
        {"name": name, "type": kind, "note": _NOTES.get(name, "")}
        for name, kind in columns.items()
        if name not in schema.unshown and (name not in schema.vectors or name == EMBEDDING)
    ]
    return {"columns": shown, "vector": EMBEDDING, "genres": ", ".join(GENRES)}


def quoted(text: str) -> str:
    """Return a question as the prompt may hold it: on one line, and without what would end its part of the prompt.

    A sign stays that compares: "runtime < 100".
    """
    return _TAG.sub("(", plain(text))


def _refusal(attempt: Mapping[str, Any]) -> dict[str, str]:
    # What a model wrote may have been copied from the question; `<` before a name compares in SQL.
    return {key: _CLOSING.sub("(/", " ".join(str(attempt[key]).split())) for key in ("sql", "reason")}
