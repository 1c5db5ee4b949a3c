"""Finds in a sentence what may fill the slot of a statement: figures, people, titles, genres, prizes, the viewer."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import words as listed
from matinee.language.numbers import durations, number_at
from matinee.language.tokens import Token
from matinee.models import bare_title_key, title_key
from matinee.reasons.facts import Finder, Slot, Statement, among
from matinee.reasons.names import NamedFilm
from matinee.records.films import performers

_YEAR = re.compile(r"(?:18[89]|19\d|20[0-2])\d")
_DECADE = re.compile(r"(?:(\d\d)?(\d)0)s")
_SCORE = re.compile(r"(?<![\w.,/-])(10(?:\.0)?|\d(?:\.\d)?)(?![\w%]|[.,]\d)( ?/ ?10(?!\d)| out of (?:10|ten))?")
_HUNDRED = re.compile(r"(?<![\w.,/-])(\d\d|100)()(?![\w%]|[.,]\d)")
_SHORTEST, _LONGEST = 61, 400
"""Minutes of a film."""
_LONGEST_TITLE, _LONGEST_NAME = 9, 4
"""Words of them."""


def years(statement: Statement) -> Iterator[Slot]:
    """Yield years and decades as a first and a last year; sure are those behind the title or the director."""
    said = statement.words
    for at, word in enumerate(said):
        if _YEAR.fullmatch(word.text):
            titled = re.search(rf"{re.escape(statement.film.title)}[*_\"\u201d]* \($", statement.text[: word.start])
            his = at > 0 and owned(said[at - 1]) and among(_bare(said[at - 1].text), statement.film.directors)
            if titled or not statement.text[: word.start].endswith("("):  # Toy Story (1995)
                yield Slot(at, at + 1, (int(word.text), int(word.text)), bool(titled or his))
        elif decade := _DECADE.fullmatch(word.text):
            first = 100 * int(decade[1] or (20 if decade[2] < "3" else 19)) + 10 * int(decade[2])
            yield Slot(at, at + 1, (first, first + 9))


def lengths(statement: Statement) -> Iterator[Slot]:
    """Yield the minutes that a film may run, as the least and the most that is meant: hours are told roughly."""
    for first, end, minutes, rough in durations(statement.text, statement.words):
        if _SHORTEST <= minutes <= _LONGEST:
            yield Slot(first, end, (minutes - 9 * rough, minutes + 9 * rough))


def scores(statement: Statement) -> Iterator[Slot]:
    """Yield figures from 0 to 10; sure are those told "of ten"."""
    return _figures(statement, _SCORE)


def hundreds(statement: Statement) -> Iterator[Slot]:
    """Yield figures from 10 to 100."""
    return _figures(statement, _HUNDRED)


def _figures(statement: Statement, pattern: re.Pattern[str]) -> Iterator[Slot]:
    for found in pattern.finditer(statement.text):
        inside = [at for at, w in enumerate(statement.words) if found.start() <= w.start < found.end()]
        if inside and statement.words[inside[-1]].end <= found.end():  # "6'10" and "summer'85" are one word each
            yield Slot(inside[0], inside[-1] + 1, (float(found[1]), float(found[1])), bool(found[2]))


def counts(statement: Statement) -> Iterator[Slot]:
    """Yield numbers from a hundred, as the least and the most that is meant: they are told roughly."""
    at = 0
    while at < len(statement.words):
        value, end = number_at(statement.text, statement.words, at) or (0.0, at + 1)
        if value >= 100:
            yield Slot(at, end, (0.7 * value, 1.4 * value))
        at = end


class Person(NamedTuple):
    """Somebody whom a sentence names, as it names them, and whether by family name alone."""

    name: str
    family: bool


def people(statement: Statement) -> Iterator[Slot]:
    """Yield the people of the film, people whom the catalogue knows, and other full names."""
    for first, end in capitals(statement):
        parts = [
            (a, b)
            for size in range(min(_LONGEST_NAME, end - first), int(end - first > 1), -1)
            for a, b in _windows(first, end, size)
        ]
        known = next((part for part in parts if _is_known(statement, part)), None)
        if known or end - first > 1:
            a, b = known or (first, end)
            yield Slot(a, b, Person(_bare(statement.said((a, b))), b - a == 1))


def _windows(first: int, end: int, size: int) -> list[tuple[int, int]]:
    return [(a, a + size) for a in range(first, end - size + 1)]


def _is_known(statement: Statement, part: tuple[int, int]) -> bool:
    name, names = _bare(statement.said(part)), statement.names
    if part[1] - part[0] == 1:
        alone = among(name, statement.crew)
        return names.directs(name) or (alone is not None and title_key(alone, None).endswith(title_key(name, None)))
    return (
        bool(among(name, statement.crew))
        or names.directs(name)
        or names.acts(name)
        or title_key(name, None) in performers()
    )


def capitals(statement: Statement) -> Iterator[tuple[int, int]]:
    """Yield the runs of words with capital letters, with the particles of names between them."""
    said, at = statement.words, 0
    while at < len(said):
        end = at
        while end < len(said) and said[end].capital and (end == at or _joined(statement, end)):
            end += 1
            while end + 1 < len(said) and said[end].text in listed("names", "particles") and said[end + 1].capital:
                end += 1
            if owned(said[end - 1]):
                break
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _joined(statement: Statement, at: int) -> bool:
    return statement.text[statement.words[at - 1].end : statement.words[at].start] in (" ", ". ", ".", "-")


def owned(word: Token) -> bool:
    """Tell whether a name stands in the possessive."""
    return re.search(r"['\u2019]s?$", word.text) is not None


def _bare(name: str) -> str:
    return re.sub(r"['\u2019]s?$", "", name)


class Title(NamedTuple):
    """A title with the films of the catalogue that bear it; none, if only a record or capital letters tell it."""

    title: str
    films: Sequence[NamedFilm]


def titles(statement: Statement) -> Iterator[Slot]:
    """Yield the titles of other films that the catalogue or the film's record knows."""
    said, at = statement.words, 0
    while at < len(said):
        first = said[at].text[0]
        begins = (first.isupper() or first.isdigit()) and not statement.names_itself(said[at])
        ends = range(min(len(said), at + _LONGEST_TITLE), at, -1) if begins else ()
        found = next((slot for end in ends if (slot := _titled(statement, at, end))), None)
        if found:
            yield found
        at = found.end if found else at + 1


def _titled(statement: Statement, first: int, end: int) -> Slot | None:
    said, alone = statement.said((first, end)), end - first == 1
    if alone and (first == 0 or said.isdigit() or _in_name(statement, first)):
        return None
    own = {bare_title_key(title) for title in (statement.film.title, *statement.film.aka)}
    record = statement.record
    related = {bare_title_key(other.title) for other in (*record.series, *record.remake_of)} if record else set()
    for spelt in (said, _bare(said)):
        films = statement.names.films(spelt)
        if (films or bare_title_key(spelt) in related) and bare_title_key(spelt) not in own:
            return Slot(first, end, Title(spelt, films))
    return None


def _in_name(statement: Statement, at: int) -> bool:
    said = statement.words
    return (said[at - 1].capital and _joined(statement, at)) or (
        at + 1 < len(said) and said[at + 1].capital and _joined(statement, at + 1)
    )


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles can mean one film: each is the other, or begins or ends it."""
    first, second = bare_title_key(one), bare_title_key(other)
    return first in second or second in first


@cache
def phrases(name: str) -> Finder:
    """Return what yields the phrases of a list, or of all lists of a table, with the list's own name."""

    def find(statement: Statement) -> Iterator[Slot]:
        for key, spans in statement.cues.items():
            table, _, own = key.rpartition(":")
            if name in (key, table):
                yield from (Slot(*span, own) for span in spans)

    return find
