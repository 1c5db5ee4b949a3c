"""Requests in other languages, glossed word by word into English, which is what the readers and the encoder know."""

import lzma
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from matinee.language.english import english_words
from matinee.language.folding import fold
from matinee.language.lexicon import word_lists
from matinee.language.request import Request

_COVERED = 0.6
"""Share of words that a language's glossary must hold for the request to be in it."""
_FEWEST = 2
"""Different words that are in no English dictionary, by which the language is told."""
_SHORTEST = 3
"""Letters of a word that can tell its language."""
_LONGEST = 4
"""Words of the longest phrase that has a gloss of its own."""


class Gloss(NamedTuple):
    """A request in English, word by word, and the language that it was written in."""

    language: str
    text: str


def gloss(request: Request, is_name: Callable[[Sequence[str]], bool] = lambda _: False) -> Gloss | None:
    """Return the request in English; None if it is in English already, or in a language without a glossary.

    It is in another language where more of its words are in no English dictionary than are small words of English, and
    a glossary holds most of it. Words that the glossary lacks are kept, and so are capitalised ones that are the name
    of a film or of somebody.
    """
    names = dict(_names(request, is_name))
    named = {place for first, last in names.items() for place in range(first, last)}
    words = [word for place, word in enumerate(request.words) if place not in named]
    small = word_lists("english")["small"]
    foreign = {word.norm for word in words if len(_rest(word.text)) >= _SHORTEST} - english_words().keys() - small
    if len(foreign) <= sum(word.norm in small for word in words):
        return None
    known = {
        of: [word.norm for word in words if _glossed(word.text, glossary) is not None]
        for of, glossary in _glossaries().items()
    }
    language = max(known, key=lambda of: len(known[of]))
    if len(known[language]) < _COVERED * len(words) or len(foreign.intersection(known[language])) < _FEWEST:
        return None
    text = "".join(_english(request, _glossaries()[language], names)).strip()
    return Gloss(language, text) if fold(text) != request.folded.strip() else None


def _names(request: Request, is_name: Callable[[Sequence[str]], bool]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(request.words):
        ends = (last for last in _ends(request, at) if last - at > 1 and is_name(request.norms[at:last]))
        end = next(ends, at) if request.words[at].capital else at
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _english(request: Request, glossary: Mapping[str, str], names: Mapping[int, int]) -> Iterator[str]:
    yield request.gaps[0]
    at = 0
    while at < len(request.words):
        if at in names:
            last, said = names[at], request.quote(at, names[at])
        else:
            glosses = ((last, _glossed(request.quote(at, last), glossary)) for last in _ends(request, at))
            kept = (at + 1, request.quote(at, at + 1))
            last, said = next(((last, said) for last, said in glosses if said is not None), kept)
        gap = request.gaps[last]
        yield said + gap if said else gap.lstrip()
        at = last


def _glossed(words: str, glossary: Mapping[str, str]) -> str | None:
    """Return the gloss of words as they are written; of one with an elided article or preposition that of the rest."""
    said = words.lower().replace("\u2019", "'")
    rest = _rest(said)
    return glossary.get(said) if len(rest) < _SHORTEST else glossary.get(said, glossary.get(rest))


def _rest(word: str) -> str:
    """Return what an elided article leaves of a word, as of "l'amour"; of "didn't" too little to be a word."""
    return word if " " in word else re.split("['\u2019]", word)[-1]


def _ends(request: Request, at: int) -> Iterator[int]:
    reach = next((i for i in range(at + 1, len(request.words)) if not request.flows(i)), len(request.words))
    yield from range(min(reach, at + _LONGEST), at, -1)


@cache
def _glossaries() -> dict[str, dict[str, str]]:
    """Return each language's words and phrases, in small letters, with their glosses."""
    packed = files("matinee.language").joinpath("words", "glosses.tsv.xz").read_bytes()
    found: dict[str, dict[str, str]] = {}
    rows = [line.split("\t") for line in lzma.decompress(packed).decode().splitlines()]
    for language, foreign, english in rows:
        found.setdefault(language, {})[foreign] = english
    for language, foreign, english in rows:  # as it is typed without accents, where that is no other word
        found[language].setdefault(fold(foreign), english)
    return found
