"""A sentence as a row of items: words by what they may be, and marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matinee.grounding.claims.reading.grammar import GRAMMAR
from matinee.grounding.claims.text import Token, tokens


@dataclass
class Item:
    """A word or mark; `owns` tells of "'s", `joined` of a hyphen after it."""

    kind: str
    token: Token | None = None
    low: str = ""
    owns: bool = False
    joined: bool = False


def items(text: str, start: int, end: int) -> Iterator[Item]:
    """Yield the words and marks of the text from one place to another."""
    found = [t for t in tokens(text) if start <= t.start < end]
    at = start
    for index, token in enumerate(found):
        between = text[at : token.start]
        for mark in re.findall(r"[,;:()\u2013\u2014\"\u201c\u201d]", between):
            yield Item("," if mark == "," else ";", low=mark)
        at = token.end
        owns = token.text.casefold().endswith(("'s", "\u2019s")) or (
            token.low.endswith("s") and text[token.end : token.end + 1] in ("'", "\u2019")
        )
        following = found[index + 1] if index + 1 < len(found) else None
        joined = following is not None and text[token.end : following.start] == "-"
        yield Item(_kind(token, following), token, token.low, owns, joined)


def _kind(token: Token, following: Token | None) -> str:
    low = token.low
    if low in ("and", "or", "nor"):
        return "and"
    if low == "to":
        return "to"
    if low == "not":
        return "not"
    if low == "her":
        alone = following is None or following.low in GRAMMAR.prepositions | GRAMMAR.joints | GRAMMAR.determiners | (
            GRAMMAR.subjects | {"and", "to"}
        )
        return "person" if alone else "possessive"
    if low == "whose":
        return "whose"
    for kind, words in (
        ("modal", GRAMMAR.modals), ("be", GRAMMAR.be), ("have", GRAMMAR.have), ("do", GRAMMAR.do),
        ("possessive", GRAMMAR.possessives), ("relative", GRAMMAR.relatives), ("determiner", GRAMMAR.determiners),
        ("person", GRAMMAR.persons), ("of", frozenset(["of"])), ("preposition", GRAMMAR.prepositions),
        ("joint", GRAMMAR.joints), ("adverb", GRAMMAR.adverbs),
    ):  # fmt: skip
        if low in words and not (token.capital and following is not None and kind == "possessive" and low == "her"):
            return kind
    is_adverb = low.endswith("ly") and len(low) > 5 and not token.capital and low not in GRAMMAR.not_adverbs
    return "adverb" if is_adverb else "word"
