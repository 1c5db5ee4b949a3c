"""Tools for other programs' models, over the Model Context Protocol: by standard input and output, or under `serve`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from matinee import __version__
from matinee.catalogue.similar import Seed, neighbours
from matinee.context import MAX_LIMIT, Context
from matinee.errors import MatineeError
from matinee.models import Movie, Preference
from matinee.ratings.preferences import MAX_STATEMENT, checked_user, statement, verdict
from matinee.sanitize import TITLE_MAX
from matinee.sql_state import MAX_QUESTION
from matinee_app.web.service import Service

P = ParamSpec("P")
T = TypeVar("T")

_INSTRUCTIONS = (
    "matinee recommends films from the viewer's own catalogue. Pass on what the viewer asks in their own words; only "
    "films of the catalogue come back, within every limit that they stated. Name the viewer where you know who it is."
)
_MOST = 50

Request = Annotated[
    str, Field(min_length=1, max_length=4000, description="what the viewer is in the mood for, in their own words")
]
Viewer = Annotated[str | None, Field(max_length=100, description="the viewer's name; whose taste is to be used")]
Title = Annotated[
    str, Field(min_length=1, max_length=TITLE_MAX, description="a title, misspelt too, with or without its year")
]
Limit = Annotated[int, Field(ge=1, le=_MOST, description="how many films")]


class Film(BaseModel):
    """A film of the catalogue."""

    model_config = ConfigDict(from_attributes=True)

    movie_id: str
    title: str
    year: int | None
    genres: list[str]
    directors: list[str]
    stars: list[str] = []
    runtime: int | None = Field(description="minutes")
    imdb_rating: float | None
    overview: str = ""


class Near(Film):
    """A film near to others."""

    similarity: float = Field(description="cosine of the two texts' vectors, -1..1")


class Pick(BaseModel):
    """A film recommended, and why."""

    model_config = ConfigDict(from_attributes=True)

    movie_id: str
    title: str
    year: int | None
    reasoning: str = Field(description="why it was picked")
    description: str = Field(description="what it is about")
    genres: list[str]
    directors: list[str]
    runtime: int | None
    imdb_rating: float | None


class Picks(BaseModel):
    """What was recommended."""

    recommendations: list[Pick]
    answer: str = Field(description="the same as text, or the answer to a turn that asks for no films")
    notices: list[str] = Field(description="what of the request gave way, in sentences")


class Told(BaseModel):
    """Something that a viewer told."""

    model_config = ConfigDict(from_attributes=True)

    preference_id: str
    kind: str
    label: str = Field(description="what was said, as a short sentence")


class Rows(BaseModel):
    """Rows of the catalogue's database, and the statement that gave them."""

    sql: str | None
    columns: list[str]
    rows: list[list[Any]]
    truncated: bool = Field(description="whether there are more")
    notices: list[str]


class Tools:
    """The tools over a service; each raises `ToolError` with a sentence.

    Args:
        service: what they work with.
        user_id: the viewer where a call names none.
    """

    def __init__(self, service: Service, user_id: str | None = None) -> None:
        self._service = service
        self._user = user_id

    async def recommend(self, request: Request, user_id: Viewer = None, limit: Limit = 4) -> Picks:
        """Recommend films for a request in plain words, each with a reason that the catalogue supports.

        What the viewer says of films in the request ("I have seen Heat") is remembered where the viewer is named.
        """
        context = Context(limit=min(limit, MAX_LIMIT), user_id=user_id or self._user)
        final = await self._service.answer({"query": request}, context)
        picks = [Pick.model_validate(pick) for pick in final.recommendations]
        return Picks(recommendations=picks, answer=final.answer, notices=final.notices)

    async def similar(
        self, titles: Annotated[list[Title], Field(min_length=1, max_length=20)], limit: Limit = 10
    ) -> list[Near]:
        """Return the films nearest by plot to one film, or to the mean of several."""
        seeds = [Seed(await self._service.find_film(title)) for title in titles]
        parts = self._service.parts
        found = await neighbours(parts.store.movies, parts.embedding, seeds, limit)
        return [Near(**_film(near.movie).model_dump(), similarity=near.score) for near in found.films]

    async def find_film(self, title: Title, limit: Limit = 5) -> list[Film]:
        """Find films of the catalogue by title, nearest first; none: the catalogue has no film called so."""
        lookup = await self._service.parts.titles.lookup()
        wanted = [near.movie_id for near in lookup.closest(title, limit=limit)]
        return [_film(movie) for movie in await self._service.films(wanted)]

    async def taste(self, user_id: Viewer = None) -> list[Told]:
        """Return what a viewer has told: films liked, disliked, seen or wished for, and sentences."""
        stored = await self._service.parts.store.preferences.of_user(self._named(user_id))
        return [Told.model_validate(preference) for preference in stored]

    async def remember_taste(
        self,
        kind: Annotated[
            Literal["like", "dislike", "seen", "wish", "statement"],
            Field(description="a verdict on a film, or a sentence about what the viewer likes"),
        ],
        said: Annotated[
            str, Field(min_length=1, max_length=MAX_STATEMENT, description="the film's title, or the sentence")
        ],
        user_id: Viewer = None,
    ) -> Told:
        """Remember what a viewer says of a film; films disliked or seen are not recommended to them again."""
        user = self._named(user_id)
        told: Preference = (
            statement(user, said) if kind == "statement" else verdict(user, kind, await self._service.find_film(said))
        )
        await self._service.note(told)
        return Told.model_validate(told)

    async def forget_taste(self, preference_id: Annotated[str, Field(max_length=100)], user_id: Viewer = None) -> bool:
        """Forget something that a viewer told, by the id that `taste` gives; false: there is nothing of this id."""
        store = self._service.parts.store
        gone = await store.preferences.forget(self._named(user_id), [preference_id])
        await store.purge()
        return gone > 0

    async def ask_catalogue(
        self,
        question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="as “how many westerns”")],
    ) -> Rows:
        """Answer a question about the catalogue by one guarded SELECT over its table of films."""
        from matinee_graphs.sql import build_sql_graph  # whose clients of PostgreSQL may not be installed

        found = await build_sql_graph(self._service.parts).ainvoke({"question": question}, context=Context())
        return Rows.model_validate(found)

    def _named(self, user_id: str | None) -> str:
        if not (user_id or self._user):
            raise ToolError("Nobody is named whose taste this is; give `user_id`.")
        return checked_user(user_id or self._user or "")


def build_mcp(service: Service, *, user_id: str | None = None) -> MCPServer[Any]:
    """Return the MCP server over a service; `user_id` is the viewer where a call names none."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    server: MCPServer[Any] = MCPServer(
        "matinee", title="matinee", instructions=_INSTRUCTIONS, version=__version__, subscriptions=False
    )
    root.handlers[:] = handlers  # the SDK (2.3) sets up the log of the whole process
    root.setLevel(level)
    tools = Tools(service, user_id)
    _add(server, tools.recommend, "Recommend films", reads=False)
    _add(server, tools.similar, "Films like these")
    _add(server, tools.find_film, "Find a film")
    _add(server, tools.taste, "What a viewer likes")
    _add(server, tools.remember_taste, "Remember what a viewer likes", reads=False)
    _add(server, tools.forget_taste, "Forget what a viewer told", reads=False, destroys=True)
    if service.parts.store.speaks_sql:
        _add(server, tools.ask_catalogue, "Ask the catalogue")
    return server


def _add(
    server: MCPServer[Any],
    tool: Callable[..., Coroutine[Any, Any, Any]],
    title: str,
    *,
    reads: bool = True,
    destroys: bool = False,
) -> None:
    hints = ToolAnnotations(
        read_only_hint=reads, destructive_hint=destroys, idempotent_hint=True, open_world_hint=False
    )
    server.add_tool(_answered(tool), title=title, annotations=hints)


def _answered(tool: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Awaitable[T]]:
    """Return the tool with our errors as errors of tools, in a task of its own.

    A call that is cancelled is cancelled once: the SDK's cancel scope would go on cancelling the clean-up of the run.
    """

    @wraps(tool)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        running = asyncio.create_task(tool(*args, **kwargs))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            running.cancel()
            raise
        except MatineeError as error:
            raise ToolError(str(error)) from error

    return call


def _film(movie: Movie) -> Film:
    return Film.model_validate(movie)
