"""Tells sentences of other languages from English ones.

The catalogue's facts are English, and a sentence in another language cannot be checked against them. Counting the small
words that every sentence has is enough to tell; names and titles ("La Haine", "Robert De Niro") do not count.
"""

import re
import unicodedata
from functools import cache

from matinee.language.lexicon import word_lists

_WORD = re.compile(r"[^\W\d_]+")
_OTHER_LETTERS = 0.3
"""Share of letters of other scripts from which a sentence is not English: a Latin name may fill half a Chinese one."""


def is_foreign(text: str) -> bool:
    """Tell whether a text is in another language than English: by its letters, else by its small words."""
    letters = [char for char in text if char.isalpha()]
    if sum(not _is_latin(char) for char in letters) > _OTHER_LETTERS * len(letters):
        return True
    words = _WORD.findall(text)
    # Small words are written small, but for the first of a sentence; `Le` and `De` elsewhere are parts of names.
    small = [word.casefold() for place, word in enumerate(words) if word.islower() or place == 0]
    english, other = word_lists("english")["small"], _other_small_words()
    count = sum(word in other for word in small)
    return count > 1 and count > sum(word in english for word in small)


@cache
def _other_small_words() -> frozenset[str]:
    lists = word_lists("other_languages")
    words = frozenset[str]().union(*(words for name, words in lists.items() if name != "shared"))
    return words - lists["shared"] - word_lists("english")["small"]


@cache
def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
