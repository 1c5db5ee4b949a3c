"""The address for commands of the machine's own user, who may run the graph with all options that there are."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from matinee.context import Context
from matinee_app.web.api import encoded, failed
from matinee_app.web.service import Serving
from matinee_app.web.streaming import EventStream

router = APIRouter(prefix="/api", include_in_schema=False)


class RunBody(BaseModel):
    """A whole input of the graph, and the options of the run."""

    given: dict[str, Any]
    context: dict[str, Any]


@router.post("/run")
async def run(body: RunBody, request: Request, service: Serving) -> Response:
    """Stream the events of a run."""
    if not request.app.state.policy.is_command(request.headers):
        raise HTTPException(403, "This address is for commands that read their token in the data folder.")
    return EventStream(encoded(service, body.given, Context.of(body.context)), failed)
