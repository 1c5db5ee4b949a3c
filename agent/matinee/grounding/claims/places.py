"""Names of countries, and what is called by them."""

from collections.abc import Iterable, Sequence

from matinee.grounding.claims.ruling import Shelf
from matinee.grounding.claims.text import Token

_ENDINGS = ("an", "ian", "n", "ese", "ish", "i", "ean")


def of_country(name: Sequence[Token], shelves: Iterable[Shelf]) -> str:
    """Return the first text that has the name as a country or as what is of it ("Egypt", "Egyptian"); "" for none."""
    for shelf in shelves:
        if all(any(is_of(token.text, word.text) for word in shelf.tokens) for token in name):
            return shelf.source.text
    return ""


def is_of(one: str, other: str) -> bool:
    """Tell whether one is a country's name and the other what is of it, or both are the same."""
    short, long = sorted((one, other), key=len)
    ending = long.removeprefix(short.rstrip("aeiouy"))
    return short == long or (len(short) > 4 and short[0].isupper() and ending in _ENDINGS)
