"""structure: an answer that the parser could not read as it came gets one schema-constrained call."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal, cast

from langchain_core.messages import BaseMessage
from langgraph.runtime import Runtime
from pydantic import BaseModel, Field, create_model

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.language.sentences import sentences
from matinee.llm.chat import Chat
from matinee.llm.replay_chat_model import replay
from matinee.models import Candidate, MovieRecommendation
from matinee.nodes.answer_reader import told
from matinee.nodes.answer_session import builder_of, dumped, offered_of
from matinee.nodes.prompting import structure_messages
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.reasons.answer_events import Heading
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.title_matching import Fault
from matinee.state import RecommendState

_log = logs.logger(__name__)


class Structure:
    """Coerces the text into recommendations; most of that has happened while the text streamed."""

    def __init__(self, chat: Chat, judging: SentenceChecking) -> None:
        self._chat = chat
        self._judging = judging

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the picks; unchanged, unless the text held none that could be read."""
        context = Context.of(runtime.context)
        picks = state.get("picks", [])
        readable = bool(picks) or bool(state.get("faults"))  # a pick that does not stand was read all the same
        if state["writer"] != "model" or readable or state["broken"] or not state["draft"].strip():
            events.status("structure", f"{len(picks)} picks read from the text", picks=len(picks))
            return {"picks": picks}
        offered = offered_of(state)
        builder = builder_of(state, context, offered, [])
        found = await self._coerced(structure_messages(state["draft"], offered), len(offered), context)
        pieces = self._read(state, context, offered, builder, found)
        if context.stream == "checked":
            await replay(pieces, state.get("answer_id") or "")
        else:
            async for _ in pieces:
                pass
        events.status("structure", f"{len(builder.picks)} picks by schema", picks=len(builder.picks))
        return {"picks": dumped(builder.picks), "faults": builder.faults}

    async def _read(
        self,
        state: RecommendState,
        context: Context,
        offered: Sequence[Candidate],
        builder: RecommendationBuilder,
        found: Sequence[tuple[int, str]],
    ) -> AsyncIterator[str]:
        judge = await self._judging.of_run(state, context, offered)
        for number, reason in found:
            before: list[MovieRecommendation] = list(builder.picks)
            film = builder.open(Heading(number, "bracket", "", None))
            if isinstance(film, Fault):
                continue
            for text in sentences(reason):
                builder.add(await judge(text, film))
            if pick := builder.close():
                async for piece in told([pick], before):
                    yield piece

    async def _coerced(self, messages: list[BaseMessage], offered: int, context: Context) -> list[tuple[int, str]]:
        """Return numbers of offered films with the reasons given for them."""
        try:
            found = await self._chat.structured(messages, picks_schema(offered, context.limit), context)
        except ChatModelUnavailable as error:
            _log.warning("structured call: %s", logs.kinds(error))
            return []
        return [(pick.number, pick.reason) for pick in getattr(found, "picks", [])]


def picks_schema(offered: int, limit: int) -> type[BaseModel]:
    """Return the schema of an answer: numbers among those offered and short reasons.

    The bounds matter: without them a small model fills the whole window.
    """
    number = Literal[tuple(range(1, offered + 1))]  # type: ignore[valid-type]
    pick = create_model("Pick", number=(cast(Any, number), ...), reason=(Annotated[str, Field(max_length=300)], ...))
    return create_model("Picks", picks=(Annotated[list[pick], Field(max_length=limit)], ...))
