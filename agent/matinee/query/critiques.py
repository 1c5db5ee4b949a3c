"""Wishes that compare ("but more upbeat", "less gory", "but set in space"): directions, not demands.

`critiques.toml` of the lexicon holds moods with their opposites; what is not on it is taken at its word.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import load
from matinee.language.negation import Stance, stance_of
from matinee.language.phrases import Phrases
from matinee.language.request import MASK, Request
from matinee.query.sentence_mode import is_film_word
from matinee.query.terms import Term, with_stances
from matinee.understanding import Critique

_BUT = frozenset(("but", "only", "just", "except", "yet"))
_LONGEST = 4
"""Words of a wish that no list holds."""

_LESS = ("less", "fewer")
_NOT = frozenset(("not", "isnt", "nothing", "never", "arent"))
_WITHOUT = frozenset(("without", "no", "minus"))


class Read(NamedTuple):
    """A critique, the words `first` up to `last` that it was read from, and whether they compare ("no X" refuses)."""

    critique: Critique
    first: int
    last: int
    compares: bool = True


class _Mood(NamedTuple):
    toward: str
    away: str


@cache
def _moods() -> Phrases[_Mood]:
    return Phrases((word, _mood(row, word)) for row in load("critiques")["mood"] for word in row["words"])


@cache
def _tags() -> dict[str, list[str]]:
    return {_mood(row, word).toward: row["tags"] for row in load("critiques")["mood"] for word in row["words"]}


@cache
def _compared() -> dict[str, _Mood]:
    return {word: _mood(row, row["says"]) for row in load("critiques")["mood"] for word in row.get("compared", ())}


def _mood(row: dict[str, str], word: str) -> _Mood:
    """Return the row's texts with the viewer's own word first."""
    rest = [said for said in row["toward"].split(", ") if said != word]
    return _Mood(", ".join([word, *rest]), row["away"])


@cache
def _reading(key: str) -> frozenset[str]:
    return frozenset(load("critiques")["reading"][key])


def read_critiques(request: Request, terms: Sequence[Term], *, seeded: bool) -> list[Read]:
    """Return the wishes that compare; `seeded` tells that the request names a film to compare with."""
    reader = _Reader(request, terms, seeded)
    found: list[Read] = []
    i = 0
    while i < len(request.words):
        read = reader.at(i)
        if read is None:
            i += 1
        else:
            found.append(read)
            i = max(read.last, i + 1)
    return list(_distinct(found))


def read_moods(request: Request, terms: Sequence[Term]) -> list[Read]:
    """Return the moods wished for by themselves ("something upbeat", "a cheerful comedy").

    They describe no thing of the story ("a dark secret"), and no term has read them as a demand or refused them.
    """
    reader = _Reader(request, terms, seeded=False)
    taken = {i for term in terms if term.kind != "avoid" for i in range(term.first, term.last)}
    found = [read for i in range(len(request.words)) if i not in taken and (read := reader.mood(i))]
    refused = _refused(request, terms, found)
    return list(_distinct(read for read in found if refused.isdisjoint(range(read.first, read.last))))


def _refused(request: Request, terms: Sequence[Term], moods: Iterable[Read]) -> set[int]:
    """Return the words of terms and moods that are not wanted, be it as items of a list that is refused."""
    within = {i for term in terms for i in range(term.first, term.last)}
    others = [Term(m.first, m.last, "avoid", "mood", {}) for m in moods if within.isdisjoint(range(m.first, m.last))]
    listed = with_stances(request, sorted([*terms, *others], key=lambda term: term.first))
    return {i for term in listed if term.stance is not Stance.WANTED for i in range(term.first, term.last)}


def tags_of(critique: Critique) -> list[str]:
    """Return the keywords of films that have the mood it goes toward; empty for what is on no list."""
    return _tags().get(critique.toward, [])


class _Reader:
    def __init__(self, request: Request, terms: Sequence[Term], seeded: bool) -> None:
        self._request = request
        self._terms = {term.first: term for term in terms}
        self._seeded = seeded

    def at(self, i: int) -> Read | None:
        """Return the critique that begins with word i."""
        norms = self._request.norms
        word = norms[i]
        if word in _compared() and self._leads(i) and self._stands(i + 1):
            return self._critique(_compared()[word], i, i + 1)
        if word == "more" and norms[i + 1 : i + 3] != ["or", "less"]:
            return self._measured(i, i + 1, less=False)
        if word in _LESS and (i == 0 or norms[i - 1] not in ("or", "no")):
            return self._measured(i, i + 1, less=True)
        if word in ("as", "so", "quite", "that") and i and norms[i - 1] in _NOT and self._seeded:
            return self._measured(i - 1, i + 1, less=True)
        if norms[i : i + 2] == ["make", "it"]:
            return self._listed(i, self._past_fillers(i + 2))
        if self._seeded and ((i and norms[i - 1] in _BUT and self._request.flows(i)) or word == "without"):
            return self._behind_but(i)
        return None

    def mood(self, i: int) -> Read | None:
        """Return the mood that word i begins, where it describes films and nothing in them."""
        listed = _moods().at(self._request, i)
        if not listed or self._request.norms[i] in _reading("things") or MASK in self._request.norms[i]:
            return None
        last, mood = listed
        film = self._before_film_word(last) or (self._continues(last) and self._before_film_word(last + 1))
        before_genre = last in self._terms and self._terms[last].kind == "genre"
        describes = film or before_genre or self._listed(i, last)
        if not (describes or (self._leads(i) and self._stands(last))):
            return None
        wanted = stance_of(self._request, i, last) is Stance.WANTED  # what is refused is read elsewhere
        return self._critique(mood, i, last) if wanted else None

    def _listed(self, begins: int, at: int, *, less: bool = False) -> Read | None:
        """Return the mood of the list that stands at a word, with the words from `begins` on."""
        listed = _moods().at(self._request, at) if self._continues(at) else None
        return self._critique(listed[1], begins, listed[0], less=less) if listed else None

    def _measured(self, i: int, begins: int, *, less: bool) -> Read | None:
        """Read what follows "more" or "less"."""
        at = self._past_fillers(begins)
        if not self._continues(at) or (self._request.norms[at] in _reading("never")):
            return None
        leads = self._leads(i)
        if not (self._seeded or leads):
            return None
        if listed := self._listed(i, at, less=less):
            return listed if (self._seeded and leads) or not self._before_film_word(listed.last) else None
        term = self._terms.get(at)
        if term is not None and (term.kind in ("place", "vague") or self._before_film_word(term.last)):
            return None
        if term is None and not (self._seeded and (less or leads)):
            return None
        last = term.last if term is not None else self._end(at)
        return self._said(at, last, i, away=less) if last > at else None

    def _behind_but(self, i: int) -> Read | None:
        """Read what "but" adds: "but set in space", "but with dragons", "but without the science", "but cheerful"."""
        norms, at = self._request.norms, i
        away = norms[at] in _WITHOUT
        free = norms[at] != "no" and (norms[i - 1] in _BUT if i else False)
        if norms[at] == "set" and norms[at + 1 : at + 2]:
            at += 1
        placed = norms[at] in _reading("placing")
        if away or placed:
            begins = self._past_fillers(at + 1)
            term = self._terms.get(begins)
            if not self._continues(begins) or norms[begins] in ("more", *_LESS) or norms[begins][0].isdigit():
                return None
            if term is not None and term.kind in ("place", "vague") and at == i and not away:
                return None  # "but in French" is a demand
            if away and (listed := self._listed(i, begins, less=True)):
                return listed._replace(compares=False)
            if away and not free and term is None:
                return None
            last = self._end(begins, within=True)
            return self._said(begins, last, i, away=away)._replace(compares=False) if last > begins else None
        listed = self._listed(i, i)
        return listed if listed and i not in self._terms and not self._before_film_word(listed.last) else None

    def _leads(self, i: int) -> bool:
        request = self._request
        if i == 0 or not request.flows(i):
            return True
        before = request.norms[i - 1]
        if before == "it":
            return i > 1 and request.norms[i - 2] == "make"
        return before in _reading("leads") or MASK in before

    def _stands(self, last: int) -> bool:
        """Tell whether a comparative ends before word `last`, and describes no noun ("a darker coat")."""
        request = self._request
        if last >= len(request.words) or not request.flows(last):
            return True
        return request.norms[last] in _reading("ends") or MASK in request.norms[last] or request.norms[last] in _LESS

    def _past_fillers(self, at: int) -> int:
        norms = self._request.norms
        while at < len(norms) and norms[at] in _reading("fillers") and self._request.flows(at):
            at += 1
        return at

    def _continues(self, at: int) -> bool:
        request = self._request
        return at < len(request.words) and request.flows(at) and MASK not in request.norms[at]

    def _before_film_word(self, last: int) -> bool:
        return self._continues(last) and is_film_word(self._request, last)

    def _end(self, first: int, *, within: bool = False) -> int:
        """Return where words taken as they stand end; `within` lets a place go on ("on a boat in winter")."""
        request, last = self._request, first
        ends = _reading("ends") - ({"in", "to", "with"} if within else set())
        while last < len(request.words) and last - first < _LONGEST + within:
            if last > first and not request.flows(last):
                break
            word = request.norms[last]
            if word in ends or MASK in word or is_film_word(request, last):
                break
            last += 1
        return last

    def _critique(self, mood: _Mood, first: int, last: int, *, less: bool = False) -> Read:
        toward, away = (mood.away, mood.toward) if less else mood
        return Read(Critique(toward=toward, away=away, **self._request.said(first, last)), first, last)

    def _said(self, first: int, last: int, begins: int, *, away: bool) -> Read:
        said = {"away" if away else "toward": self._request.quote(first, last)}
        return Read(Critique(**said, **self._request.said(begins, last)), begins, last)


def _distinct(found: Iterable[Read]) -> Iterator[Read]:
    seen: set[tuple[str, str]] = set()
    for read in found:
        key = (read.critique.toward, read.critique.away)
        if key not in seen:
            seen.add(key)
            yield read
