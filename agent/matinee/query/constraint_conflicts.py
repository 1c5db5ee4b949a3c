"""Demands that exclude each other ("a 1990s film from 2005"): one of them gives way, and a sentence says so."""

from collections.abc import Sequence
from itertools import combinations, groupby
from math import inf
from typing import NamedTuple

from matinee.understanding import Constraint, ConstraintField


class _Span(NamedTuple):
    """What one piece of a request says of a number: from `low` to `high`, both inclusive."""

    low: float
    high: float
    certainty: float
    words: str
    constraints: list[Constraint]


def resolve(constraints: Sequence[Constraint]) -> tuple[list[Constraint], list[str]]:
    """Return demands that can hold together, and what was set aside, in sentences.

    Of two spans of a number the less certain gives way, else the narrower, which leaves more to choose from; what is
    both wanted and refused counts as refused, because the viewer must not be shown what they turned down.
    """
    dropped: list[Constraint] = []
    remarks: list[str] = []
    for field in ConstraintField:
        spans = _spans([c for c in constraints if c.field is field and not isinstance(c.value, list)])
        while pair := _apart(spans):
            weaker, kept = sorted(pair, key=lambda span: (span.certainty, span.high - span.low))
            spans.remove(weaker)
            dropped += weaker.constraints
            remarks.append(_remark(kept.words, weaker.words))
    for wanted in constraints:
        refusal = _refusal(wanted, constraints)
        if refusal is not None:
            dropped.append(wanted)
            remarks.append(_remark(refusal.words, wanted.words))
    return [c for c in constraints if not any(c is d for d in dropped)], list(dict.fromkeys(remarks))


def _spans(bounds: Sequence[Constraint]) -> list[_Span]:
    spans = []
    for words, said in groupby(bounds, key=lambda bound: bound.words):
        together = list(said)
        figures = [(one.op, one.value) for one in together if not isinstance(one.value, list)]
        low = max((value for op, value in figures if op == "at_least"), default=-inf)
        high = min((value for op, value in figures if op == "at_most"), default=inf)
        spans.append(_Span(low, high, min(one.certainty for one in together), words, together))
    return spans


def _apart(spans: Sequence[_Span]) -> tuple[_Span, _Span] | None:
    pairs = combinations(spans, 2)
    return next(((a, b) for a, b in pairs if max(a.low, b.low) > min(a.high, b.high)), None)


def _refusal(wanted: Constraint, constraints: Sequence[Constraint]) -> Constraint | None:
    """Return the refusal that leaves nothing of what is wanted."""
    if not isinstance(wanted.value, list) or wanted.op == "none_of":
        return None
    refusals = [c for c in constraints if c.op == "none_of" and c.field is wanted.field and isinstance(c.value, list)]
    refused = {value for c in refusals if isinstance(c.value, list) for value in c.value}
    left = set(wanted.value) - refused
    if (left and wanted.op == "any_of") or left == set(wanted.value):
        return None
    return next(c for c in refusals if isinstance(c.value, list) and set(c.value) & set(wanted.value))


def _remark(kept: str, dropped: str) -> str:
    if kept == dropped:
        return f"“{dropped}” is both wanted and refused, so it counts as refused."
    return f"“{kept}” and “{dropped}” exclude each other, so “{dropped}” was set aside."
