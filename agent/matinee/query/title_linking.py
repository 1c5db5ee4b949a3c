"""Which film of the catalogue somebody means who gives a title, and mostly a year, as a chat model does."""

import re

from matinee.query.title_forms import EXACT, SERIES, Film, title_forms
from matinee.query.titles import TitleLookup

_NEARLY, _NEARLY_ONE_WORD = 0.83, 0.86
"""Likeness from which a title of the right year is a misspelling, or the beginning of one that goes on."""
_NEARLY_UNDATED = 0.93
_LEAST_LETTERS = 6
"""Of a title that may be misspelt: one letter makes another film of a shorter one."""
_NUMBERS = re.compile(r"\d+")


def linked(title: str, year: int | None, titles: TitleLookup) -> tuple[Film, ...]:
    """Return the films of that title: one as a rule, several of one title where no year is given, or none.

    The year may be off by one; a film of another year is another film, however alike the titles are. The article, an
    original title, a subtitle after a colon and small slips of the pen make no difference.
    """
    for form, key in title_forms(title):
        films = _of_title(key, year, titles, exactly=form == SERIES)
        if films:
            return films
    return _nearly(title, year, titles)


def _of_title(key: str, year: int | None, titles: TitleLookup, *, exactly: bool) -> tuple[Film, ...]:
    if year is None:
        form, films = titles.named(key) or (SERIES, ())
        return () if exactly or form == SERIES else films
    dated = titles.dated(key, year)
    of_year = tuple(film for film in dated if film.year == year)
    return of_year or (() if exactly else tuple(dated))


def _nearly(title: str, year: int | None, titles: TitleLookup) -> tuple[Film, ...]:
    if sum(map(str.isalnum, title)) < _LEAST_LETTERS:
        return ()
    least = _NEARLY_UNDATED if year is None else _NEARLY if len(title.split()) > 1 else _NEARLY_ONE_WORD
    for near in titles.closest(title, year):
        same_year = year is None or (near.year is not None and abs(near.year - year) <= 1)
        if same_year and near.score >= least and _can_be_one(_key(title), _key(near.title)):
            return (Film(*near[:3]),)
    return ()


def _key(title: str) -> str:
    return next((key for form, key in title_forms(title) if form == EXACT), "")


def _can_be_one(key: str, other: str) -> bool:
    """Tell whether two alike titles may be one film's: sequels differ by their numbers."""
    return other.startswith(f"{key} ") or set(_NUMBERS.findall(key)) == set(_NUMBERS.findall(other))
