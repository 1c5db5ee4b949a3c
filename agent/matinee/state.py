"""The state of the recommend graph: plain values that a checkpoint can hold, and the models they are dumps of."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Understanding, Value


def extended(notices: list[str], more: list[str]) -> list[str]:
    """Return the notices with those that are new; parallel nodes may both write some."""
    return [*notices, *(notice for notice in more if notice not in notices)]


LAST_RUN = UntrackedValue(dict, guard=False)
"""The channel of `run_clock.TimedNode`: nodes that run side by side may each begin it; no checkpoint holds it."""

_DESCRIBED = ConfigDict(use_attribute_docstrings=True)
"""Has the docstring under a key describe it in the schema, and so in LangGraph Studio's forms."""


class RecommendInput(TypedDict, total=False):
    """What a caller gives: a query, or messages whose last human one is the query."""

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    query: str
    """What the viewer is in the mood for, in their own words."""
    messages: Annotated[list[AnyMessage], add_messages]
    """The conversation so far; without a query, its last human message is the request."""
    user_id: str
    """Whose preferences and ratings to use; nobody's if it is left out."""


class RecommendOutput(TypedDict, total=False):
    """What a caller gets."""

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    recommendations: Annotated[list[dict[str, Any]], UntrackedValue]
    """The picks, as dumps of `MovieRecommendation`; of the run's result alone, no checkpoint holds them."""
    messages: Annotated[list[AnyMessage], add_messages]
    """The conversation, with the answer as its last message."""
    notices: Annotated[list[str], extended]
    """What of this turn was relaxed, repaired or degraded, in sentences for the viewer."""


class ShownFilm(TypedDict):
    """A film that was recommended."""

    movie_id: str
    title: str
    year: int | None


class Draft(TypedDict):
    """An answer as it was written, and what of it stands."""

    writer: Literal["model", "composer", "none"]
    text: str
    message_id: str | None
    """The id under which the answer streams, and which the final message takes."""
    broken_off: bool
    """Whether the model ended in the middle, for want of tokens or because its server failed."""
    stopped: bool
    """Whether it was stopped because the text had gone wrong."""
    picks: list[dict[str, Any]]
    """The picks that stand, as dumps of `MovieRecommendation`."""
    faults: list[str]
    """Why others do not; a repair tells the model."""


class RecommendState(RecommendInput, RecommendOutput, total=False):
    """What passes between the nodes. A later turn reads `understanding` and `shown`; `WORKING` keys go at the end."""

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    run: Annotated[dict[str, Any], LAST_RUN]
    """The run's id and when it began."""
    understanding: dict[str, Any]
    """What the request demands, less what gave way: a dump of `Understanding`."""
    shown: list[ShownFilm]
    """The films recommended in this turn."""
    search: str | None
    """The text that stands for the request in searches by meaning."""
    seeds: list[dict[str, Any]]
    """The films to find others like: dumps of `Movie`."""
    candidates: list[dict[str, Any]]
    """The films found, best first: dumps of `Candidate`."""
    preferences: list[dict[str, Any]]
    """What the viewer told that bears on the request: dumps of `Preference`."""
    ratings: list[str]
    """What the viewer rated, as sources of evidence, and not more than reasons are likely to speak of."""
    ranked: list[dict[str, Any]]
    """The films that the answer may choose from, best first: dumps of `Candidate`, each with its receipt."""
    draft: Draft | None
    """The answer as it was written."""
    repairs: int
    """How often an answer was sent back; once at most."""


WORKING: RecommendState = {
    "search": None,
    "seeds": [],
    "candidates": [],
    "preferences": [],
    "ratings": [],
    "ranked": [],
    "draft": None,
    "repairs": 0,
}
"""What is left of the keys that only the nodes of one run read: where a run begins, and where it ends.

While a run is under way checkpoints hold them, so that it can be resumed, looked at, and begun again from any step.
"""

_DUMPS: dict[str, TypeAdapter[Any]] = {
    "seeds": TypeAdapter(list[Movie]),
    "candidates": TypeAdapter(list[Candidate]),
    "preferences": TypeAdapter(list[Preference]),
    "ranked": TypeAdapter(list[Candidate]),
    "picks": TypeAdapter(list[MovieRecommendation]),
}


def dumped(key: str, models: Sequence[Value]) -> list[dict[str, Any]]:
    """Return models as the state holds them under a key (in one call: one by one costs ten times as much)."""
    values: list[dict[str, Any]] = _DUMPS[key].dump_python(list(models), mode="json")
    return values


def loaded(key: str, values: Sequence[dict[str, Any]] | None) -> list[Any]:
    """Return the models of a key's values."""
    models: list[Any] = _DUMPS[key].validate_python(values or [])
    return models


class Parsed:
    """The state's values as models, each parsed when it is first asked for; a node makes one."""

    def __init__(self, state: RecommendState) -> None:
        self.state = state

    @cached_property
    def understanding(self) -> Understanding:
        """Return what the request demands, less what gave way."""
        return Understanding.model_validate(self.state["understanding"])

    @cached_property
    def seeds(self) -> list[Movie]:
        """Return the films to find others like."""
        return loaded("seeds", self.state.get("seeds"))

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Return the films found, best first."""
        return loaded("candidates", self.state["candidates"])

    @cached_property
    def preferences(self) -> list[Preference]:
        """Return the recalled preferences."""
        return loaded("preferences", self.state.get("preferences"))

    @cached_property
    def offered(self) -> list[Candidate]:
        """Return the films that the answer may choose from, best first; prompts number them from 1 in this order."""
        return loaded("ranked", self.state.get("ranked"))

    @cached_property
    def picks(self) -> list[MovieRecommendation]:
        """Return the picks of the draft that stand."""
        draft = self.state.get("draft")
        return loaded("picks", draft["picks"] if draft else [])
