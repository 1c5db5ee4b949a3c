"""Phrases looked up word by word."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from matinee.language.request import Request
from matinee.language.tokens import norms

T = TypeVar("T")


class Phrases(Generic[T]):
    """Phrases with a value each. Looking one up costs the same however many there are."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._single: dict[str, T] = {}
        self._longer: dict[tuple[str, str], list[tuple[list[str], T]]] = {}
        for phrase, value in phrases:
            first, *rest = norms(phrase)
            if rest:
                self._longer.setdefault((first, rest[0]), []).append((rest, value))
            else:
                self._single.setdefault(first, value)
        self._begins = {first for first, _ in self._longer}
        for continuations in self._longer.values():
            continuations.sort(key=lambda c: -len(c[0]))

    def at(self, request: Request, i: int) -> tuple[int, T] | None:
        """Return the longest phrase that begins with word i: the index after its last word, and its value."""
        said = request.norms
        if i >= len(said):
            return None
        word = said[i]
        if word in self._begins and request.flows(i + 1):
            for rest, value in self._longer.get((word, said[i + 1]), ()):
                last = i + 1 + len(rest)
                if said[i + 1 : last] == rest and all(map(request.flows, range(i + 2, last))):
                    return last, value
        return (i + 1, self._single[word]) if word in self._single else None

    def scan(self, request: Request) -> list[tuple[int, int, T]]:
        """Return the phrases of a request from left to right, none inside another: first word, end, value."""
        found, i = [], 0
        while i < len(request.words):
            hit = self.at(request, i)
            if hit:
                found.append((i, *hit))
                i = hit[0]
            else:
                i += 1
        return found
