"""What a request asks the films to be sorted by: "best rated first" is an order, and leaves no film out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from matinee.language.lexicon import any_of, section, words
from matinee.language.request import Request
from matinee.language.tokens import norms
from matinee.models import Constraint, SortOrder
from matinee.query.query_text import small_talk


class _Patterns(NamedTuple):
    falling: re.Pattern[str]
    rising: re.Pattern[str]
    by: re.Pattern[str]
    usually_falling: bool


def read_order(request: Request, constraints: Sequence[Constraint]) -> SortOrder | None:
    """Return the order that a request with these demands asks for; of several, the one that is said most surely."""
    found = [order for column, patterns in _patterns().items() for order in _orders(request, column, patterns)]
    if not found:
        return None
    order = max(found, key=lambda one: one[0])[1]
    return order.model_copy(update={"alone": _says_no_more(request, constraints, order)})


def _says_no_more(request: Request, constraints: Sequence[Constraint], order: SortOrder) -> bool:
    demands = [c.words for c in constraints if not order.told_by(c)]
    known = {*norms(" ".join([order.words, *demands])), *words("sort_words", "asking"), *small_talk()}
    known |= {word for listed in section("sort_orders").values() for name in listed["by"] for word in name.split()}
    return all(word in known or word.isdigit() for word in request.norms)


def _orders(request: Request, column: str, patterns: _Patterns) -> Iterator[tuple[int, SortOrder]]:
    """Yield the orders by a column with how surely each is said: "first" says it best, then "sorted by"."""
    for falling, pattern in ((True, patterns.falling), (False, patterns.rising)):
        for match in pattern.finditer(request.folded):
            said = request.said_at(*match.span())
            yield 3 if match["first"] else 1, SortOrder(column=column, falling=falling, **said)
    for match in patterns.by.finditer(request.folded):
        falling = not match["rising"] and (bool(match["falling"]) or patterns.usually_falling)
        yield 2, SortOrder(column=column, falling=falling, **request.said_at(*match.span()))


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


def _superlatives(phrases: Sequence[str], alone: Sequence[str]) -> re.Pattern[str]:
    # "newest horror films first": up to three words between, and nothing that "first" would describe.
    first = rf"{any_of(phrases)}(?: [\w-]+){{0,3}}? (?P<first>first)(?=\W*$|[,.;!?)]| please| and\b)"
    by_themselves = [phrase for phrase in phrases if phrase in alone]
    return re.compile(rf"\b(?:{'|'.join([first, *([any_of(by_themselves)] if by_themselves else [])])})\b")
