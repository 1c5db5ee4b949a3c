"""The searches that give candidates: by meaning, by terms, by words, by the films named, by ratings, by votes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from matinee.context import Context
from matinee.encoders.embeddings import BGE_SMALL_INT8, EmbeddingModel
from matinee.index import MovieIndex
from matinee.index.passages import FoundPassage, by_best_passage
from matinee.models import Candidate, Movie
from matinee.nodes.known_films import KnownFilms
from matinee.nodes.signal_weights import fused_by, fused_weights, is_learned
from matinee.query.query_text import search_words
from matinee.ranking.bayesian_rating import quality
from matinee.ranking.fusion import Scores, fuse, with_receipts
from matinee.ranking.learned import Learned, learned, vocabulary
from matinee.ranking.vocabulary import Vector, Vocabulary
from matinee.ratings.collaborative import Collaborative
from matinee.ratings.preferences import LIKED
from matinee.understanding import Constraint, Critique, Understanding

_NUDGE = 0.5
"""How far a comparison (“but more upbeat”) moves the point to search from, as part of a vector's length."""

_BY_LEARNING = ("adapted", "terms", "phrases", "remembered")
"""Searches by what was learned."""
_OVER_KNOWN = {"terms", "remembered", "alike", "popularity"}
"""Searches over the films that are kept at hand."""


@dataclass(frozen=True)
class CandidateQuery:
    """What to search for, within what, and for whom."""

    understood: Understanding
    text: str
    """What stands for the request in searches by meaning."""
    rejected: Collection[str] = ()
    liked: Mapping[str, float] = field(default_factory=dict)
    """How much each film that the viewer rated or liked speaks for others, in stars."""
    wished: Collection[str] = ()
    """Films that the viewer wishes to see; they order, and bring no film among the candidates."""
    suggested: Mapping[str, float] = field(default_factory=dict)
    """How much the chat model's naming it speaks for each film, see `ranking.suggestions`."""
    wish: str = ""
    """What is wished for in the chat model's words, a second text for the search by meaning."""
    within: Sequence[Constraint] = ()
    """Demands that every film found meets."""
    depth: int = 100
    """How many films a search gives at most."""

    @property
    def named(self) -> list[str]:
        """Return the films that others are to be like; of a half-remembered film there are none."""
        if self.understood.intent == "identify":
            return []
        return [mention.movie_id for mention in self.understood.mentions if mention.role in ("like", "seen")]

    @property
    def sorts(self) -> bool:
        """Tell whether the request asks for nothing but films in an order, within its demands."""
        return self.understood.order is not None and self.understood.order.alone and not self.understood.mentions

    @property
    def exclude(self) -> set[str]:
        """Return the films that cannot be an answer: rejected, or named by the request itself."""
        return {*self.rejected, *(mention.movie_id for mention in self.understood.mentions)}


class Searches:
    """Runs the searches side by side and fuses what they give."""

    def __init__(
        self,
        movies: MovieIndex,
        embedding: EmbeddingModel,
        collaborative: Collaborative | None = None,
        *,
        terms: Vocabulary | None = None,
        by: Learned | None = None,
    ) -> None:
        """Search in these films.

        Args:
            movies: the films.
            embedding: what they were embedded by; what was learned holds for bge-small, else hand-set weights order.
            collaborative: what ratings say, if they were learned from.
            terms: what the films are described in, by default the vocabulary that comes along.
            by: what was learned, by default what comes along for a request of its kind.
        """
        self.movies = movies
        self._embedding = embedding
        self._collaborative = collaborative
        self._terms, self._by = terms, by
        self._adapts = embedding.name == BGE_SMALL_INT8

    @cached_property
    def _known_films(self) -> KnownFilms:
        return KnownFilms(self.movies, self._terms or vocabulary())

    def _learned(self, understood: Understanding) -> Learned:
        return self._by or learned(understood.intent)

    async def candidates(
        self, ask: CandidateQuery, constraints: Sequence[Constraint], context: Context
    ) -> list[Candidate]:
        """Return the candidates that meet the constraints, best first, each with the searches' ranks on its receipt."""
        ask = replace(ask, within=constraints, depth=context.depth)
        weights = fused_weights(ask.understood, context)
        searches = {
            "dense": self._dense,
            "adapted": self._adapted,
            "terms": self._by_terms,
            "phrases": self._by_phrases,
            "remembered": self._remembered,
            "bm25": self._lexical,
            "alike": self._alike,
            "neighbours": self._neighbours,
            "collaborative": self._by_ratings,
            "popularity": self._best_known,
            "model": self._suggested,
        }
        used = ["popularity"] if ask.sorts else [name for name in searches if weights[name]]
        if not self._adapts:
            used = [name for name in used if name not in _BY_LEARNING]
        if not _OVER_KNOWN.isdisjoint(used):
            await self._known_films.known()  # read once here: side by side, each search would read them
        signals = dict(zip(used, await asyncio.gather(*(searches[name](ask) for name in used)), strict=True))
        films = {c.movie.movie_id: c.movie for candidates in signals.values() for c in candidates}
        passages = {c.movie.movie_id: c.passages for s in ("bm25", "dense") for c in signals.get(s, ()) if c.passages}
        if len(films) < context.limit and "dense" not in used:
            # Films may meet every demand of which nobody voted: none gives way as long as there are such.
            films |= {c.movie.movie_id: c.movie for c in await self._dense(ask)}
        scores: dict[str, Scores] = {
            name: {c.movie.movie_id: c.score for c in candidates} for name, candidates in signals.items() if candidates
        }
        scores |= {name: known for name, known in self._known(ask, films.values()).items() if weights.get(name)}
        candidates = [Candidate(movie=m, passages=passages.get(i, [])) for i, m in films.items()]
        if films and self._adapts and is_learned(context):
            scores |= await self._fit(ask, films, scores)
            return await asyncio.to_thread(self._ordered, candidates, scores, ask.understood, context.candidates)
        by = fused_by(ask.understood)
        return await asyncio.to_thread(fuse, candidates, scores, weights, context.candidates, by=by)

    def _ordered(
        self, candidates: Sequence[Candidate], scores: Mapping[str, Scores], understood: Understanding, k: int
    ) -> list[Candidate]:
        """Return the best `k` candidates in the learned order."""
        placed = self._learned(understood).ordered([c.movie for c in candidates], scores, understood, k)
        best = [candidates[one.place].model_copy(update={"score": one.chance}) for one in placed]
        return with_receipts(best, scores, [one.shares for one in placed])

    async def _fit(
        self, ask: CandidateQuery, films: Mapping[str, Movie], scores: Mapping[str, Scores]
    ) -> dict[str, Scores]:
        """Return the signals that compare with the request, of all films, and their `fit` to it."""
        vectors = await self.movies.vectors(films)
        texts = np.array([vectors[movie_id] for movie_id in films], dtype=np.float32)
        asked, (to_texts, to_terms, to_phrases) = await self._vector(ask), await self._moved(ask)
        by_text = texts @ to_texts
        by_terms = await self._known_films.nearness(to_terms, list(films.values()))
        by_phrases = await self._known_films.nearness_of_phrases(to_phrases, list(films.values()))
        nearness = np.stack([by_text, by_terms, by_phrases], axis=1)
        fitting = self._learned(ask.understood).fit
        fit = await asyncio.to_thread(fitting.score, asked, list(films.values()), nearness)
        found = {"adapted": by_text, "terms": by_terms, "fit": fit, "dense": texts @ asked}
        compared: dict[str, Scores] = {
            name: dict(zip(films, values.tolist(), strict=True)) for name, values in found.items()
        }
        near = zip(films, by_phrases.tolist(), strict=True)
        compared["phrases"] = {one: value for one, value in near if value}  # nothing is known of the others
        dense = scores.get("dense", {})  # a passage may be nearer than the film's own text
        compared["dense"] = {one: max(value, dense.get(one, value)) for one, value in compared["dense"].items()}
        return compared

    async def _vector(self, ask: CandidateQuery) -> Vector:
        return np.array(await self._embedded(ask.text), dtype=np.float32)

    async def _moved(self, ask: CandidateQuery) -> tuple[Vector, Vector, Vector]:
        """Return the request's vector moved to the films' texts, to their terms, and to their phrases."""
        asked, fit = await self._vector(ask), self._learned(ask.understood).fit
        return fit.to_texts.moved(asked), fit.to_terms.moved(asked), fit.to_phrases.moved(asked)

    async def _adapted(self, ask: CandidateQuery) -> list[Candidate]:
        to_texts, _, _ = await self._moved(ask)
        return await self.movies.nearest(to_texts.tolist(), ask.depth, ask.within, ask.exclude)

    async def _by_terms(self, ask: CandidateQuery) -> list[Candidate]:
        _, to_terms, _ = await self._moved(ask)
        return await self._known_films.by_terms(to_terms, ask.depth, ask.within, ask.exclude)

    async def _by_phrases(self, ask: CandidateQuery) -> list[Candidate]:
        _, _, to_phrases = await self._moved(ask)
        return await self._known_films.by_phrases(to_phrases, ask.depth, ask.within, ask.exclude)

    async def _remembered(self, ask: CandidateQuery) -> list[Candidate]:
        memory = self._learned(ask.understood).memory
        named = await asyncio.to_thread(memory.remembered, await self._vector(ask))
        return await self._known_films.remembered(named, ask.depth, ask.within, ask.exclude)

    async def _alike(self, ask: CandidateQuery) -> list[Candidate]:
        return await self._known_films.alike(ask.named, ask.depth, ask.within, ask.exclude)

    async def _dense(self, ask: CandidateQuery) -> list[Candidate]:
        """Search among films and passages alike: a film scores by the better of its own text and its best passage."""
        vector = await self._critiqued(await self._embedded(ask.text), ask.understood.critiques)
        films = await self.movies.nearest(vector, ask.depth, ask.within, ask.exclude)
        if ask.wish:
            wished = await self.movies.nearest(await self._embedded(ask.wish), ask.depth, ask.within, ask.exclude)
            films = _best_of(films, wished, ask.depth)
        least = films[-1].score if len(films) == ask.depth else -1.0  # what is further away changes nothing
        passages = await self.movies.passages.nearest(vector, ask.depth, ask.within, ask.exclude, least)
        return await self._with_passages(films, passages, ask)

    async def _lexical(self, ask: CandidateQuery) -> list[Candidate]:
        words = search_words(ask.understood)
        films = await self.movies.lexical(words, ask.depth, ask.within, ask.exclude)
        least = films[-1].score if len(films) == ask.depth else 0.0
        passages = await self.movies.passages.lexical(words, ask.depth, ask.within, ask.exclude, least)
        return await self._with_passages(films, passages, ask)

    async def _with_passages(
        self, films: list[Candidate], passages: Sequence[FoundPassage], ask: CandidateQuery
    ) -> list[Candidate]:
        if not passages:
            return films
        rows = {candidate.movie.movie_id for candidate in films}
        others = await self.movies.get([p.movie_id for p in passages if p.movie_id not in rows])
        kept = {movie.movie_id: movie for movie in others if all(c.holds(movie) for c in ask.within)}
        return by_best_passage(films, passages, kept, ask.depth)

    async def _neighbours(self, ask: CandidateQuery) -> list[Candidate]:
        """Search around the mean of the films named, moved in the direction of the comparisons."""
        vectors = list((await self.movies.vectors(ask.named)).values()) if ask.named else []
        if not vectors:
            return []
        mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
        moved = await self._critiqued(mean, ask.understood.critiques)
        return await self.movies.nearest(moved, ask.depth, ask.within, ask.exclude)

    async def _by_ratings(self, ask: CandidateQuery) -> list[Candidate]:
        """Search for what goes with the films named, by the ratings of others; if none are, with the viewer's own."""
        stars = dict.fromkeys(ask.named, LIKED) or dict(ask.liked)
        if self._collaborative is None or not stars or ask.understood.intent == "identify":
            return []
        scores, k = await self._collaborative.scores(stars), ask.depth
        best = sorted((i for i in scores if i not in ask.exclude and scores[i] > 0), key=lambda i: -scores[i])
        found: list[Candidate] = []
        for start in range(0, min(len(best), 5 * k), k):  # a narrow demand lets few of the nearest through
            rows = {movie.movie_id: movie for movie in await self.movies.get(best[start : start + k])}
            for movie_id in best[start : start + k]:
                movie = rows.get(movie_id)
                if movie is not None and all(c.holds(movie) for c in ask.within):
                    found.append(Candidate(movie=movie, score=scores[movie_id]))
            if len(found) >= k:
                break
        return found[:k]

    async def _suggested(self, ask: CandidateQuery) -> list[Candidate]:
        """Return the films that the chat model named, where they meet the demands."""
        named = [movie_id for movie_id in ask.suggested if movie_id not in ask.exclude]
        rows = await self.movies.get(named) if named else []
        fitting = (movie for movie in rows if all(demand.holds(movie) for demand in ask.within))
        return [Candidate(movie=movie, score=ask.suggested[movie.movie_id]) for movie in fitting]

    async def _best_known(self, ask: CandidateQuery) -> list[Candidate]:
        if ask.understood.intent == "identify":
            return []
        order = ask.understood.order if ask.sorts else None
        return await self._known_films.popular(ask.depth, ask.within, ask.exclude, order)

    def _known(self, ask: CandidateQuery, films: Collection[Movie]) -> dict[str, Scores]:
        """Return how well the films fit the hints, and what is known of them whatever the request."""
        wishes = ask.understood.wishes
        fit = {m.movie_id: sum(w.holds(m) for w in wishes) / len(wishes) for m in films} if wishes else {}
        if ask.understood.intent == "identify":
            return {"hints": fit} if wishes else {}
        fitting = {movie_id: share for movie_id, share in fit.items() if share}
        liked = {movie.movie_id: quality(movie) for movie in films}
        known: dict[str, Scores] = {"hints": fitting} if fitting else {}
        known["quality"] = {movie_id: value for movie_id, value in liked.items() if value is not None}
        if wished := {movie.movie_id: 1.0 for movie in films if movie.movie_id in ask.wished}:
            known["wish"] = wished
        known["recency"] = {movie.movie_id: float(movie.year) for movie in films if movie.year}
        return known

    async def _critiqued(self, start: Sequence[float], critiques: Sequence[Critique]) -> list[float]:
        """Return the vector moved by each critique's direction: from its `away` to its `toward`, of a fixed length."""
        moved = list(start)
        for critique in critiques:
            toward = await self._embedded(critique.toward) if critique.toward else [0.0] * len(moved)
            away = await self._embedded(critique.away) if critique.away else [0.0] * len(moved)
            step = [t - a for t, a in zip(toward, away, strict=True)]
            length = sum(x * x for x in step) ** 0.5
            if length:
                moved = [m + _NUDGE * x / length for m, x in zip(moved, step, strict=True)]
        return moved

    async def _embedded(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._embedding.embeddings.embed_query, text)


def _best_of(first: Sequence[Candidate], second: Sequence[Candidate], k: int) -> list[Candidate]:
    """Return the `k` best films of two searches, each by its better score."""
    best: dict[str, Candidate] = {}
    for found in sorted((*first, *second), key=lambda candidate: -candidate.score):
        best.setdefault(found.movie.movie_id, found)
    return list(best.values())[:k]
