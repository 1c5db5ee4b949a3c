"""Reads groups of verbs ("must not be told") as events, and finds who does them."""

from matinee.grounding.claims.reading.grammar import GRAMMAR
from matinee.grounding.claims.reading.items import Item
from matinee.grounding.claims.reading.parts import Event
from matinee.grounding.claims.reading.senses import outer_waits, verb_at
from matinee.grounding.claims.reading.state import State, give


def read_verbs(s: State) -> None:
    """Read a group of verbs ("must not be told") as one event."""
    items = s.items
    first = s.at
    helped: set[str] = set()
    denied = False
    while items[s.at].kind in ("modal", "be", "have", "do", "adverb", "not"):
        item = items[s.at]
        denied = denied or item.kind == "not" or item.low.endswith(("n't", "nnot")) or item.low == "never"
        helped.add(item.kind)
        s.at += 1
    verb = verb_at(s, s.at)
    token = items[s.at].token
    before = items[first - 1] if first else Item("")
    after_verb = first - 1 in s.verbs_read
    if verb and token:
        s.verbs_read.add(s.at)
        s.at += 1
        told = (
            verb.form == "past"
            and not helped & {"be", "have"}
            and (
                before.kind in ("person", "relative")
                or (s.clause.antecedent is not None and bool(s.clause.subject) and not s.clause.finite)
            )
        )
        passive = verb.form == "past" and ("be" in helped or "have" not in helped) and not told
        finite = bool(helped & {"modal", "be", "have", "do"}) or verb.form in ("s", "plain") or told
        event = Event(verb.plain, token, s.number, passive=passive, denied=denied, plain=verb.form == "plain")
    else:
        plain = "be" if "be" in helped else "have"
        token = next((i.token for i in reversed(items[first : s.at]) if i.token), None)
        if token is None or not helped & {"be", "have"}:
            s.last = None
            return
        finite = True
        event = Event(plain, token, s.number, denied=denied)
    if after_verb and finite and before.kind == "word" and outer_waits(s) and s.clause.outer:
        s.clause = s.clause.outer
    _begin(s, event, before, finite=finite)


def _begin(s: State, event: Event, before: Item, *, finite: bool) -> None:
    clause = s.clause
    s.events.append(event)
    if clause.finite and before.kind == "word" and clause.event and clause.event.verb in GRAMMAR.letting and (
        finite and s.adjacent and s.last in clause.event.parts
    ):  # fmt: skip
        event.above = clause.event
        give(event, [s.last] if s.last else [])
    elif before.kind == "to":
        above = clause.event
        event.above = above
        caused = above is not None and above.verb in GRAMMAR.causing and (above.parts or above.passive)
        doers = (above.parts[:1] if caused else above.doers or above.parts[:1]) if above else clause.subject
        give(event, doers)
        if not doers and not clause.subject:
            clause.waiting.append(event)
    elif finite:
        if clause.antecedent is not None and not clause.subject:
            clause.subject = [clause.antecedent]
        elif clause.antecedent is not None and not clause.finite and clause.subject != [clause.antecedent]:
            event.parts.append(clause.antecedent)
        if clause.finite and clause.outer and before.kind == "," and not s.adjacent and clause.antecedent:
            clause = s.clause = clause.outer
        if clause.believed and clause.finite and clause.outer and clause.outer.subject and before.kind == "and":
            clause = s.clause = clause.outer  # "a faun tells her she is a princess and sets three tasks"
        if not clause.subject and clause.outer and clause.outer.subject:
            clause.subject = clause.outer.subject
        give(event, clause.subject)
        clause.finite, clause.main = True, event
        event.asides.extend(clause.fronted)
        clause.fronted = []
    elif before.low == "from" and clause.event and clause.event.parts:
        event.above = clause.event
        give(event, clause.event.parts[:1])  # "saves a prince from drowning"
    elif s.adjacent and s.last is not None and before.kind != ",":
        event.above = clause.event
        give(event, [s.last])
    else:
        event.above = clause.event
        doers = clause.subject or (clause.event.doers if clause.event else [])
        give(event, doers)
        if not doers:
            clause.waiting.append(event)
    clause.event = event
    s.adjacent = False
    s.role = ""
