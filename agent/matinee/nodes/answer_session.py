"""What the writing nodes share of one run: the films on offer, what is known of them, what builds recommendations."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter

from matinee.context import Context
from matinee.models import Candidate, Movie, MovieRecommendation, Preference, Understanding
from matinee.reasons.checker import Checker
from matinee.reasons.composer import Composer
from matinee.reasons.facts import Viewer
from matinee.reasons.names import CatalogueNames
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.support import Encoder
from matinee.state import RecommendState, load_candidates

_PICKS = TypeAdapter(list[MovieRecommendation])


def offered_of(state: RecommendState) -> list[Candidate]:
    """Return the films that the answer may choose from, best first; prompts number them from 1 in this order."""
    return load_candidates(state.get("ranked", []))


def preferences_of(state: RecommendState) -> list[Preference]:
    """Return the recalled preferences."""
    return [Preference.model_validate(p) for p in state.get("preferences", [])]


def understanding_of(state: RecommendState) -> Understanding:
    """Return what the request demands, less what gave way."""
    return Understanding.model_validate(state["understanding"])


def picks_of(state: RecommendState) -> list[MovieRecommendation]:
    """Return the picks made so far."""
    return _PICKS.validate_python(state.get("picks", []))


def dumped(picks: Sequence[MovieRecommendation]) -> list[dict[str, Any]]:
    """Return the picks as the state holds them."""
    return cast(list[dict[str, Any]], _PICKS.dump_python(list(picks), mode="json"))


def checker_of(
    state: RecommendState, context: Context, offered: Sequence[Candidate], names: CatalogueNames, encoder: Encoder
) -> Checker:
    """Return what judges the sentences of this run."""
    understood = understanding_of(state)
    return Checker(
        Viewer(understood.text, preferences_of(state), state.get("ratings", [])),
        names,
        encoder,
        grounding=context.grounding,
        spoilers=context.spoilers,
        written={c.movie.movie_id: c.passages for c in offered if c.passages},
        half_remembered=understood.intent == "identify",
    )


def builder_of(
    state: RecommendState,
    context: Context,
    offered: Sequence[Candidate],
    picks: Sequence[MovieRecommendation],
) -> RecommendationBuilder:
    """Return a builder that goes on from these picks; a composer is made only if it comes to composing."""
    understood = understanding_of(state)

    @cache
    def composer() -> Composer:
        return Composer(
            understood,
            preferences=preferences_of(state),
            seeds=[Movie.model_validate(m) for m in state.get("seeds", [])],
            ratings=state.get("ratings", []),
            spoilers=context.spoilers,
        )

    return RecommendationBuilder(
        offered, understood, context.limit, lambda c: composer().reason(c), picks, context.spoilers
    )


def paragraph(pick: MovieRecommendation) -> str:
    """Return the pick as one paragraph of the answer."""
    return f"{heading(pick.title, pick.year)} {pick.reasoning}"


def heading(title: str, year: int | None) -> str:
    """Return what begins a pick's paragraph."""
    return f"{title} ({year}):" if year else f"{title}:"
