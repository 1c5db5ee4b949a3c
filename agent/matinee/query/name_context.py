"""The words around names: what leads to a name, what follows it, and what they say of the film or the person.

`language/words/names.toml` lists them.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.negation import negated
from matinee.language.phrases import Phrases
from matinee.language.request import Request
from matinee.query.people import Side

Role = Literal["like", "unlike", "seen"]
Kind = Literal[
    "like", "love", "asked", "unlike", "refused", "seen", "unseen", "director", "by", "star", "with", "source", "none"
]

SIDES: dict[Kind, Side] = {"director": "directed", "by": "directed", "star": "starred", "with": "starred"}

_ROLES: dict[Kind, Role] = {
    "like": "like",
    "love": "like",
    "asked": "like",
    "unlike": "unlike",
    "refused": "unlike",
    "seen": "seen",
}
_UNCONCERNED: tuple[Kind, ...] = ("unseen", "director", "star")
"""After these a film named says nothing of what is wanted."""

_MOST_PASSED = 6
_MOST_PASSED_BEFORE_PEOPLE = 4
_GOVERNS = 6
"""How many words after a cue a title may come that the viewer speaks of with it."""

_OPENING, _SHORT = 1, 30
"""A film that no cue speaks of is one to be like at the head of a request, and in one of so few words; in the tuning
half of `benchmarks/labelled/named_films.jsonl` that is so of 98 of 100."""


class Cue(NamedTuple):
    """A phrase that a name may follow, at words `first` up to `end`; after a firm one a film is named as a rule."""

    first: int
    end: int
    kind: Kind
    firm: bool = False

    @property
    def role(self) -> Role | None:
        """What the viewer thinks of a film named after it; None where it does not say."""
        return _ROLES.get(self.kind)


@cache
def _cues() -> Phrases[tuple[Kind, bool]]:
    rows = [(row["phrases"], (row["kind"], row.get("firm", False))) for row in load("names")["cue"]]
    refused: list[tuple[list[str], tuple[Kind, bool]]] = [(load("refusal")["firmly"], ("refused", False))]
    return Phrases((phrase, value) for phrases, value in [*rows, *refused] for phrase in phrases)


@cache
def _verdicts() -> Phrases[Role]:
    roles: tuple[Role, ...] = ("like", "unlike")
    rows = [(verdict, role) for role in roles for verdict in load("names")["verdicts"][role]]
    judged = [(f"{be} {verdict}", role) for verdict, role in rows for be in ("is", "are", "was", "were")]
    did = [(verdict, role) for role in roles for verdict in load("names")["verdicts"]["did"][role]]
    return Phrases([*judged, *did])


@cache
def everyday() -> frozenset[str]:
    """Return the words that are titles or names as well, but mean themselves as a rule."""
    return word_set("common", "everyday") | word_set("talk", "asking")


@cache
def phrases_around(key: str) -> Phrases[bool]:
    """Return a list of phrases that may stand around a name."""
    return Phrases((phrase, True) for phrase in load("names")[key])


def cue_at(request: Request, i: int) -> Cue | None:
    """Return the cue that begins with word i."""
    known: dict[int, Cue | None] = request.memory("cues")
    if i not in known:
        known[i] = _cue(request, i)
    return known[i]


def _cue(request: Request, i: int) -> Cue | None:
    found = _cues().at(request, i)
    if found is None:
        compared = 1 < i < len(request.words) and request.norms[i] == request.norms[i - 2] == "as" and request.flows(i)
        return Cue(i, i + 1, "love") if compared else None  # "as clever as Memento"
    end, (kind, firm) = found
    begin = i
    while begin > 0 and i - begin < 4 and request.flows(begin):
        begin -= 1
    before, said = request.norms[begin:i], request.norms[i:end]
    if said == ["like"] and not (before and before[-1] in word_set("common", "before_verbs")):
        kind, firm = "like", True
    if kind == "seen":
        if before[-1:] == ["you"]:
            return Cue(i, end, "love", firm)
        return Cue(i, end, "unseen", firm=True) if negated(before) else Cue(i, end, "seen", firm)
    if said[0] == "than":
        return Cue(i, end, "seen" if "other" in before else "love")  # "other films than Heat"
    if _ROLES.get(kind) == "like" and negated(before) and "as" not in said:
        return Cue(i, end, "unlike", firm)
    return Cue(i, end, kind, firm)


def verdict_at(request: Request, i: int) -> tuple[int, Role] | None:
    """Return the verdict on the films just named ("... and loved it") that begins with word i, after its end."""
    cue = cue_at(request, i)
    if cue and cue.role and cue.kind not in ("like", "asked") and request.flows(cue.end):
        after, of_it = cue.end + 1, request.words[cue.end]
        named = request.capitals_tell and of_it.text.istitle()  # "watched It"
        ends = not request.flows(after) or request.norms[after] in word_set("common", "after")
        if ends and not named and of_it.norm in load("names")["verdicts"]["of_it"]:
            return after, cue.role
    return _verdicts().at(request, i)


def trails(request: Request, i: int) -> bool:
    """Tell whether word i begins a phrase that makes a film of what is before it: "Mad Max style"."""
    return i < len(request.words) and request.flows(i) and phrases_around("trailing").at(request, i) is not None


class Left(NamedTuple):
    """What leads to a person: the kind of cue, the word where it begins, and whether the name follows at once."""

    kind: Kind
    begins: int
    close: bool
    exhausted: bool
    """Whether somebody has seen all films of this person."""


@dataclass
class Leading:
    """What leads to the word that is read next: the cue in force, and the films of the list that is open."""

    request: Request
    cue: Cue | None = None
    reach: bool = False
    """Whether a film may follow here."""
    joined: bool = True
    """Whether a comma or a word joins what comes next to the list."""
    listed: list[int] = field(default_factory=list)
    list_end: int = 0
    _near: bool = False
    _passed: int = 0
    _seen: Cue | None = None

    @property
    def firm(self) -> bool:
        """Whether a film follows as a rule."""
        return self.reach and self.cue is not None and self.cue.firm

    @property
    def kind(self) -> Kind:
        """The kind of the cue in force."""
        return self.cue.kind if self.cue else "none"

    def open(self, cue: Cue) -> None:
        """Go past a cue."""
        self.cue, self.reach, self._passed = cue, cue.role is not None or cue.firm, 0
        self.listed, self.joined, self._near = [], True, True
        self._seen = cue if cue.kind == "seen" else self._seen

    def close(self) -> None:
        """Go past the end of what the cue speaks of."""
        self.cue, self.reach, self._near = None, False, False

    def move(self, i: int) -> None:
        """Go past word i, which is no part of a cue or a name."""
        norm = self.request.norms[i]
        self._passed += 1
        passed = norm in word_set("names", "passed")
        self._near = self._near and passed and self._passed <= _MOST_PASSED_BEFORE_PEOPLE and self.request.flows(i)
        if self.reach:
            if self.listed:
                self.reach = norm in word_set("names", "listed")
            else:
                self.reach = passed or norm in word_set("names", "passed_before_films")
            self.reach = self.reach and self._passed <= _MOST_PASSED
            self.joined = True
        if norm == "but":
            self.close()

    def note(self, last: int, film: int | None) -> None:
        """Go past a name that ends before word `last`; `film` is its number among the films named."""
        self._near = False
        if film is None:
            return
        if not self.reach:
            self.listed = []
        self.listed.append(film)
        self.reach, self._passed, self.list_end = True, 0, last
        self.joined = any(c in ",/;:&" for c in self.request.gaps[last])

    def role(self, i: int) -> Role | None:
        """Return what the viewer thinks of a film named at word i."""
        cue = self.cue
        if cue is not None:
            weak = cue.kind == "refused" or (cue.role is None and not cue.firm)
            governed = self.reach or i - max(cue.end, self.list_end) <= (1 if weak else _GOVERNS)
            topic = cue.kind == "source" and self.request.norms[cue.first - 1] in word_set("common", "film")
            if governed and (cue.role or topic or cue.kind in _UNCONCERNED):
                return cue.role
        if i <= _OPENING or len(self.request.words) <= _SHORT:
            return "like"
        return "unlike" if self._disliked(i) else "seen"

    def _disliked(self, i: int) -> bool:
        begin, end = i, i + 1
        while not self.request.ends_sentence(begin):
            begin -= 1
        while not self.request.ends_sentence(end):
            end += 1
        return not word_set("names", "disliking").isdisjoint(self.request.norms[begin:end])

    def left_of(self, first: int) -> Left:
        """Return what leads to a person named at word `first`, the word to be read next."""
        if self.cue is None or not (self._near and self.request.flows(first)):
            return Left("none", first, False, self._exhausted(first))
        return Left(self.cue.kind, self.cue.first, self.cue.end == first, self._exhausted(self.cue.first))

    def _exhausted(self, before: int) -> bool:
        if self._seen is None or before - self._seen.end > _MOST_PASSED_BEFORE_PEOPLE:
            return False
        words = range(self._seen.first + 1, before + 1)
        return not any(map(self.request.breaks, words)) and not word_set("names", "all").isdisjoint(
            self.request.norms[self._seen.first : before]
        )
