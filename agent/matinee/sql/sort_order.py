"""What a question asks the films to be sorted by: "best rated first" is an order, and leaves no film out."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from matinee.language.lexicon import any_of, section, words
from matinee.models import Constraint

_WORD = re.compile(r"[^\W_]+(?:'\w+)?")


class SortOrder(NamedTuple):
    """A column, whether its largest value comes first, and the words that say so."""

    column: str
    falling: bool
    words: str


class _Patterns(NamedTuple):
    falling: re.Pattern[str]
    rising: re.Pattern[str]
    by: re.Pattern[str]
    usually_falling: bool


def sort_order(question: str) -> SortOrder | None:
    """Return the order that a question asks for; of several, the one that "first" or "sorted by" says."""
    folded = " ".join(question.casefold().replace("\u2019", "'").split())
    found = [order for column, patterns in _patterns().items() for order in _orders(folded, column, patterns)]
    return max(found, key=lambda order: order[0], default=(0, None))[1]


def filtering(constraints: Sequence[Constraint], order: SortOrder | None) -> list[Constraint]:
    """Return the demands without those that were read out of the words of an order."""
    if order is None:
        return list(constraints)
    return [c for c in constraints if c.field.value != order.column or c.words.casefold() not in order.words]


def says_more(question: str, constraints: Sequence[Constraint], order: SortOrder) -> bool:
    """Tell whether a question is about more than its demands and its order: "westerns about revenge, best first"."""
    said = " ".join([order.words, *(constraint.words for constraint in constraints)]).casefold()
    known = {*_WORD.findall(said), *words("english", "small"), *words("sort_words", "asking")}
    known |= {word for listed in section("sort_orders").values() for name in listed["by"] for word in name.split()}
    return any(
        word not in known and not word.isdigit() for word in _WORD.findall(question.casefold().replace("\u2019", "'"))
    )


def _orders(text: str, column: str, patterns: _Patterns) -> list[tuple[int, SortOrder | None]]:
    found: list[tuple[int, SortOrder | None]] = []
    for falling, pattern in ((True, patterns.falling), (False, patterns.rising)):
        for match in pattern.finditer(text):
            sure = 3 if match["first"] else 1
            found.append((sure, SortOrder(column, falling, match[0])))
    for match in patterns.by.finditer(text):
        falling = not match["rising"] and (bool(match["falling"]) or patterns.usually_falling)
        found.append((2, SortOrder(column, falling, match[0])))
    return found


@cache
def _patterns() -> dict[str, _Patterns]:
    return {column: _patterns_of(listed) for column, listed in section("sort_orders").items()}


def _patterns_of(listed: Mapping[str, Any]) -> _Patterns:
    said = section("sort_words")
    ways = (f"(?P<{way}>{any_of(said[way])})" for way in ("falling", "rising"))
    by = (
        rf"\b{any_of(said['sorted'])} by (?:the |their )?{any_of(listed['by'])}\b"
        rf"(?:[, ]+(?:from |in )?(?:{'|'.join(ways)})\b)?"
    )
    falling, rising = (_superlatives(listed[way], listed["alone"]) for way in ("falling", "rising"))
    return _Patterns(falling, rising, re.compile(by), listed["usually"] == "falling")


def _superlatives(phrases: Sequence[str], alone: Collection[str]) -> re.Pattern[str]:
    # "newest horror films first": up to three words between, and nothing that "first" would describe.
    first = rf"{any_of(phrases)}(?: [\w-]+){{0,3}}? (?P<first>first)(?=\W*$|[,.;!?)]| please| and\b)"
    by_themselves = [phrase for phrase in phrases if phrase in alone]
    return re.compile(rf"\b(?:{'|'.join([first, *([any_of(by_themselves)] if by_themselves else [])])})\b")
