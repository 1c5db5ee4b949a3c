"""Which demands give way when too few films meet them all, in which order, and what the viewer is told of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matinee.understanding import Constraint, ConstraintField

_UNSURE = 0.7
"""Certainty below which a demand is dropped before any figure is widened that is certain."""
_SLACK = {
    ConstraintField.RUNTIME: (20.0, 45.0),
    ConstraintField.METASCORE: (10.0, 20.0),
    ConstraintField.IMDB_RATING: (0.5, 1.0),
    ConstraintField.YEAR: (5.0, 10.0),
}
"""How far the bound on a figure is moved at first, and then, in the order in which they give way."""
_COUNTS = ("No film meets", "Only one film meets", "Only two films meet", "Only three films meet")
_MOST_NAMED = 4
"""Demands that a sentence names; of more it speaks as of everything."""
_BOUNDS: dict[tuple[ConstraintField, str], str] = {
    (ConstraintField.RUNTIME, "at_most"): "up to {:g} minutes",
    (ConstraintField.RUNTIME, "at_least"): "{:g} minutes or more",
    (ConstraintField.YEAR, "at_most"): "up to {:g}",
    (ConstraintField.YEAR, "at_least"): "from {:g} on",
    (ConstraintField.IMDB_RATING, "at_least"): "rated {:g} or better",
    (ConstraintField.METASCORE, "at_least"): "a Metascore of {:g} or better",
}


class Relaxation(NamedTuple):
    """Looser demands, and those that gave way for them."""

    constraints: list[Constraint]
    gave_way: list[Constraint]
    counts: str = ""
    """What counts, too; empty where a demand was dropped."""
    last_resort: bool = False
    """Whether it is for when no film was found at all."""
    unsure: bool = False
    """Whether only what the request does not surely say gave way."""


def relaxations(constraints: Sequence[Constraint]) -> Iterator[Relaxation]:
    """Yield ever looser demands.

    First any of several genres counts for all of them, and what is unsure is widened or dropped. Then figures are
    widened, twice; then of what else may give way one at a time is missing; and only where nothing was found all of it,
    the least certain first. Refusals, limits of age and content, and what is certain but no figure never give way.
    """
    left = list(constraints)
    for step in [*_either(left), *_unsure(left)]:
        left = _replaced(left, step)
        yield step._replace(constraints=list(left), unsure=True)
    figures = list(_figures(constraints))
    for round_ in (0, 1):
        for bounds in (bounds for bounds in figures if all(any(c.words == b.words for c in left) for b in bounds)):
            step = _widened(bounds, round_)
            left = [c for c in left if not (c.field is bounds[0].field and c.words == bounds[0].words)]
            left += step.constraints
            yield step._replace(constraints=list(left))
    soft = sorted((c for c in left if c.gives_way), key=lambda c: c.certainty)
    for weakest in soft:
        yield Relaxation([c for c in left if c is not weakest], [weakest])
    for number, weakest in enumerate(soft[1:], 2):
        dropped = soft[:number]
        rest = [c for c in left if not any(c is one for one in dropped)]
        yield Relaxation(rest, [weakest], last_resort=True)


def _replaced(left: Sequence[Constraint], step: Relaxation) -> list[Constraint]:
    return [*(c for c in left if not any(c is one for one in step.gave_way)), *step.constraints]


def _either(constraints: Sequence[Constraint]) -> Iterator[Relaxation]:
    for one in constraints:
        if one.gives_way and one.op == "all_of" and isinstance(one.value, list) and len(one.value) > 1:
            yield Relaxation([one.model_copy(update={"op": "any_of"})], [one], f"one of the two for {_words(one)}")


def _unsure(constraints: Sequence[Constraint]) -> Iterator[Relaxation]:
    unsure = [c for c in constraints if c.gives_way and c.certainty < _UNSURE and c.op != "all_of"]
    for one in sorted(unsure, key=lambda c: c.certainty):
        yield Relaxation([], [one])


def _figures(constraints: Sequence[Constraint]) -> Iterator[list[Constraint]]:
    """Yield the bounds that the same words set on a figure, together."""
    for field in _SLACK:
        bounds = [c for c in constraints if c.field is field and c.certainty >= _UNSURE]
        for words in dict.fromkeys(c.words for c in bounds):
            yield [c for c in bounds if c.words == words]


def _widened(bounds: list[Constraint], round_: int) -> Relaxation:
    field, values = bounds[0].field, [c.value for c in bounds if isinstance(c.value, float)]
    slack = _SLACK[field][round_]
    if field is ConstraintField.YEAR and len(bounds) > 1:
        slack = min(slack, (round_ + 1) * max(1.0, (max(values) - min(values) + 1) // 2))
    moved = [value + (slack if bound.op == "at_most" else -slack) for bound, value in zip(bounds, values, strict=True)]
    if len(bounds) > 1:
        counts = f"{min(moved):g} to {max(moved):g}{' minutes' if field is ConstraintField.RUNTIME else ''}"
    else:
        counts = _BOUNDS.get((field, bounds[0].op), "what is near to it").format(*moved)
    looser = [b.model_copy(update={"value": value}) for b, value in zip(bounds, moved, strict=True)]
    return Relaxation(looser, bounds, counts)


def told_of(found: int, constraints: Sequence[Constraint], steps: Sequence[Relaxation]) -> str:
    """Return a sentence about what gave way.

    Args:
        found: how many films met all demands.
        constraints: those demands.
        steps: what gave way.
    """
    count = _COUNTS[found] if found < len(_COUNTS) else f"Only {found} films meet"
    asked = list(dict.fromkeys(map(_words, constraints)))
    said = "all that was asked for" if len(asked) > _MOST_NAMED else _listed(asked, "and")
    wider = {step.gave_way[0].words: step.counts for step in steps if step.counts}
    dropped = list(dict.fromkeys(_words(one) for step in steps if not step.counts for one in step.gave_way))
    count_as_well = "counts as well" if len(wider) == 1 else "count as well"
    parts = [f"{_listed(list(wider.values()), 'and')} {count_as_well}"] if wider else []
    parts += [f"{_listed(dropped, 'or')} may be missing"] if dropped else []
    return f"{count} {said}, so {_listed(parts, 'and')}."


def _listed(items: Sequence[str], joined: str) -> str:
    return f" {joined} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def _words(demand: Constraint) -> str:
    """Return a demand in the viewer's words."""
    refused = demand.op == "none_of" or (demand.is_limit and demand.field is not ConstraintField.AGE)
    return f"{'no ' if refused else ''}“{demand.words}”" if demand.words else demand.label
