"""Which terms of the vocabulary say what films are wanted, and which tell of a plot, a club or somebody's family."""

from collections.abc import Callable, Sequence
from itertools import pairwise, takewhile

from matinee.language.lexicon import word_set
from matinee.language.negation import Stance
from matinee.language.request import MASK, Request
from matinee.query.name_context import cue_at
from matinee.query.sentence_mode import (
    before_film_word,
    before_kind,
    ends_well,
    film_word_soon,
    is_film_word,
    manner_of_sentence,
    stands_freely,
    stands_shortly,
)
from matinee.query.terms import Kind, Term, link

_PLACEHOLDERS = frozenset(("one", "ones", "thing", "things"))
_IS = frozenset(("is", "are", "was", "were"))
_NEAR = 8
"""How many words to either side may say that a word tells of a film named, or of a liking."""
_BEHIND = 4
"""How many words after something may say that it is put up with."""
_SPOKEN = frozenset(("language", "speaking", "spoken", "dialogue"))
_MADE_IN = (["from"], ["made"], ["produced"], ["made", "in"], ["produced", "in"])


class _Reader:
    def __init__(self, request: Request, terms: Sequence[Term]) -> None:
        self._request = request
        self._filmed = before_film_word(request, terms)
        self._before_kind = before_kind(request, terms)
        self._following = dict(pairwise(terms))
        self._rules: dict[Kind, Callable[[Term], bool]] = {
            "genre": self._genre,
            "place": self._place,
            "vague": self._vague,
            "avoid": lambda term: term.manner == "always" or term.stance.refuses,
        }

    def means(self, term: Term) -> bool:
        return self._rules[term.kind](term)

    def _genre(self, term: Term) -> bool:
        if term.manner == "hint":
            return True
        if self._after(term) in word_set("genres", "not_before") or self._is_told(term):
            return False
        tight, refused = self._before_genre(term), term.stance is not Stance.WANTED
        asked = manner_of_sentence(self._request, term.first) == "asked"
        beside = term.first in self._filmed or tight
        match term.manner:
            case "alone" | "adjective":
                return True
            case "asked":
                soon = film_word_soon(self._request, term.last)
                return beside or soon or asked or stands_shortly(self._request, term) or refused
            case "mood":
                free = asked or refused or stands_freely(self._request, term)
                return beside or (free and ends_well(self._request, term.last))
        return beside

    def _place(self, term: Term) -> bool:
        request, before = self._request, self._request.norms[max(0, term.first - 2) : term.first]
        described = self._describes(term)
        match term.manner:
            case "anywhere":
                return not {*before[-1:]} & word_set("refusal", "accepting") and not self._is_accepted(term)
            case "refused":
                return term.stance.refuses
            case "prefix":
                return request.gaps[term.last] == "-"
            case "names":
                made = before in _MADE_IN or before[-1:] in _MADE_IN
                return described or (made and manner_of_sentence(request, term.first) not in ("topic", "told"))
        spoken_in = before[-1:] == ["in"] and "languages" in term.row
        goes_on = request.flows(term.last) and request.words[term.last].capital  # "in Spanish Harlem"
        if self._after(term) in _SPOKEN or (spoken_in and not goes_on):
            return True
        if self._is_learnt(term, before) and manner_of_sentence(request, term.first) not in ("topic", "told"):
            return True
        soon = film_word_soon(request, term.last) or self._before_genre(term, apart=1)
        told = self._is_told(term) or ("languages_except" in term.row and self._is_accepted(term))
        return not told and (described or soon or stands_freely(request, term))

    def _is_learnt(self, term: Term, before: Sequence[str]) -> bool:
        """Tell whether films are to teach a language: "to practise my Spanish", "for our German class"."""
        learnt = not word_set("places", "learning").isdisjoint(before) or self._after(term) in word_set(
            "places", "class"
        )
        return learnt and "languages" in term.row

    def _is_accepted(self, term: Term) -> bool:
        """Tell whether what follows puts up with it: "with subtitles is fine"."""
        last = term.last
        while last < len(self._request.words) and self._request.flows(last) and is_film_word(self._request, last):
            last += 1
        behind = range(last, min(last + _BEHIND, len(self._request.words)))
        said = [self._request.norms[i] for i in takewhile(self._request.flows, behind)]
        accepting = word_set("refusal", "accepting")
        return said[:1] != [] and (said[0] in accepting or (said[0] in _IS and not accepting.isdisjoint(said)))

    def _vague(self, term: Term) -> bool:
        if term.manner == "anywhere":
            return True
        told = manner_of_sentence(self._request, term.first) in ("topic", "told")
        if told or self._tells_of_taste(term):
            return False
        says_little = self._after(term) in _PLACEHOLDERS and term.first not in self._before_kind  # "the new one"
        free = term.manner == "freely" and stands_freely(self._request, term)
        return free or (self._describes(term) and not says_little)

    def _tells_of_taste(self, term: Term) -> bool:
        """Tell whether a word describes a film named ("Heat is a modern favorite") or what is liked in general."""
        request, first, last = self._request, term.first, term.last
        while first > 0 and request.flows(first) and term.first - first < _NEAR:
            first -= 1
        while request.flows(last) and last - term.last < _NEAR:
            last += 1
        around = (*range(first, term.first), *range(term.last, last))
        if any(request.norms[i] in _IS and MASK in request.norms[max(0, i - 1) : i + 2] for i in around):
            return True
        liked = False
        while first < term.first:
            if cue := cue_at(request, first):
                liked = cue.kind == "love"
            elif request.norms[first] in word_set("common", "wishes"):
                liked = False
            first = cue.end if cue else first + 1
        return liked and first == term.first

    def _describes(self, term: Term) -> bool:
        return term.first in self._filmed or term.first in self._before_kind

    def _after(self, term: Term) -> str:
        return self._request.norms[term.last] if self._request.flows(term.last) else ""

    def _is_told(self, term: Term) -> bool:
        """Tell whether a term that nobody refuses belongs to a plot or to the past."""
        return term.stance is Stance.WANTED and manner_of_sentence(self._request, term.first) in ("topic", "told")

    def _before_genre(self, term: Term, apart: int = 0) -> bool:
        following = self._following.get(term)
        if following is None or following.kind != "genre":
            return False
        if apart:
            return self._request.flows(term.last) and following.first == term.last + apart
        return link(self._request, term, following) == "tight"


def meant(request: Request, terms: Sequence[Term], *kinds: Kind) -> list[Term]:
    """Return the terms of these kinds that say what is wanted or refused.

    In a list one that does brings along its neighbours: "sports and comedy".
    """
    reader = _Reader(request, terms)
    found = {term for term in terms if term.kind in kinds and reader.means(term)}
    for before, after in [*pairwise(terms), *reversed(list(pairwise(terms)))]:
        if (before in found) != (after in found) and (joined := link(request, before, after)) != "apart":
            other = after if before in found else before
            if other.kind in kinds and _is_brought(request, other, joined, follows=other is after):
                found.add(other)
    return sorted(found, key=lambda term: term.first)


def _is_brought(request: Request, term: Term, joined: str, *, follows: bool) -> bool:
    if term.kind == "place":
        return follows and joined != "tight"
    return term.manner == "asked" or (term.manner == "mood" and ends_well(request, term.last))
