"""Demands that a turn takes back or widens: "any year is fine", "forget the action", "the 2000s are fine, too"."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import load
from matinee.language.tokens import stems
from matinee.query.references import pattern
from matinee.understanding import PEOPLE, Constraint, ConstraintField, Span

_CLAUSE = re.compile(r"[^.,;:!?\u2026]+")
_JOINED = re.compile(r" (?:but|so|because|though) ")
_WITH = {
    ConstraintField.PEOPLE: PEOPLE,
    ConstraintField.GENRES: (ConstraintField.GENRES, ConstraintField.KEYWORDS),
    ConstraintField.IMDB_RATING: (ConstraintField.IMDB_RATING, ConstraintField.METASCORE),
}

Read = Callable[[str], Sequence[Constraint]]


class TakenBack(NamedTuple):
    """The earlier demands that still count, and the words of the turn that took others back."""

    kept: list[Constraint]
    spans: list[Span]

    @property
    def lifted(self) -> bool:
        """Tell whether the turn took anything back."""
        return bool(self.spans)


def taken_back(text: str, before: Sequence[Constraint], read: Read) -> TakenBack:
    """Return what is left of earlier demands.

    Args:
        text: the turn, folded.
        before: the demands of the turns before it.
        read: returns the demands that a few words make.
    """
    kept, spans = list(before), []
    for start, clause in _clauses(text):
        changed = _after(clause.replace("'", ""), kept, read)
        if changed is not None:
            kept = changed
            spans.append((start, start + len(clause)))
    return TakenBack(kept, spans)


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    for sentence in _CLAUSE.finditer(text):
        start = sentence.start()
        for joint in [*_JOINED.finditer(sentence[0]), None]:
            end = sentence.start() + joint.start() if joint else sentence.end()
            yield start, text[start:end]
            start = end


def _after(clause: str, kept: list[Constraint], read: Read) -> list[Constraint] | None:
    """Return the demands that count after a clause; None where it takes nothing back."""
    if pattern("taken_back", "at_leisure").search(clause):
        return _without_fields(kept, [ConstraintField.RUNTIME])
    if cue := pattern("taken_back", "dropped").search(clause):
        return _lifted(clause[cue.end() :], kept, read)
    if cue := pattern("taken_back", "indifferent").search(clause):
        return _lifted(f"{clause[: cue.start()]} {clause[cue.end() :]}", kept, read)
    if cue := pattern("taken_back", "accepted").search(clause):
        return _widened(f"{clause[: cue.start()]} {clause[cue.end() :]}", kept, read)
    return None


def _lifted(said: str, kept: list[Constraint], read: Read) -> list[Constraint] | None:
    bare = _bare(said)
    named = [demand for demand in read(bare) if isinstance(demand.value, list)] if bare else []
    left = [one for demand in kept for one in _less(demand, named, {*stems(bare)})]
    return left if left != kept else _without_fields(kept, _fields_in(said))


def _less(demand: Constraint, named: Sequence[Constraint], words: Set[str] = frozenset()) -> list[Constraint]:
    """Return a demand without the values that are named, or told by these stems: none, where nothing of it is left."""
    if not isinstance(demand.value, list):
        return [demand]
    gone = {value for one in named if _alike(one, demand) and isinstance(one.value, list) for value in one.value}
    left = [value for value in demand.value if value not in gone and not (words and words <= {*stems(value)})]
    return [demand if len(left) == len(demand.value) else demand.model_copy(update={"value": left})] if left else []


def _alike(one: Constraint, other: Constraint) -> bool:
    return other.field in _WITH.get(one.field, (one.field,)) or (one.field in PEOPLE and other.field in PEOPLE)


def _widened(said: str, kept: list[Constraint], read: Read) -> list[Constraint] | None:
    bare = _bare(said)
    fields = _fields_in(said)
    if fields and not any(char.isdigit() for char in said):
        return _without_fields(kept, fields)
    demands = read(bare) if bare else []
    if not demands:
        return None
    left = kept
    for demand in demands:
        left = [one for old in left for one in _together(old, demand)]
    return left


def _together(old: Constraint, accepted: Constraint) -> list[Constraint]:
    """Return an earlier demand that what is accepted meets as well."""
    if not _alike(accepted, old):
        return [old]
    if isinstance(old.value, list):
        values = accepted.value if isinstance(accepted.value, list) else []
        if old.op == "none_of":
            return _less(old, [accepted])
        return [old.model_copy(update={"value": list(dict.fromkeys([*old.value, *values])), "op": "any_of"})]
    if isinstance(accepted.value, list) or accepted.op != old.op:
        return [old]
    wider = min if old.op == "at_least" else max
    return [old.model_copy(update={"value": wider(old.value, accepted.value)})]


def _without_fields(kept: list[Constraint], fields: Sequence[ConstraintField]) -> list[Constraint] | None:
    gone = {field for one in fields for field in _WITH.get(one, (one,))}
    left = [demand for demand in kept if demand.field not in gone]
    return left if fields else None


def _fields_in(said: str) -> list[ConstraintField]:
    words = load("conversation")["taken_back"]["fields"]
    return [ConstraintField(field) for field in words if _field_words(field).search(said)]


@cache
def _field_words(field: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load('conversation')['taken_back']['fields'][field])})\b")


def _bare(said: str) -> str:
    return " ".join(pattern("taken_back", "filler").sub(" ", said).split())
