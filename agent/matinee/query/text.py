"""A request as its readers see it: cleaned text, a folded copy of the same length, and words with their places.

Because folding keeps every character's place, whatever a reader finds in the folded copy can be quoted from the text.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from matinee.sanitize import plain

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|&")
MASK = "\u00a4"

FLOWING = frozenset((" ", "-", "", " -", "- ", "' "))


def clean(text: str) -> str:
    """Return the text NFC-normalised, on one line, without control characters, terminal escapes and markup."""
    return plain(text)


_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u00b4": "'",
    "`": "'",
    "\u201c": '"',
    "\u201d": '"',
} | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        parts = unicodedata.normalize("NFKD", char)
        base = parts[0] if all(map(unicodedata.combining, parts[1:])) else char
        lower = base.casefold()
        self[code] = _PLAIN.get(char) or (lower if len(lower) == 1 else char)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text in small letters, without accents, with plain quotes and dashes; its length stays the same."""
    return text.lower() if text.isascii() and "`" not in text else text.translate(_FOLDING)


class Word(NamedTuple):
    """A word: folded and without apostrophes, its place in the text, and whether it begins with a capital."""

    norm: str
    start: int
    end: int
    capital: bool


def split(text: str, folded: str) -> list[Word]:
    """Return the words of a text, `&` read as `and`."""
    words = []
    for match in _WORD.finditer(folded):
        start, end = match.span()
        norm = match.group()
        if "'" in norm:
            norm = norm.replace("'", "")
        words.append(
            Word("and" if norm == "&" else norm, start, end, text[start] != folded[start] and text[start].isupper())
        )
    return words


@dataclass(frozen=True)
class Request:
    """A cleaned request with its words.

    `gaps[i]` is what stands between word i-1 and word i; the first and the last hold what is outside.
    """

    text: str
    folded: str
    words: list[Word]
    gaps: list[str]

    @classmethod
    def of(cls, text: str) -> "Request":
        """Return the request of a text that `clean` gave."""
        folded = fold(text)
        words = split(text, folded)
        ends = [0, *(w.end for w in words)]
        starts = [*(w.start for w in words), len(text)]
        return cls(text, folded, words, [folded[a:b] for a, b in zip(ends, starts, strict=True)])

    def memory(self, subject: str) -> dict[Any, Any]:
        """Return what was found out about its words before, to be added to: a request is read, never changed."""
        return self._memories.setdefault(subject, {})

    @cached_property
    def _memories(self) -> dict[str, dict[Any, Any]]:
        return {}

    @cached_property
    def norms(self) -> list[str]:
        """The folded words alone."""
        return [w.norm for w in self.words]

    @cached_property
    def capitals_tell(self) -> bool:
        """Whether a capital says something: not in a request that is shouted or In Title Case Throughout."""
        lettered = [w for w in self.words[1:] if w.norm[0].isalpha() and w.norm != "i"]
        if len(lettered) > 1 and all(self.text[w.start : w.end].isupper() for w in lettered):
            return False
        return len(lettered) < 6 or sum(w.capital for w in lettered) < 0.8 * len(lettered)

    @cached_property
    def _joined(self) -> list[bool]:
        return [False, *(gap in FLOWING for gap in self.gaps[1:-1]), False]

    def flows(self, i: int) -> bool:
        """Tell whether word i follows the word before it without punctuation (a hyphen is none)."""
        return self._joined[i]

    def breaks(self, i: int) -> bool:
        """Tell whether a clause ends before word i; a comma ends none."""
        return not self._joined[i] and (i in (0, len(self.words)) or _ends_clause(self.gaps[i]))

    def ends_sentence(self, i: int) -> bool:
        """Tell whether a sentence ends before word i."""
        return not self._joined[i] and (i in (0, len(self.words)) or any(c in ".!?" for c in self.gaps[i]))

    def quote(self, first: int, last: int) -> str:
        """Return the text from word `first` up to, not including, word `last`."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def without(self, spans: Iterable[tuple[int, int]]) -> "Request":
        """Return the request with these spans of text blanked in the folded copy and in the words."""
        spans = sorted(spans)
        folded, at = [], 0
        for start, end in spans:
            if end > at:
                folded += [self.folded[at:start], MASK * (end - max(at, start))]
                at = end
        folded.append(self.folded[at:])
        masked = "".join(folded)
        words = [w if masked[w.start] != MASK else w._replace(norm=MASK) for w in self.words]
        return Request(self.text, masked, words, self.gaps)


def _ends_clause(gap: str) -> bool:
    return gap not in FLOWING and (any(c in '.;:!?()[]"|' for c in gap) or " - " in gap or "\u2026" in gap)
