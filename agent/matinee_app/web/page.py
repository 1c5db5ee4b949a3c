"""The web page: one form, which gives a full page, or with the page's script the same pieces as they come.

Everything that is shown is rendered here, by templates that escape it; the script only puts pieces in their places.
"""

import json
import random
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from itertools import zip_longest
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from matinee.context import Context, first_fault
from matinee.errors import InvalidRequest, MatineeError
from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Status, Token
from matinee.models import VERDICTS, Movie, MovieRecommendation
from matinee.query.followup import GOES_ON
from matinee.ratings.preferences import Verdict, checked_user, verdict
from matinee.understanding import Understanding
from matinee_app.web.chips import Chip, chips
from matinee_app.web.errors import described
from matinee_app.web.rendering import parts, templates
from matinee_app.web.security import COOKIE, Policy
from matinee_app.web.service import Service, Serving
from matinee_app.web.streaming import EventStream, sse

router = APIRouter(include_in_schema=False)

_MOST = 12
"""Films on a page."""
_SURPRISING = 0.5
"""How unlike each other the picks are then, 0..1."""
_BEST_KNOWN = 120
"""Films from which some are drawn to begin with."""
_BEGINNINGS = 8
_IDEAS = (
    "something funny for a Friday night",
    "a slow film about grief",
    "like Arrival but more upbeat",
    "a heist that goes wrong",
    "the one where a man relives the same day",
    "scary, but nothing gory",
)
_HEADING_OF = "writes about "
"""How the status begins that comes with the heading of a pick."""
_THREAD = r"^[A-Za-z0-9_-]{1,64}$"
_STAGES = {"understand": "Looking through the catalogue …", "rerank": "Choosing …"}

Form = TypeVar("Form", bound=BaseModel)
ThreadId = Annotated[str, Path(pattern=_THREAD)]


class Asked(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    query: str = Field(default="", max_length=20_000)
    again: str = Field(default="", max_length=20_000, description="a button's words, in place of those typed")
    fresh: str = Field(default="", max_length=20_000, description="the same, on a thread of its own")
    thread_id: str = Field(default_factory=lambda: secrets.token_urlsafe(9), pattern=_THREAD)
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
    chips: Sequence[Chip] = ()
    cards: Sequence[str] = ()
    answer: str = ""
    notices: Sequence[str] = ()


class Earlier(NamedTuple):
    """A turn of before, of which the films are kept and their reasons are not."""

    query: str
    films: Sequence[Movie]
    answer: str


@router.get("/")
async def start(service: Serving, user_id: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show the box to ask."""
    return await _page(service, Asked(user_id=user_id))


@router.get("/c/{thread_id}")
async def conversation(service: Serving, thread_id: ThreadId) -> Response:
    """Show a conversation of before, and the box to go on with it."""
    earlier = await _earlier(service, await service.conversation(thread_id))
    return await _page(service, Asked(thread_id=thread_id), earlier=earlier)


@router.post("/")
async def ask(request: Request, service: Serving) -> Response:
    """Answer a request: with a page, or with the pieces of one as they come."""
    streams = "text/event-stream" in request.headers.get("accept", "")
    try:
        asked = await _form(request, Asked)
        if not asked.words:
            raise InvalidRequest("Say what you are in the mood for; a few words are enough.")
        if asked.fresh:
            asked = asked.model_copy(update={"thread_id": secrets.token_urlsafe(9)})
        answering = _Answering(service, asked)
        if streams:
            return EventStream(_encoded(answering), _failed)
        earlier = await _earlier(service, await service.conversation(asked.thread_id))
        turn = await answering.turn()
    except MatineeError as error:
        if streams:
            raise
        status, sentence = described(error)
        asked = await _as_far_as_right(request)
        return await _page(service, asked, status=status, error=sentence)
    return await _page(service, asked, earlier=earlier, turn=turn)


async def _encoded(answering: "_Answering") -> AsyncGenerator[bytes, None]:
    async with aclosing(answering.pieces()) as pieces:
        async for name, piece in pieces:
            yield sse(json.dumps(piece), name)


def _failed(status: int, message: str) -> bytes:
    return sse(json.dumps({"message": message, "status": status}), "error")


class _Answering:
    """One request under way."""

    def __init__(self, service: Service, asked: Asked) -> None:
        self._service = service
        self._asked = asked
        self._verdicts: dict[str, str] = {}
        self._writing: str = ""
        self._said = ""
        self._place = secrets.token_hex(3)

    async def turn(self) -> Turn:
        """Return the whole turn."""
        cards, told = [], {}
        notices = []
        async with aclosing(self.pieces()) as pieces:
            async for name, piece in pieces:
                if name == "card":
                    cards.append(_markup(piece["html"]))
                elif name == "notice":
                    notices.append(piece["text"])
                elif name == "done":
                    told = piece
        found = await self._chips()
        return Turn(self._asked.words, found, cards, told["answer"], notices)

    async def pieces(self) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
        """Yield the pieces of the turn, each with its name; the last is `done`."""
        asked = self._asked
        if asked.user_id:
            told = await self._service.parts.store.preferences.of_user(checked_user(asked.user_id))
            self._verdicts = {one.movie_id: one.kind for one in told if one.movie_id}
        shown = 0
        async with aclosing(self._service.run(asked.given, asked.context, asked.thread_id)) as events:
            async for event in events:
                if isinstance(event, Recommendation):
                    shown = event.position
                    yield "card", await self._card(event)
                elif isinstance(event, Final):
                    row = str(parts().chip_row(await self._chips()))
                    answer = event.answer if event.reply != "films" else ""
                    yield "done", {"chips": row, "answer": answer, "films": shown, "thread": asked.thread_id}
                elif piece := await self._piece(event, shown + 1):
                    yield piece

    async def _piece(self, event: Event, position: int) -> tuple[str, dict[str, Any]] | None:
        match event:
            case Status(phase="writing") if event.message.startswith(_HEADING_OF):
                self._writing, self._said = event.message.removeprefix(_HEADING_OF), ""
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
            case Notice() if not event.message.startswith(GOES_ON):
                return "notice", {"text": event.message}
        return None

    def _stage(self, event: Status) -> str:
        if event.stage == "generate" and event.phase == "begun" and event.model not in (None, "none"):
            return "Reading the films and writing …"
        return _STAGES.get(event.stage, "")

    async def _film(self, label: str) -> Movie | None:
        close = (await self._service.parts.titles.lookup()).closest(label, limit=1)
        rows = await self._service.parts.store.movies.get([close[0].movie_id]) if close else []
        return rows[0] if rows and rows[0].label == label else None

    async def _card(self, event: Recommendation) -> dict[str, Any]:
        pick, self._writing = event.recommendation, ""
        film = (await _films(self._service, [pick.movie_id]) or [_stand_in(pick)])[0]
        place = f"{self._place}-{event.position}"
        html = parts().card(pick, film, self._asked, self._verdicts.get(film.movie_id), place)
        return {"position": event.position, "html": str(html), "spoken": f"{event.position}: {film.label}."}

    async def _chips(self) -> list[Chip]:
        read = (await self._service.conversation(self._asked.thread_id)).get("understanding")
        return chips(Understanding.model_validate(read)) if read else []


class Told(BaseModel):
    """What a viewer says of a film, from a page without its script."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    kind: Literal["like", "dislike", "seen", "wish", "nothing"]
    movie_id: str = Field(min_length=1, max_length=300)
    user_id: str = Field(default="me", max_length=100)
    thread_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")

    @field_validator("user_id")
    @classmethod
    def _somebody(cls, given: str) -> str:
        return given or "me"


@router.post("/taste")
async def tell(request: Request, service: Serving) -> Response:
    """Store what a viewer says of a film, and say so on a page that can undo it."""
    told = await _form(request, Told)
    films = await _films(service, [told.movie_id])
    if not films:
        raise InvalidRequest("No film of the catalogue has this id.")
    preferences = service.parts.store.preferences
    before = {one.movie_id: one for one in await preferences.of_user(checked_user(told.user_id))}.get(told.movie_id)
    if told.kind == "nothing":
        if before:
            await preferences.forget(told.user_id, [before.preference_id])
            await service.parts.store.purge()
        return _html("noted.html", said=f"Forgotten: {films[0].label}.", undo=None, thread_id=told.thread_id)
    kind: Verdict = told.kind
    noted = verdict(told.user_id, kind, films[0])
    await preferences.add(noted)
    undo = {**told.model_dump(), "kind": before.kind if before else "nothing"}
    return _html("noted.html", said=f"{noted.label}: noted for {told.user_id}.", undo=undo, thread_id=told.thread_id)


@router.get("/list")
async def films_of(service: Serving, user_id: Annotated[str, Query()] = "") -> Response:
    """Show the films on which a viewer has said something."""
    shelves: list[tuple[str, list[Movie]]] = []
    statements: list[str] = []
    try:
        told = await service.parts.store.preferences.of_user(checked_user(user_id)) if user_id.strip() else []
    except MatineeError as error:
        status, sentence = described(error)
        return _html("list.html", status, viewer="", shelves=[], statements=[], error=sentence)
    for kind, name in (("wish", "Wish list"), ("like", "Loved"), ("seen", "Seen"), ("dislike", "Not for me")):
        ids = [one.movie_id for one in reversed(told) if one.kind == kind and one.movie_id]
        if films := await _films(service, ids):
            shelves.append((name, films))
    statements = [one.text for one in told if one.kind not in VERDICTS]
    return _html("list.html", viewer=user_id.strip(), shelves=shelves, statements=statements, error="")


@router.get("/sign-in")
async def sign_in_page() -> Response:
    """Ask for the token."""
    return _html("sign_in.html", error="")


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Give a cookie for the token."""
    policy: Policy = request.app.state.policy
    token = str((await request.form()).get("token", ""))
    if not policy.is_token(token):
        return _html("sign_in.html", 401, error="The token is wrong.")
    response = RedirectResponse("/", 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, policy.cookie, max_age=365 * 86_400, httponly=True, samesite="strict", secure=secure)
    return response


async def _form(request: Request, kind: type[Form]) -> Form:
    """Return what a form sent.

    Raises:
        InvalidRequest: a field is missing or out of bounds; the message names it.
    """
    try:
        return kind.model_validate({name: value for name, value in (await request.form()).items() if value})
    except ValidationError as error:
        raise InvalidRequest(first_fault(error)) from error


async def _as_far_as_right(request: Request) -> Asked:
    """Return what a form sent, but for fields out of bounds, which go back to their defaults."""
    given = {name: value for name, value in (await request.form()).items() if value}
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors()}
        return Asked.model_validate({name: value for name, value in given.items() if name not in wrong})


async def _page(service: Service, asked: Asked, status: int = 200, **shown: Any) -> Response:
    given = {"earlier": [], "turn": None, "error": "", "title": asked.words[:60], "known": [], **shown}
    try:
        lookup = await service.parts.titles.lookup()
        films, best = len(lookup), lookup.by_popularity()[:_BEST_KNOWN]
        if not shown:
            chosen = random.sample(best, min(_BEGINNINGS, len(best)))
            given["known"] = await _films(service, [film.movie_id for film in chosen])
        given["error"] = given["error"] or ("" if films else _EMPTY)
    except MatineeError as error:
        films, given["error"] = 0, given["error"] or str(error)
    return _html("page.html", status, asked=asked, films=films, ideas=_IDEAS, **given)


_EMPTY = (
    "The catalogue holds no films yet. Stop `matinee serve`, run `matinee ingest` with a file of films, or without one "
    "for the starter catalogue, and start it again."
)


def _html(name: str, status: int = 200, **given: Any) -> Response:
    text = templates().get_template(name).render(**given)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def _markup(html: str) -> Any:
    from markupsafe import Markup

    return Markup(html)


async def _earlier(service: Service, kept: Mapping[str, Any]) -> list[Earlier]:
    """Return the turns that a thread keeps."""
    messages, shown = kept.get("messages", []), kept.get("shown") or []
    films = {film.movie_id: film for film in await _films(service, [one["movie_id"] for one in shown])}
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


async def _films(service: Service, movie_ids: Sequence[str]) -> list[Movie]:
    printable = [one for one in movie_ids if one.isprintable()]
    rows = {movie.movie_id: movie for movie in await service.parts.store.movies.get(printable)} if printable else {}
    return [rows[one] for one in printable if one in rows]


def _stand_in(pick: MovieRecommendation) -> Movie:
    return Movie.model_validate(pick.model_dump(include=set(Movie.model_fields)))
