"""Every error as one JSON body with one sentence, in the form that OpenAI's clients read, too."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from matinee import logs
from matinee.errors import CatalogueError, InvalidRequest, MatineeError, UnknownTitle
from matinee.sanitize import without_controls
from matinee_app.web.service import ThreadBusy

_log = logs.logger(__name__)

_LONGEST = 400
_STATUS: tuple[tuple[type[MatineeError], int], ...] = (
    (InvalidRequest, 400),
    (CatalogueError, 400),
    (UnknownTitle, 404),
    (ThreadBusy, 409),
    (MatineeError, 503),
)
_SENTENCES = {
    400: "The body cannot be read; send JSON.",
    404: "There is nothing at this address; /api/openapi.json lists what there is.",
    405: "This address does not take such a request; /api/openapi.json tells which it takes.",
}
_INTERNAL = "Something went wrong inside matinee; the log of `matinee serve` tells what."


class Fault(BaseModel):
    """What was wrong."""

    message: str = Field(description="one sentence for people, which may change")
    type: str = Field(description="`invalid_request_error`, `unauthorized`, `rate_limited`, `unavailable`, `internal`")
    param: str | None = None
    code: str | None = None


class ErrorBody(BaseModel):
    """The body of every answer that is none."""

    error: Fault


_TYPES = {401: "unauthorized", 429: "rate_limited", 503: "unavailable", 500: "internal"}


def error_body(status: int, message: str, code: str | None = None) -> dict[str, Any]:
    """Return the body for a status and a sentence."""
    said = without_controls(message)[:_LONGEST]
    kind = _TYPES.get(status, "invalid_request_error")
    return ErrorBody(error=Fault(message=said, type=kind, code=code)).model_dump()


def error_response(
    status: int, message: str, *, code: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return the response for a status and a sentence."""
    return JSONResponse(error_body(status, message, code), status, headers)


def described(error: Exception) -> tuple[int, str]:
    """Return the status and the sentence of an error; one that is not ours is logged, and its text is kept here."""
    if isinstance(error, MatineeError):
        return next(status for kind, status in _STATUS if isinstance(error, kind)), str(error)
    _log.error("a request failed", exc_info=error)
    return 500, _INTERNAL


def add_error_handlers(app: FastAPI) -> None:
    """Have the app answer errors so."""

    @app.exception_handler(MatineeError)
    async def ours(_: Request, error: MatineeError) -> JSONResponse:
        return error_response(*described(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"] if part != "body") or "The body"
        return error_response(422, f"{name}: {fault['msg']}.")

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        status = error.status_code
        is_ours = error.detail.endswith(".")
        sentence = error.detail if is_ours else _SENTENCES.get(status, f"{HTTPStatus(status).phrase}.")
        return error_response(status, sentence, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def other(_: Request, error: Exception) -> JSONResponse:
        return error_response(500, _INTERNAL)  # uvicorn logs it
