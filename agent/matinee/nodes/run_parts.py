"""What the writing nodes share of one run: the films on offer, the evidence writer, the desk."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from matinee.context import Context
from matinee.grounding.picks import PickDesk
from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Understanding
from matinee.providers.evidence.writer import EvidenceWriter
from matinee.state import RecommendState, load_candidates


def offered_of(state: RecommendState) -> list[Candidate]:
    """Return the films that the answer may choose from, best first; prompts number them from 1 in this order."""
    return load_candidates(state.get("ranked", []))


def preferences_of(state: RecommendState) -> list[Preference]:
    """Return the recalled preferences."""
    return [Preference.model_validate(p) for p in state.get("preferences", [])]


def evidence_writer(state: RecommendState) -> EvidenceWriter:
    """Return a writer of reasons for this request."""
    seeds = [Movie.model_validate(m) for m in state.get("seeds", [])]
    return EvidenceWriter(Understanding.model_validate(state["understanding"]), preferences_of(state), seeds)


def open_desk(
    state: RecommendState, context: Context, offered: Sequence[Candidate], writer: EvidenceWriter | None = None
) -> PickDesk:
    """Return a desk that goes on from the picks made so far; a writer is made only if it comes to writing."""
    opened = cache(lambda: writer or evidence_writer(state))
    return PickDesk(
        offered,
        Understanding.model_validate(state["understanding"]),
        preferences_of(state),
        context.limit,
        lambda movie: opened().reason(movie),
        [MovieRecommendation.model_validate(p) for p in state.get("picks", [])],
    )


def dumped(picks: Sequence[MovieRecommendation]) -> list[dict[str, Any]]:
    """Return the picks as the state holds them."""
    return [pick.model_dump(mode="json") for pick in picks]
