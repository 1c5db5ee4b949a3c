"""What stands around a term: whether the sentence asks for it, or only tells of a plot or of a film that is past."""

from collections.abc import Sequence
from typing import Literal

from matinee.language.lexicon import word_set
from matinee.language.request import Request
from matinee.query.terms import Term, runs

Manner = Literal["asked", "topic", "told", "bare"]

_NEAR = 8
"""How many words back a wish or a topic is looked for."""

_FEW = 3
"""How many words a noun may have before it that by itself is a request."""


def is_film_word(request: Request, i: int) -> bool:
    """Tell whether word i is what people call a film ("movie", "flick")."""
    return 0 <= i < len(request.words) and request.norms[i] in word_set("common", "film")


def film_word_soon(request: Request, last: int) -> bool:
    """Tell whether a film word follows after one other word, as in "American independent film"."""
    return request.flows(last) and request.flows(last + 1) and is_film_word(request, last + 1)


def ends_well(request: Request, last: int) -> bool:
    """Tell whether what describes a film may end before word `last`, so that it does not describe that word."""
    if last >= len(request.words) or not request.flows(last):
        return True
    word = request.norms[last]
    return word in word_set("common", "after") or is_film_word(request, last) or word[0].isdigit()


def manner_of_sentence(request: Request, first: int) -> Manner:
    """Return what the nearest telling word to the left says: a wish, a plot, the past, or nothing."""
    known: dict[int, Manner] = request.memory("manners")
    if first not in known:
        known[first] = _manner(request, first)
    return known[first]


def _manner(request: Request, first: int) -> Manner:
    asking, topic, told = (word_set("common", key) for key in ("asking", "topic", "told"))
    same_clause = True
    for i in range(first - 1, max(-1, first - 1 - _NEAR), -1):
        if request.breaks(i + 1) or request.norms[i] == "but":
            break
        same_clause = same_clause and request.flows(i + 1)
        word = request.norms[i]
        if word in asking or request.norms[max(0, i - 1) : i + 1] == ["you", "have"]:
            return "asked"
        if same_clause and word in topic:
            before = request.norms[i - 1] if i else ""
            return "asked" if word == "about" and before in ("how", "what", "hows", "whats") else "topic"
        if same_clause and word in told:
            return "told"
    return "bare"


def opens_clause(request: Request, first: int) -> bool:
    """Tell whether word `first` begins a clause or follows a comma, an article aside."""
    if first and request.flows(first) and request.norms[first - 1] in ("a", "an", "some", "and", "or"):
        first -= 1
    return (
        first <= 0
        or not request.flows(first)
        or request.norms[first - 1] in ("hi", "hello", "hey", "yes", "no", "yeah")
    )


def stands_freely(request: Request, term: Term) -> bool:
    """Tell whether an adjective describes the film asked for, as in "something short" or "..., but newer"."""
    after = request.norms[term.last] if request.flows(term.last) else ""
    if (
        after in word_set("common", "verbs")
        or not ends_well(request, term.last)
        or manner_of_sentence(request, term.first) in ("topic", "told")
    ):
        return False
    before = request.norms[term.first - 1] if term.first else ""
    return opens_clause(request, term.first) or before in word_set("common", "leads")


def stands_shortly(request: Request, term: Term) -> bool:
    """Tell whether a noun ends a clause of a few words, as search words do ("90s indie drama, ...")."""
    begin = term.first
    while begin > 0 and request.flows(begin) and term.first - begin <= _FEW:
        begin -= 1
    after = request.norms[term.last] if request.flows(term.last) else ""
    told = {*request.norms[begin : term.first]} & (word_set("common", "subjects") | word_set("common", "verbs"))
    few = term.first - begin <= _FEW and not told
    return few and after not in ("and", "or", "is", "was") and ends_well(request, term.last)


def before_kind(request: Request, terms: Sequence[Term]) -> set[int]:
    """Return the first words of the terms that a genre or place follows in one phrase: "old" in "old comedies"."""
    before: set[int] = set()
    for phrase in runs(request, terms, "tight"):
        reached = False
        for term in reversed(phrase):
            if reached:
                before.add(term.first)
            reached = reached or term.kind in ("genre", "place")
    return before


def before_film_word(request: Request, terms: Sequence[Term]) -> set[int]:
    """Return the first words of the terms whose phrase or list ends in a film word: all of "war and crime movies"."""
    before: set[int] = set()
    for run in runs(request, terms, "tight", "or", "and", "comma"):
        reached = False
        for term in reversed(run):
            reached = reached or (request.flows(term.last) and is_film_word(request, term.last))
            if reached:
                before.add(term.first)
    return before
