"""What the words around a title say of the film: liked, disliked, seen, or nothing; `words/titles.toml` lists them."""

from functools import cache
from typing import Literal, NamedTuple

from matinee.language.lexicon import load
from matinee.language.phrases import Phrases
from matinee.language.request import Request

Role = Literal["like", "unlike", "seen"]

_NEGATIONS = frozenset(
    ("not", "dont", "didnt", "doesnt", "never", "nothing", "isnt", "wasnt", "no", "wont", "without", "arent")
)
_NEVER_SEEN = frozenset(("havent", "hasnt", "not", "never", "didnt", "dont", "yet"))
_FACTS = frozenset(("know", "mind", "care", "remember", "think"))
_VERB_SUBJECTS = frozenset(
    (
        "i",
        "we",
        "they",
        "who",
        "people",
        "also",
        "really",
        "do",
        "did",
        "both",
        "you",
        "kids",
        "wife",
        "husband",
        "and",
        "always",
        "mostly",
        "usually",
        "kinda",
        "absolutely",
    )
)


class Cue(NamedTuple):
    """A phrase that a title may follow; `end` is the word after it.

    Without a role the title is recognised but says nothing of the viewer's taste. After a firm cue a film is named as a
    rule ("movies like"), after a loose one often not ("I like").
    """

    end: int
    role: Role | None
    firm: bool
    asks: bool = False
    """Whether it asks for the film rather than says what the viewer thinks of it."""


@cache
def _cues() -> Phrases[tuple[str, bool]]:
    kinds = ("like", "asked", "unlike", "seen", "unseen", "none")
    return Phrases(
        (phrase, (kind, firm == "firm"))
        for kind in kinds
        for firm in ("firm", "loose")
        for phrase in load("titles")[kind][firm]
    )


@cache
def _verdicts() -> Phrases[Role]:
    roles: tuple[Role, ...] = ("like", "unlike", "seen")
    return Phrases((phrase, role) for role in roles for phrase in load("titles")["afterwards"][role])


@cache
def _trailing() -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in load("titles")["trailing"])


def cue_at(request: Request, i: int) -> Cue | None:
    """Return the cue that begins with word i; one without a role that is not firm only looks like a cue."""
    known: dict[int, Cue | None] = request.memory("cues")
    if i not in known:
        known[i] = _cue(request, i)
    return known[i]


def _cue(request: Request, i: int) -> Cue | None:
    found = _cues().at(request, i)
    if found is None:
        compared = i > 1 and request.norms[i] == request.norms[i - 2] == "as" and request.flows(i)
        return Cue(i + 1, "like", firm=False) if compared else None  # "as clever as Memento"
    end, (kind, firm) = found
    if kind == "none":
        return Cue(end, None, firm=False)
    if kind == "unseen":
        return Cue(end, None, firm)
    before = request.norms[max(0, i - 4) : i]
    joined = 0
    while joined < len(before) and request.flows(i - joined):
        joined += 1
    before = before[len(before) - joined :]
    if kind == "seen":
        asked = before[-1:] == ["you"]
        return Cue(end, "like" if asked else None if _NEVER_SEEN & {*before[-3:]} else "seen", firm)
    if request.norms[i] == "than" and "other" in before:
        return Cue(end, "seen", firm)  # "other films than Heat"
    if request.norms[i:end] == ["like"]:
        firm = not before or before[-1] not in _VERB_SUBJECTS
    if kind == "like" and _negated(before) and "as" not in request.norms[i:end] and request.norms[i] != "than":
        return Cue(end, "unlike", firm)
    return Cue(end, "unlike" if kind == "unlike" else "like", firm, asks=kind == "asked")


def verdict_at(request: Request, i: int) -> tuple[int, Role] | None:
    """Return the verdict on the films just named ("... and loved it") that begins with word i, after its end."""
    return _verdicts().at(request, i)


def trails(request: Request, i: int) -> bool:
    """Tell whether word i begins a phrase that makes a film of what is before it: "Mad Max style"."""
    return i < len(request.words) and request.flows(i) and _trailing().at(request, i) is not None


def _negated(before: list[str]) -> bool:
    for back, word in enumerate(reversed(before), 1):
        if word in _FACTS:
            return False
        if word in _NEGATIONS:
            return back <= (1 if word in ("no", "without") else 2 if word in ("not", "nothing", "never") else 4)
    return False
