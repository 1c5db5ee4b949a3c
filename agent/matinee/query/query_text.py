"""The words to search with: the request, its titles spelt out by what the films are about, without the small talk."""

import re
from collections.abc import Sequence
from functools import cache

from matinee.language.lexicon import load, word_set
from matinee.models import Constraint, ConstraintField, Movie, Understanding

_KEYWORDS = 6
"""Of each film that the request wants more of."""

_TAG = re.compile(r"\[[^\]\n]{0,60}\]")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SERIES = re.compile(r"\b(?:series|franchises?|trilog(?:y|ies)|sagas?|sequels?|prequels?|instal+ments?)\b", re.I)
_SHORTEST = 2
_ASKING = 4
_NARROWER = word_set("genres", "narrower")


def search_text(understood: Understanding, seeds: Sequence[Movie]) -> str:
    """Return what stands for the request in searches by meaning.

    A title's own words lead astray (“Moon” finds space flight, “Heat” the summer), so titles are taken out, and what
    the films are about, by their genres and keywords, is put in. A request that names no film is its own text.
    """
    if understood.intent == "identify" or not _named(understood):
        return understood.text
    about = [", ".join([*seed.keywords[:_KEYWORDS], *seed.genres]) for seed in seeds]
    return ". ".join(part for part in (" ".join(_untitled(understood).split()), *about) if part)


def search_words(understood: Understanding) -> str:
    """Return the words of the request that may stand in a film's text: no titles, no small talk, nothing refused."""
    text = _untitled(understood)
    for constraint in understood.constraints:
        if constraint.op == "none_of" and constraint.words:
            text = text.replace(constraint.words, " ")
    return " ".join([*_telling(_TAG.sub(" ", text)), *_moods(understood)])


def _moods(understood: Understanding) -> list[str]:
    """Return the moods that the request asks for, in further words: few films have the viewer's own."""
    return [mood.toward for mood in understood.moods]


def specificity(understood: Understanding) -> float:
    """Return how much of the request describes a film beyond its demands and titles, 0..1.

    `described / (0.5 + 0.45 * (all - 4))` of its words, at most 1: “hi, can you recommend something?” gives 0, “a heist
    gone wrong” 1; four words are anybody's to ask with. What little a long request describes is noise in a search by
    meaning; what is well known serves it better.
    """
    asked = max(0, len(_WORD.findall(understood.text)) - _ASKING)
    return min(1.0, len(described_words(understood)) / (0.5 + 0.45 * asked))


def described_words(understood: Understanding) -> list[str]:
    """Return the words that describe a film beyond the request's demands and titles."""
    described = _untitled(understood)
    for constraint in understood.constraints:
        if constraint.words:
            described = described.replace(constraint.words, " ".join(_narrower(constraint)))
    return _telling(described)


def _narrower(demand: Constraint) -> list[str]:
    """Return the demand's words that say more than it does: it takes “heist” for crime, a search can do better."""
    if demand.field != ConstraintField.GENRES or demand.op == "none_of":
        return []
    return [word for word in demand.words.split() if _plain(word) in _NARROWER]


def asks_for_series(understood: Understanding) -> bool:
    """Tell whether the request wants films of one series: several of them may come then."""
    return _SERIES.search(_untitled(understood)) is not None


def _untitled(understood: Understanding) -> str:
    text = understood.text
    for words in sorted(_named(understood), key=len, reverse=True):
        text = text.replace(words, " ")
    return text


def _named(understood: Understanding) -> set[str]:
    return {mention.words for mention in understood.mentions if mention.role != "shown"} - {""}


def _telling(text: str) -> list[str]:
    words = (word.group() for word in _WORD.finditer(text))
    return [w for w in words if len(w) >= _SHORTEST and _plain(w) not in _talk()]


def _plain(word: str) -> str:
    return word.casefold().replace("'", "").replace("\u2019", "")


@cache
def _talk() -> frozenset[str]:
    lists = load("talk")
    return frozenset(" ".join(str(words) for words in lists.values()).split())
