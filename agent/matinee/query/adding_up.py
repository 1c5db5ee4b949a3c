"""How a turn and the turns before it add up: which demands stay and which give way, and the request that they make."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from matinee.query.constraint_conflicts import resolve
from matinee.query.query_text import completed
from matinee.query.read import distinct
from matinee.query.references import Shown
from matinee.understanding import PEOPLE, Constraint, ConstraintField, Finding, Mention, SortOrder, Understanding

Found = TypeVar("Found", bound=Finding)

MAX_TEXT = 1000
"""Characters of a conversation that are searched with; of a longer one the last."""
_EARLIER = 0.6
"""What is left of the certainty of an earlier demand beside a later one of its kind."""
_FIRM = 0.65
"""Certainty from which a bound takes the place of a former one: "short" does not."""
_FORMS = frozenset(("Animation", "Documentary", "Family", "Biography"))
"""Genres that say how a film is made or for whom, beside those that say what happens in it."""


def joined(
    before: Understanding, said: Understanding, kept: Sequence[Constraint], shown: Sequence[Shown]
) -> Understanding:
    """Return what a turn and those before it ask for together.

    Args:
        before: what was asked for.
        said: what the turn asks for.
        kept: the earlier demands that still count.
        shown: the films shown, which are not shown again.
    """
    whole = f"{before.text}. {said.text}".strip(". ") if before.text else said.text
    text = whole[-MAX_TEXT:].lstrip()
    cut = len(whole) - len(text)
    kept = [_shifted(one, -cut) if before.text else one.model_copy(update={"span": None}) for one in kept]
    before, said = _moved(before, -cut), _moved(said, len(whole) - len(said.text) - cut)
    constraints, remarks = resolve(list(distinct([*kept, *said.constraints])))
    return completed(
        said.model_copy(
            update={
                "text": text,
                "written": _written(before, said),
                "constraints": constraints,
                "mentions": once_each(before.mentions, said.mentions, shown),
                "critiques": list({(c.toward, c.away): c for c in (*before.critiques, *said.critiques)}.values()),
                "moods": said.moods or before.moods,
                "hints": said.hints or before.hints,
                "refused": [*before.refused, *said.refused],
                "order": said.order or _kept_order(before, said),
                "remarks": [*said.remarks, *remarks],
            }
        )
    )


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


def _written(before: Understanding, said: Understanding) -> str:
    """Return both turns in the languages that they were written in; nothing where both are in English."""
    if not (before.written or said.written):
        return ""
    return f"{before.as_written}. {said.as_written}".strip(". ")[-MAX_TEXT:].lstrip()


def without_topic(before: Understanding) -> Understanding:
    """Return the understanding without what it describes: only what it demands, refuses and has shown."""
    mentions = [m.model_copy(update={"span": None}) for m in before.mentions]
    return Understanding(
        text="", mentions=mentions, refused=[r.model_copy(update={"span": None}) for r in before.refused]
    )


def _moved(understood: Understanding, by: int) -> Understanding:
    """Return the understanding with its findings moved by so many characters; what is cut off has no span."""
    fields = ("constraints", "mentions", "critiques", "moods", "relaxed", "hints", "refused")
    moved = {name: [_shifted(f, by) for f in getattr(understood, name)] for name in fields}
    order = understood.order and _shifted(understood.order, by)
    return understood.model_copy(update={**moved, "order": order})


def _kept_order(before: Understanding, said: Understanding) -> SortOrder | None:
    """Return the order asked for before; it no longer stands alone where this turn describes films as well."""
    describes = said.critiques or said.moods or said.mentions
    return before.order and before.order.model_copy(update={"alone": before.order.alone and not describes})


def _shifted(found: Found, by: int) -> Found:
    span = (found.span[0] + by, found.span[1] + by) if found.span and found.span[0] + by >= 0 else None
    return found.model_copy(update={"span": span})


def once_each(before: Sequence[Mention], said: Sequence[Mention], shown: Sequence[Shown]) -> list[Mention]:
    """Return the films named, once each: those of this turn, of the turns before, and all that were shown.

    A turn that names a film to find others like gives up the earlier ones: the direction has changed.
    """
    replaced = any(m.role == "like" for m in said)
    old = [m.model_copy(update={"role": "shown"}) if replaced and m.role == "like" else m for m in before]
    left_out = [mention_of(film, "shown", {}) for film in shown]
    named: dict[str, Mention] = {}
    for mention in (*said, *old, *left_out):
        named.setdefault(mention.movie_id, mention)
    return list(named.values())


def mention_of(film: Shown, role: str, said: Mapping[str, Any]) -> Mention:
    """Return the mention of a film shown; `said`: in which words, and where."""
    return Mention.model_validate({**film._asdict(), "role": role, **said})
