"""The words of `words.toml` and `kin.toml`, ready for use: what asserts nothing, what gives an ending away, and kin."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from tomllib import loads
from typing import Any

from matinee.grounding.claims.text import stem, tokens


class Lexicon:
    """The shipped words. All look-ups are by stem, unless their names say otherwise."""

    def __init__(self, table: Mapping[str, Any], kin: Mapping[str, Any]) -> None:
        self._table = table
        self._kin = kin
        self.neutral = frozenset(table["neutral"].split())
        self.praise = frozenset(table["praise"].split())
        self.acts = frozenset(table["acts"].split())
        self.said_of_film = frozenset(table["said_of_film"].split())
        self.awards = frozenset(table["repute"]["awards"].split())
        self.outcomes = frozenset(table["spoilers"]["outcomes"].split())
        self.meant = frozenset(table["spoilers"]["meant"].split())
        self.numbers: dict[str, int] = dict(table["numbers"])
        self.decades: dict[str, str] = dict(table["decades"])
        self.languages: dict[str, list[str]] = dict(table["languages"])
        self.sexes = {
            word: frozenset(signs.split()) for words, signs in table["sexes"].items() for word in words.split()
        }
        self.young = frozenset(table["ages"]["young"].split())
        self.ages = frozenset(table["ages"]["signs"].split())
        self.viewer_gap = frozenset(table["viewer"]["gap"].split())

    def empty(self, low: str) -> bool:
        """Tell whether the word, in small letters, asserts nothing that a fact could bear out."""
        return low in self.neutral or low in self.praise or len(low) < 2

    @cached_property
    def kin(self) -> dict[str, frozenset[int]]:
        """Return the groups of kin words that a stem is in."""
        found: dict[str, set[int]] = {}
        for number, line in enumerate(self._kin["groups"]):
            for word in line.split():
                found.setdefault(stem(word), set()).add(number)
        return {word: frozenset(groups) for word, groups in found.items()}

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Return for the stem of a general word the stems of special ones that bear it out."""
        found: dict[str, set[str]] = {}
        for line in self._kin["kinds"]:
            general, special = line.split(" = ")
            for word in general.split():
                found.setdefault(stem(word), set()).update(stem(other) for other in special.split())
        return {word: frozenset(others) for word, others in found.items()}

    def akin(self, claimed: str, told: str) -> bool:
        """Tell whether the stem told bears out the stem claimed: the same, a kin one, or a special case of it."""
        if claimed == told or told in self.kinds.get(claimed, ()):
            return True
        return bool(self.kin.get(claimed, frozenset()) & self.kin.get(told, frozenset()))

    @cached_property
    def opposites(self) -> dict[str, frozenset[str]]:
        """Return the stems that say the opposite of a stem."""
        found: dict[str, set[str]] = {}
        for pair in self._kin["opposites"]:
            one, other = (stem(word) for word in pair.split())
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return {word: frozenset(others) for word, others in found.items()}

    @cached_property
    def genre_nouns(self) -> list[tuple[str, str]]:
        """Return what a film is called by its genre, longest first, with the genre."""
        pairs = [(noun, genre) for genre, words in self._table["genres"].items() for noun in words["noun"]]
        return sorted(pairs, key=lambda pair: -len(pair[0]))

    def genre_words(self, genre: str) -> list[str]:
        """Return all that a film of the genre may be called."""
        words = self._table["genres"].get(genre, {"noun": [], "also": []})
        return [genre, *words["noun"], *words["also"]]

    def phrases(self, section: str, name: str) -> list[str]:
        """Return a list of phrases as it stands in the file."""
        return list(self._table[section][name])

    def pattern(self, section: str, name: str) -> re.Pattern[str]:
        """Return the patterns of a list as one, blind to case."""
        return self._patterns.setdefault(
            (section, name), re.compile("|".join(f"(?:{p})" for p in self._table[section][name]), re.I)
        )

    def said(self, section: str, name: str) -> re.Pattern[str]:
        """Return one pattern for the phrases of a list as whole words, blind to case."""
        return self._patterns.setdefault((section, name), spoken(self._table[section][name]))

    @cached_property
    def _patterns(self) -> dict[tuple[str, str], re.Pattern[str]]:
        return {}


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return one pattern for several, blind to case."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I)


def spoken(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases as whole words, blind to case; hyphen and space are one."""
    spelt = sorted((re.escape(p).replace(r"\-", "[- ]").replace(r"\ ", "[- ]") for p in phrases), key=lambda p: -len(p))
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelt)})(?!\w)", re.I)


def _shipped(name: str) -> dict[str, Any]:
    return loads(files("matinee.grounding.claims").joinpath(name).read_text(encoding="utf-8"))


LEXICON = Lexicon(_shipped("words.toml"), _shipped("kin.toml"))


def telling_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that assert something."""
    return frozenset(token.stem for token in tokens(text) if not LEXICON.empty(token.low))
