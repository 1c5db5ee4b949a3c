"""Reads the room's one file of word lists."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def word_lists(section: str) -> dict[str, frozenset[str]]:
    """Return the word lists of a section of `lexicon.toml` by name."""
    return {name: frozenset(words.split()) for name, words in _lexicon()[section].items()}


@cache
def _lexicon() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("matinee.language").joinpath("lexicon.toml").read_text("utf-8"))


@cache
def phrase_lists(section: str) -> dict[str, tuple[str, ...]]:
    """Return the lists of phrases, which the file separates by commas, of a section of `lexicon.toml` by name."""
    return {
        name: tuple(" ".join(phrase.split()) for phrase in phrases.split(",") if phrase.strip())
        for name, phrases in _lexicon()[section].items()
    }
