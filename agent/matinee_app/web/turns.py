"""A turn of a conversation as the page shows it: what the form asks, and the pieces of the answer as they come."""

import re
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from itertools import zip_longest
from typing import Any, NamedTuple

from langchain_core.callbacks import BaseCallbackHandler
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, field_validator

from matinee.context import Context
from matinee.events.schema import WRITES_ABOUT, Event, Final, Notice, Recommendation, Reset, Status, Token
from matinee.models import Movie, MovieRecommendation
from matinee.nodes.recall_preferences import NOTHING_STORED
from matinee.query.followup import GOES_ON
from matinee.ratings.preferences import checked_user
from matinee.understanding import Understanding
from matinee_app.web.chips import Chip, chips
from matinee_app.web.rendering import parts
from matinee_app.web.service import THREAD, Service

_MOST = 12
"""Films on a page."""
_SURPRISING = 0.5
"""How unlike each other the picks are then, 0..1."""
_STAGES = {"understand": "Looking through the catalogue …", "rerank": "Choosing …"}
_LEFT_OUT = (GOES_ON, NOTHING_STORED)
"""How notices begin that tell what the page shows, or name commands where it has buttons."""
_NOTHING = "Nothing in the catalogue fits. Take something out, or say it another way."
_CODE = re.compile(r"`([^`]*)`")


class Asked(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    query: str = Field(default="", max_length=20_000)
    again: str = Field(default="", max_length=20_000, description="a button's words, in place of those typed")
    fresh: str = Field(default="", max_length=20_000, description="the same, on a thread of its own")
    thread_id: str = Field(default_factory=lambda: secrets.token_urlsafe(9), pattern=THREAD)
    user_id: str = Field(default="", max_length=100)
    limit: int = Field(default=4, ge=1, le=_MOST)
    surprise: bool = False
    spoilers: bool = False
    strict: bool = False

    @field_validator("limit", mode="before")
    @classmethod
    def _unless_empty(cls, given: object) -> object:
        return given or 4

    @property
    def words(self) -> str:
        """Return what is asked."""
        return self.fresh or self.again or self.query

    @property
    def context(self) -> Context:
        """Return the options of the run."""
        more: dict[str, Any] = {"diversity": _SURPRISING, "deep_cut": True} if self.surprise else {}
        return Context(
            user_id=self.user_id or None,
            limit=self.limit,
            spoilers="strict" if self.spoilers else "premise",
            grounding="strict" if self.strict else "marked",
            **more,
        )

    @property
    def given(self) -> dict[str, Any]:
        """Return the input of the run."""
        return {"messages": [{"role": "user", "content": self.words}]}


class Turn(NamedTuple):
    """A turn as the page shows it."""

    query: str
    chips: Sequence[Chip] | None = None
    cards: Sequence[str] = ()
    answer: str = ""
    notices: Sequence[str] = ()


class Earlier(NamedTuple):
    """A turn of before, of which the films are kept and their reasons are not."""

    query: str
    films: Sequence[Movie]
    answer: str


class _Reading(BaseCallbackHandler):
    """Notes how the request was read, long before the run has its result."""

    run_inline = True

    def __init__(self) -> None:
        self.understood: Understanding | None = None

    def on_chain_end(self, outputs: Any, **_: Any) -> None:
        """Take the output of a node."""
        if self.understood is None and isinstance(outputs, dict) and outputs.get("reply") == "films":
            self.understood = Understanding.model_validate(outputs["understanding"])


class Answering:
    """One request under way."""

    def __init__(self, service: Service, asked: Asked) -> None:
        self._service = service
        self._asked = asked
        self._verdicts: dict[str, str] = {}
        self._writing: str = ""
        self._said = ""
        self._reading = _Reading()
        self._place = secrets.token_hex(3)

    async def turn(self) -> Turn:
        """Return the whole turn."""
        cards, notices = [], []
        told: dict[str, Any] = {}
        async with aclosing(self.pieces()) as pieces:
            async for name, piece in pieces:
                if name == "card":
                    cards.append(Markup(piece["html"]))
                elif name == "notice":
                    notices.append(piece["text"])
                elif name == "done":
                    told = piece
        found = await self._chips() if self._reading.understood else None
        return Turn(self._asked.words, found, cards, told["answer"], notices)

    async def pieces(self) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
        """Yield the pieces of the turn, each with its name; the last is `done`."""
        asked = self._asked
        if asked.user_id:
            told = await self._service.parts.store.preferences.of_user(checked_user(asked.user_id))
            self._verdicts = {one.movie_id: one.kind for one in told if one.movie_id}
        shown, told_of_reading = 0, False
        run = self._service.run(asked.given, asked.context, asked.thread_id, [self._reading])
        async with aclosing(run) as events:
            async for event in events:
                if self._reading.understood and not told_of_reading:
                    told_of_reading = True
                    yield "chips", {"html": str(parts().chip_row(chips(self._reading.understood)))}
                if isinstance(event, Recommendation):
                    shown = event.position
                    yield "card", await self._card(event)
                elif isinstance(event, Final):
                    row = str(parts().chip_row(await self._chips())) if self._reading.understood else ""
                    answer = event.answer if event.reply != "films" else "" if shown else _NOTHING
                    yield "done", {"chips": row, "answer": answer, "films": shown, "thread": asked.thread_id}
                elif piece := await self._piece(event, shown + 1):
                    yield piece

    async def _piece(self, event: Event, position: int) -> tuple[str, dict[str, Any]] | None:
        match event:
            case Status(phase="writing") if event.message.startswith(WRITES_ABOUT):
                self._writing, self._said = event.message.removeprefix(WRITES_ABOUT), ""
                if film := await self._film(self._writing):
                    return "begun", {"position": position, "html": str(parts().begun(film))}
            case Status() if text := self._stage(event):
                return "stage", {"text": text}
            case Token() if self._writing:
                self._said += event.text
                said = self._said.strip()
                if said.startswith(f"{self._writing}:"):
                    return "text", {"position": position, "text": said[len(self._writing) + 1 :].strip()}
            case Reset():
                self._writing = ""
            case Notice() if not event.message.startswith(_LEFT_OUT):
                return "notice", {"text": _CODE.sub(r"“\1”", event.message)}
        return None

    def _stage(self, event: Status) -> str:
        if event.stage == "generate" and event.phase == "begun" and event.model not in (None, "none"):
            return "Reading the films and writing …"
        return _STAGES.get(event.stage, "")

    async def _film(self, label: str) -> Movie | None:
        close = (await self._service.parts.titles.lookup()).closest(label, limit=1)
        rows = await self._service.films([near.movie_id for near in close])
        return rows[0] if rows and rows[0].label == label else None

    async def _card(self, event: Recommendation) -> dict[str, Any]:
        pick, self._writing = event.recommendation, ""
        film = (await self._service.films([pick.movie_id]) or [_stand_in(pick)])[0]
        place = f"{self._place}-{event.position}"
        html = parts().card(pick, film, self._asked, self._verdicts.get(film.movie_id), place)
        return {"position": event.position, "html": str(html), "spoken": f"{event.position}: {film.label}."}

    async def _chips(self) -> list[Chip]:
        read = (await self._service.conversation(self._asked.thread_id)).get("understanding")
        return chips(Understanding.model_validate(read)) if read else []


async def earlier_turns(service: Service, kept: Mapping[str, Any]) -> list[Earlier]:
    """Return the turns that a thread keeps."""
    messages, shown = kept.get("messages", []), kept.get("shown") or []
    films = {film.movie_id: film for film in await service.films([one["movie_id"] for one in shown])}
    turns: list[Earlier] = []
    number = 0
    for said, answer in zip_longest(messages, messages[1:]):
        if said.type != "human":
            continue
        text = answer.text if answer is not None and answer.type == "ai" else ""
        listed = [one for one in shown if one["turn"] == number + 1]
        is_list = bool(listed) and text.startswith(listed[0]["title"])
        number += is_list
        found = [films[one["movie_id"]] for one in listed if one["movie_id"] in films] if is_list else []
        turns.append(Earlier(said.text, found, text))
    return turns


def _stand_in(pick: MovieRecommendation) -> Movie:
    return Movie.model_validate(pick.model_dump(include=set(Movie.model_fields)))
