"""What is written of films at length, in passages: children that are stored with the films and name their parent.

A film scores by the best of its own text and its passages, never by their sum or mean: a long text then neither gains
by its length nor loses by what else it speaks of. Source: Callan, "Passage-level evidence in document retrieval",
SIGIR 1994; with learned encoders as MaxP in Dai and Callan, "Deeper text understanding for IR with contextual neural
language modeling", SIGIR 2019.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.filters import Condition, film_filter
from matinee.index.forms import PASSAGES
from matinee.index.table import Row, VectorTable, storable
from matinee.models import Candidate, Movie, Passage
from matinee.sanitize import TEXT_MAX, plain, plain_row
from matinee.understanding import Constraint

_FIRST, _DEEPER, _MOST = 50, 4, 3200
"""How many passages are asked for at first, how many times as many next, and at most: a film may have many."""

_NOT_BY_WORDS = "tags"
"""The source whose passages are found by meaning alone."""

_MINUTE = 60.0


class FoundPassage(NamedTuple):
    """A film's passage nearest to a vector, with the cosine between them; or best by words, with that score."""

    movie_id: str
    passage: Passage
    score: float


class PassageIndex:
    """Passages by meaning and by their film. All errors are `IndexUnavailable`, or `IndexMismatch` when searched."""

    def __init__(self, table: VectorTable, films: VectorTable) -> None:
        self.table = table
        self._films = films
        self._any = False
        self._looked = -_MINUTE

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the embedding that passages are written and searched with."""
        return self.table.encoder

    async def put(self, films: Sequence[tuple[Movie, Sequence[Passage]]]) -> int:
        """Store films' passages in the place of those that they have; return how many had to be embedded.

        The films themselves may be stored before or after. No passages: those that a film has are deleted.
        """
        if not any(passages for _, passages in films) and not await self._exist():
            return 0
        held = await self.table.scroll([_of_films([storable(movie.movie_id) for movie, _ in films])])
        stored = {_passage_id(*(row.fields.get(name) for name in PASSAGES.columns)): row for row in held}
        new: dict[str, Row] = {}
        for movie, passages in films:
            for passage in passages:
                own = (storable(movie.movie_id), storable(passage.source), passage.position)
                row_id, text = _passage_id(*own), storable(passage.text)
                row = stored.pop(row_id, None)
                if row is None or row.text != text:
                    facts = movie.model_dump(mode="json", include=set(PASSAGES.parent_fields))
                    new[row_id] = Row(row_id, text, {**facts, **dict(zip(PASSAGES.columns, own, strict=True))})
        if new:
            await self.table.add(list(new.values()))
        if stored:
            await self.table.delete([row.id for row in stored.values()])
        self._any, self._looked = False, -_MINUTE
        return len(new)

    async def of(self, movie_ids: Collection[str]) -> dict[str, list[Passage]]:
        """Return the passages stored for these films, by source and position; films without any are left out."""
        found: dict[str, list[Passage]] = {}
        if movie_ids and await self._exist():
            for row in await self.table.scroll([_of_films(movie_ids)]):
                movie_id, passage = _passage_of(row)
                found.setdefault(movie_id, []).append(passage)
        return {
            movie_id: sorted(passages, key=lambda p: (p.source, p.position)) for movie_id, passages in found.items()
        }

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = -1.0,
    ) -> list[FoundPassage]:
        """Return the nearest passage of each of at most `k` films, nearest first.

        Args:
            vector: of the encoder's dimension.
            k: how many films.
            constraints: demands that every film meets.
            exclude: ids of films to leave out.
            least: passages of a lower cosine are left out, which spares a search that needs none of them.
        """
        where = film_filter(constraints, exclude, identity="movie_id")
        return await self._best(lambda depth: self.table.nearest(vector, depth, where), k, least)

    async def lexical(
        self,
        words: str,
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = 0.0,
    ) -> list[FoundPassage]:
        """Return the best passage of each of at most `k` films by the words that it holds, best first.

        Tags are left out: a word of three counts for more than one of a whole text, and looking for them so gained
        nothing on 378 requests.

        Args:
            words: any of which a passage holds.
            k: how many films.
            constraints: demands that every film meets.
            exclude: ids of films to leave out.
            least: what scores below it is left out; scores are those of `MovieIndex.lexical`.
        """
        prose = Condition("source", "none_of", [_NOT_BY_WORDS])
        where = [*film_filter(constraints, exclude, identity="movie_id"), prose]
        return await self._best(lambda depth: self.table.by_words(words, depth, where), k, least)

    async def count(self) -> int:
        """Return how many passages are stored."""
        return await self.table.count()

    async def optimize(self) -> None:
        """Delete the passages of films that are gone, and build what searches need after a large load."""
        if await self._exist():
            films = {row.id for row in await self._films.scroll(fields=())}
            held = await self.table.scroll(fields=["movie_id"])
            if gone := [row.id for row in held if row.fields.get("movie_id") not in films]:
                await self.table.delete(gone)
            await self.table.optimize()

    async def _best(self, search: Callable[[int], Awaitable[list[Row]]], k: int, least: float) -> list[FoundPassage]:
        if k < 1 or not await self._exist():
            return []

        async def found(depth: int) -> list[FoundPassage]:
            return [FoundPassage(*_passage_of(row), row.score) for row in await search(depth)]

        return await best_of_films(found, k, least)

    async def _exist(self) -> bool:
        """Tell whether there are passages; where there are none, that is looked up once a minute."""
        if not self._any and time.monotonic() - self._looked >= _MINUTE:
            self._any = await self.table.count() > 0
            self._looked = time.monotonic()
        return self._any


async def best_of_films(
    search: Callable[[int], Awaitable[list[FoundPassage]]], k: int, least: float = -1.0
) -> list[FoundPassage]:
    """Return the best passage of each of at most `k` films, by ever deeper searches while these give too few films."""
    depth = _FIRST
    while True:
        found = await search(depth)
        best: dict[str, FoundPassage] = {}
        for one in found:
            if one.score >= least:
                best.setdefault(one.movie_id, one)
        if len(best) >= k or len(found) < depth or found[-1].score < least or depth >= _MOST:
            return list(best.values())[:k]
        depth *= _DEEPER


def by_best_passage(
    films: Sequence[Candidate], passages: Sequence[FoundPassage], others: Mapping[str, Movie], k: int
) -> list[Candidate]:
    """Return the `k` best films by the better of two scores of a kind: their own text's, and their best passage's.

    `others` has the rows of films that only a passage found; a passage whose film is in neither is left out.
    """
    ranked = {candidate.movie.movie_id: candidate for candidate in films}
    for movie_id, passage, score in passages:
        own = ranked.get(movie_id) or (Candidate(movie=others[movie_id], score=score) if movie_id in others else None)
        if own is not None:
            ranked[movie_id] = own.model_copy(update={"score": max(own.score, score), "passages": [passage]})
    return sorted(ranked.values(), key=lambda candidate: -candidate.score)[:k]


def _passage_id(movie_id: object, source: object, position: object) -> str:
    """Return the id of a passage: the same for the same film, source and position."""
    return f"{movie_id}\x1f{source}\x1f{position}"


def _passage_of(row: Row) -> tuple[str, Passage]:
    """Return the film and the passage of a row; one that others wrote has neither source nor position."""
    own: dict[str, Any] = plain_row({name: row.fields.get(name) for name in PASSAGES.columns})
    position = own["position"] if isinstance(own["position"], int) else 0
    passage = Passage(source=own["source"] or "text", position=position, text=plain(row.text[:TEXT_MAX]))
    return str(own["movie_id"] or ""), passage


def _of_films(movie_ids: Collection[str]) -> Condition:
    return Condition("movie_id", "any_of", movie_ids)
