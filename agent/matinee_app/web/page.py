"""The web page: one form, which gives a full page, or with the page's script the same pieces as they come.

Everything that is shown is rendered here, by templates that escape it; the script only puts pieces in their places.
"""

import json
import random
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from matinee.context import first_fault
from matinee.errors import InvalidRequest, MatineeError
from matinee.models import VERDICTS, Movie
from matinee.ratings.preferences import Verdict, checked_user, verdict
from matinee.sanitize import without_controls
from matinee_app.web.errors import described
from matinee_app.web.rendering import templates
from matinee_app.web.security import Policy
from matinee_app.web.service import THREAD, Service, Serving
from matinee_app.web.streaming import EventStream, sse
from matinee_app.web.turns import Answering, Asked, earlier_turns

router = APIRouter(include_in_schema=False)

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

Form = TypeVar("Form", bound=BaseModel)
ThreadId = Annotated[str, Path(pattern=THREAD)]


@router.get("/")
async def start(service: Serving, user_id: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show the box to ask."""
    return await _page(service, Asked(user_id=user_id))


@router.get("/c/{thread_id}")
async def conversation(service: Serving, thread_id: ThreadId) -> Response:
    """Show a conversation of before, and the box to go on with it."""
    earlier = await earlier_turns(service, await service.conversation(thread_id))
    error = "" if earlier else "This conversation is not kept here any more; ask anew."
    return await _page(service, Asked(thread_id=thread_id), 200 if earlier else 404, earlier=earlier, error=error)


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
        answering = Answering(service, asked)
        if streams:
            return EventStream(_encoded(answering), _failed)
        earlier = await earlier_turns(service, await service.conversation(asked.thread_id))
        turn = await answering.turn()
    except MatineeError as error:
        if streams:
            raise
        status, sentence = described(error)
        asked = await _as_far_as_right(request)
        return await _page(service, asked, status=status, error=sentence)
    return await _page(service, asked, earlier=earlier, turn=turn)


async def _encoded(answering: "Answering") -> AsyncGenerator[bytes, None]:
    async with aclosing(answering.pieces()) as pieces:
        async for name, piece in pieces:
            yield sse(json.dumps(piece), name)


def _failed(status: int, message: str) -> bytes:
    return sse(json.dumps({"message": message, "status": status}), "error")


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
    films = await service.films([told.movie_id])
    if not films:
        raise InvalidRequest("No film of the catalogue has this id.")
    back: dict[str, Any] = {"thread_id": told.thread_id, "viewer": told.user_id}
    if told.kind == "nothing":
        await _forget(service, checked_user(told.user_id), told.movie_id)
        return _html("noted.html", said=f"Forgotten: {films[0].label}.", undo=None, **back)
    kind: Verdict = told.kind
    noted = verdict(told.user_id, kind, films[0])
    before = await service.note(noted)
    undo = {**told.model_dump(), "kind": before.kind if before else "nothing"}
    return _html("noted.html", said=f"{noted.label}: noted for {told.user_id}.", undo=undo, **back)


async def _forget(service: Service, user_id: str, movie_id: str) -> None:
    store = service.parts.store
    said = [one.preference_id for one in await store.preferences.of_user(user_id) if one.movie_id == movie_id]
    if said:
        await store.preferences.forget(user_id, said)
        await store.purge()


@router.get("/list")
async def films_of(service: Serving, user_id: Annotated[str, Query()] = "") -> Response:
    """Show the films on which a viewer has said something."""
    shelves: list[tuple[str, list[Movie]]] = []
    try:
        told = await service.parts.store.preferences.of_user(checked_user(user_id)) if user_id.strip() else []
    except MatineeError as error:
        status, sentence = described(error)
        return _html("list.html", status, viewer="", shelves=[], statements=[], error=sentence)
    for kind, name in (("wish", "Wish list"), ("like", "Loved"), ("seen", "Seen"), ("dislike", "Not for me")):
        ids = [one.movie_id for one in reversed(told) if one.kind == kind and one.movie_id]
        if films := await service.films(ids):
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
    policy.sign_in(request, response)
    return response


async def _form(request: Request, kind: type[Form]) -> Form:
    """Return what a form sent.

    Raises:
        InvalidRequest: a field is missing or out of bounds; the message names it.
    """
    try:
        return kind.model_validate(await _fields(request))
    except ValidationError as error:
        raise InvalidRequest(first_fault(error)) from error


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields that are filled in, without files and control characters."""
    sent = (await request.form()).items()
    return {name: without_controls(value) for name, value in sent if isinstance(value, str) and value}


async def _as_far_as_right(request: Request) -> Asked:
    """Return what a form sent, but for fields out of bounds, which go back to their defaults."""
    given = await _fields(request)
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
            given["known"] = await service.films([film.movie_id for film in chosen])
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
