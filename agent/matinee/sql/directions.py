"""Whether an expression rises or falls with a distance, and between which bounds it lies.

ORDER BY may not put the farthest films first, however the distance is disguised: by a sign, a function, a product
with a negative number, a rank. What is not known to rise or to fall is `MIXED`, by which nothing may be ordered.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from matinee.sql.values import MIXED, Value

NONNEGATIVE = frozenset(
    """
    count stddev stddev_pop stddev_samp variance var_pop var_samp row_number rank dense_rank percent_rank cume_dist
    ntile length char_length character_length octet_length position strpos regexp_count random array_length array_ndims
    cardinality ts_rank ts_rank_cd similarity word_similarity strict_word_similarity l2_distance cosine_distance
    l1_distance hamming_distance jaccard_distance vector_dims vector_norm l2_norm
    """.split()
)
"""Functions whose result is never negative."""

RANKS = frozenset("row_number rank dense_rank percent_rank cume_dist ntile count".split())
"""Window functions whose result rises along the order of the window."""

_RISING: dict[str, Callable[[float], float]] = {
    "sqrt": math.sqrt,
    "cbrt": math.cbrt,
    "ln": math.log,
    "log": math.log10,
    "log10": math.log10,
    "exp": math.exp,
    "ceil": math.ceil,
    "ceiling": math.ceil,
    "floor": math.floor,
    "round": float,
    "trunc": float,
    "sign": lambda x: (x > 0) - (x < 0),
}
_LOGARITHMS = frozenset({"ln", "log", "log10"})
_KEEPING = frozenset(
    "sum avg min max lag lead first_value last_value nth_value nullif array_agg mode percentile_cont "
    "percentile_disc unnest".split()
)
_INDEPENDENT = frozenset(
    "count stddev stddev_pop stddev_samp variance var_pop var_samp corr row_number rank dense_rank percent_rank "
    "cume_dist ntile".split()
)


def combined(orders: Iterable[int]) -> int:
    """Return the order of what rises with each of several values, as their sum does."""
    there = {order for order in orders if order}
    return 0 if not there else there.pop() if len(there) == 1 else MIXED


def turned(order: int, sign: int = -1) -> int:
    """Return the order of a value times a factor of this sign; 0: of an unknown one."""
    if order in (0, MIXED):
        return order
    return order * sign if sign else MIXED


def negative(value: Value) -> Value:
    """Return what is known of a number with a minus sign before it."""
    return value._replace(order=turned(value.order), low=-value.high, high=-value.low)


def arithmetic(name: str, left: Value, right: Value) -> tuple[int, float, float]:
    """Return the order and the bounds of what comes out of an operator between two numbers."""
    if name in ("+", "-"):
        other = negative(right) if name == "-" else right
        return combined((left.order, other.order)), left.low + other.low, left.high + other.high
    if name == "*":
        order = combined((turned(left.order, right.sign), turned(right.order, left.sign)))
        return order, *_corners(left, right, lambda a, b: a * b)
    if name == "/":
        if not right.sign:
            return MIXED if left.order or right.order else 0, -math.inf, math.inf
        order = combined((turned(left.order, right.sign), turned(right.order, -left.sign)))
        return order, *_quotient(left, right)
    if name == "^":
        return _power(left, right)
    return MIXED if left.order or right.order else 0, -math.inf, math.inf


def comparison(name: str, left: Value, right: Value) -> int:
    """Return the order of a comparison, false before true."""
    if name in ("<", "<="):
        return combined((turned(left.order), right.order))
    if name in (">", ">="):
        return combined((left.order, turned(right.order)))
    return MIXED if left.order or right.order else 0


def function(name: str, values: Sequence[Value]) -> tuple[int, float, float]:
    """Return the order and the bounds of what a function of these values gives."""
    low, high = (0.0, math.inf) if name in NONNEGATIVE else (-math.inf, math.inf)
    if name in _INDEPENDENT or not values:
        return 0, low, high
    first = values[0]
    if name in ("power", "pow") and len(values) == 2:
        return _power(first, values[1])
    if name == "div":
        return arithmetic("/", first, values[1])
    rest = any(value.order for value in values[1:])
    if name in _KEEPING and not rest:
        if name == "sum":
            return first.order, *((0.0, math.inf) if first.sign == 1 else (-math.inf, math.inf))
        return first.order, first.low, first.high
    if name == "abs":
        top = max(-first.low, first.high)
        return turned(first.order, first.sign), 0.0, top
    if name in _RISING and not rest and (len(values) == 1 or name in ("round", "trunc")):
        return first.order, *_rising(name, first)
    return (MIXED if rest or first.order else 0), low, high


def branches(conditions: Sequence[Value], results: Sequence[Value]) -> int:
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


def _rising(name: str, value: Value) -> tuple[float, float]:
    of = _RISING[name]
    if name in _LOGARITHMS and value.low != value.high and value.low >= 0:
        # A count, a year or a rating below 1 is rare, and an error at 0.
        return max(_at(of, value.low), 0.0), _at(of, value.high)
    return _at(of, value.low, -math.inf), _at(of, value.high, math.inf)


def _at(of: Callable[[float], float], x: float, instead: float = -math.inf) -> float:
    if math.isinf(x):
        return x if x > 0 else instead
    try:
        return of(x)
    except (ValueError, OverflowError):
        return instead


def _power(base: Value, exponent: Value) -> tuple[int, float, float]:
    if exponent.order:
        return MIXED, -math.inf, math.inf
    whole = exponent.low == exponent.high and float(exponent.low).is_integer()
    if base.sign == 1:
        return turned(base.order, exponent.sign), 0.0, math.inf
    if whole and exponent.low % 2 and exponent.low > 0:
        return base.order, -math.inf, math.inf
    return MIXED if base.order else 0, (0.0 if whole and not exponent.low % 2 else -math.inf), math.inf


def _corners(left: Value, right: Value, of: Callable[[float, float], float]) -> tuple[float, float]:
    found = [of(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    known = [0.0 if math.isnan(x) else x for x in found]  # 0 times without end
    return min(known), max(known)


def _quotient(left: Value, right: Value) -> tuple[float, float]:
    if right.low > 0 or right.high < 0:
        return _corners(left, right, lambda a, b: a / b)
    sign = left.sign * right.sign
    return (0.0, math.inf) if sign > 0 else (-math.inf, 0.0) if sign < 0 else (-math.inf, math.inf)
