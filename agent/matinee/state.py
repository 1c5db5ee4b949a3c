"""The state of the recommend graph: plain values that a checkpoint can hold, no vectors."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from matinee.models import Candidate


def extended(notices: list[str], more: list[str]) -> list[str]:
    """Return the notices with those that are new; parallel nodes may both write some."""
    return [*notices, *(notice for notice in more if notice not in notices)]


_CANDIDATES = TypeAdapter(list[Candidate])


def dump_candidates(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return candidates as the state holds them (in one call: one by one costs ten times as much)."""
    dumped: list[dict[str, Any]] = _CANDIDATES.dump_python(list(candidates), mode="json")
    return dumped


def load_candidates(dumped: Sequence[dict[str, Any]]) -> list[Candidate]:
    """Return the candidates that the state holds."""
    return _CANDIDATES.validate_python(list(dumped))


LAST_RUN = UntrackedValue(dict, guard=False)
"""The channel of `run_clock.TimedNode`: nodes that run side by side may each begin it; no checkpoint holds it."""


class RecommendInput(TypedDict, total=False):
    """What a caller gives: a query, or messages whose last human one is the query."""

    query: str
    messages: Annotated[list[AnyMessage], add_messages]
    user_id: str


class RecommendOutput(TypedDict, total=False):
    """What a caller gets."""

    recommendations: list[dict[str, Any]]
    messages: Annotated[list[AnyMessage], add_messages]
    notices: Annotated[list[str], extended]


class RecommendState(RecommendInput, RecommendOutput, total=False):
    """What passes between the nodes; the values are dumps of the models in `matinee.models`."""

    run: Annotated[dict[str, Any], LAST_RUN]
    request: str
    search: str
    understanding: dict[str, Any]
    embedding: dict[str, Any]
    candidates: list[dict[str, Any]]
    seeds: list[dict[str, Any]]
    preferences: list[dict[str, Any]]
    ratings: list[str]
    """What the viewer rated, as sources of evidence, and not more than reasons are likely to speak of."""
    ranked: list[dict[str, Any]]
    writer: Literal["model", "composer", "none"]
    draft: str
    broken: bool
    stopped: bool
    answer_id: str | None
    picks: list[dict[str, Any]]
    faults: list[str]
    repairs: int
    verdict: Literal["repair", "done"]
