"""What a request asks the films to be sorted by: "best rated first" is an order, and leaves no film out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from matinee.language.lexicon import any_of, section, word_set, words
from matinee.language.request import MASK, Request
from matinee.language.tokens import norms
from matinee.query.query_text import small_talk
from matinee.understanding import Constraint, ConstraintField, SortOrder

_FIRST, _SORTED_BY, _ALONE, _BARE = 4, 3, 2, 1
"""How surely an order is said."""
_OF_A_GENRE = 2
"""Words of a genre's name."""
_NEAR = 4
"""Within how many words after "the newest" the films come that it describes."""


class _Patterns(NamedTuple):
    falling: re.Pattern[str]
    rising: re.Pattern[str]
    by: re.Pattern[str]
    usually_falling: bool


def read_order(request: Request, constraints: Sequence[Constraint]) -> SortOrder | None:
    """Return the order that a request with these demands asks for; of several, the one that is said most surely."""
    found = [
        (surely, order.model_copy(update={"alone": _says_no_more(request, constraints, order)}))
        for column, patterns in _patterns().items()
        for surely, order in _orders(request, constraints, column, patterns)
    ]
    said = [(surely, order) for surely, order in found if surely > _BARE or order.alone]
    return max(said, key=lambda one: one[0])[1] if said else None


def _says_no_more(request: Request, constraints: Sequence[Constraint], order: SortOrder) -> bool:
    demands = [c for c in constraints if not order.told_by(c)]
    if any(c.field is ConstraintField.GENRES and len(norms(c.words)) > _OF_A_GENRE for c in demands):
        return False  # "First World War" says more than the genre
    narrower = word_set("genres", "narrower")
    said = " ".join([order.words, *(c.words for c in demands)])
    known = {MASK, *norms(said), *words("sort_words", "asking"), *small_talk()}
    known |= {word for listed in section("sort_orders").values() for name in listed["by"] for word in name.split()}
    return all((word in known and word not in narrower) or word.isdigit() for word in request.norms)


def _orders(
    request: Request, constraints: Sequence[Constraint], column: str, patterns: _Patterns
) -> Iterator[tuple[int, SortOrder]]:
    """Yield the orders by a column with how surely each is said: "first" says it best, then "sorted by"."""
    prizes = [c.span for c in constraints if c.field is ConstraintField.MOVIE_ID and c.span]
    for falling, pattern in ((True, patterns.falling), (False, patterns.rising)):
        for match in pattern.finditer(request.folded):
            if any(begin <= match.start() < end for begin, end in prizes):
                continue  # "best picture"
            if match["first"] or _describes_films(request, constraints, request.word_at(match.end())):
                surely = _FIRST if match["first"] else _BARE if match["bare"] else _ALONE
                yield surely, SortOrder(column=column, falling=falling, **request.said_at(*match.span()))
    for match in patterns.by.finditer(request.folded):
        falling = not match["rising"] and (bool(match["falling"]) or patterns.usually_falling)
        yield _SORTED_BY, SortOrder(column=column, falling=falling, **request.said_at(*match.span()))


def _describes_films(request: Request, constraints: Sequence[Constraint], first: int) -> bool:
    """Tell whether films, or what is demanded of them, come soon from word `first` on, or nothing at all."""
    spans = [demand.span for demand in constraints if demand.span]
    for i in range(first, min(first + _NEAR, len(request.words))):
        if not request.flows(i) or request.norms[i] in word_set("common", "subjects"):
            return i == first and not request.flows(i)
        word = request.words[i]
        demanded = any(begin <= word.start < end for begin, end in spans)
        if demanded or word.norm == MASK or word.norm in word_set("common", "film"):
            return True
    return first == len(request.words)


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
    falling, rising = (_superlatives(listed[way], listed) for way in ("falling", "rising"))
    return _Patterns(falling, rising, re.compile(by), listed["usually"] == "falling")


def _superlatives(phrases: Sequence[str], listed: Mapping[str, Any]) -> re.Pattern[str]:
    # "newest horror films first": up to three words between, and nothing that "first" would describe.
    first = rf"{any_of(phrases)}(?: [\w-]+){{0,3}}? (?P<first>first)(?=\W*$|[,.;!?)]| please| and\b)"
    for way in ("alone", "bare"):
        by_themselves = [phrase for phrase in phrases if phrase in listed[way]]
        first += rf"|(?P<{way}>{any_of(by_themselves) if by_themselves else '(?!)'})"
    return re.compile(rf"\b(?:{first})\b")
