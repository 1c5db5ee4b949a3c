"""Whether a number rises or falls with a distance, and between which bounds it lies.

ORDER BY may not put the farthest films first, however the distance is disguised: by a sign, a function, a product
with a negative number, a rank. What is not known to rise or to fall is `MIXED`, by which nothing may be ordered.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

from matinee.sql.rejection import Rejection

MIXED = 2
"""The order of what depends on a distance but is not known to rise or to fall with it."""


class Trend(NamedTuple):
    """How a number runs along a distance.

    `order` is 1 for what rises with a distance (small is near), -1 for what falls (large is near), `MIXED` where
    neither is known, 0 for what reads no distance; the number lies between `low` and `high`.
    """

    order: int = 0
    low: float = -inf
    high: float = inf

    @property
    def sign(self) -> int:
        """Return 1 for a number that is never negative, -1 for one that is never positive, 0 where it may be both."""
        return 1 if self.low >= 0 else -1 if self.high <= 0 else 0

    def negated(self) -> "Trend":
        """Return the trend of the number with a minus sign before it."""
        return Trend(turned(self.order), -self.high, -self.low)

    def reciprocal(self) -> "Trend":
        """Return the trend of 1 divided by the number."""
        if self.sign == 0:
            return mixed([self])
        if self.sign < 0:
            return self.negated().reciprocal().negated()
        low, high = 1 / self.high if self.high > 0 else 0.0, 1 / self.low if self.low > 0 else inf
        return Trend(turned(self.order), low, high)


UNRELATED = Trend()
NONNEGATIVE = Trend(0, 0.0)


def combined(orders: Iterable[int]) -> int:
    """Return the order of what rises with each of several values, as their sum does."""
    there = {order for order in orders if order}
    return 0 if not there else there.pop() if len(there) == 1 else MIXED


def turned(order: int, sign: int = -1) -> int:
    """Return the order of a value times a factor of this sign; 0: of an unknown one."""
    if order in (0, MIXED):
        return order
    return order * sign if sign else MIXED


def mixed(trends: Iterable[Trend]) -> Trend:
    """Return the trend of what depends on these in a way that is not followed further."""
    return Trend(MIXED) if any(trend.order for trend in trends) else UNRELATED


def either(trends: Sequence[Trend]) -> Trend:
    """Return the trend of a number that is one of these."""
    low, high = min(trend.low for trend in trends), max(trend.high for trend in trends)
    return Trend(combined(trend.order for trend in trends), low, high)


def follow(rule: str, arguments: Sequence[Trend]) -> Trend:
    """Return the trend of what a function or operator makes of its arguments, by the rule of its signature."""
    if rule in _GIVEN:
        return _GIVEN[rule]
    if rule in _OF_TWO:
        return _OF_TWO[rule](*arguments)
    first, *rest = arguments or [UNRELATED]
    if rule in _OF_FIRST and not any(trend.order for trend in rest):
        return _OF_FIRST[rule](first)
    return mixed(arguments)


def ascending(items: Sequence[Mapping[str, Any]], trends: Sequence[Trend]) -> None:
    """Check that no ORDER BY of a distance runs from far to near.

    Args:
        items: the SortBy nodes.
        trends: the trend of the expression of each.

    Raises:
        Rejection: one does, or may.
    """
    for item, trend in zip(items, trends, strict=True):
        falling = item["SortBy"].get("sortby_dir") == "SORTBY_DESC"
        if trend.order == MIXED:
            raise Rejection("direction", "ORDER BY may put the farthest films first: order by the distance, ascending")
        if trend.order == 1 and falling:
            raise Rejection("direction", "ORDER BY a distance must run ascending, nearest first: leave DESC out")
        if trend.order and item["SortBy"].get("sortby_nulls") == "SORTBY_NULLS_FIRST":
            raise Rejection(
                "direction", "ORDER BY a distance must not put films without one first: leave NULLS FIRST out"
            )
        if trend.order == -1 and not falling:
            raise Rejection("direction", "ORDER BY a similarity must run DESC, most similar first: add DESC")


def branches(conditions: Sequence[Trend], results: Sequence[Trend]) -> int:
    """Return the order of a CASE.

    Numbers that rise from branch to branch fall with the distance when the conditions hold for what is far, and rise
    when they hold for what is near.
    """
    by = combined(condition.order for condition in conditions)
    if not by:
        return combined(result.order for result in results)
    steps = {(b.low > a.high) - (b.high < a.low) for a, b in pairwise(results)}
    if by == MIXED or len(steps) != 1 or 0 in steps or any(result.order for result in results):
        return MIXED
    return -by * steps.pop()


def _sum(left: Trend, right: Trend) -> Trend:
    return Trend(combined((left.order, right.order)), left.low + right.low, left.high + right.high)


def _product(left: Trend, right: Trend) -> Trend:
    products = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    known = [0.0 if math.isnan(product) else product for product in products]  # 0 times infinity
    order = combined((turned(left.order, right.sign), turned(right.order, left.sign)))
    return Trend(order, min(known), max(known))


def _quotient(left: Trend, right: Trend) -> Trend:
    return _product(left, right.reciprocal()) if right.sign else mixed((left, right))


def _power(base: Trend, exponent: Trend) -> Trend:
    if exponent.order:
        return Trend(MIXED)
    whole = exponent.low == exponent.high and float(exponent.low).is_integer()
    if base.sign == 1:
        return Trend(turned(base.order, exponent.sign), 0.0)
    if whole and exponent.low % 2 and exponent.low > 0:
        return Trend(base.order)
    return mixed([base])._replace(low=0.0 if whole and not exponent.low % 2 else -inf)


def _greater(left: Trend, right: Trend) -> Trend:
    """Return the trend of a comparison, false (0) before true (1)."""
    return Trend(combined((left.order, turned(right.order))), 0.0, 1.0)


def _different(left: Trend, right: Trend) -> Trend:
    return mixed((left, right))._replace(low=0.0, high=1.0)


def _risen(trend: Trend) -> Trend:
    """Return the trend of a function that rises and keeps the sign."""
    return Trend(trend.order, 0.0 if trend.low >= 0 else -inf, 0.0 if trend.high <= 0 else inf)


def _logarithm(trend: Trend) -> Trend:
    # A count, a year or a rating below 1 is rare, and an error at 0; a distance below 1 is common.
    positive = trend.low >= 1 or (not trend.order and trend.low >= 0 and trend.low != trend.high)
    return Trend(trend.order, 0.0 if positive else -inf)


_GIVEN = {
    "free": UNRELATED,
    "rank": UNRELATED,
    "near": Trend(1),
    "cosine": Trend(1, 0.0, 2.0),
    "far": Trend(-1),
}
_OF_TWO: dict[str, Callable[[Trend, Trend], Trend]] = {
    "+": _sum,
    "-": lambda left, right: _sum(left, right.negated()),
    "*": _product,
    "/": _quotient,
    "div": _quotient,
    "^": _power,
    "power": _power,
    "pow": _power,
    ">": _greater,
    ">=": _greater,
    "<": lambda left, right: _greater(right, left),
    "<=": lambda left, right: _greater(right, left),
    "=": _different,
    "<>": _different,
}
_OF_FIRST: dict[str, Callable[[Trend], Trend]] = {
    "keeps": lambda trend: trend,
    "sum": lambda trend: Trend(trend.order, 0.0 if trend.sign == 1 else -inf),
    "abs": lambda trend: Trend(turned(trend.order, trend.sign), 0.0, max(-trend.low, trend.high)),
    "exp": lambda trend: Trend(trend.order, 0.0),
    **dict.fromkeys(("sqrt", "cbrt", "ceil", "ceiling", "floor", "round", "trunc", "sign"), _risen),
    **dict.fromkeys(("ln", "log", "log10"), _logarithm),
}
