"""The shipped word lists (`words/*.toml`), as tables, as sets of words and as pieces of regular expressions."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from tomllib import loads
from typing import Any

_WORD = re.compile(r"[a-z]{3,}")
_SLOTS = re.compile(r"[\w ]*\|[\w |]*")


@cache
def load(name: str) -> dict[str, Any]:
    """Return the file of this name, as `genres`, with `for|with my|our| kids` in a list spelled out as six phrases."""
    text = files("matinee.language").joinpath("words", f"{name}.toml").read_text(encoding="utf-8")
    return {key: _spelled_out(value) for key, value in loads(text).items()}


def _spelled_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spelled_out(one) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    return [said for one in value for said in (_phrases(one) if isinstance(one, str) else [_spelled_out(one)])]


def _phrases(listed: str) -> list[str]:
    if not _SLOTS.fullmatch(listed):
        return [listed]
    return [" ".join(filter(None, words)) for words in product(*(slot.split("|") for slot in listed.split(" ")))]


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    """Return a list of single words of the file of this name."""
    listed = load(name)[key]
    return frozenset(word for phrase in ([listed] if isinstance(listed, str) else listed) for word in phrase.split())


@cache
def every_word() -> frozenset[str]:
    """Return the words that stand anywhere in the lists, folded; not those of `spelling.toml`, which tell spellings."""
    folder = files("matinee.language").joinpath("words")
    names = (path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml"))
    tables = (load(name) for name in names if name != "spelling")
    return frozenset(_WORD.findall(" ".join(text for table in tables for text in _texts(table))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def section(name: str) -> dict[str, Any]:
    """Return a table of `lexicon.toml` as it stands there.

    Raises:
        KeyError: the lexicon has no such table.
    """
    table: dict[str, Any] = load("lexicon")[name]
    return table


@cache
def word_lists(name: str) -> dict[str, frozenset[str]]:
    """Return the lists of single words of a table, by key."""
    return {key: frozenset(listed.split()) for key, listed in section(name).items()}


@cache
def abbreviations() -> frozenset[str]:
    """Return the words behind which a stop ends no sentence, without that stop."""
    return frozenset().union(*word_lists("abbreviations").values())


@cache
def phrase_lists(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lists of phrases of a table, which the file separates by commas, by key."""
    return {
        key: tuple(" ".join(phrase.split()) for phrase in listed.split(",") if phrase.strip())
        for key, listed in section(name).items()
    }


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Return a list of single words, in small letters."""
    return frozenset(section(name)[key].split())


@cache
def phrases(name: str, key: str) -> tuple[str, ...]:
    """Return a list of words and phrases in the file's order."""
    listed = section(name)[key]
    return tuple(listed.split() if isinstance(listed, str) else listed)


@cache
def alternatives(name: str, key: str) -> str:
    """Return one group of a regular expression that matches any word or phrase of a list."""
    return any_of(phrases(name, key))


def any_of(spelled: Iterable[str]) -> str:
    """Return one group of a regular expression for the phrases, longest first; hyphen and blank are one."""
    escaped = (re.escape(p).replace(r"\-", "[- ]").replace(r"\ ", "[- ]") for p in spelled)
    return rf"(?:{'|'.join(sorted(escaped, key=len, reverse=True))})"


def forms(file: str, table: str) -> Callable[[str], str]:
    """Return what gives the alternatives of a form, as a piece of a regular expression, from a table of a file."""
    lists: dict[str, list[str]] = load(file)[table]
    return lambda key: "|".join(lists[key])
