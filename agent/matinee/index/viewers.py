"""Viewers as sparse vectors of what they rated: what every home can do with them; each home is a module beside this."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

OWN = "own"
"""The batch of the viewers whose ratings were imported one by one; every other batch is one reading of a data set."""

MAX_PARTS = 16_000
"""Films that a vector may hold: pgvector's limit, kept in every home so that all answer alike."""


class ViewerVector(NamedTuple):
    """A viewer's taste: centred ratings by film number, of unit length, at most `MAX_PARTS`; empty if not known."""

    user: str
    parts: Mapping[int, float]


class NearViewer(NamedTuple):
    """A viewer found, with the cosine of the two tastes, above 0 and up to 1."""

    user: str
    cosine: float
    parts: dict[int, float]


class ViewerIndex(Protocol):
    """Viewers by taste, and the ratings that single viewers brought. All errors are `IndexUnavailable`."""

    async def add(self, batch: str, viewers: Sequence[ViewerVector]) -> None:
        """Store viewers of a data set; the same of the same batch again is replaced."""
        ...

    async def nearest(
        self, parts: Mapping[int, float], k: int, batch: str, *, but: str | None = None
    ) -> list[NearViewer]:
        """Return the `k` nearest of a batch and of the viewers who brought their own ratings, best first.

        `but` names one of the latter who is left out.
        """
        ...

    async def count(self, batch: str) -> int:
        """Return how many viewers of a batch are stored."""
        ...

    async def keep(self, batch: str) -> None:
        """Delete the viewers of all other data sets, and build what searches need."""
        ...

    async def remember(self, viewer: ViewerVector, ratings: Sequence[Mapping[str, Any]]) -> None:
        """Store what one viewer rated, as records that JSON can hold, in the place of what was stored for them."""
        ...

    async def remembered(self, user: str) -> list[dict[str, Any]]:
        """Return the records stored for a viewer, in their order."""
        ...

    async def users(self) -> list[str]:
        """Return the viewers who brought ratings, sorted."""
        ...

    async def forget(self, user: str) -> int:
        """Delete what a viewer brought; return how many records there were."""
        ...
