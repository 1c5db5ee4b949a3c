"""rerank: the candidates in the order of the strategy asked for, each with its receipt."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.catalogue.text import rerank_text
from matinee.context import Context
from matinee.errors import ModelUnavailable
from matinee.index import MovieIndex
from matinee.models import Candidate, Preference, Understanding
from matinee.providers.cross_encoder import CrossEncoder
from matinee.ranking.fusion import Scores, confidence, fuse
from matinee.ranking.quality import quality
from matinee.state import RecommendState, dump_candidates, load_candidates
from matinee.taste.preferences import is_against

_log = logging.getLogger(__name__)

_FALLBACK = 1e-5
"""Weight of retrieval's order under a single-signal strategy: it orders what the signal leaves open."""


class Rerank:
    """Scores the candidates by the signals that the strategy uses, and fuses their ranks."""

    def __init__(self, movies: MovieIndex, cross_encoder: CrossEncoder | None) -> None:
        self._movies = movies
        self._cross_encoder = cross_encoder

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the best candidates, those that the answer may choose from."""
        context = Context.of(runtime.context)
        candidates = load_candidates(state["candidates"])
        preferences = [Preference.model_validate(p) for p in state.get("preferences", [])]
        weights = strategy_weights(context)
        notices: list[str] = []
        signals: dict[str, Scores] = {"retrieval": {c.movie.movie_id: c.score for c in candidates}}
        if weights.get("cross_encoder"):
            try:
                signals["cross_encoder"] = await self._read(state["search"], candidates[: context.rerank_depth])
            except ModelUnavailable as error:
                _log.warning("the cross-encoder is left out: %s", logs.kinds(error))
                notices.append(f"The cross-encoder was left out of the ranking: {error}")
        if weights.get("quality"):
            known = {c.movie.movie_id: quality(c.movie) for c in candidates}
            signals["quality"] = {movie_id: value for movie_id, value in known.items() if value is not None}
        if weights.get("taste") and preferences:
            signals["taste"] = await self._taste(preferences, candidates)

        ranked = [
            c.model_copy(update={"confidence": confidence(c, signals, weights)})
            for c in fuse(candidates, signals, weights)
        ]
        # Films that meet what gave way, too, come before those that do not.
        relaxed = Understanding.model_validate(state["understanding"]).relaxed
        ranked.sort(key=lambda c: sum(not demand.holds(c.movie) for demand in relaxed))
        for notice in notices:
            events.notice(notice)
        events.status("rerank", f"{context.rerank} over {', '.join(signals)}", films=len(ranked))
        return {"ranked": dump_candidates(ranked[: context.offered]), "notices": notices}

    async def _read(self, query: str, candidates: Sequence[Candidate]) -> Scores:
        if self._cross_encoder is None:
            raise ModelUnavailable("none is set (MATINEE_RERANKER=none).")
        texts = [rerank_text(c.movie) for c in candidates]
        logits = await asyncio.to_thread(self._cross_encoder.score, query, texts)
        return {c.movie.movie_id: logit for c, logit in zip(candidates, logits, strict=True)}

    async def _taste(self, preferences: Sequence[Preference], candidates: Sequence[Candidate]) -> Scores:
        """Score each film by the nearest thing that the viewer likes, less the nearest that they dislike."""
        ids = [c.movie.movie_id for c in candidates]
        near = await asyncio.gather(*(self._movies.similarity(p.text, ids) for p in preferences))
        liked = [scores for p, scores in zip(preferences, near, strict=True) if not is_against(p)]
        disliked = [scores for p, scores in zip(preferences, near, strict=True) if is_against(p)]
        return {i: _nearest(liked, i) - _nearest(disliked, i) for i in ids if any(i in scores for scores in near)}


def _nearest(scores: Sequence[Mapping[str, float]], movie_id: str) -> float:
    return max((s[movie_id] for s in scores if movie_id in s), default=0.0)


def strategy_weights(context: Context) -> dict[str, float]:
    """Return each signal's weight under the run's strategy.

    A single-signal strategy keeps retrieval's order among films that its signal cannot tell apart or does not know.
    """
    match context.rerank:
        case "fused":
            return context.weights.model_dump()
        case "cross_encoder":
            return {"cross_encoder": 1.0, "retrieval": _FALLBACK}
        case "imdb":
            return {"quality": 1.0, "retrieval": _FALLBACK}
        case "none":
            return {"retrieval": 1.0}
