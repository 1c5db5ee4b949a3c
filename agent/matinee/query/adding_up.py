"""How the demands of a turn and those of the turns before it add up: which stay, and which give way."""

from collections.abc import Sequence

from matinee.understanding import Constraint, ConstraintField

PEOPLE = (ConstraintField.DIRECTORS, ConstraintField.STARS, ConstraintField.PEOPLE)
_EARLIER = 0.6
"""What is left of the certainty of an earlier demand beside a later one of its kind."""
_FIRM = 0.65
"""Certainty from which a bound takes the place of a former one: "short" does not."""
_FORMS = frozenset(("Animation", "Documentary", "Family", "Biography"))
"""Genres that say how a film is made or for whom, beside those that say what happens in it."""


def beside(before: Sequence[Constraint], said: Sequence[Constraint], *, replaces: bool) -> list[Constraint]:
    """Return the earlier demands that count beside those of a turn."""
    kept: list[Constraint] = []
    for old in before:
        new = [one for one in said if _of_a_kind(one, old)]
        if not new:
            kept.append(old)
        elif not isinstance(old.value, list):
            kept += _figure_beside(old, new)
        elif kept_old := _list_beside(old, new, replaces=replaces):
            kept.append(kept_old)
    return kept


def kinds(constraints: Sequence[Constraint]) -> set[str]:
    """Return the genres wanted that say what happens in a film."""
    wanted = (c for c in constraints if c.field is ConstraintField.GENRES and c.op != "none_of")
    return {genre for c in wanted if isinstance(c.value, list) for genre in c.value} - _FORMS


def _of_a_kind(new: Constraint, old: Constraint) -> bool:
    people = new.field in PEOPLE and old.field in PEOPLE
    return (new.field is old.field or people) and isinstance(new.value, list) == isinstance(old.value, list)


def _figure_beside(old: Constraint, new: Sequence[Constraint]) -> list[Constraint]:
    """Keep a bound that a later one does not contradict or say anew: "short" leaves "under two hours" as it is."""
    figures = [one for one in new if not isinstance(one.value, list)]
    sign = 1 if old.op == "at_most" else -1
    opposed = any(one.op != old.op and sign * _figure(one) > sign * _figure(old) for one in figures)
    anew = any(one.op == old.op and one.certainty >= min(_FIRM, old.certainty) for one in figures)
    return [] if opposed or anew else [old]


def _figure(bound: Constraint) -> float:
    return bound.value if isinstance(bound.value, float) else 0.0


def _list_beside(old: Constraint, new: Sequence[Constraint], *, replaces: bool) -> Constraint | None:
    values = set(old.value) if isinstance(old.value, list) else set()
    refused = {v for one in new if one.op == "none_of" and isinstance(one.value, list) for v in one.value}
    wanted = {v for one in new if one.op != "none_of" and isinstance(one.value, list) for v in one.value}
    if old.op == "none_of":
        return None if values & wanted or values <= refused else old
    if not wanted:
        return old
    if old.field is ConstraintField.GENRES:
        if values <= wanted or wanted <= values or (replaces and values.isdisjoint(_FORMS)):
            return None
        return old.model_copy(
            update={"certainty": old.certainty * (1.0 if values & _FORMS or wanted & _FORMS else _EARLIER)}
        )
    if old.field in PEOPLE and not replaces and all(one.field is not old.field for one in new if one.op != "none_of"):
        return old.model_copy(update={"certainty": old.certainty * _EARLIER})
    return old if old.field is ConstraintField.KEYWORDS else None
