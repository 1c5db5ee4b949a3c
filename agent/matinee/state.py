"""The state of the recommend graph: plain values that a checkpoint can hold, and the models they are dumps of."""

from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
from langgraph.channels import EphemeralValue, UntrackedValue
from langgraph.graph.message import add_messages
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from matinee.models import Candidate, Movie, MovieRecommendation, Preference
from matinee.query.questions import Question
from matinee.understanding import Reply, Understanding


def extended(notices: list[str], more: list[str]) -> list[str]:
    """Return the notices with those that are new; parallel nodes may both write some."""
    return [*notices, *(notice for notice in more if notice not in notices)]


LAST_RUN = UntrackedValue(dict, guard=False)
"""The channel of `run_clock.TimedNode`: nodes that run side by side may each begin it; no checkpoint holds it."""

_DESCRIBED = ConfigDict(use_attribute_docstrings=True)
"""Has the docstring under a key describe it in the schema, and so in LangGraph Studio's forms."""


class RecommendInput(TypedDict, total=False):
    """What a caller gives: a query, or messages whose last human one is the query.

    Only the messages stay in the thread; the query and the user are those of one run, and `understand` reads them.
    """

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    query: Annotated[str, EphemeralValue]
    """What the viewer is in the mood for, in their own words."""
    messages: Annotated[list[AnyMessage], add_messages]
    """The conversation so far; without a query, its last human message is the request."""
    user_id: Annotated[str, EphemeralValue]
    """Whose preferences and ratings to use; nobody's if it is left out."""


class RecommendOutput(TypedDict, total=False):
    """What a caller gets."""

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    recommendations: Annotated[list[dict[str, Any]], UntrackedValue]
    """The picks, as dumps of `MovieRecommendation`; of the run's result alone, no checkpoint holds them."""
    reply: Annotated[Reply, UntrackedValue]
    """What the turn got: `films`, an `answer` about films, a `refusal` or `smalltalk`; picks come with films alone."""
    messages: Annotated[list[AnyMessage], add_messages]
    """The conversation, with the answer as its last message."""
    notices: Annotated[list[str], extended]
    """What of this turn was relaxed, repaired or degraded, in sentences for the viewer."""


class ShownFilm(TypedDict):
    """A film that was recommended."""

    movie_id: str
    title: str
    year: int | None
    turn: int
    """Which list of the conversation it was on, counted from 1."""


class SpokenOf(TypedDict, total=False):
    """What a turn may point at beside the films shown."""

    films: list[str]
    """Ids of films that were asked about since the last list."""
    people: list[str]
    """The people spoken of last."""
    asked: list[str]
    """What the turn before asked of a film."""


class RecommendState(RecommendInput, RecommendOutput, total=False):
    """What passes between the nodes. A later turn reads `understanding` and `shown`; `WORKING` keys go at the end."""

    __pydantic_config__ = _DESCRIBED  # type: ignore[misc]

    run: Annotated[dict[str, Any], LAST_RUN]
    """The run's id and when it began."""
    understanding: dict[str, Any]
    """What the request demands, less what gave way: a dump of `Understanding`."""
    shown: list[ShownFilm]
    """The films recommended in this conversation, the last list at its end."""
    spoken: SpokenOf
    """What the next turn may point at."""
    question: dict[str, Any] | None
    """What the turn asks of films: a dump of `Question`."""
    viewer: str | None
    """Whose preferences and ratings this run uses, from the input or the context."""
    search: str
    """The text that stands for the request in searches by meaning."""
    seeds: list[dict[str, Any]]
    """The films to find others like: dumps of `Movie`."""
    candidates: list[dict[str, Any]]
    """The films found, best first: dumps of `Candidate`."""
    suggestion: dict[str, Any] | None
    """What the chat model named, and the films found with it: a dump of `Suggestion`."""
    preferences: list[dict[str, Any]]
    """What the viewer told that bears on the request: dumps of `Preference`."""
    ratings: list[str]
    """What the viewer rated, as sources of evidence, and not more than reasons are likely to speak of."""
    ranked: list[dict[str, Any]]
    """The films that the answer may choose from, best first: dumps of `Candidate`, each with its receipt."""
    draft: dict[str, Any] | None
    """The answer as it was written, and what of it stands: a dump of `Draft`."""
    repairs: int
    """How often an answer was sent back; once at most."""


class Draft(BaseModel):
    """An answer as it was written, and what of it stands."""

    writer: Literal["model", "composer", "none"]
    text: str = ""
    message_id: str
    """The id under which the answer streams, and which the final message takes."""
    broken_off: bool = False
    """Whether the model ended in the middle, for want of tokens or because its server failed."""
    stopped: bool = False
    """Whether it was stopped because the text had gone wrong."""
    picks: list[MovieRecommendation] = []
    faults: list[str] = []
    """Why other picks do not stand; a repair tells the model."""


class Suggestion(BaseModel):
    """What the chat model said to a request, and what the searches found with it."""

    wish: str = ""
    """What is wished for, in a sentence."""
    scope: str = ""
    """What kind of request it is, in one of the words that the prompt offers; empty where it said none of them."""
    named: list[str] = []
    """The films that it named, in its order, by title and year."""
    lacking: list[str] = []
    """Those of them that the catalogue lacks."""
    candidates: list[Candidate] = []
    """The films found, best first, in place of those found without it; none where it said nothing of use."""
    understanding: Understanding = Understanding(text="")
    """The reading of the request, less demands that it does not see and that rest on a doubtful reading."""


class Parsed(BaseModel):
    """The state's values as models; a node parses them once, by `Parsed.model_validate(state)`."""

    understanding: Understanding = Understanding(text="")
    question: Question | None = None
    viewer: str | None = None
    search: str = ""
    seeds: list[Movie] = []
    candidates: list[Candidate] = []
    suggestion: Suggestion | None = None
    preferences: list[Preference] = []
    ratings: list[str] = []
    ranked: list[Candidate] = []
    draft: Draft | None = None
    repairs: int = 0
    recommendations: list[MovieRecommendation] = []


def dumped(**models: Any) -> dict[str, Any]:
    """Return models as the state holds them, under the same names."""
    return Parsed.model_construct(**models).model_dump(mode="json", include=set(models))


WORKING = Parsed().model_dump(mode="json", exclude={"understanding", "recommendations"})
"""What is left of the keys that only the nodes of one run read: where a run begins, and where it ends.

While a run is under way checkpoints hold them, so that it can be resumed, looked at, and begun again from any step.
"""
