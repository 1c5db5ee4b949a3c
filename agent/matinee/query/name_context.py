"""What stands around a name in a request: what leads to it, what follows, whether the viewer is sure of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

from matinee.language.lexicon import load, word_set
from matinee.language.negation import Stance, stance_of
from matinee.language.phrases import Phrases
from matinee.language.request import Request
from matinee.query.preference_cues import cue_at
from matinee.query.sentence_mode import film_word_soon, is_film_word
from matinee.query.terms import Term

Cue = Literal["director", "by", "star", "with", "source", "asking", "exhausted", "like", "unlike", "love", "none"]

_NEAR = 8
"""How many words from a name a doubt counts."""

_MOST_PASSED = 4

_words = partial(word_set, "people")


@dataclass(frozen=True)
class Left:
    """What stands before a name: the kind of cue, the word where it begins, and whether the name follows at once."""

    cue: Cue
    begins: int
    close: bool


@cache
def _cues() -> Phrases[Cue]:
    kinds: tuple[Cue, ...] = ("director", "by", "star", "with", "source", "asking", "exhausted")
    return Phrases((phrase, kind) for kind in kinds for phrase in load("people")[kind])


@cache
def _acts() -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in load("people")["acts"])


@cache
def _hedges() -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in load("people")["hedges"])


class Around:
    """One request as a reader of names sees it. `keys` are its words without a genitive s."""

    def __init__(self, request: Request, terms: Sequence[Term]) -> None:
        self._request = request
        self.keys = [_bare(request, i) for i in range(len(request.words))]
        self._ends: dict[int, tuple[int, Cue]] = {last: (i, cue) for i, last, cue in _cues().scan(request)}
        self._ends |= _likings(request, self._ends)
        self._described = {t.first: t for t in terms if t.kind in ("genre", "vague", "place")}
        self._ending = {t.last for t in terms}
        self._doubts = [i for i, _, _ in _hedges().scan(request)]
        self._followed: dict[int, bool] = {}

    def cued(self, i: int) -> bool:
        """Tell whether a cue ends right before word i."""
        return i in self._ends

    def described(self, i: int) -> bool:
        """Tell whether a genre, a place or the like begins with word i."""
        return i in self._described

    def acts(self, last: int) -> bool:
        """Tell whether what follows says that the person is in the film: "in it", "plays"."""
        return bool(self._request.flows(last) and _acts().at(self._request, last))

    def stance(self, first: int, last: int) -> Stance:
        """Return what the words around think of words `first` up to `last`."""
        return stance_of(self._request, first, last)

    def flows(self, i: int) -> bool:
        """Tell whether word i may belong to the name that the word before it belongs to."""
        return self._request.flows(i) or self._request.gaps[i] == ". "

    def left_of(self, first: int) -> Left:
        """Return what leads to a name that begins with word `first`."""
        request, at = self._request, first
        for passed in range(_MOST_PASSED + 1):
            if at in self._ends and request.flows(at):
                begins, cue = self._ends[at]
                return Left(cue, begins, passed == 0)
            if at <= 0 or not request.flows(at) or request.norms[at - 1] not in _words("passed_over"):
                break
            at -= 1
        return Left("none", first, False)

    def films_follow(self, last: int) -> bool:
        """Tell whether a film word or a genre follows: "Kubrick films", "Adam Sandler comedies"."""
        # Asked of a word by each of the names that may end before it.
        if last not in self._followed:
            self._followed[last] = self._films_follow(last)
        return self._followed[last]

    def _films_follow(self, last: int) -> bool:
        request = self._request
        if last >= len(request.words) or not self.flows(last) or self.followed_by(last, "style"):
            return False
        if request.norms[last] in _words("works"):
            return True
        if is_film_word(request, last) and request.norms[last] not in _words("other"):
            return request.norms[last] not in ("one", "ones", "thing", "things", "type", "types")
        term = self._described.get(last)
        return (term is not None and term.kind == "genre") or film_word_soon(request, last)

    def followed_by(self, last: int, *lists: str) -> bool:
        """Tell whether word `last` is on one of these lists."""
        request = self._request
        if last >= len(request.words) or not (request.flows(last)):
            return False
        return any(request.norms[last] in _words(name) for name in lists)

    def possessive(self, i: int) -> bool:
        """Tell whether word i ends in an apostrophe and an s: "Hitchcock's films"."""
        word = self._request.words[i]
        return self._request.folded[word.start : word.end].endswith(("'s", "s'")) and self._request.flows(i + 1)

    def hedged(self, first: int, last: int) -> bool:
        """Tell whether the viewer only supposes that it was this person: "I think it had John Cusack"."""
        request = self._request
        begin = first
        while begin > 0 and first - begin < _NEAR and not request.ends_sentence(begin):
            begin -= 1
        end = last
        while end < len(request.words) and end - last < _NEAR and not request.ends_sentence(end):
            end += 1
        unsure = end == last and last <= len(request.words) and request.gaps[last].lstrip(" (").startswith("?)")
        return unsure or any(begin <= at < first or last <= at < end for at in self._doubts)

    def exhausted(self, before: int) -> bool:
        """Tell whether shortly before word `before` somebody has seen all of it."""
        return any(
            self._ends[at][1] == "exhausted" for at in range(max(0, before - 3), before + 1) if at in self._ends
        ) and not any(self._request.breaks(i) for i in range(max(1, before - 2), before + 1))

    def ends_clause(self, last: int) -> bool:
        """Tell whether a clause may end before word `last`."""
        request = self._request
        if last >= len(request.words) or not request.flows(last):
            return True
        return request.norms[last] in word_set("common", "ends") or request.norms[last] in (
            "in",
            "tonight",
            "pls",
            "plz",
        )

    def opens_clause(self, first: int) -> bool:
        """Tell whether a clause, or what describes a film, ends before word `first`."""
        request, at = self._request, first
        while at > 0 and request.flows(at) and request.norms[at - 1] in _words("passed_over"):
            at -= 1
        return at == 0 or not request.flows(at) or at in self._ending

    def capitals(self, first: int, last: int) -> bool:
        """Tell whether words `first` up to `last` are written as names are."""
        words = self._request.words[first:last]
        return self._request.capitals_tell and all(w.capital or w.norm in _words("particles") for w in words)


def _likings(request: Request, known: Mapping[int, tuple[int, Cue]]) -> dict[int, tuple[int, Cue]]:
    """Return the cues that pass a verdict, as titles have them, by the word after their end."""
    ends: dict[int, tuple[int, Cue]] = {}
    i = 0
    while i < len(request.words):
        cue = cue_at(request, i)
        if cue is None:
            i += 1
            continue
        if cue.role in ("like", "unlike") and known.get(cue.end, (i,))[0] >= i:
            liked: Cue = "asking" if cue.asks else "like" if cue.firm else "love"
            ends[cue.end] = (i, "unlike" if cue.role == "unlike" else liked)
        i = cue.end
    return ends


def _bare(request: Request, i: int) -> str:
    word = request.words[i]
    return word.norm[:-1] if request.folded[word.start : word.end].endswith("'s") else word.norm
