"""Which traits a film gets that its row lacks, or that another row gave before.

What the starter catalogue knows of films is lent to the same films of other catalogues, by their IMDb or TMDB id.
"""

from functools import cache

from matinee.catalogue.readers import open_starter
from matinee.models import Movie
from matinee.traits import Traits


def with_traits(film: Movie) -> Movie:
    """Return the film with the traits that the starter catalogue has of it, where it has none of its own."""
    if film.traits.described or not (film.imdb_id or film.tmdb_id):
        return film
    traits = _known().get(f"imdb {film.imdb_id}") or _known().get(f"tmdb {film.tmdb_id}")
    return film.described_by(traits) if traits else film


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


@cache
def _known() -> dict[str, Traits]:
    films = [row.movie for row in open_starter() if row.movie]
    by_imdb = {f"imdb {film.imdb_id}": film.traits for film in films if film.imdb_id}
    return by_imdb | {f"tmdb {film.tmdb_id}": film.traits for film in films if film.tmdb_id}
