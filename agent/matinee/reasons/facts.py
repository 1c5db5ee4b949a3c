"""What a sentence states that can be looked up, and what the catalogue and the records say of it.

Every kind of fact is read in the same way, by a row of a table: what may fill its slot, which words beside the slot
make it a statement about the film, which words make it none, and how it compares with what is known. What nothing
covers gives no fact, and style is never judged.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from matinee.language.cues import Span, statement_cues
from matinee.language.tokens import Token, tokens
from matinee.models import Movie, Preference, title_key
from matinee.reasons.names import CatalogueNames
from matinee.records.films import Record, record_of


@dataclass(frozen=True)
class Fact:
    """One statement that was looked up.

    Attributes:
        kind: which row found it, as `year` or `director`.
        holds: whether it is true.
        source: what says so: a field of the film's row, `records`, `request` or `preference:<id>`.
        quote: what stands there, word for word.
        fault: for the reader of a log, why it is false.
    """

    kind: str
    holds: bool
    source: str = ""
    quote: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Viewer:
    """What the viewer is known to have said: the request, and preferences told or rated before."""

    request: str
    preferences: Sequence[Preference] = ()
    ratings: Sequence[str] = ()
    written: str = ""
    """The request as it was written, where that was in another language."""

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Return all of it as pairs of source and text."""
        told = [
            (f"preference:{p.preference_id}", t) for p in self.preferences for t in dict.fromkeys((p.label, p.text))
        ]
        return [("request", self.request), *told, *(("rating:viewer", text) for text in self.ratings)]


class Slot(NamedTuple):
    """What fills the slot of a statement.

    Attributes:
        first: the first of its words.
        end: the word behind its last one.
        value: what it stands for.
        sure: it is said of the film, whatever stands beside it.
    """

    first: int
    end: int
    value: Any
    sure: bool = False


Cue = tuple[str, int, int]
"""A list of words, and how many words before and behind a slot one of them may stand. A comma counts as a word."""


@dataclass(frozen=True)
class Statement:
    """A sentence of a reason, with the film that it is about and all that can be looked up."""

    text: str
    film: Movie
    viewer: Viewer
    names: CatalogueNames
    nearness: Callable[[str, str], float] = field(default=lambda one, other: 0.0)
    """Cosine between two texts, -1..1."""

    @cached_property
    def record(self) -> Record | None:
        """Return what is on record about the film, if anything is."""
        return record_of(self.film)

    @cached_property
    def crew(self) -> list[str]:
        """Return everybody who is known to have made the film."""
        cast = self.record.cast if self.record else ()
        return list(dict.fromkeys((*self.film.directors, *self.film.stars, *cast)))

    @cached_property
    def words(self) -> list[Token]:
        """Return the words of the sentence."""
        return tokens(self.text)

    @cached_property
    def cues(self) -> Mapping[str, Sequence[Span]]:
        """Return where the phrases of each list stand; the words of the film's own title are none."""
        return {
            name: [(a, b) for a, b in spans if not any(map(self.names_itself, self.words[a:b]))]
            for name, spans in statement_cues().find(self.words).items()
        }

    @cached_property
    def _own(self) -> list[Span]:
        title = re.escape(self.film.title) if self.film.title else r"(?!)"
        return [found.span() for found in re.finditer(title, self.text)]

    def names_itself(self, word: Token) -> bool:
        """Tell whether a word belongs to the film's own title."""
        return any(a <= word.start < b for a, b in self._own)

    @cached_property
    def _places(self) -> list[int]:
        """Return the place of each word, with room for what stands between clauses."""
        ends = [0, *(word.end for word in self.words)]
        gaps = [self.text[a : word.start] for a, word in zip(ends, self.words, strict=False)]
        places, at = [], 0
        for gap in gaps:
            at += 1 + _FAR * bool(_STOP.search(gap)) + bool(re.search("[,()]", gap))
            places.append(at)
        return places

    @cached_property
    def _found(self) -> "dict[Finder, list[Slot]]":
        return {}

    def find(self, finder: "Finder") -> "list[Slot]":
        """Return what a finder finds in the sentence; it is asked once."""
        if finder not in self._found:
            self._found[finder] = list(finder(self))
        return self._found[finder]

    def distance(self, first: int, second: int) -> int:
        """Return how many words the second word stands behind the first; very many, if in another clause."""
        return self._places[second] - self._places[first]

    def before(self, name: str, slot: Span | Slot, within: int) -> Span | None:
        """Return the last phrase of a list that ends at most so many words before the slot."""
        near = (c for c in reversed(self.cues.get(name, ())) if c[1] <= slot[0])
        return next((c for c in near if self.distance(c[1] - 1, slot[0]) <= within), None)

    def behind(self, name: str, slot: Span | Slot, within: int) -> Span | None:
        """Return the first phrase of a list that begins at most so many words behind the slot."""
        near = (c for c in self.cues.get(name, ()) if c[0] >= slot[1])
        return next((c for c in near if self.distance(slot[1] - 1, c[0]) <= within), None)

    def beside(self, slot: Span | Slot, cues: Iterable[Cue]) -> bool:
        """Tell whether a phrase of one of the lists stands near enough to the slot."""
        return any(self.before(name, slot, b) or self.behind(name, slot, a) for name, b, a in cues)

    def said(self, span: Span | Slot) -> str:
        """Return the words as they are written."""
        return self.text[self.words[span[0]].start : self.words[span[1] - 1].end]

    def told(self, name: str) -> bool:
        """Tell whether a name stands in the film's row, as that of a character would."""
        text = " ".join((self.film.title, self.film.overview, *self.film.keywords))
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) is not None


Finder = Callable[[Statement], Iterable[Slot]]
"""Finds in a sentence what may fill a slot."""
_STOP = re.compile(r"[;:!?\u2014\u2013]|\. | - ")
_FAR = 1_000


class Lookup(NamedTuple):
    """What is known of a statement; see `Fact`."""

    holds: bool
    source: str = ""
    quote: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Kind:
    """A row of the table: one kind of fact.

    Attributes:
        name: of the kind.
        slots: finds what may fill its slot.
        compare: looks a slot up; None, if nothing is known of it.
        needs: of these lists a word must stand beside the slot, if there are any.
        bars: of these none may.
    """

    name: str
    slots: Finder
    compare: Callable[[Statement, Slot], Lookup | None]
    needs: tuple[Cue, ...] = ()
    bars: tuple[Cue, ...] = ()

    def read(self, statement: Statement) -> Iterator[Fact]:
        """Yield the facts of this kind in the sentence."""
        for slot in statement.find(self.slots):
            claimed = slot.sure or not self.needs or statement.beside(slot, self.needs)
            if claimed and not statement.beside(slot, self.bars) and (found := self.compare(statement, slot)):
                yield Fact(self.name, *found)


def same_person(name: str, other: str) -> bool:
    """Tell whether a name, full or family name alone, can mean somebody of the other name."""
    one, two = title_key(name, None).split("-"), title_key(other, None).split("-")
    if len(one) == 1:
        return one[0] in (two[-1], two[0])
    return one == two or (one[-1] == two[-1] and one[0][0] == two[0][0]) or set(one) <= set(two) or set(two) <= set(one)


def among(name: str, people: Sequence[str]) -> str | None:
    """Return the person of a list whom the name can mean."""
    return next((person for person in people if same_person(name, person)), None)


def facts_in(statement: Statement, kinds: Sequence[Kind]) -> list[Fact]:
    """Return every fact that the sentence states, of the kinds given, each once."""
    return list(dict.fromkeys(fact for kind in kinds for fact in kind.read(statement)))
