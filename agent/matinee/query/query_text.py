"""The words to search with: what is left of a request without the films it names, its demands and the small talk."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from matinee.language.lexicon import forms, load, word_set
from matinee.language.tokens import Token, tokens
from matinee.models import Movie
from matinee.understanding import Constraint, ConstraintField, Finding, Understanding

_ANYTHING = "a good film"
"""To search with where a request says only what it does not want."""

_KEYWORDS = 6
"""Of each film that the request wants more of."""

_TAG = re.compile(r"\[[^\]\n]{0,60}\]")
_SHORTEST = 2
_ASKING = 4


def completed(understood: Understanding) -> Understanding:
    """Return the understanding with what its text says beyond what was found in it.

    The specificity is `described / (0.5 + 0.45 * (all - 4))` of its words, at most 1: “hi, can you recommend
    something?” gives 0, “a heist gone wrong” 1; four words are anybody's to ask with. What little a long request
    describes is noise in a search by meaning; what is well known serves it better.
    """
    named = [mention for mention in understood.mentions if mention.role != "shown"]
    untitled = _blanked(understood.text, [*named, *([understood.order] if understood.order else ())])
    telling = [word.text for word in _telling(_TAG.sub(_blank, _without_refused(untitled, understood)))]
    described = [
        word.text
        for word in _telling(untitled)
        if all(_says_more(word, demand) for demand in understood.constraints if _covers(demand, word))
    ]
    asked = max(0, len(tokens(understood.text)) - _ASKING)
    return understood.model_copy(
        update={
            "untitled": " ".join(untitled.split()) if named else understood.text,
            "telling": telling,
            "described": described,
            "specificity": min(1.0, len(described) / (0.5 + 0.45 * asked)),
            "series": understood.series or _series().search(untitled) is not None,
        }
    )


def search_text(understood: Understanding, seeds: Sequence[Movie], condensed: str = "") -> str:
    """Return what stands for the request in searches by meaning.

    A title's own words lead astray (“Moon” finds space flight, “Heat” the summer), so titles are taken out, and what
    the films are about, by their genres and keywords, is put in. A request that names no film is its own text.

    Args:
        understood: the request.
        seeds: the films that it wants more of.
        condensed: the request in fewer words, if somebody wrote them.
    """
    named = [mention for mention in understood.mentions if mention.role != "shown"]
    if understood.intent == "identify":
        return condensed or understood.text
    wanted = _blanked(_without_refused(understood.text, understood), named)
    said = understood.text if wanted == understood.text else " ".join(wanted.split())
    if not named:
        return condensed or (said if any(map(str.isalpha, said)) else _ANYTHING)
    if condensed:
        said = " ".join(_blanked(condensed, [m.model_copy(update={"span": None}) for m in named]).split())
    about = [", ".join([*seed.keywords[:_KEYWORDS], *seed.genres]) for seed in seeds]
    return ". ".join(part for part in (said, *about) if part)


def search_words(understood: Understanding) -> str:
    """Return the words to look up in the films' texts; moods in further words: few films have the viewer's own."""
    return " ".join([*understood.telling, *(mood.toward for mood in understood.moods)])


def _without_refused(text: str, understood: Understanding) -> str:
    demands = [demand for demand in understood.constraints if demand.op == "none_of" or demand.is_limit]
    return _blanked(text, [*understood.refused, *demands])


def _blanked(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with blanks in the place of what was found, the longest first, so that offsets stay."""
    for found in sorted(findings, key=lambda one: len(one.words), reverse=True):
        if found.span:
            text = f"{text[: found.span[0]]}{' ' * len(found.words)}{text[found.span[1] :]}"
        if found.words:
            text = re.sub(rf"(?<!\w){re.escape(found.words)}(?!\w)", _blank, text)
    return text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _covers(demand: Constraint, word: Token) -> bool:
    return demand.span is not None and demand.span[0] <= word.start < demand.span[1]


def _says_more(word: Token, demand: Constraint) -> bool:
    """Tell whether the word says more than the demand does: it takes “heist” for crime, a search can do better."""
    narrows = demand.field == ConstraintField.GENRES and demand.op != "none_of"
    return narrows and word.norm in word_set("genres", "narrower")


def _telling(text: str) -> list[Token]:
    return [word for word in tokens(text) if len(word.text) >= _SHORTEST and word.norm not in small_talk()]


@cache
def _series() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{forms('turns', 'series')('names')})\b", re.I)


@cache
def small_talk() -> frozenset[str]:
    """Return the folded words that make conversation and say nothing of a film."""
    return frozenset(word for words in load("talk").values() for word in words.split())
