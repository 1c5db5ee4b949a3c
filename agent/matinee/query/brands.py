"""The series and studios of the catalogue's films, looked up by the words that viewers call them."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from matinee.language.folding import fold
from matinee.language.tokens import norms
from matinee.models import TitleEntry
from matinee.query.title_forms import Film, family_words

_NUMBER = re.compile(
    r"^(?P<base>.+?):?,? (?:(?:part|chapter|vol\.?|volume) )?(?P<number>[2-9]|i{2,3}|iv|vi{0,3}|ix|two|three|four)\b"
)
_SURELY = frozenset(("2", "3", "ii", "iii"))
"""Numbers that say by themselves that a film is a sequel; others do where the film without a number is there."""

Kind = Literal["series", "studio"]


class _Part(NamedTuple):
    name: str
    kind: Kind
    is_last_name: bool
    """Whether it is the second of two words."""


class Brands:
    """Series and studios, ready to be found in requests."""

    def __init__(self, entries: Sequence[TitleEntry]) -> None:
        self._series: dict[str, list[Film]] = {}
        studios: dict[str, list[Film]] = {}
        for entry in entries:
            for films_of, name in ((self._series, entry.series), (studios, entry.studio)):
                if name:
                    films_of.setdefault(name, []).append(Film(*entry[:3]))
        self._of = {film.movie_id: name for name, films in self._series.items() for film in films}
        self._families: dict[str, list[Film]] = {}
        for name, films in (*self._series.items(), *studios.items()):
            self._families.setdefault(family_words(fold(name)), []).extend(films)
        self._parts: dict[str, list[_Part]] = {}
        self._enter(self._series, "series")
        self._enter(studios, "studio")
        self.sequels = [*self._later(), *_numbered(entries)]
        """Ids of the films that come after another one of their series."""
        self.in_series = [film.movie_id for those in self._series.values() if len(those) > 1 for film in those]
        """Ids of the films of any series."""

    def family(self, words: str) -> Sequence[Film]:
        """Return the films of the series or studio of this whole name, as `family_words` gives it."""
        return self._families.get(words, ())

    def named(self, kind: Kind, words: Sequence[str], *, capital: bool) -> list[str]:
        """Return the series or studios that folded words name: by a beginning ("Marvel") or initials ("MCU").

        A `capital` tells that a single word may be a last name: "Bond".
        """
        parts = self._parts.get(" ".join(words), ())
        return [part.name for part in parts if part.kind == kind and (capital or not part.is_last_name)]

    def around(self, movie_ids: Collection[str], words: Collection[str]) -> list[str]:
        """Return the series of these films whose names share a word with these: not all of Marvel's for "Iron Man"."""
        names = dict.fromkeys(self._of[movie_id] for movie_id in movie_ids if movie_id in self._of)
        return [name for name in names if not set(words).isdisjoint(norms(name))]

    def series_of(self, movie_id: str) -> str | None:
        """Return the name of the series that a film belongs to with others."""
        return self._of[movie_id] if movie_id in self.in_series else None

    def _enter(self, names: Iterable[str], kind: Kind) -> None:
        for name in names:
            words = norms(name)
            plain = words[1:] if words[0] == "the" and len(words) > 1 else words
            keys = {" ".join(plain[:size]): False for size in range(1, len(plain) + 1)} | {" ".join(words): False}
            if len(words) > 2:
                keys["".join(word[0] for word in words)] = False
            if len(words) == 2 and plain == words:
                keys[words[1]] = True
            for key, last_name in keys.items():
                self._parts.setdefault(key, []).append(_Part(name, kind, last_name))

    def _later(self) -> Iterable[str]:
        for films in self._series.values():
            first = min(film.year or 0 for film in films)
            yield from (film.movie_id for film in films if (film.year or 0) > first)


def _numbered(films: Sequence[TitleEntry]) -> Iterable[str]:
    """Yield the ids of films whose titles are numbered, as `Jaws 2`."""
    titles = {" ".join(norms(film.title)) for film in films}
    for film in films:
        found = _NUMBER.match(film.title.casefold())
        if found and (found["number"] in _SURELY or " ".join(norms(found["base"])) in titles):
            yield film.movie_id
