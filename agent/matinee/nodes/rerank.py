"""rerank: the candidates in the order of the strategy asked for, each with its receipt."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.runtime import Runtime

from matinee import events, logs
from matinee.catalogue.text import rerank_text
from matinee.context import Context
from matinee.encoders.cross_encoder import CrossEncoder
from matinee.errors import ModelUnavailable
from matinee.index import MovieIndex
from matinee.llm.chat import Chat
from matinee.models import Candidate, Preference
from matinee.nodes.model_order import ordered_by_model
from matinee.nodes.signal_weights import fused_by, weights_for
from matinee.ranking.bayesian_rating import quality
from matinee.ranking.confidence import confidence, rated_fit
from matinee.ranking.diversity import diversified, one_of_each_series, with_deep_cut
from matinee.ranking.fusion import Scores, fuse
from matinee.ranking.sorting import in_order
from matinee.ratings.preferences import is_against, weight_by_age
from matinee.state import Parsed, RecommendState, dumped
from matinee.understanding import Understanding

_log = logs.logger(__name__)

DIVERSIFIED = 10
"""Places of the list that are given to films unlike each other, however few of them the answer may choose from."""


class Rerank:
    """Scores the candidates by the signals that the strategy uses, and fuses their ranks."""

    def __init__(
        self,
        movies: MovieIndex,
        cross_encoder: CrossEncoder | None,
        chat: Chat | None = None,
        *,
        keep: int | None = None,
    ) -> None:
        """Use these parts; `keep` is how many films to return, by default those that the answer may choose from."""
        self._movies = movies
        self._chat = chat
        self._cross_encoder = cross_encoder
        self._keep = keep

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Return the best candidates, those that the answer may choose from."""
        context = Context.of(runtime.context)
        parsed = await asyncio.to_thread(Parsed.model_validate, state)
        found = parsed.suggestion if parsed.suggestion and parsed.suggestion.candidates else parsed
        candidates, understood, preferences = found.candidates, found.understanding, parsed.preferences
        learned = any("fit" in candidate.receipt for candidate in candidates)
        weights = weights_for(understood, context, learned=learned)
        notices: list[str] = []
        signals: dict[str, Scores] = {"retrieval": {c.movie.movie_id: c.score for c in candidates}}
        if weights.get("cross_encoder"):
            try:
                signals["cross_encoder"] = await self._read(parsed.search, candidates[: context.rerank_depth])
            except ModelUnavailable as error:
                _log.warning("the cross-encoder is left out: %s", logs.kinds(error))
                notices.append(f"The cross-encoder was left out of the ranking: {error}")
        if context.rerank == "imdb":
            known = {c.movie.movie_id: quality(c.movie) for c in candidates}
            signals["quality"] = {movie_id: value for movie_id, value in known.items() if value is not None}
        if weights.get("taste") and preferences and understood.intent == "recommend":
            signals["taste"] = await self._taste(preferences, candidates)

        if context.rerank == "llm":
            signals["llm"], fault = await self._ordered(understood, candidates, context)
            notices += [f"The films were left in the order of the other signals: {fault}."] if fault else []

        by = fused_by(understood)
        ranked = fuse(candidates, signals, weights, by=by)
        if context.rerank in ("fused", "llm"):
            ranked = await self._composed(ranked, understood, context)
        if understood.order:
            ranked = in_order(ranked, understood.order)
        # Films known to keep the limits come first, then those that meet what gave way, too.
        ranked.sort(
            key=lambda c: (understood.doubt(c.movie), sum(not demand.holds(c.movie) for demand in understood.relaxed))
        )
        sure = [rated_fit(c, understood) if learned else confidence(c, weights, understood, by) for c in ranked]
        ranked = [c.model_copy(update={"confidence": figure}) for c, figure in zip(ranked, sure, strict=True)]
        for notice in notices:
            events.notice(notice)
        used = dict.fromkeys(name for c in ranked for name, signal in c.receipt.items() if signal.share)
        events.status("rerank", f"{context.rerank} over {', '.join(used)}", films=len(ranked))
        offered = context.offered
        if self._chat is not None and context.prompt_candidates is None:
            offered = max(offered, self._chat.readable(context))
        return {
            **dumped(ranked=ranked[: self._keep or offered], understanding=understood),
            "notices": notices,
        }

    async def _composed(self, ranked: list[Candidate], understood: Understanding, context: Context) -> list[Candidate]:
        """Return the list as a whole: films unlike each other first, one of a series, if wanted one that few know."""
        if understood.intent == "identify":
            return ranked
        if context.diversity:
            most = max(DIVERSIFIED, context.offered)
            near = ranked[: 2 * most]
            vectors = await self._movies.vectors([c.movie.movie_id for c in near])
            ranked = [*diversified(near, vectors, context.diversity, most), *ranked[len(near) :]]
        if not context.franchise and not understood.series:
            ranked = one_of_each_series(ranked, [mention.title for mention in understood.mentions])
        return with_deep_cut(ranked, context.limit) if context.deep_cut else ranked

    async def _ordered(
        self, understood: Understanding, candidates: Sequence[Candidate], context: Context
    ) -> tuple[Scores, str]:
        if self._chat is None or self._chat.name(context) == "none":
            return {}, "no chat model is set"
        return await ordered_by_model(self._chat, understood.as_written, candidates, context)

    async def _read(self, query: str, candidates: Sequence[Candidate]) -> Scores:
        if self._cross_encoder is None:
            raise ModelUnavailable("none is set (MATINEE_RERANKER=none).")
        texts = [rerank_text(c.movie, c.passages, query) for c in candidates]
        logits = await asyncio.to_thread(self._cross_encoder.score, query, texts)
        return {c.movie.movie_id: logit for c, logit in zip(candidates, logits, strict=True)}

    async def _taste(self, preferences: Sequence[Preference], candidates: Sequence[Candidate]) -> Scores:
        """Score each film by the nearest thing that the viewer likes, less the nearest that they dislike.

        What was told long ago counts less: half after two years.
        """
        ids = [c.movie.movie_id for c in candidates]
        near = await asyncio.gather(*(self._movies.similarity(p.text, ids) for p in preferences))
        told = [(p, weight_by_age(p), scores) for p, scores in zip(preferences, near, strict=True)]
        liked = [(weight, scores) for p, weight, scores in told if not is_against(p)]
        disliked = [(weight, scores) for p, weight, scores in told if is_against(p)]
        return {i: _nearest(liked, i) - _nearest(disliked, i) for i in ids if any(i in scores for scores in near)}


def _nearest(told: Sequence[tuple[float, Mapping[str, float]]], movie_id: str) -> float:
    return max((weight * scores[movie_id] for weight, scores in told if movie_id in scores), default=0.0)
