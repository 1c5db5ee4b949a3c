"""The case of one claim: its words, which of them are borne out and by what, and what speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.reading import Reading
from matinee.grounding.claims.sources import Known, Source
from matinee.grounding.claims.text import Token, find, tokens
from matinee.models import Evidence

Verdict = Literal["supported", "unsupported", "contradicted"]


_NAMED = ("title", "aka")
_PERSONS = frozenset("he she they him her who man woman people everybody somebody someone everyone nobody".split())
_PROSE = ("overview", "keywords", "tagline", "title", "aka")


@dataclass(frozen=True)
class Fault:
    """What speaks against a claim."""

    verdict: Verdict
    kind: str
    why: str


@dataclass(frozen=True)
class Shelf:
    """A source with its words."""

    source: Source
    tokens: tuple[Token, ...]
    stems: tuple[str, ...]


def shelved(sources: Iterable[Source]) -> list[Shelf]:
    """Return the sources with their words taken apart."""
    read = [(source, tuple(tokens(source.text))) for source in sources]
    return [Shelf(source, words, tuple(t.stem for t in words)) for source, words in read]


class Case:
    """What is known, taken apart once for all the claims of a reason."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.movie = known.movie
        self.film = shelved(known.film())
        self.viewer = shelved(known.viewer())
        self.neighbours = shelved(known.neighbours())
        self.passages = shelved(known.passages())

    @cached_property
    def overview(self) -> list[tuple[Source, set[str]]]:
        """Return the overview's sentences, each with its words."""
        return [(s.source, {t.low for t in s.tokens}) for s in self.film if s.source.name == "overview"]

    @cached_property
    def reading(self) -> Reading:
        """Return who does what to whom in what of the overview may be told."""
        return Reading(" ".join(shelf.source.text for shelf in self.film if shelf.source.name == "overview"))

    @cached_property
    def by_stem(self) -> dict[str, Source]:
        """Return for each stem of the row the first source that has it."""
        found: dict[str, Source] = {}
        for shelf in self.film:
            # A title says nothing of what happens; it is named, not told.
            for word in () if shelf.source.name in _NAMED else shelf.stems:
                found.setdefault(word, shelf.source)
        for genre in self.movie.genres:
            for name in LEXICON.genre_words(genre):
                for token in tokens(name):
                    if not LEXICON.empty(token.low):
                        found.setdefault(token.stem, Source("genres", genre))
        return found

    @cached_property
    def by_group(self) -> dict[int, Source]:
        """Return for each group of kin words the first source of the row that has one of them."""
        found: dict[int, Source] = {}
        for word, source in self.by_stem.items():
            for group in LEXICON.kin.get(word, ()):
                found.setdefault(group, source)
        return found

    def bears(self, token: Token) -> Source | None:
        """Return what of the row bears the word out: the word itself, or a kin word."""
        if source := self.by_stem.get(token.stem):
            return source
        said = LEXICON.sexes.get(token.low)
        if said and (token.low not in LEXICON.young or any(of & LEXICON.ages for _, of in self.overview)):
            return next((source for source, of in self.overview if said & of), None)
        if kin := next((self.by_group[g] for g in LEXICON.kin.get(token.stem, ()) if g in self.by_group), None):
            return kin
        return next((self.by_stem[word] for word in LEXICON.kinds.get(token.stem, ()) if word in self.by_stem), None)

    def quoted(self, stems: list[str], shelves: Iterable[Shelf]) -> Source | None:
        """Return the first of the sources that has the words in this order."""
        return next((shelf.source for shelf in shelves if find(stems, shelf.stems) >= 0), None)


@dataclass
class Ruling:
    """One claim under examination."""

    text: str
    case: Case
    kinds: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    quoted: set[int] = field(default_factory=set)
    support: dict[tuple[str, str], None] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> list[Token]:
        """Return the claim's words."""
        return tokens(self.text)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict: one contradiction outweighs all; what nothing bears out is unsupported."""
        if any(fault.verdict == "contradicted" for fault in self.faults):
            return "contradicted"
        borne = any(source not in _NAMED for source, _ in self.support)
        return "supported" if borne and not self.faults else "unsupported"

    @property
    def evidence(self) -> list[Evidence]:
        """Return what bears the claim out."""
        return [Evidence(claim=self.text, source=source, quote=quote) for source, quote in self.support]

    def settle(self, start: int, end: int) -> None:
        """Take the words from one place of the text to another as judged."""
        self.settled.update(i for i, t in enumerate(self.tokens) if t.start < end and t.end > start)

    def bear(self, source: str, quote: str, start: int = 0, end: int = 0) -> None:
        """Take the words as borne out by the quote."""
        self.support[(source, quote)] = None
        where = {i for i, t in enumerate(self.tokens) if t.start < end and t.end > start}
        if source == "overview":
            self.told |= where
        elif source in ("directors", "stars", "title", "aka"):
            self.named |= where
        self.settle(start, end)

    def quote(self, source: str, quote: str, start: int, end: int) -> None:
        """Take the words as a quotation, word for word."""
        self.bear(source, quote, start, end)
        self.quoted |= {i for i, t in enumerate(self.tokens) if t.start < end and t.end > start}

    def quotes(self, start: int, end: int) -> bool:
        """Tell whether all words there belong to a quotation."""
        return all(i in self.quoted for i, t in enumerate(self.tokens) if t.start < end and t.end > start)

    def object(self, verdict: Verdict, kind: str, why: str, start: int = 0, end: int = 0) -> None:
        """Take the words as speaking against the claim."""
        self.faults.append(Fault(verdict, kind, why))
        self.kinds.append(kind)
        self.settle(start, end)

    def is_settled(self, start: int, end: int) -> bool:
        """Tell whether any word there has been judged."""
        return any(i in self.settled for i, t in enumerate(self.tokens) if t.start < end and t.end > start)

    def in_prose(self, phrase: str, *among: str) -> tuple[str, str] | None:
        """Return the source and text of the row's prose (or of the sources named) that has the words in this order."""
        prose = (s for s in self.case.film if s.source.name in (among or _PROSE))
        source = self.case.quoted([t.stem for t in tokens(phrase)], prose)
        return (source.name, source.text) if source else None

    def left(self) -> list[Token]:
        """Return the words that still have to be borne out."""
        return [t for i, t in enumerate(self.tokens) if i not in self.settled and self.asserts(i)]

    def asserts(self, index: int) -> bool:
        """Tell whether the word says something: it is no empty one, or tells what somebody in the plot does."""
        low = self.tokens[index].low
        if self.tokens[index].capital and index in self.told and index:
            return True  # a name, whatever else it means
        return not LEXICON.empty(low) or (low in LEXICON.acts and not self._on_viewer(index) and self._has_doer(index))

    def _on_viewer(self, index: int) -> bool:
        """Tell whether it is done to the viewer or by itself ("will stay with you", "speaks for itself")."""
        return any(token.low in ("you", "your", "itself") for token in self.tokens[index + 1 : index + 3])

    def _has_doer(self, index: int) -> bool:
        """Tell whether the nearest word before that could do something is none for the film or the viewer."""
        for before in reversed(range(index)):
            token = self.tokens[before]
            if token.low in LEXICON.said_of_film or before in self.named:
                return False
            if token.low == "who" and before - 1 in self.named:
                return False
            if token.low in _PERSONS or not LEXICON.empty(token.low):
                return True
        return False
