"""generate: one streamed answer for all the picks, by the chat model, else composed from evidence."""

from collections import deque
from contextlib import aclosing
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.grounding.draft import Draft, DraftParser
from matinee.grounding.picks import PickDesk
from matinee.models import MovieRecommendation
from matinee.nodes.prompting import recommend_messages, repair_message
from matinee.nodes.run_parts import dumped, evidence_writer, offered_of, open_desk, picks_of, preferences_of
from matinee.providers.chat import Chat
from matinee.providers.playback import PlaybackChatModel
from matinee.state import RecommendState

_log = logs.logger(__name__)


class Generate:
    """Streams the answer and hands each pick to the desk as soon as its paragraph is done."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the text, the picks that stand so far, and the faults of the others.

        Raises:
            ChatModelUnavailable: the model that this run named explicitly does not answer.
        """
        context = Context.of(runtime.context)
        if not state["ranked"]:
            events.status("generate", "nothing to write about", picks=0)
            return {"writer": "none", "draft": "", "broken": False, "answer_id": None}
        if self._chat.name(context) == "none":
            why = (
                []
                if context.model == "none"
                else ["Reasons were composed from the catalogue's facts: no chat model is set."]
            )
            return await self._compose(state, context, why)
        if state["repairs"]:
            events.reset("the answer held too few films that can stand")
        answer = _Answer(open_desk(state, context, offered_of(state), picks_of(state)))
        try:
            await self._write(state, context, answer)
        except ChatModelUnavailable as error:
            _log.warning("chat model %s: %s", self._chat.name(context), logs.kinds(error))
            if not answer.text:
                if context.model is not None and not state["repairs"]:
                    raise
                return await self._compose(
                    state, context, [f"{error} Reasons were composed from the catalogue's facts."]
                )
            answer.broken = True  # a pick in the middle of a sentence is cut to whole ones
            return answer.result([f"{error} What it had written was kept."])
        return answer.result([])

    async def _write(self, state: RecommendState, context: Context, answer: "_Answer") -> None:
        name = self._chat.name(context)
        events.status("generate", name, phase="begun", model=name)
        async with aclosing(self._chat.stream(self._messages(state, context), context)) as stream:
            async for chunk in stream:
                answer.take(chunk)
                if answer.complete:
                    return

    def _messages(self, state: RecommendState, context: Context) -> list[BaseMessage]:
        messages = recommend_messages(state["request"], offered_of(state), preferences_of(state), context)
        if not state["repairs"]:
            return messages
        picks = picks_of(state)
        told = repair_message(state["faults"], picks, context.limit - len(picks))
        return [*messages, AIMessage(state["draft"]), told]

    async def _compose(self, state: RecommendState, context: Context, notices: list[str]) -> dict[str, Any]:
        """Write the answer from the best films' own facts, and stream it as a model's text would be."""
        for notice in notices:
            events.notice(notice)
        events.status("generate", "evidence writer", phase="begun", model="none")
        offered = offered_of(state)
        writer = evidence_writer(state, context)
        desk = open_desk(state, context, offered, picks_of(state), writer)
        settled = len(desk.picks)
        desk.fill()
        chosen = {pick.movie_id for pick in desk.picks}
        text = writer.opening([c.movie for c in offered if c.movie.movie_id in chosen])
        due: deque[tuple[int, int, MovieRecommendation]] = deque()
        for position, pick in enumerate(desk.picks[settled:], start=settled + 1):
            text += f"\n\n{paragraph(pick)}"
            due.append((len(text), position, pick))
        said, answer_id = 0, None
        async for chunk in PlaybackChatModel().astream([HumanMessage(text)]):
            said, answer_id = said + len(chunk.text), chunk.id
            while due and said >= due[0][0]:
                _, position, pick = due.popleft()
                events.recommendation(pick, position)
        events.status("generate", f"{len(desk.picks)} picks composed", picks=len(desk.picks), characters=len(text))
        return {
            "writer": "evidence",
            "draft": text,
            "broken": False,
            "answer_id": answer_id,
            "picks": dumped(desk.picks),
            "faults": [],
            "notices": notices,
        }


def paragraph(pick: MovieRecommendation) -> str:
    """Return the pick as one paragraph of the answer."""
    return f"{pick.title} ({pick.year}): {pick.reasoning}" if pick.year else f"{pick.title}: {pick.reasoning}"


class _Answer:
    """The answer as it comes: its text, and the picks that are finished."""

    def __init__(self, desk: PickDesk) -> None:
        self.text = ""
        self.broken = False
        self._id: str | None = None
        self._desk = desk
        self._parser = DraftParser()

    def take(self, chunk: AIMessageChunk) -> None:
        """Read on; hand over what is finished."""
        said = chunk.content if isinstance(chunk.content, str) else chunk.text
        self.text += said
        if self._id is None:
            self._id = chunk.id
        if chunk.response_metadata.get("done_reason") == "length":
            self.broken = True
        if finished := self._parser.feed(said):
            self._hand_over(finished)

    @property
    def complete(self) -> bool:
        """Tell whether there are enough picks, so that the model need not write on."""
        return self._desk.full

    def result(self, notices: list[str]) -> dict[str, Any]:
        """Return the state's part of the answer."""
        self._hand_over(self._parser.finish(broken=self.broken))
        for notice in notices:
            events.notice(notice)
        picks, faults = len(self._desk.picks), len(self._desk.faults)
        events.status("generate", f"{picks} picks written", picks=picks, faults=faults, characters=len(self.text))
        return {
            "writer": "model",
            "draft": self.text,
            "broken": self.broken,
            "answer_id": self._id,
            "picks": dumped(self._desk.picks),
            "faults": self._desk.faults,
            "notices": notices,
        }

    def _hand_over(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if not self._desk.full and (pick := self._desk.take(draft)):
                events.recommendation(pick, len(self._desk.picks))
