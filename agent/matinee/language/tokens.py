"""The words of a text, each with its place, its folded spelling and its stem."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from py_rust_stemmers import SnowballStemmer

from matinee.language.folding import fold
from matinee.language.lexicon import word_lists

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|&")  # don't and O'Brien are one word each


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        text: as it is written.
        norm: folded, without apostrophes, `&` as `and`: how phrases and names are looked up.
        start: offset of its first character.
        end: offset behind its last character.
    """

    text: str
    norm: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """In small letters, without the possessive's `'s`."""
        return _bare(self.text)

    @property
    def stem(self) -> str:
        """What related words share ("haunt", "haunted")."""
        return stem(self.text)

    @property
    def capital(self) -> bool:
        """Whether it is written as a name is."""
        return self.text[0].isupper()


def tokens(text: str, folded: str | None = None) -> list[Token]:
    """Return the words of a text in order; `folded` is what `fold` gives for it, where that is known already."""
    words = []
    for found in _WORD.finditer(fold(text) if folded is None else folded):
        (start, end), norm = found.span(), found[0]
        words.append(Token(text[start:end], "and" if norm == "&" else norm.replace("'", ""), start, end))
    return words


def norms(text: str) -> list[str]:
    """Return the folded words of a text in order."""
    return [token.norm for token in tokens(text)]


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


def content(text: str) -> list[str]:
    """Return the stems of the words of a text that say something."""
    return [token.stem for token in tokens(text) if token.low not in word_lists("small")["empty"]]


def _bare(word: str) -> str:
    return word.casefold().replace("\u2019", "'").removesuffix("'s").removesuffix("'")


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")
