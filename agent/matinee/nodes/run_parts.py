"""What the writing nodes share of one run: the films on offer, the evidence writer, the desk."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter

from matinee.context import Context
from matinee.grounding.claims import Source
from matinee.grounding.claims.ratings import told_by_others
from matinee.grounding.picks import PickDesk
from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Understanding
from matinee.providers.evidence.writer import EvidenceWriter
from matinee.state import RecommendState, load_candidates

_PICKS = TypeAdapter(list[MovieRecommendation])


def offered_of(state: RecommendState) -> list[Candidate]:
    """Return the films that the answer may choose from, best first; prompts number them from 1 in this order."""
    return load_candidates(state.get("ranked", []))


def preferences_of(state: RecommendState) -> list[Preference]:
    """Return the recalled preferences."""
    return [Preference.model_validate(p) for p in state.get("preferences", [])]


def evidence_writer(state: RecommendState, context: Context, offered: Sequence[Candidate] = ()) -> EvidenceWriter:
    """Return a writer of reasons for this request, which may quote the passages of the films offered."""
    seeds = [Movie.model_validate(m) for m in state.get("seeds", [])]
    written = {c.movie.movie_id: c.passages for c in offered if c.passages}
    understood = understanding_of(state)
    others = told_by_others(offered, understood)
    return EvidenceWriter(understood, preferences_of(state), seeds, context.spoilers, written, others)


def understanding_of(state: RecommendState) -> Understanding:
    """Return what the request demands, less what gave way."""
    return Understanding.model_validate(state["understanding"])


def picks_of(state: RecommendState) -> list[MovieRecommendation]:
    """Return the picks made so far."""
    return _PICKS.validate_python(state.get("picks", []))


def open_desk(
    state: RecommendState,
    context: Context,
    offered: Sequence[Candidate],
    picks: Sequence[MovieRecommendation],
    writer: EvidenceWriter | None = None,
) -> PickDesk:
    """Return a desk that goes on from these picks; a writer is made only if it comes to writing."""
    understood = understanding_of(state)
    opened = cache(lambda: writer or evidence_writer(state, context, offered))
    return PickDesk(
        offered,
        understood,
        preferences_of(state),
        context.limit,
        lambda movie: opened().reason(movie),
        picks,
        context.spoilers,
        [Source("rating:viewer", text) for text in state.get("ratings", [])],
        told_by_others(offered, understood),
        lambda movie, said: opened().why(movie, said),
    )


def dumped(picks: Sequence[MovieRecommendation]) -> list[dict[str, Any]]:
    """Return the picks as the state holds them."""
    return cast(list[dict[str, Any]], _PICKS.dump_python(list(picks), mode="json"))
