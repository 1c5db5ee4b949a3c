"""Films of data sets and exports are found in a catalogue; what is not sure is not taken."""

import pytest

from matinee.index import FilmReference
from matinee.ratings.catalogue_films import CatalogueFilms

CATALOGUE = CatalogueFilms(
    [
        FilmReference("tt0114709", "Toy Story", 1995, [], "tt0114709", "1"),
        FilmReference("amelie-2001", "Amélie", 2001, ["Le fabuleux destin d'Amélie Poulain"], None, None),
        FilmReference("tt0102536", "Paprika", 1991, [], "tt0102536", None),
        FilmReference("paprika-2006", "Paprika", 2006, [], None, None),
        FilmReference("heat-1986", "Heat", 1986, [], None, None),
        FilmReference("heat-1987", "Heat", 1987, [], None, None),
        FilmReference("yearless", "Solaris", None, [], None, None),
    ]
)


@pytest.mark.parametrize(
    ("named_by", "movie_id"),
    [
        ({"imdb_id": "tt0114709"}, "tt0114709"),
        ({"imdb_id": "tt0114709", "titles": ["Paprika"], "year": 1991}, "tt0114709"),
        ({"movielens_id": "1"}, "tt0114709"),
        ({"movielens_id": "2"}, None),
        ({"titles": ["amelie"], "year": 2001}, "amelie-2001"),
        ({"titles": ["Unknown", "Le Fabuleux Destin d’Amélie Poulain"], "year": 2001}, "amelie-2001"),
        ({"titles": ["Amélie"], "year": 2002}, "amelie-2001"),
        ({"titles": ["Amélie"], "year": 2003}, None),
        ({"titles": ["Amélie"]}, "amelie-2001"),
        ({"titles": ["Paprika"], "year": 2006}, "paprika-2006"),
        ({"titles": ["Paprika"]}, None),
        ({"titles": ["Heat"], "year": 1987}, "heat-1987"),
        ({"titles": ["Heat"], "year": 1985}, "heat-1986"),
        ({"titles": ["Heat"], "year": 1988}, "heat-1987"),
        ({"titles": ["Paprika"], "year": 1991, "imdb_id": "tt9999999"}, None),
        ({"titles": ["Paprika"], "year": 2006, "imdb_id": "tt0851578"}, "paprika-2006"),
        ({"titles": ["Solaris"], "year": 1972}, None),
        ({}, None),
    ],
)
def test_a_film_is_found_by_what_names_it_for_sure(named_by: dict[str, object], movie_id: str | None) -> None:
    assert CATALOGUE.find(**named_by) == movie_id  # type: ignore[arg-type]
