"""Which traits a film gets that its row lacks, or that another row gave before.

What comes along, of the starter catalogue's films and of others, is lent to the same films of other catalogues, by id
or by title and year; so are languages and countries, where a catalogue tells none.
"""

from collections.abc import Iterator
from functools import cache

from matinee.catalogue.readers import open_described, open_starter
from matinee.models import Movie


def with_traits(film: Movie) -> Movie:
    """Return the film with the traits that come along of it, where it has none of its own."""
    if film.traits.described:
        return film
    known = next((_known()[key] for key in _keys(film, apart=1) if key in _known()), None)
    if known is None:
        return film
    lent = {"languages": film.languages or known.languages, "countries": film.countries or known.countries}
    return film.model_copy(update=lent).described_by(known.traits)


class FirstTraits:
    """Of a film that stands in a catalogue twice, what its first row says stands, however often it is ingested."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def film(self, line: int, film: Movie, known: Movie | None) -> tuple[Movie, str | None]:
        """Return the film, with the traits that a line before gave it, and what is to be said of it.

        Args:
            line: where the film stands.
            film: as its row describes it.
            known: what is stored of it, maybe by a line before.
        """
        if not film.traits.described:
            return film, None
        known = known or film
        first = self._lines.setdefault(known.movie_id, line)
        traits = known.traits.joined(film.traits)
        if first == line or traits == film.traits.joined(known.traits):
            return film, None
        keywords = [keyword for keyword in film.keywords if keyword not in film.traits.terms]
        said = f"{film.label} is described in line {first}, too, which stands where the two differ"
        return film.model_copy(update={"traits": traits, "keywords": keywords}), said


def _keys(film: Movie, apart: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield what names the film: its ids, its titles with the year, and with a year up to so much `apart` the director.

    Catalogues differ by a year on when a film came out; two films of one title and nearly one year differ by director.
    """
    if film.imdb_id:
        yield ("imdb", film.imdb_id)
    if film.tmdb_id:
        yield ("tmdb", film.tmdb_id)
    if film.year is None:
        return
    for title in film.keys:
        yield (title, str(film.year))
        for director in film.directors:
            yield from ((title, str(film.year + step), director) for step in range(-apart, apart + 1))


@cache
def _known() -> dict[tuple[str, ...], Movie]:
    films = [row.movie for catalogue in (open_described(), open_starter()) for row in catalogue if row.movie]
    return {key: film for film in films for key in _keys(film)}
