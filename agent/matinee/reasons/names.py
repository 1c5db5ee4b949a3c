"""The titles and people of a catalogue, as checking a sentence looks them up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from matinee.models import bare_title_key, title_key


class NamedFilm(Protocol):
    """A film of the catalogue as far as names go."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def aka(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def directors(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def stars(self) -> Sequence[str]: ...  # noqa: D102


class CatalogueNames:
    """Looks films up by title, articles and case aside, and people by name."""

    def __init__(self, films: Iterable[NamedFilm] = ()) -> None:
        self._titles: dict[str, list[NamedFilm]] = defaultdict(list)
        self._directors: set[str] = set()
        self._actors: set[str] = set()
        for film in films:
            for title in (film.title, *film.aka):
                self._titles[bare_title_key(title)].append(film)
            for director in film.directors:
                key = title_key(director, None)
                self._directors.update((key, key.rpartition("-")[2]))
            self._actors.update(title_key(star, None) for star in film.stars)

    def films(self, title: str) -> Sequence[NamedFilm]:
        """Return the films that bear this title."""
        return self._titles.get(bare_title_key(title), ())

    def directs(self, name: str) -> bool:
        """Tell whether a film of the catalogue was directed by somebody of this full or family name."""
        return title_key(name, None) in self._directors

    def acts(self, name: str) -> bool:
        """Tell whether somebody of this full name is among the stars of a film of the catalogue."""
        return title_key(name, None) in self._actors
