"""Who watches along, and what limits this sets: on the age that a film suits, and on what it shows."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from matinee.language.lexicon import any_of, load, section, word_set
from matinee.language.negation import refused_words, stance_of
from matinee.language.phrases import Phrases
from matinee.language.request import Request
from matinee.query.places_and_content import content
from matinee.understanding import Constraint, ConstraintField

_OLDEST, _ADULT = 17, 18
_FOR_FAMILIES = 12
_SUGGESTED = 0.6
_BEFORE = 6
"""How many words before an age say whose it is."""
_AFTER = 3
"""Within how many words after company it is said that it is away, or there."""
_ONES = section("numbers")["from_one"].split()[:_OLDEST]
_N = rf"(?:1[0-7]|[1-9]|{'|'.join(sorted(_ONES, key=len, reverse=True))})"
_AGES = rf"{_N}(?: ?(?:and|or|to|&|-) ?{_N}|, ?\d\d?)*"


@cache
def _phrases(name: str) -> Phrases[dict[str, Any]]:
    return Phrases((phrase, row) for row in load("company")[name] for phrase in row["says"])


@cache
def _ages() -> re.Pattern[str]:
    children = any_of(word_set("company", "children"))
    old = r"[- ]?(?:years?[- ]?olds?|yrs?[- ]?olds?|y/?os?\b|yos?\b)"
    of_them = r"(?:s?he|they)(?:'s| is|'re| are)"
    told = rf"(?:,? ?\(?(?:is|are|turns|turned|who is|who are|aged?|ages|of|{of_them}))*(?: |, | ?\()"
    return re.compile(
        rf"\b(?P<old>{_AGES}){old}"
        rf"|\b{children}{told}(?P<child>{_AGES})\b(?![- ]?(?:min|hour|film|movie|of\b|%))"
        rf"|\bage[ds]? (?P<aged>{_AGES})\b"
    )


def read_company(request: Request) -> Iterator[Constraint]:
    """Yield the limits on age and content that the company sets, or a board's rating that is not to be exceeded.

    For a child films of the genre are wished for, too. Ages in figures count more than words like "kids".
    """
    told = list(_ages_told(request))
    ages = [*told, *_certificates(request)]
    refused = {i for one in refused_words(request) for i in range(one.first, one.last)}
    for first, last, row in _phrases("company").scan(request):
        elsewhere = _is_absent(request, last) or _in_a_film(request, first)
        if not elsewhere and first not in refused and not _not_only(request, first):
            said = request.said(first, last)
            if "age" in row and not ages:
                yield _up_to(row["age"], said)
            yield from content(row, **said)
    for age, said in ages:
        yield _up_to(age, said)
    for age, said in told:
        if age <= _FOR_FAMILIES:
            yield Constraint(field=ConstraintField.GENRES, op="any_of", value=["Family"], certainty=_SUGGESTED, **said)


def _certificates(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    at_most = "most" in request.norms
    for first, last, row in _phrases("certificates").scan(request):
        refused = stance_of(request, first, last).refuses
        over = not {"over", "above", "than"}.isdisjoint(request.norms[max(0, first - 3) : first])
        if refused or at_most or row["age"] < _ADULT - 2:  # "an R-rated comedy" is wanted as it is
            yield row["age"] - (2 if refused and not over else 0), request.said(first, last)


def _ages_told(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    for found in _ages().finditer(request.folded):
        numbers = re.findall(_N, found["old"] or found["child"] or found["aged"])
        youngest = min(int(n) if n.isdigit() else _ONES.index(n) + 1 for n in numbers)
        first, last = request.word_at(found.start()), request.word_at(found.end())
        watches = found["child"] or _watches(request, first) or "with" in request.norms[last : last + _AFTER]
        if watches and not _in_a_film(request, first) and not _is_absent(request, last):
            yield _allowed(youngest), request.said_at(*found.span())


def _allowed(age: int) -> int:
    """Return the age of films for a child of this age; a catalogue's ages are even."""
    return age + (2 if age in range(8, 11) or age > 13 else 1)


def _up_to(age: int, said: dict[str, Any]) -> Constraint:
    return Constraint(field=ConstraintField.AGE, op="at_most", value=min(age, _ADULT - 1), **said)


def _watches(request: Request, first: int) -> bool:
    """Tell whether the words before an age say that it is that of somebody who watches."""
    return not _before(request, first).isdisjoint(word_set("company", "watching"))


def _in_a_film(request: Request, first: int) -> bool:
    return not _before(request, first).isdisjoint(word_set("company", "within_films"))


def _before(request: Request, first: int) -> set[str]:
    begin = first
    while begin > 0 and first - begin < _BEFORE and not request.ends_sentence(begin):
        begin -= 1
    return {*request.norms[begin:first]}


def _not_only(request: Request, first: int) -> bool:
    return not {"just", "only", "merely"}.isdisjoint(request.norms[max(0, first - 2) : first])


def _is_absent(request: Request, last: int) -> bool:
    end = last
    while end < len(request.words) and end - last < _AFTER and request.flows(end):
        end += 1
    return not word_set("company", "absent").isdisjoint(request.norms[last:end])
