"""What judging a reason needs, loaded once a process: the packaged encoder, the starter's films and their names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from matinee.encoders.embeddings import open_encoder
from matinee.models import Movie
from matinee.reasons.checker import Checker
from matinee.reasons.facts import Viewer
from matinee.reasons.names import CatalogueNames
from matinee.reasons.support import Encoder
from matinee.settings import Settings
from tests.support.starter_films import starter_movies


@cache
def sentence_encoder() -> Encoder:
    """Return the packaged bge-small, which the weights were learned on; it remembers what any test had embedded."""
    return Encoder(open_encoder("bge-small", Settings()).embeddings.embed_documents, remembered=20_000)


@cache
def starter() -> Mapping[str, Movie]:
    """Return the films of the starter catalogue by title and year, as `Arrival (2016)`."""
    return {movie.label: movie for movie in starter_movies().values()}


@cache
def starter_names() -> CatalogueNames:
    return CatalogueNames(starter().values())


def checker_for(viewer: Viewer | str, **options: Any) -> Checker:
    """Return a checker over the starter catalogue; a text is a request of a viewer of whom no more is known."""
    known = Viewer(viewer) if isinstance(viewer, str) else viewer
    return Checker(known, starter_names(), sentence_encoder(), **options)
