"""generate: one streamed answer for all the picks, by the chat model, else composed from evidence."""

from collections import deque
from contextlib import aclosing
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.grounding.claims.ratings import told_by_others
from matinee.grounding.draft import Draft, DraftParser
from matinee.grounding.picks import PickDesk
from matinee.grounding.watch import PASSED_OVER, DraftWatch, is_grave
from matinee.models import MovieRecommendation
from matinee.nodes.prompting import recommend_messages, repair_messages
from matinee.nodes.run_parts import (
    dumped,
    evidence_writer,
    offered_of,
    open_desk,
    picks_of,
    preferences_of,
    understanding_of,
)
from matinee.outside import uncontrolled
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
        if state["repairs"] and not state.get("stopped"):
            events.reset("the answer held too few films that can stand")
        offered = offered_of(state)
        desk = open_desk(state, context, offered, picks_of(state))
        watch = DraftWatch(state["request"], [c.movie.title for c in offered])
        answer = _Answer(desk, watch, len(offered), last_draft=bool(state["repairs"]))
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
        given_up = answer.stopped and not answer.complete and state["repairs"]
        return answer.result([f"The second answer was stopped, too: {answer.stopped}."] if given_up else [])

    async def _write(self, state: RecommendState, context: Context, answer: "_Answer") -> None:
        name = self._chat.name(context)
        events.status("generate", name, phase="begun", model=name)
        async with aclosing(self._chat.stream(self._messages(state, context), context)) as stream:
            async for chunk in stream:
                answer.take(chunk)
                if answer.complete or answer.stopped:
                    break
        if answer.stopped and not answer.complete and not state["repairs"]:
            events.reset(answer.stopped)  # the model's stream is closed by now

    def _messages(self, state: RecommendState, context: Context) -> list[BaseMessage]:
        offered, understood, told = offered_of(state), understanding_of(state), preferences_of(state)
        asked = (state["request"], understood, offered, told, context)
        others = told_by_others(offered, understood)
        if not state["repairs"]:
            return recommend_messages(*asked, others=others)
        return repair_messages(*asked, state["faults"], picks_of(state), others=others)

    async def _compose(self, state: RecommendState, context: Context, notices: list[str]) -> dict[str, Any]:
        """Write the answer from the best films' own facts, and stream it as a model's text would be."""
        for notice in notices:
            events.notice(notice)
        events.status("generate", "evidence writer", phase="begun", model="none")
        offered = offered_of(state)
        writer = evidence_writer(state, context, offered)
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
    """The answer as it comes: its text, the picks that are finished, and why it was stopped, if it was."""

    def __init__(self, desk: PickDesk, watch: DraftWatch, offered: int, *, last_draft: bool) -> None:
        self.text = ""
        self.broken = False
        self.stopped = ""
        self._id: str | None = None
        self._desk = desk
        self._watch = watch
        self._offered = offered
        self._last_draft = last_draft
        self._passed_over = 0
        self._parser = DraftParser()

    def take(self, chunk: AIMessageChunk) -> None:
        """Read on; hand over what is finished."""
        said = uncontrolled(chunk.content if isinstance(chunk.content, str) else chunk.text)
        self.text += said
        if self._id is None:
            self._id = chunk.id
        if chunk.response_metadata.get("done_reason") == "length":
            self.broken = True
        begun = self._parser.headings
        if finished := self._parser.feed(said):
            self._hand_over(finished)
        news = self._parser.headings > begun
        if news and not self._last_draft and not self.stopped:
            self._judge_heading()
        if not self.stopped and (why := self._watch.read(said, in_pick=self._parser.in_pick, begun=news)):
            self._desk.faults.append(f"{why[0].upper()}{why[1:]}.")
            self.stopped = why
            self._hand_over(self._parser.finish(broken=True))

    @property
    def complete(self) -> bool:
        """Tell whether there are enough picks, or no films left to pick, so that the model need not write on."""
        return self._desk.full or len(self._desk.picks) >= self._offered

    def result(self, notices: list[str]) -> dict[str, Any]:
        """Return the state's part of the answer."""
        stopped = bool(self.stopped)  # the end of a text that ended by itself stops nothing
        self._hand_over(self._parser.finish(broken=self.broken))
        for notice in notices:
            events.notice(notice)
        picks, faults = len(self._desk.picks), len(self._desk.faults)
        events.status("generate", f"{picks} picks written", picks=picks, faults=faults, characters=len(self.text))
        return {
            "writer": "model",
            "draft": self.text,
            "broken": self.broken,
            "stopped": stopped,
            "answer_id": self._id,
            "picks": dumped(self._desk.picks),
            "faults": self._desk.faults,
            "notices": notices,
        }

    def _judge_heading(self) -> None:
        """Stop at a heading that cannot stand, before its reason is written."""
        heading = self._parser.heading
        if heading is None or self._desk.full or not (fault := self._desk.objection(heading)):
            return
        if is_grave(heading, self._offered):
            self._desk.faults.append(fault)
            self._parser.drop()
            self.stopped = fault.rstrip(".")

    def _hand_over(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if self._desk.full:
                return
            if pick := self._desk.take(draft):
                self._passed_over = 0
                events.recommendation(pick, len(self._desk.picks))
                continue
            self._passed_over += 1
            allowed = PASSED_OVER if self._last_draft else 0 if is_grave(draft, self._offered) else 1
            if self._passed_over > allowed and not self.stopped:
                self.stopped = self._desk.faults[-1].rstrip(".")
