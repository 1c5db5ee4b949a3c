"""Reads one sentence from left to right."""

from matinee.grounding.claims.reading.items import Item
from matinee.grounding.claims.reading.nouns import read_phrase
from matinee.grounding.claims.reading.senses import joins_phrase, verb_at
from matinee.grounding.claims.reading.state import Clause, State, settle
from matinee.grounding.claims.reading.verbs import read_verbs


def read_sentence(s: State) -> None:
    """Read the sentence to its end; what was found is in the state's lists."""
    while s.items[s.at].kind != "end":
        item = s.items[s.at]
        if verb_at(s, s.at) is not None or item.kind in ("modal", "be", "have", "do"):
            read_verbs(s)
        elif item.kind in ("determiner", "possessive", "person", "word"):
            read_phrase(s)
        else:
            _joint(s, item)
            s.at += 1
    settle(s.clause)


def _joint(s: State, item: Item) -> None:
    clause = s.clause
    if item.kind in ("preposition", "of"):
        s.role = item.low
    elif item.kind == "to":
        s.role = "to"
    elif item.kind == "joint" and joins_phrase(s):
        s.role = item.low
    elif item.kind == "joint":
        settle(clause)
        at = [s.last] if item.low == "where" and s.last is not None else []
        s.clause = Clause(outer=clause, weak=True, fronted=at)
        s.role = ""
    elif item.kind in ("relative", "whose"):
        antecedent = s.last
        outer = s.hung.get(antecedent) if antecedent is not None else None
        if item.low == "who" and outer is not None and (
            outer in clause.subject or (clause.event is not None and clause.event.verb == "be")
        ):  # fmt: skip
            antecedent = outer  # "a rat with a nose who dreams"
        inner = Clause(outer=clause, antecedent=antecedent)
        if item.kind == "whose":
            s.role = "whose"
        s.clause = inner
    elif item.kind == ";":
        if clause.event is None and clause.outer is None:
            s.subjects.forget(s.number)
            for phrase in clause.subject:
                phrase.role = "scene"
        settle(clause)
        s.clause, s.role = Clause(), ""
    elif item.kind == ",":
        s.adjacent, s.role = False, ""
        clause.event = clause.main
    if item.kind not in (",", "adverb", "not"):
        s.adjacent = s.adjacent and item.kind in ("preposition", "of", "to")
