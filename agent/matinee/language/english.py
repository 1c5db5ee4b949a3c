"""English words by how common they are, and the inflections of known words."""

import lzma
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from matinee.language.lexicon import word_set

_NAMES = 15_000
"""Rank of an English word from which it is sooner a name."""

_STEM = 3
"""Letters of the shortest word that endings are added to."""


@cache
def english_words() -> dict[str, int]:
    """Return 82,000 words with their ranks, from 1, the most frequent first.

    They are those of SymSpell's English dictionary (Wolf Garbe; words of SCOWL, ordered by Google Books' counts).
    """
    packed = files("matinee.language").joinpath("words", "english.txt.xz").read_bytes()
    return {word: rank for rank, word in enumerate(lzma.decompress(packed).decode("ascii").split(), 1)}


def is_word(word: str) -> bool:
    """Tell whether it is sooner a word, or somebody's everyday name, than a name that tells who is meant."""
    return english_words().get(word, _NAMES) < _NAMES


def is_derived(word: str, known: Callable[[str], bool]) -> bool:
    """Tell whether the word is a known one with a common ending or prefix: "goblins", "unwell", "whiniest"."""
    for ending in word_set("spelling", "endings"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= _STEM and any(map(known, _bases(base, ending))):
            return True
    return any(
        word.startswith(prefix) and len(word) - len(prefix) > _STEM and known(word[len(prefix) :])
        for prefix in word_set("spelling", "prefixes")
    )


def _bases(base: str, ending: str) -> Iterator[str]:
    if ending != "es" or base[-1] in "hosxz":
        yield base
    if base[-1] == "i":
        yield base[:-1] + "y"
    if ending[0] in "aeiy" and ending != "es":
        yield base + "e"
        if len(base) > _STEM and base[-1] == base[-2]:
            yield base[:-1]
