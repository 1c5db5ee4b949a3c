"""Phrases looked up word by word, and the editable word lists that they come from."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from matinee.query.text import Request, fold, split

T = TypeVar("T")


@cache
def load(name: str) -> dict[str, Any]:
    """Return the word list of this name, as `genres`."""
    return tomllib.loads(files("matinee.query").joinpath("words", f"{name}.toml").read_text("utf-8"))


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    """Return one list of single words, folded."""
    return frozenset(w.norm for phrase in load(name)[key] for w in split(phrase, fold(phrase)))


class Phrases(Generic[T]):
    """Phrases with a value each. Looking one up costs the same however many there are."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._single: dict[str, T] = {}
        self._longer: dict[tuple[str, str], list[tuple[list[str], T]]] = {}
        for phrase, value in phrases:
            first, *rest = (w.norm for w in split(phrase, fold(phrase)))
            if rest:
                self._longer.setdefault((first, rest[0]), []).append((rest, value))
            else:
                self._single.setdefault(first, value)
        self._begins = {first for first, _ in self._longer}
        for continuations in self._longer.values():
            continuations.sort(key=lambda c: -len(c[0]))

    def at(self, request: Request, i: int) -> tuple[int, T] | None:
        """Return the longest phrase that begins with word i: the index after its last word, and its value."""
        norms = request.norms
        if i >= len(norms):
            return None
        word = norms[i]
        if word in self._begins and request.flows(i + 1):
            for rest, value in self._longer.get((word, norms[i + 1]), ()):
                last = i + 1 + len(rest)
                if norms[i + 1 : last] == rest and all(map(request.flows, range(i + 2, last))):
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
