"""What a sentence states that can be looked up, and what the catalogue and the records say of it.

Each reader below takes one kind of statement: it recognises the form in which writers state such a fact and looks the
fact up. A statement that nothing covers gives no fact. A reader never judges style.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from matinee.language.lexicon import alternatives, forms
from matinee.models import Movie, Preference, title_key
from matinee.reasons.records import Record, record_of

_said = forms("facts")


@dataclass(frozen=True)
class Fact:
    """One statement that was looked up.

    Attributes:
        kind: which reader found it, as `year` or `director`.
        holds: whether it is true.
        source: what says so: a field of the film's row, `records`, `request` or `preference:<id>`.
        quote: what stands there, word for word.
        fault: for the reader of a log, why it is false.
    """

    kind: str
    holds: bool
    source: str = ""
    quote: str = ""
    fault: str = ""


class NamedFilm(Protocol):
    """A film of the catalogue as relations between films need it."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def year(self) -> int | None: ...  # noqa: D102
    @property
    def directors(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def stars(self) -> Sequence[str]: ...  # noqa: D102


class Names(Protocol):
    """Who and what the catalogue knows by name."""

    def films(self, title: str) -> Sequence[NamedFilm]:
        """Return the films that bear this title."""
        ...

    def directs(self, name: str) -> bool:
        """Tell whether a film of the catalogue was directed by somebody of this full or family name."""
        ...

    def acts(self, name: str) -> bool:
        """Tell whether somebody of this full name is among the stars of a film of the catalogue."""
        ...


@dataclass(frozen=True)
class Viewer:
    """What the viewer is known to have said: the request, and preferences told or rated before."""

    request: str
    preferences: Sequence[Preference] = ()
    ratings: Sequence[str] = ()

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Return all of it as pairs of source and text."""
        told = [
            (f"preference:{p.preference_id}", t) for p in self.preferences for t in dict.fromkeys((p.label, p.text))
        ]
        return [("request", self.request), *told, *(("rating:viewer", text) for text in self.ratings)]


@dataclass(frozen=True)
class Statement:
    """A sentence of a reason, with the film that it is about and all that can be looked up."""

    text: str
    film: Movie
    viewer: Viewer
    names: Names
    nearness: Callable[[str, str], float] = field(default=lambda one, other: 0.0)
    """Cosine between two texts, -1..1."""

    @cached_property
    def record(self) -> Record | None:
        """Return what is on record about the film, if anything is."""
        return record_of(self.film)

    @cached_property
    def crew(self) -> list[str]:
        """Return everybody who is known to have made the film."""
        cast = self.record.cast if self.record else ()
        return list(dict.fromkeys((*self.film.directors, *self.film.stars, *cast)))

    def told(self, name: str) -> bool:
        """Tell whether a name stands in the film's row, as that of a character would."""
        text = " ".join((self.film.title, self.film.overview, *self.film.keywords))
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) is not None


Reader = Callable[[Statement], Iterator[Fact]]

NAME = rf"[^\W\d_a-z][\w.'\u2019-]*(?:[ -](?:{_said('name')}))*[ -][^\W\d_a-z][\w\u2019'-]*[^\W_](?: (?:Jr|Sr)\.?)?"
"""A full name: two or more words with capital letters, particles between them."""
SURNAME = r"[^\W\d_a-z][\w\u2019'-]*[^\W_]"


def unpossessed(name: str) -> str:
    """Return a name without the ending of a possessive."""
    return re.sub(r"['\u2019]s?$", "", name)


def same_person(name: str, other: str) -> bool:
    """Tell whether a name, full or family name alone, can mean somebody of the other name."""
    one, two = title_key(name, None).split("-"), title_key(other, None).split("-")
    if len(one) == 1:
        return one[0] in (two[-1], two[0])
    return one == two or (one[-1] == two[-1] and one[0][0] == two[0][0]) or set(one) <= set(two) or set(two) <= set(one)


def among(name: str, people: Sequence[str]) -> str | None:
    """Return the person of a list whom the name can mean."""
    return next((person for person in people if same_person(name, person)), None)


def by_another(statement: Statement, end: int) -> bool:
    """Tell whether what comes before a verb there is the name of somebody who did not direct the film."""
    found = _SUBJECT.search(statement.text[:end])
    return found is not None and among(found["who"], statement.film.directors) is None


def compared(text: str, start: int) -> bool:
    """Tell whether what begins there is only compared with the film, or named as another's work."""
    return _LIKENING.search(text[max(0, start - 60) : start]) is not None


_SUBJECT = re.compile(rf"(?P<who>{NAME})(?: \w+ly| also| had| then)? $")
_BETWEEN = r"(?: (?:the|a|an|any|other|of|his|her|best|early|late|great|old|young|and|or|[^\W\d_a-z][\w.'\u2019-]*))*"
_LIKENING = re.compile(rf"(?<!\w){alternatives('cues', 'likening')}{_BETWEEN} ?[\"\u201c\u2018*_]*$", re.I)
_WORDS_OF_TITLE = 9
_BEFORE_TITLE = re.compile(rf"^(?:(?:{_said('before_title')}) )*(?=[\"\u201c\u2018*_\u00ab']?[A-Z0-9])")
_SELF = re.compile(r"\bthis (?:one|time|film|movie|picture|account|story|tale|\w+)\b|\bhere\b", re.I)
"""What speaks of the film itself, whatever else the sentence names."""
_AS_THERE = re.compile(r"\b(?:as|like)(?: \w+){0,2} $", re.I)
_OF_FILM = re.compile(r"\b(?:in|with|for|of|on) (?P<rest>(?:the )?[\"\u201c\u2018*_]?[A-Z][^.;!?]*)")


def named_at(statement: Statement, text: str, *, known: bool = False) -> tuple[str | None, Sequence[NamedFilm]]:
    """Return the title that a text begins with, articles and quotes aside, and the catalogue's films of that title.

    With `known`, only titles of the catalogue or of the film's own series count. Of a title that the catalogue lacks,
    what is written with capital letters is returned, with no films.
    """
    text = _BEFORE_TITLE.sub("", text).lstrip("\"\u201c\u2018*_\u00ab'")
    bits = re.split(r"(?<=\S) ", text)[:_WORDS_OF_TITLE]
    for size in range(len(bits), 0, -1):
        title = " ".join(bits[:size]).rstrip(' ,:;.!?"\u201d\u2019*_\u00bb)')
        for spelt in (title, re.sub(r"['\u2019]s$", "", title)):
            if spelt[:1].isupper() or spelt[:1].isdigit():
                if films := statement.names.films(spelt):
                    return spelt, films
                if statement.record and any(
                    _bare(spelt) == _bare(other.title)
                    for other in (*statement.record.series, *statement.record.remake_of)
                ):
                    return spelt, ()
    if known:
        return None, ()
    capital = re.match(
        r"[^\W_a-z][\w.'\u2019:-]*(?: (?:of|the|and|in|a|to|on|for|from|at|with|[^\W_a-z][\w.'\u2019:-]*))*", text
    )
    if capital and re.fullmatch(r"\d+", capital[0]):
        return None, ()
    return (re.sub(r"(?: (?:of|the|and|in|a|to|on|for|from|at|with))+$", "", capital[0]), ()) if capital else (None, ())


def _bare(title: str) -> str:
    return title_key(title, None).removeprefix("the-").removeprefix("a-")


def of_another_film(statement: Statement) -> Sequence[NamedFilm] | None:
    """Return the films of a title that the sentence speaks of beside its own ("brought him back in ..."), or None."""
    if _SELF.search(statement.text):
        return None
    for found in _OF_FILM.finditer(statement.text):
        if _AS_THERE.search(statement.text[: found.start()]):
            continue
        title, films = named_at(statement, found["rest"], known=True)
        if title is not None and title_key(title, None) not in statement.film.keys:
            return films
    return None


def facts_in(statement: Statement, readers: Sequence[Reader]) -> list[Fact]:
    """Return every fact that the readers find in the sentence."""
    return [fact for reader in readers for fact in reader(statement)]
