"""The PostgreSQL home: the embedded server or any other, through LangChain's `PGEngine` and vector store.

The tables `movies` and `preferences` open with anybody's `PGVectorStore`, and a `movies` table that one has made
opens here.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from langchain_core.documents import Document

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.encoders import Metric, Progress, silent
from matinee.index.pgvector_connection import Postgres
from matinee.index.pgvector_filters import EVERYTHING, Where, among, clean, movie_filter
from matinee.index.pgvector_passages import PASSAGES, PgvectorPassages
from matinee.index.pgvector_purging import purge
from matinee.index.pgvector_ratings import VIEWERS, PgvectorRatings
from matinee.index.pgvector_schema import MOVIES, PLAIN_ID, PREFERENCES, REST, Layout
from matinee.index.pgvector_table import Found, PgvectorTable, anything
from matinee.index.postgres_server import EmbeddedServer, server_folder
from matinee.index.protocol import TITLE_FIELDS, Entry, FilmReference, IndexInfo, Repaired, TitleEntry
from matinee.models import Candidate, Constraint, Movie, Preference, Signal
from matinee.sanitize import TEXT_MAX, plain, plain_row
from matinee.settings import Settings


class PgvectorStore:
    """Films, their passages and preferences in a table each; the server is started or reached at first use."""

    def __init__(
        self, postgres: Postgres, embedding: EmbeddingModel, *, backend: str = "pgvector", is_ours: bool = False
    ) -> None:
        self.postgres = postgres
        self._is_ours = is_ours
        self._backend = backend
        films = PgvectorTable(postgres, MOVIES, embedding)
        self.movies = PgvectorMovies(films, PgvectorPassages(PgvectorTable(postgres, PASSAGES, embedding), films))
        self.preferences = PgvectorPreferences(PgvectorTable(postgres, PREFERENCES, embedding))
        self.ratings = PgvectorRatings(postgres)

    async def info(self) -> IndexInfo:
        """Return what is stored where; works on an index of another embedding, too."""
        built = await self.movies.table.built_by()
        return IndexInfo(
            backend=self._backend,
            location=self.postgres.location,
            films=await self.movies.table.count(),
            preferences=await self.preferences.table.count(),
            passages=await self.movies.passages.count(),
            embedding=built.name,
            dimension=built.dimension,
            encoders=tuple(await self.movies.table.encoders_beside()),
        )

    async def rebuild(self) -> None:
        """Embed everything stored again with the embedding in use; nothing is lost."""
        for table in (self.movies.table, self.movies.passages.table, self.preferences.table):
            await table.rebuild()

    async def repair(self) -> Repaired:
        """Do nothing: PostgreSQL recovers by its own log, and says itself what it cannot read."""
        return Repaired([], True)

    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in the embedded server's files, if this is one."""
        if self._is_ours:
            await self.postgres.run(lambda pool: purge(pool, (PREFERENCES.table, VIEWERS)), long=True)

    def close(self) -> None:
        """Close the connections, and stop the server if nobody else uses it."""
        self.postgres.close()


def open_pgvector_home(settings: Settings, embedding: EmbeddingModel) -> PgvectorStore:
    """Return the PostgreSQL home that the settings name: the server, else the embedded one."""
    timeouts: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "store_timeout": settings.store_timeout,
        "rest": settings.service_rest,
    }
    if address := settings.postgres:
        postgres = Postgres(
            lambda: address.dsn,
            lambda: None,
            location=str(address),
            search_path=address.search_path,
            **timeouts,
        )
        return PgvectorStore(postgres, embedding, backend="pgvector (server)")
    server = EmbeddedServer(server_folder(settings.home), settings.home)
    postgres = Postgres(server.start, server.stop, location=str(server.folder), **timeouts)
    return PgvectorStore(postgres, embedding, backend="pgvector (embedded)", is_ours=True)


class PgvectorMovies:
    """Films as rows: a column a fact, and what has none in the JSON column."""

    def __init__(self, table: PgvectorTable, passages: PgvectorPassages) -> None:
        self.table = table
        self.passages = passages

    async def add(self, entries: Sequence[Entry]) -> None:
        """Store the films; one that is there already (same `movie_id`) is replaced."""
        await self.table.add([entry.text for entry in entries], [_movie_row(entry.movie) for entry in entries])

    async def known(self, movies: Sequence[Movie]) -> list[Movie]:
        """Return the stored films that share an id or a title with any of these, of whatever year."""
        keys = sorted({key for movie in movies for key in movie.keys})
        ids = [movie.movie_id for movie in movies]

        def condition(layout: Layout) -> Where:
            where = among(layout, ids)
            if "keys" not in layout.types:
                return where
            return Where(f"({where.sql} OR keys && CAST(:keys AS text[]))", {**where.params, "keys": clean(keys)})

        return [_movie_of(document) for document in await self.table.select(condition)]

    async def get(self, movie_ids: Collection[str]) -> list[Movie]:
        """Return the films with these ids, in no particular order; unknown ids are left out."""
        if not movie_ids:
            return []
        return [_movie_of(document) for document in await self.table.select(lambda layout: among(layout, movie_ids))]

    async def count(self) -> int:
        """Return how many films are stored."""
        return await self.table.count()

    async def titles(self) -> list[TitleEntry]:
        """Return every film's titles and people."""
        return [TitleEntry.of(_movie_of(document)) for document in await self.table.select(anything, TITLE_FIELDS)]

    async def references(self) -> list[FilmReference]:
        """Return what may name each film in other sources: titles, year and ids."""
        found = map(_movie_of, await self.table.select(anything, FilmReference._fields))
        return [FilmReference(m.movie_id, m.title, m.year, m.aka, m.imdb_id, m.movielens_id, m.tmdb_id) for m in found]

    async def search(
        self, query: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint, best first: vector and word ranks fused (RRF)."""
        found = await self.table.search(query, k, lambda layout: movie_filter(layout, constraints, exclude))
        return _candidates(found, "retrieval")

    async def lexical(
        self, words: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint and hold any of the words, best `ts_rank` first."""
        found = await self.table.search_words(words, k, lambda layout: movie_filter(layout, constraints, exclude))
        return _candidates(found, "bm25")

    async def neighbours(
        self,
        movie_ids: Sequence[str],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
    ) -> list[Candidate]:
        """Return at most `k` films nearest to the mean of these films' vectors, without them; scores are cosines."""
        vectors = list((await self.table.vectors(movie_ids)).values())
        if not vectors:
            return []
        mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
        return await self.nearest(mean, k, constraints, {*exclude, *movie_ids})

    async def vectors(self, movie_ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these films, by id; unknown ids are left out."""
        return await self.table.vectors(list(movie_ids))

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        metric: Metric = "cosine",
    ) -> list[Candidate]:
        """Return at most `k` films nearest to a vector, nearest first; scores are cosines, for `l2` distances."""
        found = await self.table.nearest(vector, k, lambda layout: movie_filter(layout, constraints, exclude), metric)
        return _candidates(found, "neighbours")

    async def similarity(self, query: str, movie_ids: Collection[str]) -> dict[str, float]:
        """Return the cosine between the query and each of these films, -1..1."""
        return await self.table.cosines(query, list(movie_ids))

    async def optimize(self) -> None:
        """Build what searches need after a large load."""
        await self.table.optimize()
        await self.passages.optimize()

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> "PgvectorMovies":
        """Return the films by an encoder's vectors; films that have none yet are embedded first."""
        return self if embedding.name == self.table.embedding.name else await self.beside(embedding, on_progress)

    async def beside(self, embedding: EmbeddingModel, on_progress: Progress = silent) -> "PgvectorMovies":
        """Return the same films by the vectors of another encoder, in a column of its own; missing ones are made."""
        return PgvectorMovies(await self.table.beside(embedding, on_progress), self.passages)


class PgvectorPreferences:
    """Preferences as rows: the text is what the viewer said, or the text of the film judged."""

    def __init__(self, table: PgvectorTable) -> None:
        self.table = table

    async def add(self, preference: Preference) -> None:
        """Store a preference; the same one again is replaced."""
        facts = {name: clean(value) for name, value in preference.stamped().model_dump(exclude={"similarity"}).items()}
        await self.table.add([preference.text], [{PLAIN_ID: _row_id(preference), **facts}])

    async def of_user(self, user_id: str) -> list[Preference]:
        """Return everything stored for a viewer, oldest first."""
        found = [_preference_of(document) for document in await self.table.select(lambda _: _of_user(user_id))]
        return sorted(found, key=lambda p: p.created_at)

    async def rejected(self, user_id: str) -> set[str]:
        """Return the ids of the films that the viewer disliked or has seen."""
        found = await self.table.select(lambda _: _of_user(user_id).also("kind IN ('dislike', 'seen')"), ["movie_id"])
        return {movie_id for document in found if (movie_id := document.metadata["movie_id"])}

    async def recall(self, user_id: str, query: str, k: int) -> list[Preference]:
        """Return the viewer's statements, likes and dislikes most similar to the query, each with its cosine."""
        found = await self.table.search_dense(
            query, k, lambda _: _of_user(user_id).also("kind NOT IN ('seen', 'wish')")
        )
        return [_preference_of(document, cosine) for document, cosine in found]

    async def forget(self, user_id: str, preference_ids: Collection[str] | None = None) -> int:
        """Delete these preferences of a viewer, or all of them; return how many there were."""
        stored = await self.of_user(user_id)
        doomed = [p for p in stored if preference_ids is None or p.preference_id in preference_ids]
        return await self.table.delete([_row_id(p) for p in doomed]) if doomed else 0


def _of_user(user_id: str) -> Where:
    return EVERYTHING.also("user_id = :user_id", user_id=clean(user_id))


def _row_id(preference: Preference) -> str:
    """Return the row's key: a preference's id is its viewer's own."""
    return str(clean(f"{preference.user_id}\x1f{preference.preference_id}"))


def _preference_of(document: Document, similarity: float | None = None) -> Preference:
    return Preference.model_validate({**plain_row(document.metadata), "similarity": similarity})


def _movie_row(movie: Movie) -> dict[str, Any]:
    """Return the film's columns; what has no column goes into the JSON one."""
    facts = {name: clean(value) for name, value in movie.model_dump().items()}
    typed = {name: value for name, value in facts.items() if name in MOVIES.columns or name == MOVIES.id_column}
    rest = {name: value for name, value in facts.items() if name not in typed and value}
    return {**typed, "keys": clean(movie.keys), REST: json.dumps(rest)}


def _movie_of(document: Document) -> Movie:
    """Return the film of a row; one that others wrote may hold less than a film, but has an id and a text.

    What others wrote has not passed the readers, so its texts are made plain here.
    """
    metadata = plain_row({name: value for name, value in document.metadata.items() if value is not None})
    first_line = document.page_content.strip().partition("\n")[0][:300]
    text = {} if "overview" in metadata else {"overview": plain(document.page_content[:TEXT_MAX])}
    return Movie.model_validate({"title": plain(first_line), **text, **metadata, "movie_id": document.id})


def _candidates(found: Found, signal: str) -> list[Candidate]:
    return [
        Candidate(movie=_movie_of(document), score=score, receipt={signal: Signal(rank=rank, value=score)})
        for rank, (document, score) in enumerate(found, start=1)
    ]
