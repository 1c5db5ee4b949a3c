"""A table of vectors: what the stores of films, passages and preferences need of Qdrant and of PostgreSQL.

`qdrant_table` and `pgvector_table` implement it; filters are neutral, and each translates them to its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from matinee.encoders.embeddings import EmbeddingModel
from matinee.index.filters import Filter

Metric = Literal["cosine", "l2"]
Progress = Callable[[int, int], None]
"""Called with how many rows have been embedded and how many there are to embed."""


def silent(done: int, total: int) -> None:
    """Show no progress."""


def storable(text: str) -> str:
    """Return the text as every store holds it: PostgreSQL takes neither NUL nor half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Row(NamedTuple):
    """What is stored under an id: the text that gets embedded, and facts."""

    id: str
    text: str
    fields: Mapping[str, Any]
    score: float = 0.0
    """Of a row that was searched for: a cosine, a distance (`l2`), or the store's own score of words."""


class EncoderInfo(NamedTuple):
    """A secondary encoder whose vectors are stored, and of how many rows."""

    name: str
    dimension: int
    films: int


@dataclass(frozen=True)
class Form:
    """How one kind of thing is laid out in both kinds of store. Names are those of data that users have already."""

    collection: str
    """The name in Qdrant."""
    table: str
    """The name in PostgreSQL."""
    id_column: str
    columns: Mapping[str, str]
    """Fields that have a column in PostgreSQL, with its type; the others lie in a JSON column."""
    filtered: Collection[str]
    """Fields that conditions speak of; Qdrant indexes them."""
    indexes: Mapping[str, str]
    """Indexes in PostgreSQL by their names' endings."""
    large_indexes: Mapping[str, str] = field(default_factory=dict)
    """Indexes that pay only once the table is large."""
    id_prefix: str = ""
    """What stands before the id where Qdrant's point id is made from it."""
    parent: "Form | None" = None
    parent_fields: Collection[str] = ()
    """Fields of the parent row that conditions may speak of: Qdrant copies them into each row, PostgreSQL joins."""


class VectorSearch(Protocol):
    """Rows by the vectors of one encoder. All errors are `IndexUnavailable`, or `IndexMismatch`."""

    async def vectors(self, ids: Collection[str]) -> dict[str, list[float]]:
        """Return the stored vectors of these rows, by id; unknown ids are left out."""
        ...

    async def nearest(
        self, near: str | Sequence[float], k: int, where: Filter = (), metric: Metric = "cosine"
    ) -> list[Row]:
        """Return at most `k` rows nearest to a vector or to a text's, nearest first, with cosines or distances."""
        ...


class VectorTable(VectorSearch, Protocol):
    """Rows by id, by filter, by the main encoder's vectors and by words. It is made when it is first written.

    Raises:
        IndexMismatch: another encoder than the one in use built what is searched or written.
        IndexUnavailable: the store does not answer, or cannot be used.
    """

    @property
    def encoder(self) -> EmbeddingModel:
        """Return the encoder that rows are written and searched with."""
        ...

    async def add(self, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; only texts that are not stored already are embedded."""
        ...

    async def get(self, ids: Collection[str]) -> list[Row]:
        """Return the rows with these ids, in no particular order; unknown ids are left out."""
        ...

    async def scroll(self, where: Filter = (), fields: Collection[str] | None = None) -> list[Row]:
        """Return every row that passes; with `fields` these alone are sure to be there, and no text."""
        ...

    async def by_words(self, words: str, k: int, where: Filter = ()) -> list[Row]:
        """Return at most `k` rows that hold any of the words, best first.

        Scores are the store's own (BM25, or PostgreSQL's `ts_rank`): they order, and compare with no other store's.
        """
        ...

    async def count(self) -> int:
        """Return how many rows there are."""
        ...

    async def delete(self, ids: Collection[str]) -> None:
        """Delete rows."""
        ...

    async def optimize(self) -> None:
        """Build what searches need after a large load (indexes, statistics)."""
        ...

    async def built_by(self) -> tuple[str | None, int | None]:
        """Return the encoder and the dimension that the table was built with; None: not known."""
        ...

    async def rebuild(self) -> None:
        """Embed every stored text again with the encoder in use; whenever the process dies, nothing is lost."""
        ...


class FilmTable(VectorTable, Protocol):
    """Rows whose vectors secondary encoders have made, too."""

    async def by_encoder(
        self, embedding: EmbeddingModel, metric: Metric = "cosine", on_progress: Progress = silent
    ) -> VectorSearch:
        """Return the rows by an encoder's vectors, for this metric; rows that have none yet are embedded first.

        Raises:
            IndexMismatch: the place for its vectors holds those of another encoder.
        """
        ...

    async def secondary_encoders(self) -> list[EncoderInfo]:
        """Return the encoders, other than the main one, whose vectors are stored."""
        ...
