"""The elements of a JSON list of any length, one at a time, each with the line it begins on."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from matinee.catalogue.readers.source import CHUNK

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[\s,]*")
_ELEMENT_MAX = 1 << 22
"""Characters of one element; what is longer is taken for one that is never closed."""
_FAULTS_MAX = 100
"""Elements in a row that cannot be read, after which the rest is left out: each costs a search of its own."""
_TOKEN_MAX = 12
"""Characters of the longest token that an error can point into (an escape, `-Infinity`)."""


class Element(NamedTuple):
    """An element of the list, or why it cannot be read."""

    line: int
    value: Any
    fault: str | None = None


class JsonList:
    """A list at the top of a JSON text, or inside objects under one of the given keys."""

    def __init__(self, chunks: Iterable[str], keys: Collection[str]) -> None:
        """Look for the list; `found` tells whether there is one."""
        self._chunks = iter(chunks)
        self._text, self._at, self._line = "", 0, 1
        self.found = self._enter(keys)

    def elements(self, restart: re.Pattern[str]) -> Iterator[Element]:
        """Yield the elements; after one that cannot be read, go on where the pattern of a beginning matches next."""
        faults = 0
        while (begins := self._peek()) not in ("]", ""):
            line = self._line
            try:
                yield Element(line, self._value())
                faults = 0
            except (ValueError, RecursionError) as error:
                faults += 1
                broken_off = not self._seek(restart) or faults == _FAULTS_MAX
                what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                yield Element(line, None, f"not readable as JSON: {what}")
                if broken_off:
                    return
        if not begins:
            yield Element(self._line, None, "the file ends before its list does")

    def _enter(self, keys: Collection[str]) -> bool:
        try:
            while (begins := self._peek()) == "{":
                self._move(self._at + 1)
                while self._value() not in keys:
                    self._skip_colon()
                    self._value()
                    if self._peek() != '"':
                        return False
                self._skip_colon()
        except (ValueError, RecursionError):
            return False
        if begins == "[":
            self._move(self._at + 1)
        return begins == "["

    def _skip_colon(self) -> None:
        if self._peek() == ":":
            self._move(self._at + 1)

    def _peek(self) -> str:
        """Return the next character that is neither white space nor a comma, empty at the end."""
        while True:
            self._move(_SPACE.match(self._text, self._at).end())  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._grow():
                return self._text[self._at : self._at + 1]

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or len(self._text) - error.pos <= _TOKEN_MAX
                if not cut or len(self._text) - self._at > _ELEMENT_MAX or not self._grow():
                    raise
            else:
                cut = end == len(self._text) and isinstance(value, (int, float))  # more digits may follow
                if not cut or not self._grow():
                    self._move(end)
                    return value

    def _seek(self, restart: re.Pattern[str]) -> bool:
        self._move(min(self._at + 1, len(self._text)))
        while not (found := restart.search(self._text, self._at)):
            # The pattern may straddle the end of what has been read.
            self._move(max(self._at, len(self._text) - CHUNK))
            if not self._grow():
                self._move(len(self._text))
                return False
        self._move(found.start())
        return True

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _grow(self) -> bool:
        """Read on, twice as much for a long element, so that trying it again stays cheap; False at the end."""
        rest = self._text[self._at :]
        more = "".join(islice(self._chunks, 1 + len(rest) // CHUNK))
        self._text, self._at = rest + more, 0
        return bool(more)
