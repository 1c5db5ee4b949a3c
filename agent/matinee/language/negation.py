"""What the words around something think of it: wanted, refused, or left open, and how far a refusal reaches."""

from collections.abc import Collection, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.phrases import Phrases
from matinee.language.request import Request

_LEFTWARD = 8
"""How many words a refusal reaches."""
_LONGEST = 24
"""Words of the longest list that is refused at once."""
_ITEM = 4
"""Words of an item of such a list, its "or" among them."""
_BARE = 2
"""Words of an item where nothing but commas joins them."""
_WISHES = frozenset(("something", "anything", "someone", "want", "give", "like", "show", "need", "prefer", "more"))
_ARTICLES = frozenset(("a", "an", "one", "two"))
_COMPANY = frozenset(("for", "with", "to", "and"))
_OUTRIGHT = frozenset(("not", "isnt", "arent"))


class Stance(Enum):
    """What the viewer thinks of something."""

    WANTED = "wanted"
    REFUSED = "refused"
    SPARINGLY = "sparingly"
    OPEN = "open"

    @property
    def refuses(self) -> bool:
        """Whether it is refused, wholly or in excess."""
        return self in (Stance.REFUSED, Stance.SPARINGLY)


_STANCES = {"firmly": Stance.REFUSED, "softly": Stance.SPARINGLY, "left_open": Stance.OPEN}


@cache
def _refusals() -> Phrases[str]:
    kinds = ("ignored", "not_refused", *_STANCES)
    return Phrases((phrase, kind) for kind in kinds for phrase in load("refusal")[kind])


@cache
def _afterwards() -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in load("refusal")["afterwards"])


def stance_of(request: Request, first: int, last: int, others: Collection[int] = ()) -> Stance:
    """Return what the words before and after something think of it.

    A refusal ends with its clause, at words that turn ("but", "please"), at a subject, and at "and" that adds a wish of
    its own.

    Args:
        request: the text.
        first: its first word.
        last: the word after it.
        others: words of the text that may be refused as well.
    """
    behind = last
    while request.flows(behind) and request.norms[behind] in word_set("common", "film"):
        behind += 1
    after = _afterwards().at(request, behind) if request.flows(behind) else None
    if after and (request.norms[behind] != "free" or request.gaps[behind] == "-"):
        return Stance.REFUSED
    ends = _ends(request)
    at, joined, crossed = first, False, False
    while at > 0 and first - at < _LEFTWARD and (request.flows(at) or _passes(request, at)):
        word = request.norms[at - 1]
        if at in ends:
            begins, kind = ends[at]
            if kind == "ignored":
                at = begins
                continue
            apart = word == "non" and at != first
            added = joined and (not crossed or kind == "softly" or word in _OUTRIGHT)
            return Stance.WANTED if apart or added else _STANCES.get(kind, Stance.WANTED)
        stops = word in word_set("refusal", "stops") or word in word_set("common", "subjects")
        if stops or (word == "with" and crossed):
            break
        joined = joined or word in ("and", "plus")
        crossed = crossed or at - 1 in others
        at -= 1
    return Stance.WANTED


def _passes(request: Request, at: int) -> bool:
    """Tell whether a refusal passes what stands before a word: "horror/war", "avoid: horror"."""
    gap = request.gaps[at].strip()
    return request.gaps[at] == "/" or (gap == ":" and request.norms[at - 1] in word_set("refusal", "verbs"))


def _ends(request: Request) -> dict[int, tuple[int, str]]:
    """Return the phrases of refusal by the word after their end: their first word, and their kind.

    Those of a character are left out: “about a detective who hates cartoons”.
    """
    known: dict[str, dict[int, tuple[int, str]]] = request.memory("refusals")
    if not known:
        found = _refusals().scan(request)
        known["ends"] = {last: (first, kind) for first, last, kind in found if not _of_a_character(request, first)}
    return known["ends"]


def _of_a_character(request: Request, first: int) -> bool:
    if first < 3 or request.norms[first - 1] != "who":
        return False
    whom = range(max(0, first - 5), first - 2)
    article = next((i for i in reversed(whom) if request.norms[i] in _ARTICLES), None)
    if article is None or any(request.breaks(i) for i in range(article + 1, first)):
        return False
    return article == 0 or request.norms[article - 1] not in _COMPANY


class Refused(NamedTuple):
    """Words `first` up to `last` that are refused by the phrase that begins with word `begins`."""

    begins: int
    first: int
    last: int
    softly: bool
    """Whether they are refused in excess only."""


def refused_words(request: Request) -> list[Refused]:
    """Return what the refusals of a request reach, from left to right: to the end of a clause, or of a list."""
    ends = _ends(request)
    starts = {first for first, _ in ends.values()}
    found = []
    for first, (begins, kind) in sorted(ends.items()):
        if kind in ("firmly", "softly") and (last := _reached(request, first, starts)) > first:
            found.append(Refused(begins, first, last, kind == "softly"))
    return found


def _reached(request: Request, first: int, starts: Collection[int]) -> int:
    beyond, empty = word_set("refusal", "beyond"), word_set("refusal", "passed") | word_set("common", "film")
    stops = word_set("refusal", "stops") | word_set("common", "subjects")
    at, said, listed = first, False, 0
    while at < len(request.words) and at - first <= _LONGEST and at not in starts:
        word = request.norms[at]
        if not (request.flows(at) or _passes(request, at) or at < listed):
            listed = _list_end(request, at) if said else 0
            if not listed:
                break
        goes_on = word == "anything" and at > first and request.norms[at - 1] in ("or", "nor")
        if word in stops or (said and not goes_on and (word in beyond or _adds_wish(request, at))):
            break
        said = not goes_on and (said or word not in empty)
        at += 1
    return at


def _list_end(request: Request, at: int) -> int:
    """Return where a list ends that goes on behind a comma: "no A, B or C", "sick of A, B, C."; 0 if none does."""
    commas = 0
    while request.gaps[at].strip() in (",", "/"):
        commas += 1
        end = at + 1
        while end < len(request.words) and request.flows(end) and end - at < _ITEM:
            end += 1
        item = {*request.norms[at:end]}
        if not _WISHES.isdisjoint(item):
            return 0
        if not item.isdisjoint(("or", "nor")):
            return end
        if request.breaks(end):
            return end if commas > 1 and end - at <= _BARE else 0
        at = end
    return 0


def _adds_wish(request: Request, at: int) -> bool:
    """Tell whether "and" or "or" leads to a wish of its own: "no gore and a good story"."""
    if request.norms[at] not in ("and", "or", "plus"):
        return False
    wishing = word_set("refusal", "wishing") | word_set("refusal", "liking") | _ARTICLES
    return not wishing.isdisjoint(request.norms[at + 1 : at + 2])


def refuses(text: str) -> bool:
    """Tell whether a text refuses something and wishes for nothing beside: not "I hate gore, but love a good ghost"."""
    request = Request.of(text)
    turns = not word_set("refusal", "turning").isdisjoint(request.norms)
    likes = any(_likes(request, i) for i in range(len(request.words)))
    return not (turns or likes) and any(kind == "firmly" for _, kind in _ends(request).values())


def _likes(request: Request, i: int) -> bool:
    """Tell whether word i is a verb of liking that nothing negates: not the noun of "love stories"."""
    if request.norms[i] not in word_set("refusal", "liking"):
        return False
    if not request.flows(i):
        return True
    noun = request.norms[i - 1] == "and" and {*request.norms[i + 1 : i + 2]} & word_set("common", "film")
    said = request.norms[i - 1] in word_set("common", "before_verbs")
    return said and not noun and not negated(request.norms[max(0, i - 4) : i])


def negated(before: Sequence[str]) -> bool:
    """Tell whether the words before a verb, in order, negate it: "did not really"."""
    for back, word in enumerate(reversed(before), 1):
        if word in word_set("refusal", "negating"):
            return back <= (2 if word in ("no", "without") else 4)
    return False


def refused_at(request: Request, at: int) -> bool:
    """Tell whether a firm refusal stands right before a word."""
    return _ends(request).get(at, (at, ""))[1] == "firmly"


def new_wish(request: Request, before: range, between: range) -> bool:
    """Tell whether what follows "or" or "and" is wished for anew, so that a refusal of what is before ends there.

    It is praised ("or a good war film") or suggested ("or maybe a western"); or it follows a comma and has an article
    while what was refused has none ("not slapstick, or a war film"), for what is refused together is said alike.

    Args:
        request: the text.
        before: the words that are refused.
        between: the words from there to what follows.
    """
    said = {request.norms[i] for i in between}
    if said & word_set("refusal", "wishing"):
        return True
    comma = any("," in request.gaps[i] for i in between)
    bare = before.start == 0 or request.norms[before.start - 1] not in _ARTICLES
    return comma and bare and bool(said & _ARTICLES)
