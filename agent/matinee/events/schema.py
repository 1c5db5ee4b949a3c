"""What the events of a run look like: the models of the plain dicts on the wire, and their JSON schema.

The schema grows by adding: a later version may have more fields and more kinds of events, and takes none away.
So ignore fields and kinds that you do not know.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from matinee.models import MovieRecommendation
from matinee.understanding import Reply as ReplyKind

VERSION = "2.1"
"""The second figure counts additions, the first breaks.

2.1: `reply`, as an event and in `final`.
2.0: tokens are the answer as it stands, no longer the model's own; picks have `sentences`; no reason is `completed`.
"""

Phase = Literal["begun", "writing", "done"]
By = Literal["guard", "postgresql"] | None


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Token(_Event):
    """A piece of the answer's text: a heading, a sentence that stands, or a word of one; joined they are the answer."""

    event: Literal["token"] = "token"
    text: str = Field(
        description="of a sentence that stands; under `stream='raw'` the model's own, unchecked: not to be shown as is"
    )


class Status(_Event):
    """A stage of the graph has done its work, or begins what may take long."""

    event: Literal["status"] = "status"
    stage: str = Field(description="the node's name")
    phase: Phase = Field(
        "done",
        description="`begun` comes before the writing, `writing` with the heading of each pick that a model writes",
    )
    message: str = Field(description="for the viewer")
    model: str | None = Field(None, description="which model works; `none`: reasons are composed without one")
    counts: dict[str, int] = Field({}, description="how many of what, as `candidates`")
    seconds: float = Field(ge=0, description="since the run began")
    took: float = Field(ge=0, description="seconds since the stage began")


class Recommendation(_Event):
    """A pick, finished and validated; it stands, whatever follows."""

    event: Literal["recommendation"] = "recommendation"
    position: int = Field(ge=1, description="counts from 1, without gaps")
    recommendation: MovieRecommendation


class Statement(_Event):
    """A statement that retrieval by SQL tried; only such runs have them, before the status of `retrieve`."""

    event: Literal["statement"] = "statement"
    sql: str
    reason: str | None = Field(None, description="why it was refused; None: it passed")
    by: By = Field(None, description="who refused it")


WRITES_ABOUT = "writes about "
"""How the status begins that comes with the heading of a pick; its label follows."""

COMPOSED = "Reasons were composed from what the catalogue knows of the films"
"""Stands in a notice that no chat model wrote them, and why."""


class Notice(_Event):
    """Something that was relaxed, repaired or degraded."""

    event: Literal["notice"] = "notice"
    message: str = Field(description="for the viewer, a sentence or two")


class Reply(_Event):
    """What the turn gets; only `films` is followed by picks."""

    event: Literal["reply"] = "reply"
    kind: ReplyKind = Field(description="`answer`: about films; `refusal`, `smalltalk`: a sentence")


class Reset(_Event):
    """Only under `stream='raw'`: the text so far is taken back, another draft follows. Picks handed over stand."""

    event: Literal["reset"] = "reset"
    reason: str = Field(description="for the viewer")


class Final(_Event):
    """The last event of a run that did not fail: its whole result."""

    event: Literal["final"] = "final"
    run_id: str = Field(description="as in traces and logs")
    seconds: float = Field(ge=0, description="of the whole run")
    recommendations: list[MovieRecommendation] = Field(description="the picks in the order of their positions")
    notices: list[str]
    reply: ReplyKind = Field("films", description="what the turn got; recommendations come with `films` alone")
    answer: str = Field(description="the answer as text, one paragraph a pick")


Event = Token | Status | Recommendation | Statement | Notice | Reply | Reset | Final

_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def parse(event: dict[str, Any]) -> Event:
    """Return an event of the wire as its model.

    Raises:
        ValidationError: it is none of version 1, or a field is missing or out of bounds.
    """
    return _EVENTS.validate_python(event)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of an event on the wire, with the version."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of a run of matinee",
        "version": VERSION,
        **_EVENTS.json_schema(mode="serialization"),
    }
