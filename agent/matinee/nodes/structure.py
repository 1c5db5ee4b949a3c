"""structure: an answer that the parser could not read as it came gets one schema-constrained call."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, cast

from langgraph.runtime import Runtime
from pydantic import BaseModel, Field, create_model

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.language.sentences import sentences
from matinee.llm.chat import Chat
from matinee.nodes.answer_reader import told
from matinee.nodes.answer_session import AnswerSession
from matinee.nodes.prompting import structure_messages
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.reasons.answer_events import Heading
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.title_matching import Fault
from matinee.state import RecommendState, dumped

_log = logs.logger(__name__)


class Structure:
    """Coerces the text into recommendations; most of that has happened while the text streamed."""

    def __init__(self, chat: Chat, judging: SentenceChecking) -> None:
        self._chat = chat
        self._judging = judging

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the draft with its picks; nothing, unless the text held none that could be read."""
        session = AnswerSession(state, Context.of(runtime.context))
        draft = session.draft
        readable = bool(draft.picks or draft.faults)  # a pick that does not stand was read all the same
        if draft.writer != "model" or readable or draft.broken_off or not draft.text.strip():
            read = len(draft.picks)
            events.status("structure", f"{read} picks read from the text", picks=read)
            return {}
        builder = session.builder([])
        await session.tell(self._read(session, builder, await self._coerced(session, draft.text)))
        events.status("structure", f"{len(builder.picks)} picks by schema", picks=len(builder.picks))
        return dumped(draft=draft.model_copy(update={"picks": builder.picks, "faults": builder.faults}))

    async def _read(
        self, session: AnswerSession, builder: RecommendationBuilder, found: list[tuple[int, str]]
    ) -> AsyncIterator[str]:
        judge = await self._judging.of_run(session)
        for number, reason in found:
            before = list(builder.picks)
            film = builder.open(Heading(number, "bracket", "", None))
            if isinstance(film, Fault):
                continue
            for text in sentences(reason):
                builder.add(await judge(text, film))
            if pick := builder.close():
                async for piece in told([pick], before):
                    yield piece

    async def _coerced(self, session: AnswerSession, text: str) -> list[tuple[int, str]]:
        """Return numbers of offered films with the reasons given for them."""
        schema = picks_schema(len(session.offered), session.context.limit)
        try:
            found = await self._chat.structured(structure_messages(text, session.offered), schema, session.context)
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
