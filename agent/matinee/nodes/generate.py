"""generate: one streamed answer for all the picks, by the chat model, else composed from what ranked the films."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessageChunk, BaseMessage
from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat import Chat
from matinee.llm.replay_chat_model import replay
from matinee.nodes.answer_reader import AnswerReader, told
from matinee.nodes.answer_session import (
    builder_of,
    dumped,
    offered_of,
    picks_of,
    preferences_of,
    understanding_of,
)
from matinee.nodes.prompting import recommend_messages, repair_messages
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.reasons.rating_sources import told_by_others
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.stream_guard import StreamGuard
from matinee.sanitize import without_controls
from matinee.state import RecommendState

_log = logs.logger(__name__)

_COMPOSED = "Reasons were composed from what the catalogue knows of the films"


class Generate:
    """Streams the answer as it is judged, and makes each pick as soon as its paragraph is done."""

    def __init__(self, chat: Chat, judging: SentenceChecking) -> None:
        self._chat = chat
        self._judging = judging

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the model's text, the picks that stand so far, and the faults of the others.

        Raises:
            ChatModelUnavailable: the model that this run named explicitly does not answer.
        """
        context = Context.of(runtime.context)
        answer_id = state.get("answer_id") if state["repairs"] else None
        draft = _Draft(answer_id=answer_id or f"answer-{uuid4()}")
        if not state["ranked"]:
            events.status("generate", "nothing to write about", picks=0)
            return draft.update("none", [])
        offered = offered_of(state)
        builder = builder_of(state, context, offered, picks_of(state))
        if self._chat.name(context) == "none":
            if context.model != "none":
                draft.notices.append(f"{_COMPOSED}: no chat model is set.")
            await replay(self._compose(builder, draft), draft.answer_id)
        elif context.stream == "raw":
            await self._raw(state, context, builder, draft)
        else:
            await replay(self._checked(state, context, builder, draft), draft.answer_id)
        for notice in draft.notices if draft.writer == "model" else ():
            events.notice(notice)
        verb = "written" if draft.writer == "model" else "composed"
        picks, faults = len(builder.picks), len(builder.faults)
        said = f"{picks} picks {verb}"
        events.status("generate", said, picks=picks, faults=faults, characters=len(draft.text))
        return draft.update(draft.writer, dumped(builder.picks)) | {"faults": builder.faults}

    async def _raw(
        self, state: RecommendState, context: Context, builder: RecommendationBuilder, draft: "_Draft"
    ) -> None:
        """Let the model's own tokens stream; what stands of them comes with the picks and the final message."""
        if state["repairs"] and not state.get("stopped"):
            events.reset("the answer held too few films that can stand")
        async for _ in self._checked(state, context, builder, draft):
            pass
        if draft.stopped and not state["repairs"]:
            events.reset(draft.why)

    async def _checked(
        self, state: RecommendState, context: Context, builder: RecommendationBuilder, draft: "_Draft"
    ) -> AsyncIterator[str]:
        """Yield what may be shown of the model's answer; of one that never begins, a composed one."""
        reader = await self._reader(state, context, builder)
        try:
            # Closed at once, so that a model that is stopped does not write on until it is collected.
            async with aclosing(self._written(state, context, draft)) as written:
                async for said in written:
                    async for piece in reader.read(said):
                        yield piece
                    if reader.complete or reader.stopped:
                        break
        except ChatModelUnavailable as error:
            _log.warning("chat model %s: %s", self._chat.name(context), logs.kinds(error))
            if not reader.text.strip():
                if context.model is not None and not state["repairs"]:
                    raise
                draft.notices.append(f"{error} {_COMPOSED}.")
                async for piece in self._compose(builder, draft):
                    yield piece
                return
            draft.notices.append(f"{error} What it had written was kept.")
            draft.broken = True
        draft.text = without_controls(reader.text)
        if draft.broken and not draft.text.strip() and not draft.notices:
            draft.notices.append(
                f"The model had used up its {context.num_predict} tokens, on thinking it seems, before it answered; "
                "raise --num-predict (`num_predict` in the Context), or choose a model that does not think."
            )
        draft.stopped, draft.why = bool(reader.stopped) and not reader.complete, reader.stopped
        if draft.stopped and state["repairs"]:
            draft.notices.append(f"The second answer was stopped, too: {reader.stopped}.")
        async for piece in reader.finish(broken=draft.broken):
            yield piece

    async def _written(self, state: RecommendState, context: Context, draft: "_Draft") -> AsyncGenerator[str, None]:
        name = self._chat.name(context)
        events.status("generate", name, phase="begun", model=name)
        messages = self._messages(state, context)
        shown = context.stream == "raw"
        async with aclosing(self._chat.stream(messages, context, shown=shown)) as stream:
            async for chunk in stream:
                said = _text_of(chunk)
                draft.broken = draft.broken or chunk.response_metadata.get("done_reason") == "length"
                if shown and chunk.id:
                    draft.answer_id = chunk.id
                yield said

    async def _reader(self, state: RecommendState, context: Context, builder: RecommendationBuilder) -> AnswerReader:
        offered = offered_of(state)
        judge = await self._judging.of_run(state, context, offered)
        guard = StreamGuard(state["request"], [c.movie.title for c in offered])
        return AnswerReader(builder, judge, guard, len(offered), is_last=bool(state["repairs"]))

    def _messages(self, state: RecommendState, context: Context) -> list[BaseMessage]:
        offered, understood, remembered = offered_of(state), understanding_of(state), preferences_of(state)
        asked = (state["request"], understood, offered, remembered, context)
        others = told_by_others(offered, understood)
        if not state["repairs"]:
            return recommend_messages(*asked, others=others)
        return repair_messages(*asked, state["faults"], picks_of(state), others=others)

    async def _compose(self, builder: RecommendationBuilder, draft: "_Draft") -> AsyncIterator[str]:
        """Yield an answer that is composed, word by word."""
        draft.writer = "composer"
        for notice in draft.notices:
            events.notice(notice)
        events.status("generate", "composed reasons", phase="begun", model="none")
        before = list(builder.picks)
        added = await asyncio.to_thread(builder.fill)
        async for piece in told(added, before):
            draft.text += piece
            yield piece


@dataclass
class _Draft:
    """What the node leaves in the state of one answer, as it comes."""

    answer_id: str
    text: str = ""
    writer: str = "model"
    broken: bool = False
    stopped: bool = False
    why: str = ""

    def __post_init__(self) -> None:
        self.notices: list[str] = []

    def update(self, writer: str, picks: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the state's part of the answer."""
        return {
            "writer": writer,
            "draft": self.text,
            "broken": self.broken,
            "stopped": self.stopped,
            "answer_id": self.answer_id,
            "picks": picks,
            "faults": [],
            "notices": self.notices,
        }


def _text_of(chunk: AIMessageChunk) -> str:
    """Return a piece's text; reasoning that LangChain keeps apart is not part of it."""
    return chunk.content if isinstance(chunk.content, str) else chunk.text
