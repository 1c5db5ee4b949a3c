"""What is written of films at length, in passages: children that are stored beside the films and name their parent.

A film scores by the best of its own text and its passages, never by their sum or mean: a long text then neither gains
by its length nor loses by what else it speaks of. Source: Callan, "Passage-level evidence in document retrieval",
SIGIR 1994; with learned encoders as MaxP in Dai and Callan, "Deeper text understanding for IR with contextual neural
language modeling", SIGIR 2019.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from matinee.encoders.embeddings import EmbeddingModel
from matinee.models import Candidate, Constraint, Movie, Passage

_FIRST, _DEEPER, _MOST = 50, 4, 3200
"""How many passages are asked for at first, how many times as many next, and at most: a film may have many."""

NOT_BY_WORDS = "tags"
"""The source whose passages are found by meaning alone."""

_MINUTE = 60.0


class FoundPassage(NamedTuple):
    """A film's passage nearest to a vector, with the cosine between them; or best by words, with that score."""

    movie_id: str
    passage: Passage
    score: float


class PassageIndex(Protocol):
    """Passages by meaning and by their film. All errors are `IndexUnavailable`, or `IndexMismatch` when searched."""

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the embedding that passages are written and searched with."""
        ...

    async def put(self, films: Sequence[tuple[Movie, Sequence[Passage]]]) -> int:
        """Store films' passages in the place of those that they have; return how many had to be embedded.

        The films themselves may be stored before or after. No passages: those that a film has are deleted.
        """
        ...

    async def of(self, movie_ids: Collection[str]) -> dict[str, list[Passage]]:
        """Return the passages stored for these films, by source and position; films without any are left out."""
        ...

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = -1.0,
    ) -> list[FoundPassage]:
        """Return the nearest passage of each of at most `k` films that meet every constraint, nearest first.

        Passages of a cosine below `least` are left out, which spares a search that needs none of them.
        """
        ...

    async def lexical(
        self,
        words: str,
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        least: float = 0.0,
    ) -> list[FoundPassage]:
        """Return the best passage of each of at most `k` films by the words that it holds, best first.

        Scores are those of the films' own `lexical`, each by the words' frequency among passages where the home weighs
        words by that; what scores below `least` is left out. So are tags: a word of three counts for more than one of a
        whole text, and looking for them so gained nothing on 378 requests.
        """
        ...

    async def count(self) -> int:
        """Return how many passages are stored."""
        ...


class Presence:
    """Whether there are passages at all: where there are none, that is looked up once a minute, and costs nothing."""

    def __init__(self, count: Callable[[], Awaitable[int]]) -> None:
        self._count = count
        self._any = False
        self._looked = -_MINUTE

    async def known(self) -> bool:
        """Tell whether there are any."""
        if not self._any and time.monotonic() - self._looked >= _MINUTE:
            self._any = await self._count() > 0
            self._looked = time.monotonic()
        return self._any

    def forget(self) -> None:
        """Look again when next asked."""
        self._any, self._looked = False, -_MINUTE


def passage_id(movie_id: str, passage: Passage) -> str:
    """Return the id of a passage: the same for the same film, source and position."""
    return f"{movie_id}\x1f{passage.source}\x1f{passage.position}"


def in_order(passages: Sequence[Passage]) -> list[Passage]:
    """Return a film's passages by source and position."""
    return sorted(passages, key=lambda p: (p.source, p.position))


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
