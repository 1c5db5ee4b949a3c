"""How far a sentence has been read: the clause that is open, the last phrase, what was found so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from matinee.grounding.claims.reading.items import Item
from matinee.grounding.claims.reading.parts import Event, Phrase
from matinee.grounding.claims.reading.subjects import Subjects

OBJECTS = ("him", "her", "them")


@dataclass
class Clause:
    """A clause: its subject and the verb that phrases now belong to; `main` is the one with an ending."""

    subject: list[Phrase] = field(default_factory=list)
    event: Event | None = None
    main: Event | None = None
    finite: bool = False
    believed: bool = False
    """What somebody says or believes, which need not be so."""
    weak: bool = False
    """Opened by "when" and the like: what is told there is seldom what the next pronoun means."""
    antecedent: Phrase | None = None
    waiting: list[Event] = field(default_factory=list)
    fronted: list[Phrase] = field(default_factory=list)
    outer: "Clause | None" = None


@dataclass
class State:
    """A sentence under way."""

    items: list[Item]
    phrases: list[Phrase]
    events: list[Event]
    subjects: Subjects
    number: int
    first: int
    """Where the sentence begins in the text."""
    at: int = 0
    clause: Clause = field(default_factory=Clause)
    role: str = ""
    """The preposition that the next phrase comes after."""
    last: Phrase | None = None
    adjacent: bool = False
    """Whether nothing but a preposition came after the last phrase."""
    fresh: bool = False
    """Whether the phrase being read may begin a clause of its own."""
    apposed: Phrase | None = None
    hung: dict[Phrase, Phrase] = field(default_factory=dict)
    """What each phrase after a preposition hangs on."""
    verbs_read: set[int] = field(default_factory=set)


def settle(clause: Clause) -> None:
    """Hand what never came to a verb to the event of the clause around it."""
    if clause.event is None and clause.outer and clause.outer.event:
        clause.outer.event.asides.extend([*clause.subject, *clause.fronted])


def give(event: Event, doers: Sequence[Phrase]) -> None:
    """Take these as the event's subject: they do it, or in the passive it is done to them."""
    (event.parts if event.passive else event.doers).extend(doers)
