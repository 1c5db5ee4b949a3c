"""The API of the page and of other programs: recommend, films, similar, taste, health, session."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from matinee.catalogue.similar import Seed, neighbours
from matinee.context import MAX_LIMIT, Context
from matinee.errors import InvalidRequest, MatineeError
from matinee.events.schema import Final
from matinee.models import Movie, Preference, Spoilers
from matinee.query.title_forms import Film
from matinee.query.titles import Near
from matinee.ratings.preferences import Verdict, checked_user, statement, verdict
from matinee.sanitize import TITLE_MAX
from matinee_app.cli.doctor import chat_check
from matinee_app.web.errors import error_body
from matinee_app.web.security import COOKIE, Policy
from matinee_app.web.service import THREAD, Service, Serving
from matinee_app.web.streaming import Computed, EventStream, sse

router = APIRouter(prefix="/api")

_MOST_LISTED = 100

UserId = Annotated[str, Field(min_length=1, max_length=100, description="the viewer's name", examples=["ana"])]
FilmId = Annotated[str, Field(min_length=1, max_length=TITLE_MAX)]
Limit = Annotated[int, Query(ge=1, le=_MOST_LISTED, description="how many films")]


class RecommendBody(BaseModel):
    """A request for films, or a turn of a conversation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"query": "a 90s crime thriller under two hours", "limit": 3},
                {"query": "something older", "thread_id": "evening", "user_id": "ana"},
            ]
        },
    )

    query: str = Field(min_length=1, max_length=20_000, description="what the viewer is in the mood for")
    user_id: UserId | None = None
    thread_id: str | None = Field(
        default=None, pattern=THREAD, description="the conversation that this goes on with, or begins"
    )
    limit: int = Field(default=4, ge=1, le=MAX_LIMIT, description="how many picks")
    spoilers: Spoilers = Field(default="premise", description="strict: no plot at all")
    grounding: Literal["marked", "strict"] = Field(default="marked", description="strict: supported sentences alone")
    deep_cut: bool = Field(default=False, description="let the last pick be one that few know")
    franchise: bool = Field(default=False, description="allow several films of one series")
    diversity: float = Field(default=0.1, ge=0, le=1, description="how unlike each other the picks are to be")


@router.post(
    "/recommend",
    tags=["recommend"],
    response_model=Final,
    responses={200: {"content": {"text/event-stream": {"example": 'event: token\ndata: {"event":"token", ...}\n\n'}}}},
)
async def recommend(body: RecommendBody, request: Request, service: Serving) -> Response:
    """Recommend films.

    With `Accept: text/event-stream` the events of the run come as they happen, each under its type as its name; what
    fails after the first comes as an event `error`. The last event is `final`, which is the answer without that header.
    Closing the connection ends the run.
    """
    given: dict[str, Any] = {"query": body.query}
    if body.thread_id:
        given = {"messages": [{"role": "user", "content": body.query}]}
    context = Context.of(body.model_dump(exclude={"query", "thread_id"}, exclude_none=True))
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(encoded(service, given, context, body.thread_id), failed)

    async def answer() -> object:
        return (await service.answer(given, context, body.thread_id)).model_dump(mode="json")

    return Computed(answer)


async def encoded(
    service: Service, given: dict[str, Any], context: Context, thread_id: str | None = None
) -> AsyncGenerator[bytes, None]:
    """Yield the events of a run as server-sent events, each under its type as its name."""
    async with aclosing(service.run(given, context, thread_id)) as events:
        async for event in events:
            yield sse(event.model_dump_json(), event.event)


def failed(status: int, message: str) -> bytes:
    """Return the event that ends a stream whose run failed."""
    body = ErrorEvent(message=error_body(status, message)["error"]["message"], status=status)
    return sse(body.model_dump_json(), "error")


class ErrorEvent(BaseModel):
    """The last event of a stream whose run failed."""

    event: Literal["error"] = "error"
    message: str
    status: int


class Films(BaseModel):
    """Some of the films found."""

    films: list[Movie]
    total: int = Field(description="how many there are in all")


@router.get("/films", tags=["films"])
async def films(
    service: Serving,
    title: Annotated[
        str, Query(max_length=TITLE_MAX, description="a title or how it begins", examples=["the matrix"])
    ] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Limit = 20,
) -> Films:
    """Find films by their title, misspelt too, nearest first; without a title all, best known first."""
    lookup = await service.parts.titles.lookup()
    close = lookup.closest(title, limit=_MOST_LISTED) if title.strip() else lookup.by_popularity()
    found: Sequence[Film | Near] = close
    wanted = [film.movie_id for film in found[offset : offset + limit]]
    return Films(films=await service.films(wanted), total=len(found))


@router.get("/films/{movie_id}", tags=["films"])
async def film(service: Serving, movie_id: Annotated[FilmId, Path()]) -> Movie:
    """Return what is known of a film."""
    return await _film(service, movie_id)


class Neighbour(BaseModel):
    """A film near to others."""

    film: Movie
    similarity: float = Field(description="cosine of the two texts' vectors, -1..1")


@router.get("/similar", tags=["films"])
async def similar(
    service: Serving,
    movie_id: Annotated[list[FilmId], Query(min_length=1, max_length=20, description="one film or several")],
    limit: Limit = 10,
) -> list[Neighbour]:
    """Return the films nearest by plot to one film, or to the mean of several."""
    seeds = [Seed(await _film(service, one)) for one in movie_id]
    parts = service.parts
    found = await neighbours(parts.store.movies, parts.embedding, seeds, limit)
    return [Neighbour(film=near.movie, similarity=near.score) for near in found.films]


class TasteBody(BaseModel):
    """What a viewer says: a verdict on a film, by its id or title, or a sentence."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"user_id": "ana", "kind": "seen", "title": "Interstellar"},
                {"user_id": "ana", "kind": "statement", "text": "I like sci-fi with good characters"},
            ]
        },
    )

    user_id: UserId
    kind: Literal["like", "dislike", "seen", "wish", "statement"]
    movie_id: FilmId | None = None
    title: str | None = Field(default=None, max_length=TITLE_MAX)
    text: str | None = Field(default=None, max_length=2000, description="of a statement")


class Noted(BaseModel):
    """What was stored, and the verdict on the same film that it took the place of: send that again to undo it."""

    stored: Preference
    replaced: Preference | None = None


@router.get("/taste", tags=["taste"])
async def taste(service: Serving, user_id: Annotated[UserId, Query()]) -> list[Preference]:
    """Return what a viewer has told, oldest first."""
    return await service.parts.store.preferences.of_user(checked_user(user_id))


@router.post("/taste", tags=["taste"], status_code=201)
async def tell(body: TasteBody, service: Serving) -> Noted:
    """Store what a viewer says; a verdict takes the place of an earlier one on the same film."""
    told = await _preference(body, service)
    return Noted(stored=told, replaced=await service.note(told))


@router.delete("/taste/{preference_id}", tags=["taste"], status_code=204)
async def forget(
    service: Serving, preference_id: Annotated[str, Path(max_length=100)], user_id: Annotated[UserId, Query()]
) -> None:
    """Forget something that a viewer told; no byte of it is left in the embedded stores."""
    store = service.parts.store
    if not await store.preferences.forget(checked_user(user_id), [preference_id]):
        raise HTTPException(404, "Nothing with this id is stored for this viewer.")
    await store.purge()


class Health(BaseModel):
    """Whether requests can be answered; the rest is told to those who may ask."""

    ready: bool
    films: int | None = None
    preferences: int | None = None
    store: str | None = None
    embedding: str | None = None
    chat_model: str | None = None
    chat_model_ready: bool | None = None
    todo: list[str] = Field(default=[], description="what is wrong, and what to do about it")


@router.get("/health", tags=["health"], response_model_exclude_none=True)
async def health(request: Request, response: Response, service: Serving) -> Health:
    """Tell whether requests can be answered: 200, or 503."""
    store, policy = service.parts.store, _policy(request)
    try:
        info = await store.info()
    except MatineeError as error:
        response.status_code = 503
        return Health(ready=False, todo=[str(error)] if policy.admits(request.headers) else [])
    if not policy.admits(request.headers):
        return Health(ready=True)
    chat = await chat_check(service.settings)
    return Health(
        ready=True,
        films=info.films,
        preferences=info.preferences,
        store=info.backend,
        embedding=info.embedding,
        chat_model=chat.what,
        chat_model_ready=chat.ok,
        todo=[chat.todo] if chat.todo else [],
    )


class SessionBody(BaseModel):
    """What a browser signs in with."""

    token: str = Field(max_length=1000)


@router.post("/session", tags=["session"], status_code=204)
async def sign_in(body: SessionBody, request: Request, response: Response) -> None:
    """Give the token for a cookie, as the page does."""
    policy = _policy(request)
    if not policy.is_token(body.token):
        raise HTTPException(401, "The token is wrong.")
    policy.sign_in(request, response)


@router.delete("/session", tags=["session"], status_code=204)
async def sign_out(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _policy(request: Request) -> Policy:
    policy: Policy = request.app.state.policy
    return policy


async def _preference(body: TasteBody, service: Service) -> Preference:
    if body.kind == "statement":
        return statement(body.user_id, body.text or "")
    if (body.movie_id is None) == (body.title is None):
        raise InvalidRequest("A verdict is on one film: give its `movie_id` or its `title`.")
    found = await (_film(service, body.movie_id) if body.movie_id else service.find_film(body.title or ""))
    kind: Verdict = body.kind
    return verdict(body.user_id, kind, found)


async def _film(service: Service, movie_id: str) -> Movie:
    found = await service.films([movie_id])
    if not found:
        raise HTTPException(404, "No film of the catalogue has this id.")
    return found[0]
