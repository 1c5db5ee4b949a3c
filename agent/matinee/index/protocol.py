"""What every home of films and preferences can do; each home is a module beside this one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from matinee.index.encoders import ByEncoder, EncoderInfo, VectorIndex
from matinee.index.passages import PassageIndex
from matinee.models import Candidate, Constraint, Movie, Preference


class Entry(NamedTuple):
    """A film with the text that gets embedded for it."""

    movie: Movie
    text: str


TITLE_FIELDS = ("movie_id", "title", "year", "aka", "directors", "stars", "imdb_votes", "tmdb_votes", "runtime")
"""The fields of `Movie` that a `TitleEntry` is made from."""


class TitleEntry(NamedTuple):
    """What a look-up of titles and people needs to know of a film."""

    movie_id: str
    title: str
    year: int | None
    aka: list[str]
    directors: list[str]
    stars: list[str]
    votes: float = 0.0
    """How many voted on it, as `Movie.votes`."""
    runtime: int | None = None
    """Minutes."""

    @classmethod
    def of(cls, movie: Movie) -> "TitleEntry":
        """Return what a look-up needs of the film."""
        people = movie.directors, movie.stars
        return cls(movie.movie_id, movie.title, movie.year, movie.aka, *people, movie.votes, movie.runtime)


class FilmReference(NamedTuple):
    """What may name a film in other sources."""

    movie_id: str
    title: str
    year: int | None
    aka: list[str]
    imdb_id: str | None
    movielens_id: str | None
    tmdb_id: str | None = None


@dataclass(frozen=True)
class IndexInfo:
    """What a home says of itself."""

    backend: str
    location: str
    films: int
    preferences: int
    embedding: str | None
    dimension: int | None
    passages: int = 0
    encoders: tuple[EncoderInfo, ...] = ()  # beside that embedding


class Repaired(NamedTuple):
    """What became of the damaged parts of a home."""

    said: list[str]
    """A sentence for each; none where nothing is damaged."""
    whole: bool
    """Whether all that had been stored is there again."""


class MovieIndex(VectorIndex, ByEncoder, Protocol):
    """Films, found by meaning, by words and by id. All errors are `IndexUnavailable`."""

    @property
    def passages(self) -> PassageIndex:
        """What is written of the films at length."""
        ...

    async def add(self, entries: Sequence[Entry]) -> None:
        """Store the films; one that is there already (same `movie_id`) is replaced."""
        ...

    async def known(self, movies: Sequence[Movie]) -> list[Movie]:
        """Return the stored films that share an id or a title with any of these, of whatever year."""
        ...

    async def get(self, movie_ids: Collection[str]) -> list[Movie]:
        """Return the films with these ids, in no particular order; unknown ids are left out."""
        ...

    async def count(self) -> int:
        """Return how many films are stored."""
        ...

    async def titles(self) -> list[TitleEntry]:
        """Return every film's titles and people."""
        ...

    async def references(self) -> list[FilmReference]:
        """Return what may name each film in other sources: titles, year and ids."""
        ...

    async def search(
        self, query: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint, best first: dense and BM25 ranks fused (RRF)."""
        ...

    async def lexical(
        self, words: str, k: int, constraints: Sequence[Constraint] = (), exclude: Collection[str] = ()
    ) -> list[Candidate]:
        """Return at most `k` films that meet every constraint and hold any of the words, best first.

        Scores are the home's own (BM25, or PostgreSQL's `ts_rank`): they order, and compare with no other home's.
        """
        ...

    async def neighbours(
        self,
        movie_ids: Sequence[str],
        k: int,
        constraints: Sequence[Constraint] = (),
        exclude: Collection[str] = (),
    ) -> list[Candidate]:
        """Return at most `k` films nearest to the mean of these films' vectors, without them; scores are cosines."""
        ...

    async def similarity(self, query: str, movie_ids: Collection[str]) -> dict[str, float]:
        """Return the cosine between the query and each of these films, -1..1."""
        ...

    async def optimize(self) -> None:
        """Build what searches need after a large load (indexes, statistics)."""
        ...


class PreferenceIndex(Protocol):
    """What viewers told, as vectors. All errors are `IndexUnavailable`."""

    async def add(self, preference: Preference) -> None:
        """Store a preference; the same one again is replaced."""
        ...

    async def of_user(self, user_id: str) -> list[Preference]:
        """Return everything stored for a viewer, oldest first."""
        ...

    async def rejected(self, user_id: str) -> set[str]:
        """Return the ids of the films that the viewer disliked or has seen."""
        ...

    async def recall(self, user_id: str, query: str, k: int) -> list[Preference]:
        """Return the viewer's statements, likes and dislikes most similar to the query, each with its cosine."""
        ...

    async def forget(self, user_id: str, preference_ids: Collection[str] | None = None) -> int:
        """Delete these preferences of a viewer, or all of them; return how many there were."""
        ...


class RatingStore(Protocol):
    """The ratings that viewers brought of their own. All errors are `IndexUnavailable`."""

    async def replace(self, user: str, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what a viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        ...

    async def of_user(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        ...

    async def forget(self, user: str) -> int:
        """Delete what a viewer rated; return how many records there were."""
        ...


@runtime_checkable
class Store(Protocol):
    """An opened store of films and preferences."""

    @property
    def movies(self) -> MovieIndex:
        """The films."""
        ...

    @property
    def preferences(self) -> PreferenceIndex:
        """What viewers told."""
        ...

    @property
    def ratings(self) -> RatingStore:
        """What viewers rated."""
        ...

    async def info(self) -> IndexInfo:
        """Return what is stored where."""
        ...

    async def rebuild(self) -> None:
        """Embed everything stored again with the embedding in use; nothing is lost."""
        ...

    async def repair(self) -> Repaired:
        """Rebuild what is damaged from what can still be read of it, where the home can; a server mends itself."""
        ...

    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in files that are ours; a server sees to its own."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
