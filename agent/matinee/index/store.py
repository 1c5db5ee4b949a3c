"""A store: films, their passages, what viewers told and what they rated, in one place."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from matinee.index.films import MovieIndex
from matinee.index.passages import PassageIndex
from matinee.index.preferences import PreferenceIndex
from matinee.index.table import EncoderInfo, FilmTable, VectorTable


class RatingStore(Protocol):
    """What viewers rated themselves. All errors are `IndexUnavailable`."""

    async def replace(self, user: str, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what a viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        ...

    async def of_user(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        ...

    async def forget(self, user: str) -> int:
        """Delete what a viewer rated; return how many records there were."""
        ...


@dataclass(frozen=True)
class IndexInfo:
    """What is stored where."""

    backend: str
    location: str
    films: int
    preferences: int
    embedding: str | None
    dimension: int | None
    passages: int = 0
    encoders: tuple[EncoderInfo, ...] = ()
    """The secondary ones."""


class Repaired(NamedTuple):
    """What became of the damaged parts of a store."""

    said: list[str]
    """A sentence for each; none where nothing is damaged."""
    whole: bool
    """Whether all that had been stored is there again."""


class Tables(NamedTuple):
    """The tables of a store."""

    films: FilmTable
    passages: VectorTable
    preferences: VectorTable


class Store(ABC):
    """An opened store; its files and connections are opened at first use."""

    speaks_sql = False
    """Whether statements can be put to its films."""

    def __init__(self, backend: str, location: str, tables: Tables, ratings: RatingStore) -> None:
        self._backend = backend
        self.location = location
        self.tables = tables
        self.movies = MovieIndex(tables.films, PassageIndex(tables.passages, tables.films))
        self.preferences = PreferenceIndex(tables.preferences)
        self.ratings = ratings

    async def info(self) -> IndexInfo:
        """Return what is stored where; works on an index of another embedding, too."""
        embedding, dimension = await self.tables.films.built_by()
        return IndexInfo(
            backend=self._backend,
            location=self.location,
            films=await self.tables.films.count(),
            preferences=await self.tables.preferences.count(),
            passages=await self.tables.passages.count(),
            embedding=embedding,
            dimension=dimension,
            encoders=tuple(await self.tables.films.secondary_encoders()),
        )

    async def rebuild(self) -> None:
        """Embed everything stored again with the embedding in use; nothing is lost."""
        for table in self.tables:
            await table.rebuild()

    @abstractmethod
    async def repair(self) -> Repaired:
        """Rebuild what is damaged from what can still be read of it, where the store can; a server mends itself."""

    @abstractmethod
    async def purge(self) -> None:
        """Leave no byte of forgotten preferences and ratings in files that are ours; a server sees to its own."""

    @abstractmethod
    def close(self) -> None:
        """Release files and connections; the next use opens them again."""
