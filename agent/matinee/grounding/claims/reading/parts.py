"""What a reading is made of: phrases that name things, and events."""

from dataclasses import dataclass, field

from matinee.grounding.claims.text import Token


@dataclass(eq=False)
class Phrase:
    """A noun phrase: its words, the last of them its head, and the phrases that hang on it ("of", "'s", "with")."""

    words: list[Token]
    sentence: int = 0
    pronoun: str = ""
    opened: bool = False
    """Whether an article or "his" and the like begins it."""
    role: str = ""
    """The preposition before it, or `scene` when the sentence begins with where and when it plays."""
    links: list["Phrase"] = field(default_factory=list)
    same: list["Phrase"] = field(default_factory=list)
    """Phrases that name the same: appositions, what a pronoun stands for."""

    @property
    def named(self) -> bool:
        """Tell whether its head is written as a name."""
        return bool(self.words) and self.words[-1].capital

    def cluster(self) -> list["Phrase"]:
        """Return all phrases that name the same as this one, itself first."""
        found = [self]
        if self.pronoun and len(self.same) > 1:
            return found  # several, each a thing of its own
        for phrase in found:
            found.extend(o for o in phrase.same if o not in found and not (o.pronoun and len(o.same) > 1))
        return found


@dataclass(eq=False)
class Event:
    """A verb with who does it, to whom, and what else takes part; a passive's subject is whom it is done to."""

    verb: str
    token: Token
    sentence: int
    doers: list[Phrase] = field(default_factory=list)
    parts: list[Phrase] = field(default_factory=list)
    asides: list[Phrase] = field(default_factory=list)
    """Phrases after a preposition."""
    passive: bool = False
    denied: bool = False
    plain: bool = False
    """Whether the verb stands in its plain form, as after "to" and "must"."""
    above: "Event | None" = None
    """The event of whose verb this is an infinitive or a participle."""


def identify(one: Phrase, other: Phrase) -> None:
    """Take both as naming the same."""
    one.same.append(other)
    other.same.append(one)
