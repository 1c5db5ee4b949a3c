"""Finds the phrases of word lists in a text by the stems of their words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from matinee.language.lexicon import load, section
from matinee.language.tokens import Token, stem, tokens

Span = tuple[int, int]
"""The first word of a phrase in its text, and the one behind its last word."""


class Cues:
    """Lists of phrases by name. A word matches with any ending, one written `=filmed` only as it stands there.

    `not` in a phrase matches "isn't" and its like, too.
    """

    def __init__(self, lists: Mapping[str, str]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for name, listed in lists.items():
            for phrase in listed.split(","):
                keys = [word if word[0] == "=" else stem(word) for word in phrase.replace("-", " ").split()]
                if keys:
                    self._by_first[keys[0]].append((keys, name))

    def find(self, words: Sequence[Token]) -> dict[str, list[Span]]:
        """Return where in the words the phrases of each list stand, in order."""
        found: dict[str, list[Span]] = defaultdict(list)
        keys = [_keys(word) for word in words]
        for at, first in enumerate(keys):
            for phrase, name in (entry for key in first for entry in self._by_first.get(key, ())):
                end = at + len(phrase)
                same = end <= len(words) and all(p in own for p, own in zip(phrase, keys[at:end], strict=True))
                if same and all(words[n].start - words[n - 1].end < 2 for n in range(at + 1, end)):  # no comma within
                    found[name].append((at, end))
        return found


def _keys(word: Token) -> tuple[str, ...]:
    return (word.stem, f"={word.low}", *(("not",) if word.low.endswith("n't") else ()))


@cache
def statement_cues() -> Cues:
    """Return the lists of `statements.toml`, those of a table within it as `table:list`."""
    flat: dict[str, str] = {}
    for name, listed in load("statements").items():
        flat.update({name: listed} if isinstance(listed, str) else {f"{name}:{key}": of for key, of in listed.items()})
    nouns = {f"genre:{genre}": _exactly(listed) for genre, listed in section("genre_nouns").items()}
    return Cues({**flat, **nouns, "films": ", ".join((flat["films"], *nouns.values()))})


def says(text: str, name: str, *, opens: bool = False) -> bool:
    """Tell whether a text holds a phrase of a list of `statements.toml`; `opens`: begins with one."""
    found = statement_cues().find(tokens(text)).get(name, ())
    return any(first == 0 for first, _ in found) if opens else bool(found)


def _exactly(nouns: Sequence[str]) -> str:
    """Return nouns and their plurals as phrases of which each word matches only as it stands."""
    said = (noun.replace("-", " ") for noun in nouns)
    return ", ".join(" ".join(f"={word}" for word in form.split()) for noun in said for form in (noun, f"{noun}s"))
