"""What concerns one run of a graph: how many picks, which reranking, how the model samples, for whom.

This is the graphs' `context_schema`. LangGraph hands a node None when the caller passed nothing, and
the parent's own context object inside a subgraph; `Context.of` makes sense of all of them in one place.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matinee.errors import InvalidRequest
from matinee.models import Spoilers

MAX_LIMIT = 50
SPARE = 1
"""Films more than are asked for that the answer may choose from, at least; each is seconds to read without a GPU."""

FEWEST_OFFERED = 5
"""Films that it may choose from before it is known how fast the chat model reads."""

Rerank = Literal["fused", "cross_encoder", "imdb", "llm", "none"]
Retrieval = Literal["hybrid", "sql"]


class Weights(BaseModel):
    """How much each signal counts in the fused ranking (0 switches it off).

    The defaults were tuned on the first halves of the evaluation files. What is well known and well liked counts less
    the more a request describes, what is written counts more (`ranking.fusion.weighed`).
    """

    model_config = ConfigDict(extra="forbid")

    dense: float = Field(default=1.0, ge=0, description="nearness of the film's text to the request's")
    adapted: float = Field(default=0.5, ge=0, description="the same, by what people name for such requests")
    terms: float = Field(default=0.5, ge=0, description="nearness of the film's terms to the request")
    phrases: float = Field(default=0.5, ge=0, description="nearness to what viewers would say who want the film")
    remembered: float = Field(default=0.5, ge=0, description="how often it was named for requests like this one")
    bm25: float = Field(default=0.6, ge=0, description="words in common")
    cross_encoder: float = Field(default=0.5, ge=0, description="request and film read together")
    alike: float = Field(default=0.5, ge=0, description="terms shared with the films mentioned")
    neighbours: float = Field(default=0.6, ge=0, description="nearness by plot to the films mentioned")
    collaborative: float = Field(
        default=0.7, ge=0, description="nearness by taste, from ratings, to films mentioned and liked"
    )
    popularity: float = Field(default=0.6, ge=0, description="number of votes")
    quality: float = Field(default=0.4, ge=0, description="ratings, shrunk toward the mean for few votes")
    recency: float = Field(default=0.1, ge=0, description="year of release")
    hints: float = Field(
        default=0.6, ge=0, description="moods asked for, or what is remembered of a film to be identified"
    )
    wish: float = Field(default=0.2, ge=0, description="whether the viewer wishes to see the film")
    taste: float = Field(default=0.6, ge=0, description="nearness to what the viewer told they like, less to what not")
    model: float = Field(default=7.0, ge=0, description="whether the chat model names the film, and how early")


class Context(BaseModel):
    """Options of one run."""

    model_config = ConfigDict(extra="ignore")

    user_id: str | None = Field(default=None, description="whose preferences to use")
    limit: int = Field(default=4, ge=1, le=MAX_LIMIT, description="how many picks")
    retrieval: Retrieval = Field(
        default="hybrid", description="where candidates come from; sql needs the pgvector home"
    )
    rerank: Rerank = Field(
        default="fused",
        description="how candidates are ordered: by all signals, or by one; llm: by all, and the first 20 by the chat "
        "model, too; none: as they were found",
    )
    weights: Weights = Field(default_factory=Weights, description="how much each signal counts; 0 switches it off")
    candidates: int = Field(default=40, ge=1, le=500, description="how many films to retrieve")
    depth: int = Field(default=100, ge=1, le=1000, description="how many films each search gives before they are fused")
    rerank_depth: int = Field(default=20, ge=1, le=200, description="how many of them the cross-encoder reads")
    diversity: float = Field(
        default=0.1, ge=0, le=1, description="how much films unlike those before them are preferred"
    )
    franchise: bool = Field(default=False, description="allow several films of one series")
    deep_cut: bool = Field(default=False, description="let the last of the best be one that few know")
    prompt_candidates: int | None = Field(
        default=None,
        ge=1,
        le=50,
        description="how many the chat model may choose from; None: 5 to 15, as many as it reads in two seconds",
    )
    grounding: Literal["marked", "strict"] = Field(
        default="marked",
        description="strict: only sentences that the catalogue, the request or the viewer's history bear out",
    )
    stream: Literal["checked", "raw"] = Field(
        default="checked",
        description="what streams as messages: the answer as it stands, or the model's tokens as they come",
    )
    spoilers: Spoilers = Field(default="premise", description="strict: reasons from keywords and mood, no plot at all")
    model: str | None = Field(default=None, description="chat model of this run; given, it must answer: no fall-back")
    system_prompt: str | None = Field(default=None, description="instead of the shipped system prompt")
    ask: bool = Field(
        default=False, description="whether to interrupt and ask which film is meant when a title names several"
    )
    suggest: bool = Field(
        default=True, description="whether the chat model names films that come to mind, beside the searches"
    )
    suggest_seconds: float = Field(
        default=6.0, gt=0, le=600, description="how long it may do so; what it has named by then counts"
    )
    rewrite: bool = Field(default=False, description="whether the chat model condenses a long request for the search")
    temperature: float = Field(default=0.7, ge=0, le=2, description="sampling temperature; 0: always the likeliest")
    top_p: float = Field(default=0.9, gt=0, le=1, description="share of the likeliest tokens to sample from")
    top_k: int = Field(default=40, ge=1, description="how many of the likeliest tokens to sample from")
    num_predict: int = Field(default=800, ge=1, description="most tokens of the answer")
    num_ctx: int = Field(
        default=4096, ge=512, description="context window in tokens; Ollama truncates silently past it"
    )
    repeat_penalty: float = Field(default=1.1, ge=0, description="penalty on repeated tokens; 1: none")
    frequency_penalty: float = Field(default=0.0, ge=-2, le=2, description="penalty by how often a token came")
    presence_penalty: float = Field(default=0.0, ge=-2, le=2, description="penalty if a token came at all")
    reasoning: bool = Field(default=False, description="whether a model of Ollama's that can think does so first")
    seed: int | None = Field(default=None, description="seed of the sampling, for the same answer again")

    @property
    def offered(self) -> int:
        """Return how many films the answer may choose from: always more than are asked for."""
        return max(self.prompt_candidates or FEWEST_OFFERED, self.limit + SPARE)

    @classmethod
    def of(cls, given: Any) -> "Context":
        """Return the context of a run from whatever LangGraph passed: None, a dict, or any object.

        A foreign object (a parent graph's context) lends the attributes that have our names.

        Raises:
            InvalidRequest: a value is out of bounds; the message names it.
        """
        if isinstance(given, cls):
            return given
        if given is None:
            return cls()
        values = (
            dict(given)
            if isinstance(given, Mapping)
            else {name: getattr(given, name) for name in cls.model_fields if hasattr(given, name)}
        )
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidRequest(first_fault(error)) from error


def first_fault(error: ValidationError) -> str:
    """Return a validation error's first fault as one sentence that names the option and the bound."""
    fault = error.errors()[0]
    name = ".".join(str(part) for part in fault["loc"]) or "value"
    message = fault["msg"][0].lower() + fault["msg"][1:]
    return f"`{name}` is {fault['input']!r}, but {message}."
