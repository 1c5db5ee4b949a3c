"""The series and studios of the catalogue's films, looked up by the words that viewers call them."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from matinee.language.tokens import norms

_NUMBER = re.compile(
    r"^(?P<base>.+?):?,? (?:(?:part|chapter|vol\.?|volume) )?(?P<number>[2-9]|i{2,3}|iv|vi{0,3}|ix|two|three|four)\b"
)
_SURELY = frozenset(("2", "3", "ii", "iii"))
"""Numbers that say by themselves that a film is a sequel; others do where the film without a number is there."""


class Belonging(NamedTuple):
    """A film with its series and its studio, as far as known."""

    movie_id: str
    title: str
    year: int | None
    series: str | None
    studio: str | None


class Brands:
    """Series and studios, ready to be found in requests."""

    def __init__(self, films: Iterable[Belonging]) -> None:
        films = list(films)
        self._series: dict[str, list[Belonging]] = {}
        for film in films:
            if film.series:
                self._series.setdefault(film.series, []).append(film)
        self._of = {film.movie_id: film.series for film in films if film.series}
        self._studios = {film.studio for film in films if film.studio}
        self._words = {name: norms(name) for name in [*self._series, *self._studios]}
        self.sequels = [*self._later(), *_numbered(films)]
        """Ids of the films that come after another one of their series."""
        self.in_series = [film.movie_id for those in self._series.values() if len(those) > 1 for film in those]
        """Ids of the films of any series."""

    def series(self, words: Sequence[str], *, rare: bool) -> list[str]:
        """Return the series that these folded words name, by a beginning; if they are `rare`, by any part of a name."""
        return [name for name in self._series if _names(words, self._words[name], rare=rare)]

    def studios(self, words: Sequence[str]) -> list[str]:
        """Return the studios that these folded words name."""
        return [name for name in self._studios if _names(words, self._words[name], rare=True)]

    def around(self, movie_ids: Collection[str], words: Collection[str]) -> list[str]:
        """Return the series of these films whose names share a word with these: not all of Marvel's for "Iron Man"."""
        names = dict.fromkeys(self._of[movie_id] for movie_id in movie_ids if movie_id in self._of)
        return [name for name in names if not set(words).isdisjoint(self._words[name])]

    def _later(self) -> Iterable[str]:
        for films in self._series.values():
            first = min((film.year or 0 for film in films), default=0)
            yield from (film.movie_id for film in films if (film.year or 0) > first)


def _names(words: Sequence[str], name: Sequence[str], *, rare: bool) -> bool:
    """Tell whether words name a brand: its beginning ("Marvel"), its initials ("MCU"), if rare any part of it."""
    if len(words) == 1 and len(name) > 2 and words[0] == "".join(word[0] for word in name):
        return True
    size = len(words)
    starts = range(len(name) - size + 1) if rare else range(min(1, len(name) - size + 1))
    return size > 0 and any(list(name[at : at + size]) == list(words) for at in starts)


def _numbered(films: Iterable[Belonging]) -> Iterable[str]:
    """Yield the ids of films whose titles are numbered, as `Jaws 2`."""
    titles = {" ".join(norms(film.title)) for film in films}
    for film in films:
        found = _NUMBER.match(film.title.casefold())
        if found and (found["number"] in _SURELY or " ".join(norms(found["base"])) in titles):
            yield film.movie_id
