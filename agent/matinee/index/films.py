"""Films, found by meaning, by words and by id."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.filters import ID, Condition, Either, film_filter
from matinee.index.passages import PassageIndex
from matinee.index.table import FilmTable, Metric, Progress, Row, VectorSearch, silent
from matinee.models import Candidate, Movie, Signal, TitleEntry
from matinee.sanitize import TEXT_MAX, plain, plain_row
from matinee.understanding import Constraint

T = TypeVar("T")

_RRF_K = 60
"""Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009."""
_DEPTH = 20  # films that each ranking gives at least: with one each, the two would only tie

_LONG_FIELDS = ("overview", "tagline", "poster")
_TITLE_FIELDS = (
    *("movie_id", "title", "year", "aka", "directors", "stars", "imdb_votes", "tmdb_votes", "runtime", "traits"),
    *("overview", "keywords"),
)


_REMEMBERED = 2000
_read: dict[str, tuple[str, Mapping[str, Any], Movie]] = {}
"""Films that were read lately, with the rows that they were read from; some 20 MB at most."""


class Entry(NamedTuple):
    """A film with the text that gets embedded for it."""

    movie: Movie
    text: str


class FilmReference(NamedTuple):
    """What may name a film in other sources."""

    movie_id: str
    title: str
    year: int | None
    aka: list[str]
    imdb_id: str | None
    movielens_id: str | None
    tmdb_id: str | None = None


class VectorIndex:
    """Films by the vectors of one encoder. All errors are `IndexUnavailable`."""

    def __init__(self, search: VectorSearch) -> None:
        self._search = search

    async def vectors(self, movie_ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these films, by id; unknown ids are left out."""
        return await self._search.vectors(movie_ids)

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        metric: Metric = "cosine",
    ) -> list[Candidate]:
        """Return at most `k` films nearest to a vector, nearest first.

        Args:
            vector: of the encoder's dimension.
            k: how many.
            constraints: demands that every film meets.
            exclude: ids of films to leave out.
            metric: scores are cosines, for `l2` distances.
        """
        found = await self._search.nearest(vector, k, film_filter(constraints, exclude), metric)
        return await asyncio.to_thread(_candidates, found, "neighbours", constraints)


class MovieIndex(VectorIndex):
    """The films with their passages. All errors are `IndexUnavailable`."""

    def __init__(self, table: FilmTable, passages: PassageIndex) -> None:
        super().__init__(table)
        self.table = table
        self.passages = passages

    async def add(self, entries: Sequence[Entry]) -> None:
        """Store the films; one that is there already (same `movie_id`) is replaced."""
        await self.table.add([Row(entry.movie.movie_id, entry.text, _fields(entry.movie)) for entry in entries])

    async def known(self, movies: Sequence[Movie]) -> list[Movie]:
        """Return the stored films that share an id or a title with any of these, of whatever year."""
        keys = {key for movie in movies for key in movie.keys}
        ids = {movie.movie_id for movie in movies}
        either = Either((Condition(ID, "any_of", ids), Condition("keys", "any_of", keys)))
        return await _each(_movie_of, await self.table.scroll([either]))

    async def get(self, movie_ids: Collection[str]) -> list[Movie]:
        """Return the films with these ids, in no particular order; unknown ids are left out."""
        return await _each(_movie_of, await self.table.get(movie_ids)) if movie_ids else []

    async def count(self) -> int:
        """Return how many films are stored."""
        return await self.table.count()

    async def titles(self) -> list[TitleEntry]:
        """Return every film's titles and people, with the text that tells how words are spelled."""
        return await _each(lambda row: TitleEntry.of(_parsed(row)), await self.table.scroll(fields=_TITLE_FIELDS))

    async def described(self) -> list[Movie]:
        """Return every film without its texts."""
        fields = [name for name in Movie.model_fields if name not in _LONG_FIELDS]
        return await _each(_parsed, await self.table.scroll(fields=fields))

    async def references(self) -> list[FilmReference]:
        """Return what may name each film in other sources: titles, year and ids."""
        found = await _each(_parsed, await self.table.scroll(fields=FilmReference._fields))
        return [FilmReference(m.movie_id, m.title, m.year, m.aka, m.imdb_id, m.movielens_id, m.tmdb_id) for m in found]

    async def undescribed(self) -> list[str]:
        """Return the ids of the films whose traits nobody has told, those that most have voted on first."""
        found = await _each(_parsed, await self.table.scroll(fields=("traits", "imdb_votes", "tmdb_votes")))
        films = [film for film in found if not film.traits.described and film.traits.provenance is None]
        return [film.movie_id for film in sorted(films, key=lambda film: -film.votes)]

    async def search(
        self, query: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint, best first: ranks by meaning and by words, fused."""
        if k < 1:
            return []
        where, depth = film_filter(constraints, exclude), max(k, _DEPTH)
        by_meaning = await self.table.nearest(query, depth, where)
        found = _fused(by_meaning, await self.table.by_words(query, depth, where))[:k]
        return await asyncio.to_thread(_candidates, found, "retrieval", constraints)

    async def lexical(
        self, words: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint and hold any of the words, best first.

        Scores are the store's own (BM25, or PostgreSQL's `ts_rank`): they order, and compare with no other store's.
        """
        found = await self.table.by_words(words, k, film_filter(constraints, exclude))
        return await asyncio.to_thread(_candidates, found, "bm25", constraints)

    async def neighbours(
        self,
        movie_ids: Sequence[str],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
    ) -> list[Candidate]:
        """Return at most `k` films nearest to the mean of these films' vectors, without them; scores are cosines."""
        vectors = list((await self.vectors(movie_ids)).values())
        if not vectors:
            return []
        mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
        return await self.nearest(mean, k, constraints, {*exclude, *movie_ids})

    async def similarity(self, query: str, movie_ids: Collection[str]) -> dict[str, float]:
        """Return the cosine between the query and each of these films, -1..1."""
        among = [Condition(ID, "any_of", movie_ids)]
        return {row.id: row.score for row in await self.table.nearest(query, len(movie_ids), among)}

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> VectorIndex:
        """Return the films by an encoder's vectors, for this metric; films that have none yet are embedded first.

        Raises:
            IndexMismatch: the place for its vectors holds those of another encoder.
        """
        return VectorIndex(await self.table.by_encoder(embedding, metric, on_progress))

    async def optimize(self) -> None:
        """Build what searches need after a large load (indexes, statistics); delete passages of films that are gone."""
        await self.table.optimize()
        await self.passages.optimize()


def _fused(*rankings: Sequence[Row]) -> list[Row]:
    """Return the rows of all rankings, best first, by reciprocal rank fusion."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row.id] = scores.get(row.id, 0.0) + 1 / (_RRF_K + rank)
    rows = {row.id: row._replace(score=scores[row.id]) for ranking in rankings for row in ranking}
    return sorted(rows.values(), key=lambda row: -row.score)


def _fields(movie: Movie) -> dict[str, Any]:
    return {**movie.model_dump(mode="json"), "keys": movie.keys}


async def _each(made: Callable[[Row], T], rows: Sequence[Row]) -> list[T]:
    """Return what is made of each row, in a thread: of a large catalogue it takes seconds."""
    return await asyncio.to_thread(lambda: list(map(made, rows)))


def _movie_of(row: Row) -> Movie:
    """Return the film of a whole row.

    Many searches find the same films: what a row became is remembered as long as the row stays the same.
    """
    known = _read.get(row.id)
    if known is None or (known[0], known[1]) != (row.text, row.fields):
        if len(_read) >= _REMEMBERED:
            _read.clear()
        known = _read[row.id] = (row.text, row.fields, _parsed(row))
    return known[2]


def _parsed(row: Row) -> Movie:
    """Return the film of a row; one that others wrote may hold less than a film, but has an id and a text.

    What others wrote has not passed the readers, so its texts are made plain here.
    """
    facts = plain_row({name: value for name, value in row.fields.items() if value is not None})
    title = plain(row.text.strip().partition("\n")[0][:300])
    text = {} if "overview" in facts else {"overview": plain(row.text[:TEXT_MAX])}
    return Movie.model_validate({"title": title, **text, **facts, "movie_id": row.id})


def _candidates(found: Sequence[Row], signal: str, constraints: Sequence[Constraint]) -> list[Candidate]:
    films = [(row, _movie_of(row)) for row in found]
    kept = [(row, movie) for row, movie in films if all(c.holds(movie) for c in constraints)]
    return [
        Candidate(movie=movie, score=row.score, receipt={signal: Signal(rank=rank, value=row.score)})
        for rank, (row, movie) in enumerate(kept, start=1)
    ]
