"""Reads which prize a film or its people are said to have won, and looks it up in the lists of winners."""

from collections.abc import Iterator, Sequence

from matinee.reasons import slots
from matinee.reasons.facts import Lookup, Slot, Statement, among
from matinee.records.prizes import Prize, newest, prizes_of

_WITHIN = 14
"""Words between a prize and what is said of it."""
_CLAUSE = 100
_COVERS = {
    "oscar_acting": ("oscar_actor", "oscar_actress", "oscar_supporting_actor", "oscar_supporting_actress"),
    "oscar_screenplay": ("oscar_adapted_screenplay", "oscar_original_screenplay"),
}
_PERSONAL = {"oscar_director", "oscar_acting", *_COVERS["oscar_acting"]}


def named(statement: Statement) -> Iterator[Slot]:
    """Yield the prizes that are said to be won, each with the list that has its winners."""
    found = list(statement.find(slots.phrases("prize")))
    bare = (s for s in statement.find(slots.phrases("category")) if statement.said(s).startswith("Best "))
    for slot in found or [slot._replace(value="oscar") for slot in bare]:
        if slot.value != "other" and not statement.before("prize:other", slot, 2) and _is_won(statement, slot):
            yield slot


def _is_won(statement: Statement, slot: Slot) -> bool:
    """Tell whether the words before a prize, or right behind it, say that it was won rather than missed."""
    if statement.beside(slot, (("winner", 2, 0), ("missed", 0, 3))) or any(
        a <= slot.first < b for a, b in statement.cues.get("winner", ())
    ):
        return False
    won, missed = statement.before("won", slot, _WITHIN), statement.before("missed", slot, _WITHIN)
    if won and missed:
        return missed[0] < won[0] and statement.distance(missed[1] - 1, won[0]) > 3
    return bool(won or (not missed and statement.behind("won", slot, 4)))


def compare(statement: Statement, slot: Slot) -> Lookup | None:
    """Look a prize up; only those of which all winners are listed are judged."""
    year, body = statement.film.year, slot.value
    if year is None or year > newest(body) or _of_another_film(statement):
        return None
    won = prizes_of(statement.film)
    if body == "oscar":
        return _oscar(statement, slot, won)
    if body == "bafta_film" and "oscar_picture" not in _categories(statement, slot):
        return None
    return _finding([prize for prize in won if prize.prize == body], body)


def _of_another_film(statement: Statement) -> bool:
    return not statement.cues.get("itself") and any(
        statement.before("for:film", title, 1) for title in statement.find(slots.titles)
    )


def _categories(statement: Statement, slot: Slot) -> set[str]:
    """Return the prizes named beside the body that gives them, or what it was given for."""
    named = {s.value for s in statement.find(slots.phrases("category")) if _near(statement, s, slot, _WITHIN)}
    return named or {s.value for s in statement.find(slots.phrases("won_for")) if _near(statement, s, slot, 6)}


def _near(statement: Statement, other: Slot, slot: Slot, within: int) -> bool:
    return abs(statement.distance(other.first, slot.first)) <= within


def _oscar(statement: Statement, slot: Slot, won: Sequence[Prize]) -> Lookup | None:
    named = [p for p in statement.find(slots.people) if _near(statement, p, slot, _CLAUSE)]
    people = [among(p.value.name, statement.crew) for p in named if not slots.owned(statement.words[p.end - 1])]
    winners, claimed = [person for person in people if person], sorted(_categories(statement, slot))
    if statement.behind("unlisted", slot, 6) or (statement.before("unlisted", slot, 6) and not claimed):
        return None
    if claimed:
        findings = [_category(won, winners, key) for key in claimed]
        return next((f for f in findings if not f.holds), findings[0])
    oscars = [p for p in won if p.prize.startswith("oscar")]
    if mine := [p for p in oscars if not winners or not p.people or any(among(w, p.people) for w in winners)]:
        return _finding(mine, "oscar")
    played = winners and not any(among(winner, statement.film.directors) for winner in winners)
    return _finding([], "oscar_acting") if played else None


def _category(won: Sequence[Prize], winners: Sequence[str], key: str) -> Lookup:
    listed = [p for p in won if p.prize in _COVERS.get(key, (key,))]
    if winners and key in _PERSONAL:
        listed = [p for p in listed if any(among(winner, p.people) for winner in winners)]
    return _finding(listed, key)


def _finding(listed: Sequence[Prize], claimed: str) -> Lookup:
    if listed:
        return Lookup(True, "records", listed[0].prize)
    return Lookup(False, fault=f"the winners of {claimed} do not include it")
