"""Words and their stems, with where each word stands in its text."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from py_rust_stemmers import SnowballStemmer

from matinee.language.lexicon import word_lists

# 1,250 and 8.1 are one word each; so are don't and O'Brien.
_WORD = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+|[^\W_]+(?:['\u2019][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Attributes:
        text: as it is written.
        low: without case and possessive.
        stem: shared by related words ("haunt", "haunted").
        start: offset of its first character.
        end: offset behind its last character.
    """

    text: str
    low: str
    stem: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Tell whether it is written as a name is."""
        return self.text[0].isupper()


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order."""
    return [_token(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]


def _token(text: str, start: int, end: int) -> Token:
    low = _bare(text)
    return Token(text, low, stem(low), start, end)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the word's stem (Snowball, English), without case or possessive."""
    low = _bare(word)
    if low in word_lists("stems")["unrelated"]:
        return low
    stemmed: str = _stemmer().stem_word(low)
    return stemmed


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order."""
    return [token.stem for token in tokens(text)]


def _bare(word: str) -> str:
    return word.casefold().replace("\u2019", "'").removesuffix("'s").removesuffix("'")


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")


def content(text: str) -> list[str]:
    """Return the stems of the words of a text that say something."""
    return [token.stem for token in tokens(text) if token.low not in word_lists("small")["empty"]]
