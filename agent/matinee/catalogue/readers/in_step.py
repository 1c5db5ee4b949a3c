"""Looks things up in a second file by the ids of a first, without holding it where both are in the same order."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Generic, TypeVar

Key = TypeVar("Key", int, str)
Thing = TypeVar("Thing")


class InStep(Generic[Key, Thing]):
    """What a file says under each id.

    As data sets ship their files, all are sorted by id. Then the second is read in step with the first and none of it
    is kept; if either turns out not to be sorted, all of it is held in memory instead.
    """

    def __init__(self, read: Callable[[], Iterator[tuple[Key, Thing]]]) -> None:
        """Look whether the file is sorted; `read` reads it from the beginning."""
        self._read: Callable[[], Iterator[tuple[Key, Thing]]] = read
        self._ahead: Iterator[tuple[Key, Thing]] = read()
        self._next: tuple[Key, Thing] | None = next(self._ahead, None)
        self._asked: Key | None = None
        self._all: dict[Key, Thing] | None = None
        if any(other < one for (one, _), (other, _) in pairwise(read())):
            self._all = dict(read())

    def of(self, key: Key) -> Thing | None:
        """Return what the file says under the id, if anything."""
        if self._all is None and self._asked is not None and key < self._asked:
            self._all = dict(self._read())
        if self._all is not None:
            return self._all.get(key)
        self._asked = key
        while self._next and self._next[0] < key:
            self._next = next(self._ahead, None)
        return self._next[1] if self._next and self._next[0] == key else None
