"""Films by their titles, and the forms in which a title is looked up: without its article, by a part, by its words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matinee.language.folding import fold
from matinee.language.lexicon import section, word_set
from matinee.language.tokens import norms

EXACT, ALSO, SHORT, SERIES = range(4)
"""A title's forms, the surest first: its own, another title of the film, a shortened one, a part that others share."""

_ARTICLES = "the|a|an|le|la|les|l'|il|lo|i|gli|el|los|las|der|die|das|den|det|de|un|une|o|os"
_TRAILING_ARTICLE = re.compile(rf"^([^(]+?), ({_ARTICLES})(?= \(|:| - |$)")
_BRACKETED = re.compile(r" \(([^()]*)\)")
_BRACKETS_AT_END = re.compile(r"(?: \([^()]*\))+$")
_PARTS = re.compile(r": | - ")
_NUMBERS = (
    {word: str(number) for number, word in enumerate(section("numbers")["from_one"].split()[1:13], 2)}
    | {roman: str(number) for number, roman in enumerate("ii iii iv".split(), 2)}
    | {"vi": "6", "vii": "7", "viii": "8", "ix": "9"}
)
_SPELLINGS = _NUMBERS | {"volume": "vol", "pt": "part"}
_BRITISH = re.compile(r"^(\w{3,})our(s?)$")
_FAMILY = re.compile(r"^the | (?:trilogy|series|saga|franchise)$")
_INSTALMENT = re.compile(r"\b(?:part|vol|episode) (?=\d)")


class Film(NamedTuple):
    """A film of the catalogue as titles know it."""

    movie_id: str
    title: str
    year: int | None


def key_word(norm: str) -> str:
    """Return the spelling under which a word of a title is looked up: `XI` is a number, and `colour` color."""
    return _SPELLINGS.get(norm) or _BRITISH.sub(r"\1or\2", norm)


def title_words(folded: str) -> str:
    """Return the words of a folded title as it is looked up by them."""
    return " ".join(map(key_word, norms(folded)))


def family_words(folded: str) -> str:
    """Return the words of a folded series' name, without its article and what kind of series it is."""
    return _FAMILY.sub("", title_words(folded).replace(" and ", " "))


def article_first(folded: str) -> str:
    """Return a folded title with its article in front: `matrix, the` as `the matrix`."""
    return _TRAILING_ARTICLE.sub(r"\2 \1", folded)


def without_brackets(title: str) -> str:
    """Return a title without what stands in brackets, which catalogues use for other titles."""
    return _BRACKETED.sub("", title)


def title_forms(title: str, form: int = EXACT) -> Iterator[tuple[int, str]]:
    """Yield the keys under which a title is looked up, its own first, each with its form."""
    folded = fold(title.strip())
    if brackets := _BRACKETS_AT_END.search(folded):
        for other in _BRACKETED.findall(brackets[0]):
            name = other.removeprefix("a.k.a. ")
            if name[:1].isalpha() and len(name) > 1:
                yield from title_forms(name, ALSO)
        folded = folded[: brackets.start()] or folded
    if ", " in folded:
        folded = article_first(folded)
    spelled = title_words(folded)
    yield form, spelled
    first, _, rest = spelled.partition(" ")
    if rest and first in ("the", "a", "an") and rest not in word_set("common", "pronouns"):
        yield SHORT, rest
    shorter = _INSTALMENT.sub("", spelled)
    if shorter != spelled:
        yield SHORT, shorter
        if shorter.startswith("the "):
            yield SHORT, shorter[4:]
    if "-" in folded or "\u00b7" in folded or "." in folded:
        joined = title_words(re.sub(r"(?<=\w)[-\u00b7.](?=\w)", "", folded))
        if joined != spelled:
            yield SHORT, joined
    if ":" in folded or " - " in folded:
        yield from _parts(folded)


def _parts(folded: str) -> Iterator[tuple[int, str]]:
    for gap in _PARTS.finditer(folded):
        head, tail = title_words(folded[: gap.start()]), title_words(folded[gap.end() :])
        for part in (head, *([tail] if tail.count(" ") and not _INSTALMENT.match(tail) else [])):
            yield SERIES, part
            if part.startswith("the ") and part.count(" ") > (0 if part == head else 1):
                yield SERIES, part[4:]
