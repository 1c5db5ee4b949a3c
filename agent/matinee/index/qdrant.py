"""The Qdrant home: embedded, server or in-memory client, all through `QdrantVectorStore`.

Both collections have LangChain's plain payload (`page_content`, `metadata`) and vector names, so that
anybody's `QdrantVectorStore` opens them, and theirs open here.
"""

import asyncio
import warnings
from collections.abc import Callable, Collection, Sequence

import httpx
from qdrant_client import QdrantClient, models

from matinee.addresses import HttpAddress
from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.edge import EdgeClient
from matinee.index.encoders import Metric, Progress, VectorIndex, silent
from matinee.index.protocol import TITLE_FIELDS, Entry, FilmReference, IndexInfo, Repaired, TitleEntry
from matinee.index.qdrant_collection import Client, Connection, QdrantCollection
from matinee.index.qdrant_films import MOVIES, candidates, movie_of, movie_of_point
from matinee.index.qdrant_filters import INDEXED, INDEXED_PREFERENCES, matching, meta, movie_filter, point_id
from matinee.index.qdrant_passages import INDEXED_PASSAGES, PASSAGES, QdrantPassages
from matinee.index.qdrant_ratings import VIEWERS, QdrantRatings
from matinee.index.qdrant_repair import damaged_collections, repair
from matinee.index.qdrant_secondary_encoder import QdrantSecondaryEncoder, distance_to_unit, encoders_beside
from matinee.llm.circuit_breaker import REST
from matinee.models import Candidate, Constraint, Movie, Preference
from matinee.sanitize import plain_row
from matinee.settings import Settings

PREFERENCES = "matinee_preferences"


class QdrantStore:
    """Films, their passages and preferences in a Qdrant collection each; the client is made at first use."""

    def __init__(
        self,
        connect: Callable[[], Client],
        embedding: EmbeddingModel,
        *,
        location: str,
        backend: str = "qdrant",
        rest: float = REST,
    ) -> None:
        self._connection = Connection(connect, location, rest)
        self._backend = backend
        films = QdrantCollection(self._connection, MOVIES, embedding, INDEXED)
        passages = QdrantCollection(self._connection, PASSAGES, embedding, INDEXED_PASSAGES)
        self.movies = QdrantMovies(films, QdrantPassages(passages, films))
        self.preferences = QdrantPreferences(
            QdrantCollection(self._connection, PREFERENCES, embedding, INDEXED_PREFERENCES)
        )
        self.ratings = QdrantRatings(self._connection)

    async def info(self) -> IndexInfo:
        """Return what is stored where; works on an index of another embedding, too."""
        films, preferences = self.movies.collection, self.preferences.collection
        if faults := await asyncio.to_thread(damaged_collections, self._connection):
            raise next(iter(faults.values()))
        embedding, dimension = await asyncio.to_thread(films.built_by)
        return IndexInfo(
            backend=self._backend,
            location=self._connection.location,
            films=await asyncio.to_thread(films.count),
            preferences=await asyncio.to_thread(preferences.count),
            passages=await self.movies.passages.count(),
            embedding=embedding,
            dimension=dimension,
            encoders=await asyncio.to_thread(encoders_beside, self._connection),
        )

    async def rebuild(self) -> None:
        """Embed everything stored again with the embedding in use; nothing is lost."""
        for collection in (self.movies.collection, self.movies.passages.collection, self.preferences.collection):
            await asyncio.to_thread(collection.rebuild)

    async def repair(self) -> Repaired:
        """Rebuild the damaged collections of the embedded engine from the payload that can still be read."""
        collections = (self.movies.collection, self.movies.passages.collection, self.preferences.collection)
        return await asyncio.to_thread(repair, self._connection, {one.name: one for one in collections})

    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in the embedded engine's files.

        A server writes its segments anew at times of its own choice.
        """
        await asyncio.to_thread(self._purge)

    def _purge(self) -> None:
        with self._connection.answering():
            client = self._connection.client
            if isinstance(client, EdgeClient):
                for name in filter(client.collection_exists, (PREFERENCES, VIEWERS)):
                    client.compact(name)

    def close(self) -> None:
        """Release files and connections."""
        self._connection.close()


def open_qdrant_home(settings: Settings, embedding: EmbeddingModel) -> QdrantStore:
    """Return the Qdrant home that the settings name: the server, else the embedded engine."""
    if address := settings.qdrant:
        key, timeout = settings.qdrant_key, max(1, round(settings.store_timeout))
        return QdrantStore(
            lambda: _server_client(address, key, timeout),
            embedding,
            location=str(address),
            backend="qdrant (server)",
            rest=settings.service_rest,
        )
    folder = settings.home / "qdrant"
    return QdrantStore(lambda: EdgeClient(folder), embedding, location=str(folder), backend="qdrant (embedded)")


def _server_client(address: HttpAddress, key: str | None, timeout: int) -> QdrantClient:
    """Return a client of the server; user and password go along by `auth`, which no error shows."""
    auth = httpx.BasicAuth(address.user, address.password) if address.user or address.password else None
    with warnings.catch_warnings():
        # Who has set a key for an address without TLS knows the way to that server; viewers cannot change it.
        warnings.filterwarnings("ignore", "Api key is used with an insecure connection", UserWarning)
        return QdrantClient(url=address.url, api_key=key, timeout=timeout, check_compatibility=False, auth=auth)


class QdrantMovies:
    """Films as documents: the metadata holds every field of `Movie` and its title keys."""

    def __init__(self, collection: QdrantCollection, passages: QdrantPassages) -> None:
        self.collection = collection
        self.passages = passages

    async def add(self, entries: Sequence[Entry]) -> None:
        """Store the films; one that is there already (same `movie_id`) is replaced."""
        await asyncio.to_thread(
            self.collection.add,
            [entry.text for entry in entries],
            [{**entry.movie.model_dump(mode="json"), "keys": entry.movie.keys} for entry in entries],
            [point_id(entry.movie.movie_id) for entry in entries],
        )
        await self.passages.renew([entry.movie for entry in entries])

    async def known(self, movies: Sequence[Movie]) -> list[Movie]:
        """Return the stored films that share an id or a title with any of these, of whatever year."""
        keys = {key for movie in movies for key in movie.keys}
        ids = [point_id(movie.movie_id) for movie in movies]
        either = models.Filter(should=[matching("keys", keys), models.HasIdCondition(has_id=ids)])
        return await asyncio.to_thread(lambda: [movie_of_point(p) for p in self.collection.scroll(either)])

    async def get(self, movie_ids: Collection[str]) -> list[Movie]:
        """Return the films with these ids, in no particular order; unknown ids are left out."""
        if not movie_ids:
            return []
        found = await asyncio.to_thread(self.collection.retrieve, [point_id(i) for i in movie_ids])
        return [movie_of_point(point) for point in found]

    async def count(self) -> int:
        """Return how many films are stored."""
        return await asyncio.to_thread(self.collection.count)

    async def titles(self) -> list[TitleEntry]:
        """Return every film's titles and people."""
        fields = [meta(name) for name in TITLE_FIELDS]
        points = await asyncio.to_thread(lambda: list(self.collection.scroll(fields=fields)))
        return [TitleEntry.of(movie_of_point(point)) for point in points]

    async def references(self) -> list[FilmReference]:
        """Return what may name each film in other sources: titles, year and ids."""
        fields = [meta(name) for name in FilmReference._fields]
        points = await asyncio.to_thread(lambda: list(self.collection.scroll(fields=fields)))
        return [_reference(movie_of_point(point)) for point in points]

    async def search(
        self, query: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint, best first: dense and BM25 ranks fused (RRF)."""
        found = await asyncio.to_thread(self.collection.search, query, k, movie_filter(constraints, exclude))
        return candidates(found, "retrieval")

    async def lexical(
        self, words: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint and hold any of the words, best BM25 first."""
        condition = movie_filter(constraints, exclude)
        found = await asyncio.to_thread(self.collection.search_words, words, k, condition)
        return candidates(found, "bm25")

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

    async def vectors(self, movie_ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these films, by id, unit length; unknown ids are left out."""
        points = {point_id(movie_id): movie_id for movie_id in movie_ids}
        found = await asyncio.to_thread(self.collection.vectors, list(points))
        return {points[point]: vector for point, vector in found.items()}

    async def nearest(
        self,
        vector: Sequence[float],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
        metric: Metric = "cosine",
    ) -> list[Candidate]:
        """Return at most `k` films nearest to a vector, nearest first; scores are cosines, for `l2` distances.

        The collection keeps unit vectors, so the distances are to those; `by_encoder` gives the encoder's own lengths.
        """
        found = await asyncio.to_thread(self.collection.nearest, vector, k, movie_filter(constraints, exclude))
        if metric == "l2":
            found = [(document, distance_to_unit(vector, cosine)) for document, cosine in found]
        return candidates(found, "neighbours")

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> VectorIndex:
        """Return the films by an encoder's vectors, for this metric; films that have none yet are embedded first.

        The main encoder's are in the collection itself, but for the lengths that L2 needs where they differ.
        """
        is_main = embedding.name == self.collection.encoder.name
        if is_main and (metric == "cosine" or await asyncio.to_thread(lambda: embedding.unit_length)):
            return self
        beside = QdrantSecondaryEncoder(self.collection, embedding)
        await asyncio.to_thread(beside.fill, on_progress)
        return beside

    async def similarity(self, query: str, movie_ids: Collection[str]) -> dict[str, float]:
        """Return the cosine between the query and each of these films, -1..1."""
        among = models.Filter(must=[models.HasIdCondition(has_id=[point_id(i) for i in movie_ids])])
        found = await asyncio.to_thread(self.collection.search_dense, query, len(movie_ids), among)
        return {movie_of(document).movie_id: score for document, score in found}

    async def optimize(self) -> None:
        """Build what searches need after a large load."""
        await asyncio.to_thread(self.collection.optimize)
        await self.passages.optimize()


class QdrantPreferences:
    """Preferences as documents: the text is what the viewer said, or the text of the film judged."""

    def __init__(self, collection: QdrantCollection) -> None:
        self.collection = collection

    async def add(self, preference: Preference) -> None:
        """Store a preference; the same one again is replaced."""
        metadata = preference.stamped().model_dump(mode="json", exclude={"similarity"})
        await asyncio.to_thread(self.collection.add, [preference.text], [metadata], [_preference_point(preference)])

    async def of_user(self, user_id: str) -> list[Preference]:
        """Return everything stored for a viewer, oldest first."""
        points = await asyncio.to_thread(lambda: list(self.collection.scroll(_of_user(user_id))))
        found = [Preference.model_validate(plain_row(point.payload["metadata"])) for point in points]
        return sorted(found, key=lambda p: p.created_at)

    async def rejected(self, user_id: str) -> set[str]:
        """Return the ids of the films that the viewer disliked or has seen."""
        condition = _of_user(user_id, must=[matching("kind", ["dislike", "seen"])])
        points = await asyncio.to_thread(lambda: list(self.collection.scroll(condition)))
        return {movie_id for point in points if (movie_id := point.payload["metadata"].get("movie_id"))}

    async def recall(self, user_id: str, query: str, k: int) -> list[Preference]:
        """Return the viewer's statements, likes and dislikes most similar to the query, each with its cosine."""
        condition = _of_user(user_id, must_not=[matching("kind", ["seen", "wish"])])
        found = await asyncio.to_thread(self.collection.search_dense, query, k, condition)
        return [
            Preference.model_validate({**plain_row(document.metadata), "similarity": score})
            for document, score in found
        ]

    async def forget(self, user_id: str, preference_ids: Collection[str] | None = None) -> int:
        """Delete these preferences of a viewer, or all of them; return how many there were."""
        stored = await self.of_user(user_id)
        doomed = [p for p in stored if preference_ids is None or p.preference_id in preference_ids]
        if doomed:
            await asyncio.to_thread(self.collection.delete, [_preference_point(p) for p in doomed])
        return len(doomed)


def _reference(movie: Movie) -> FilmReference:
    ids = movie.imdb_id, movie.movielens_id, movie.tmdb_id
    return FilmReference(movie.movie_id, movie.title, movie.year, movie.aka, *ids)


def _of_user(
    user_id: str, must: Sequence[models.Condition] = (), must_not: Sequence[models.Condition] = ()
) -> models.Filter:
    return models.Filter(must=[matching("user_id", [user_id]), *must], must_not=list(must_not))


def _preference_point(preference: Preference) -> str:
    return point_id(f"preference\x1f{preference.user_id}\x1f{preference.preference_id}")
