"""Lends what the starter catalogue knows of films to the same films of other catalogues, by their IMDb or TMDB id."""

from functools import cache

from matinee.catalogue.readers import open_starter
from matinee.models import Movie
from matinee.traits import Traits


def with_traits(film: Movie) -> Movie:
    """Return the film with the traits that the starter catalogue has of it, where it has none of its own."""
    if film.traits != Traits() or not (film.imdb_id or film.tmdb_id):
        return film
    traits = _known().get(f"imdb {film.imdb_id}") or _known().get(f"tmdb {film.tmdb_id}")
    return film.described_by(traits) if traits else film


@cache
def _known() -> dict[str, Traits]:
    films = [row.movie for row in open_starter() if row.movie]
    by_imdb = {f"imdb {film.imdb_id}": film.traits for film in films if film.imdb_id}
    return by_imdb | {f"tmdb {film.tmdb_id}": film.traits for film in films if film.tmdb_id}
