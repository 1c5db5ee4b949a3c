"""Sentences, words and stems: how a text is taken apart, with where each piece stands in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from py_rust_stemmers import SnowballStemmer

_END = re.compile(r"([.!?\u2026]+[\"'\u201d\u2019)]*)\s+(?=[\"'\u201c\u2018(]*[^\W_a-z])")
_WORD = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+|[^\W_]+(?:['\u2019][^\W_]+)?")
_NO_KIN = frozenset("friendly universe university mysterious performance performer hardly early".split())
"""Their stems are those of words that mean something else."""
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|Vol|No|[A-Z])\.$")


@dataclass(frozen=True)
class Token:
    """A word of a text: `low` without case or possessive, `stem` shared by kin words, `start` and `end` its place."""

    text: str
    low: str
    stem: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Tell whether it is written as a name is."""
        return self.text[0].isupper()


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each as it stands there; abbreviations, initials and what is quoted end none."""
    found, start = [], 0
    for end in _END.finditer(text):
        part = text[start : end.end(1)]
        if not _ABBREVIATION.search(part) and part.count("\u201c") <= part.count("\u201d"):
            found.append(part)
            start = end.end()
    return [part for part in (*(f.strip() for f in found), text[start:].strip()) if part]


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order."""
    return [_token(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def _token(text: str, start: int, end: int) -> Token:
    low = text.casefold().replace("\u2019", "'")
    for possessive in ("'s", "'"):
        low = low.removesuffix(possessive)
    return Token(text, low, stem(low), start, end)


@cache
def stem(word: str) -> str:
    """Return the word's stem (Snowball, English), without case or possessive: kin words share it."""
    low = word.casefold().replace("\u2019", "'").removesuffix("'s")
    if low in _NO_KIN:
        return low
    stemmed: str = _stemmer().stem_word(low)
    return stemmed


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order."""
    return [token.stem for token in tokens(text)]


def find(needle: Sequence[str], within: Sequence[str]) -> int:
    """Return where the sequence of stems begins in the other, or -1."""
    size = len(needle)
    if not size:
        return -1
    return next((i for i in range(len(within) - size + 1) if list(within[i : i + size]) == list(needle)), -1)
