"""structure: an answer that the parser could not read as it came gets one schema-constrained call."""

from typing import Annotated, Any, Literal, cast

from langchain_core.messages import BaseMessage
from langgraph.runtime import Runtime
from pydantic import BaseModel, Field, create_model

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.grounding.draft import Draft
from matinee.nodes.prompting import structure_messages
from matinee.nodes.run_parts import dumped, offered_of, open_desk
from matinee.providers.chat import Chat
from matinee.state import RecommendState

_log = logs.logger(__name__)


class Structure:
    """Coerces the text into recommendations; most of that has happened while the text streamed."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the picks; unchanged, unless the text held none that could be read."""
        context = Context.of(runtime.context)
        picks = state.get("picks", [])
        readable = bool(picks) or bool(state.get("faults"))  # a pick that does not stand was read all the same
        if state["writer"] != "model" or readable or state["broken"] or not state["draft"].strip():
            events.status("structure", f"{len(picks)} picks read from the text", picks=len(picks))
            return {"picks": picks}
        offered = offered_of(state)
        desk = open_desk(state, context, offered, [])
        for draft in await self._coerced(structure_messages(state["draft"], offered), len(offered), context):
            if pick := desk.take(draft):
                events.recommendation(pick, len(desk.picks))
        events.status("structure", f"{len(desk.picks)} picks by schema", picks=len(desk.picks))
        return {"picks": dumped(desk.picks), "faults": desk.faults}

    async def _coerced(self, messages: list[BaseMessage], offered: int, context: Context) -> list[Draft]:
        try:
            found = await self._chat.structured(messages, picks_schema(offered, context.limit), context)
        except ChatModelUnavailable as error:
            _log.warning("structured call: %s", logs.kinds(error))
            return []
        return [
            Draft(number=pick.number, numbered="bracket", reason=pick.reason) for pick in getattr(found, "picks", [])
        ]


def picks_schema(offered: int, limit: int) -> type[BaseModel]:
    """Return the schema of an answer: numbers among those offered and short reasons.

    The bounds matter: without them a small model fills the whole window.
    """
    number = Literal[tuple(range(1, offered + 1))]  # type: ignore[valid-type]
    pick = create_model("Pick", number=(cast(Any, number), ...), reason=(Annotated[str, Field(max_length=300)], ...))
    return create_model("Picks", picks=(Annotated[list[pick], Field(max_length=limit)], ...))
