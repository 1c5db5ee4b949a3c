"""The people of the catalogue, found by full name or by a family name that one of them is known for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from matinee.language.english import is_word
from matinee.language.folding import fold
from matinee.language.lexicon import word_set
from matinee.language.tokens import norms

Side = Literal["directed", "starred", "either"]

_LONGEST = 4
"""Words of the longest name that is looked for."""

_KNOWN = {"directed": 3, "starred": 4, "either": 4}
"""How many films make somebody known well enough for a family name."""

_FAR_AHEAD = 4
"""Of two who share a name one is meant, when that one has this many times the films of the other."""

_SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))


@dataclass
class Person:
    """Somebody of the catalogue, with the number of films directed and played in."""

    name: str
    directed: int = 0
    starred: int = 0
    words: tuple[str, ...] = field(default=(), repr=False)

    def films(self, side: Side) -> int:
        """Return how many films count on this side."""
        if side == "either":
            return self.directed + self.starred
        return self.directed if side == "directed" else self.starred


class PeopleLookup:
    """Names of a catalogue's directors and stars, ready to be found in requests."""

    def __init__(self, films: Iterable[tuple[Sequence[str], Sequence[str]]] = ()) -> None:
        self._people: dict[str, Person] = {}
        self._families: dict[str, dict[str, None]] = {}
        for directors, stars in films:
            for name in dict.fromkeys(directors):
                self._person(name).directed += 1
            for name in dict.fromkeys(stars):
                self._person(name).starred += 1
            self._note_families(directors)
            self._note_families(stars)
        self._full: dict[str, list[Person]] = {}
        self._single: dict[str, list[Person]] = {}
        self._firsts: set[str] = set()
        self._given: set[str] = set()
        for person in self._people.values():
            self._enter(person)
        self.words = frozenset(word for name in self._full for word in name.split())
        self.films = {person.name: person.films("either") for person in self._people.values()}

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self._people)

    def called(self, words: Sequence[str]) -> list[Person]:
        """Return the people whose full name these words are, apart from initials, "Jr." and blanks in a family name."""
        if words[0] not in self._firsts:
            return []
        return self._full.get(" ".join(words)) or self._full.get(f"{words[0]} {''.join(words[1:])}", [])

    def known_by(self, name: str, side: Side, least: int | None = None) -> Person | None:
        """Return the one whom a family or given name alone means, on this side.

        None when several or none do, or when it is given to one and the family name of another ("Arnold").
        Whoever is known by it has made `least` films, by default enough to be known by an everyday name.
        """
        bearers = sorted(self._single.get(name, ()), key=lambda p: -p.films(side))
        if not bearers or bearers[0].films(side) < (least or _KNOWN[side]):
            return None
        if name in self._given and bearers[0].words[0] != name:
            return None
        rival = bearers[1].films(side) if len(bearers) > 1 else 0
        return bearers[0] if rival * _FAR_AHEAD <= bearers[0].films(side) else None

    def family(self, surname: str) -> list[Person]:
        """Return those of one family name who made films together."""
        return [self._people[name] for name in self._families.get(surname, ())]

    def _person(self, name: str) -> Person:
        return self._people.setdefault(name, Person(name))

    def _note_families(self, directors: Sequence[str]) -> None:
        for one, other in combinations(directors, 2):
            surname = one.rpartition(" ")[2]
            if surname == other.rpartition(" ")[2] and " " in one:
                self._families.setdefault(fold(surname), {}).update({one: None, other: None})

    def _enter(self, person: Person) -> None:
        words = norms(person.name)
        if not words or len(words) > _LONGEST + 2:
            return
        if len(words) > 2 and words[-1] in _SUFFIXES:
            self._enter_full(person, words)
            words = words[:-1]
        self._enter_full(person, words)
        plain = [w for i, w in enumerate(words) if len(w) > 1 or i in (0, len(words) - 1)]
        if len(plain) > 1 and plain != words:
            self._enter_full(person, plain)
        if len(words) > 2 and len(words[0]) == 1:
            self._enter_full(person, words[1:])
        if len(words) > 2:
            self._enter_full(person, [words[0], "".join(words[1:])])
        person.words = tuple(plain)
        if len(words) > 1:
            if person.films("either") >= _KNOWN["directed"]:
                self._given.add(words[0])
            given = () if is_word(words[0]) else words[:1]  # "America" is no Ferrera
            for name in dict.fromkeys((words[-1], *given)):
                self._single.setdefault(name, []).append(person)
            if words[-2] in word_set("names", "particles"):
                self._single.setdefault(f"{words[-2]} {words[-1]}", []).append(person)

    def _enter_full(self, person: Person, words: Sequence[str]) -> None:
        bearers = self._full.setdefault(" ".join(words), [])
        if person not in bearers:
            bearers.append(person)
        self._firsts.add(words[0])
