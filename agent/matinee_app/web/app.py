"""The app over HTTP, put together from its faces: each is a router, and all share one service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from langgraph.checkpoint.base import BaseCheckpointSaver
from mcp.server.transport_security import TransportSecuritySettings
from starlette.staticfiles import StaticFiles

from matinee import __version__
from matinee.settings import Settings
from matinee_app.mcp import build_mcp
from matinee_app.web import api, chat_completions, commands, page
from matinee_app.web.errors import ErrorBody, add_error_handlers
from matinee_app.web.rendering import STATIC
from matinee_app.web.security import Guard, Policy
from matinee_app.web.service import Service
from matinee_graphs.parts import Parts


def create_app(
    parts: Parts,
    settings: Settings | None = None,
    *,
    policy: Policy | None = None,
    saver: BaseCheckpointSaver[str] | None = None,
) -> FastAPI:
    """Return the app over parts that the caller has opened and filled, and closes.

    Args:
        parts: what the graphs work with.
        settings: of the process; by default the environment's.
        policy: what is let through; by default requests from this machine, to it as `localhost`.
        saver: keeps the conversations; by default this process does, as long as it lives.
    """
    settings, policy = settings or Settings(), policy or Policy()
    service = Service(parts, settings, saver)
    tools = build_mcp(service)
    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # our guard sees to that
    over_http = tools.streamable_http_app(stateless_http=True, transport_security=unguarded)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncGenerator[None, None]:
        async with tools.session_manager.run():
            yield

    app = FastAPI(
        title="matinee",
        summary="What should I watch tonight? A movie recommender that runs on the viewer's own machine.",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # these pages load scripts from other hosts
        redoc_url=None,
        redirect_slashes=False,
        lifespan=running,
        responses={"4XX": {"model": ErrorBody}, "5XX": {"model": ErrorBody}},
    )
    app.state.service, app.state.policy = service, policy
    app.add_middleware(Guard, policy=policy)
    add_error_handlers(app)
    for face in (api, chat_completions, commands, page):
        app.include_router(face.router)
    app.router.routes.extend(over_http.routes)  # /mcp
    app.mount("/static", StaticFiles(directory=STATIC))
    return app
