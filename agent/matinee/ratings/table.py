"""Ratings of many viewers in compact arrays: 9 bytes a rating, whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rating(NamedTuple):
    """What one viewer gave one film."""

    user: str
    item: str
    rating: float
    """0.5..5 stars."""
    timestamp: int | None = None
    """Seconds since 1970."""


@dataclass(frozen=True)
class RatingTable:
    """Ratings by viewer, then by film, each pair once."""

    user_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    users: NDArray[np.int32]
    """`(n,)`: places in `user_ids`, ascending."""
    items: NDArray[np.int32]
    """`(n,)`: places in `item_ids`, ascending for each viewer."""
    tenths: NDArray[np.uint8]
    """`(n,)`: tenths of a star, 5..50."""

    def __len__(self) -> int:
        """Return the number of ratings."""
        return len(self.users)

    @classmethod
    def of(cls, ratings: Iterable[Rating]) -> "RatingTable":
        """Return the table of single ratings; of two with the same viewer and film the later one stays."""
        kept = {(r.user, r.item): r.rating for r in ratings}
        user_ids, users = np.unique(np.array([user for user, _ in kept], dtype=np.str_), return_inverse=True)
        item_ids, items = np.unique(np.array([item for _, item in kept], dtype=np.str_), return_inverse=True)
        tenths = np.round(np.array(list(kept.values()), float) * 10).astype(np.uint8)
        return cls(user_ids, item_ids, users.astype(np.int32), items.astype(np.int32), tenths)._sorted()[0]

    @classmethod
    def of_columns(
        cls, users: list[NDArray[np.int32]], items: list[NDArray[np.int32]], tenths: list[NDArray[np.uint8]]
    ) -> tuple["RatingTable", int]:
        """Return the table of columns that came in blocks, and how many ratings a later one replaced.

        The lists are emptied on the way, so that at most one column is there twice: sorted input takes about 20 bytes
        a rating while this runs, unsorted about 40.
        """
        user_ids, item_ids = _distinct(users), _distinct(items)
        table = cls(user_ids.astype(np.str_), item_ids.astype(np.str_), *_joined(users, items, tenths))
        _encode(table.users, user_ids)
        _encode(table.items, item_ids)
        return table._sorted()

    @property
    def stars(self) -> NDArray[np.float32]:
        """Return the ratings, `(n,)`, 0.5..5."""
        return (self.tenths / np.float32(10)).astype(np.float32)

    def select(self, chosen: NDArray[np.bool_]) -> "RatingTable":
        """Return the table of some of the ratings; viewers and films keep their places."""
        return RatingTable(self.user_ids, self.item_ids, self.users[chosen], self.items[chosen], self.tenths[chosen])

    def _sorted(self) -> tuple["RatingTable", int]:
        """Return the table in order, of each pair the last, and the number of those dropped."""
        same_user = self.users[1:] == self.users[:-1]
        ordered = (self.users[1:] > self.users[:-1]) | (same_user & (self.items[1:] > self.items[:-1]))
        if ordered.all():
            return self, 0
        keys = self.users.astype(np.int64) * len(self.item_ids) + self.items
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        last = np.append(keys[1:] != keys[:-1], True)
        return self.select(order[last]), int((~last).sum())


def _distinct(columns: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.unique(np.concatenate([np.unique(column) for column in columns]))


def _joined(
    users: list[NDArray[np.int32]], items: list[NDArray[np.int32]], tenths: list[NDArray[np.uint8]]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    all_users = np.concatenate(users)
    users.clear()
    all_items = np.concatenate(items)
    items.clear()
    return all_users, all_items, np.concatenate(tenths)


def _encode(column: NDArray[np.int32], ids: NDArray[np.int32], block: int = 1 << 20) -> None:
    for start in range(0, len(column), block):
        column[start : start + block] = np.searchsorted(ids, column[start : start + block])
