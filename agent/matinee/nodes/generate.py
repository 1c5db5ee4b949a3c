"""generate: one streamed answer for all the picks, by the chat model, else composed from what ranked the films."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Literal

from langchain_core.messages import AIMessageChunk
from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.events.schema import COMPOSED
from matinee.llm.chat import Chat
from matinee.llm.replay_chat_model import replay
from matinee.nodes.answer_reader import AnswerReader, told
from matinee.nodes.answer_session import AnswerSession
from matinee.nodes.prompting import recommend_messages, repair_messages
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.reasons.stream_guard import StreamGuard
from matinee.sanitize import without_controls
from matinee.state import Draft, RecommendState, dumped

_log = logs.logger(__name__)


class Generate:
    """Streams the answer as it is judged, and makes each pick as soon as its paragraph is done."""

    def __init__(self, chat: Chat, judging: SentenceChecking) -> None:
        self._chat = chat
        self._judging = judging

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the answer as it was written, with the picks that stand so far and the faults of the others.

        Raises:
            ChatModelUnavailable: the model that this run named explicitly does not answer.
        """
        writing = _Writing(self._chat, self._judging, AnswerSession(state, Context.of(runtime.context)))
        return {**dumped(draft=await writing.draft()), "notices": writing.notices}


class _Writing:
    """One answer while it is written."""

    def __init__(self, chat: Chat, judging: SentenceChecking, session: AnswerSession) -> None:
        self.notices: list[str] = []
        self._chat = chat
        self._judging = judging
        self._session = session
        self._context = session.context
        self._builder = session.builder(session.draft.picks)
        self._message_id = session.draft.message_id
        self._writer: Literal["model", "composer"] = "model"
        self._text = ""
        self._broken_off = False
        self._stopped_for = ""

    async def draft(self) -> Draft:
        """Have the answer written or composed, stream it, and return it."""
        if not self._session.offered:
            events.status("generate", "nothing to write about", picks=0)
            return self._session.draft
        if self._chat.name(self._context) == "none":
            if self._context.model != "none":
                self.notices.append(f"{COMPOSED}: no chat model is set.")
            await replay(self._composed(), self._message_id)
        elif self._context.stream == "raw":
            await self._raw()
        else:
            await replay(self._checked(), self._message_id)
        for notice in self.notices if self._writer == "model" else ():
            events.notice(notice)
        picks, faults = self._builder.picks, self._builder.faults
        said = f"{len(picks)} picks {'written' if self._writer == 'model' else 'composed'}"
        events.status("generate", said, picks=len(picks), faults=len(faults), characters=len(self._text))
        return Draft(
            writer=self._writer,
            text=self._text,
            message_id=self._message_id,
            broken_off=self._broken_off,
            stopped=bool(self._stopped_for),
            picks=picks,
            faults=faults,
        )

    async def _raw(self) -> None:
        """Let the model's own tokens stream; what stands of them comes with the picks and the final message."""
        if self._session.is_repair and not self._session.draft.stopped:
            events.reset("the answer held too few films that can stand")
        async for _ in self._checked():
            pass
        if self._stopped_for and not self._session.is_repair:
            events.reset(self._stopped_for)

    async def _checked(self) -> AsyncIterator[str]:
        """Yield what may be shown of the model's answer; of one that never begins, a composed one."""
        reader = await self._reader()
        try:
            # Closed at once, so that a model that is stopped does not write on until it is collected.
            async with aclosing(self._written()) as written:
                async for said in written:
                    async for piece in reader.read(said):
                        yield piece
                    if reader.complete or reader.stopped:
                        break
        except ChatModelUnavailable as error:
            _log.warning("chat model %s: %s", self._chat.name(self._context), logs.kinds(error))
            if not reader.text.strip():
                if self._context.model is not None and not self._session.is_repair:
                    raise
                self.notices.append(f"{error} {COMPOSED}.")
                async for piece in self._composed():
                    yield piece
                return
            self.notices.append(f"{error} What it had written was kept.")
            self._broken_off = True
        self._text = without_controls(reader.text)
        if self._broken_off and not self._text.strip() and not self.notices:
            self.notices.append(
                f"The model had used up its {self._context.num_predict} tokens, on thinking it seems, before it "
                "answered; raise --num-predict (`num_predict` in the Context), or choose a model that does not think."
            )
        self._stopped_for = "" if reader.complete else reader.stopped
        if self._stopped_for and self._session.is_repair:
            self.notices.append(f"The second answer was stopped, too: {self._stopped_for}.")
        async for piece in reader.finish(broken=self._broken_off):
            yield piece

    async def _reader(self) -> AnswerReader:
        session = self._session
        judge = await self._judging.of_run(session)
        guard = StreamGuard(session.understanding.as_written, [c.movie.title for c in session.offered])
        return AnswerReader(self._builder, judge, guard, len(session.offered), is_last=session.is_repair)

    async def _written(self) -> AsyncGenerator[str, None]:
        name, session = self._chat.name(self._context), self._session
        events.status("generate", name, phase="begun", model=name)
        if session.is_repair:
            messages = repair_messages(session.asked, session.draft.faults, session.draft.picks)
        else:
            messages = recommend_messages(session.asked)
        shown = self._context.stream == "raw"
        async with aclosing(self._chat.stream(messages, self._context, shown=shown)) as stream:
            async for chunk in stream:
                self._broken_off = self._broken_off or chunk.response_metadata.get("done_reason") == "length"
                if shown and chunk.id:
                    self._message_id = chunk.id
                yield _text_of(chunk)

    async def _composed(self) -> AsyncIterator[str]:
        """Yield an answer that is composed, word by word."""
        self._writer = "composer"
        for notice in self.notices:
            events.notice(notice)
        events.status("generate", "composed reasons", phase="begun", model="none")
        before = list(self._builder.picks)
        added = await asyncio.to_thread(self._builder.fill)
        async for piece in told(added, before):
            self._text += piece
            yield piece


def _text_of(chunk: AIMessageChunk) -> str:
    """Return a piece's text; reasoning that LangChain keeps apart is not part of it."""
    return chunk.content if isinstance(chunk.content, str) else chunk.text
