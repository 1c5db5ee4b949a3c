"""Which traits a film gets that its row lacks, or that another row gave before.

What comes along, of the starter catalogue's films and of others, is lent to the same films of other catalogues, by
their IMDb or TMDB id; so are languages and countries, where a catalogue tells none.
"""

from functools import cache

from matinee.catalogue.readers import open_described, open_starter
from matinee.models import Movie


def with_traits(film: Movie) -> Movie:
    """Return the film with the traits that come along of it, where it has none of its own."""
    if film.traits.described:
        return film
    known = next((_known()[key] for key in _keys(film) if key in _known()), None)
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


def _keys(film: Movie) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value in (("imdb", film.imdb_id), ("tmdb", film.tmdb_id)) if value]


@cache
def _known() -> dict[tuple[str, str], Movie]:
    films = [row.movie for catalogue in (open_described(), open_starter()) for row in catalogue if row.movie]
    return {key: film for film in films for key in _keys(film)}
