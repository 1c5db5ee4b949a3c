"""Titles as a chat model gives them, linked to the films of a catalogue."""

import pytest

from matinee.query import TitleLookup
from matinee.query.title_linking import linked

CATALOGUE = TitleLookup(
    [
        ("1", "The Thing", 1982, ["John Carpenter's The Thing"]),
        ("2", "Am\u00e9lie", 2001, ["Le Fabuleux Destin d'Am\u00e9lie Poulain"]),
        ("3", "Kill Bill: Vol. 2", 2004, []),
        ("4", "Matrix, The", 1999, []),
        ("5", "Star Wars: Episode IV - A New Hope", 1977, []),
        ("6", "King Kong", 1933, []),
        ("7", "King Kong", 2005, []),
        ("8", "Aliens", 1986, []),
        ("9", "Eternal Sunshine of the Spotless Mind", 2004, []),
        ("10", "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1964, []),
        ("11", "Oldboy", 2003, []),
        ("12", "Heart", 1995, []),
    ]
)


@pytest.mark.parametrize(
    ("title", "year", "found"),
    [
        ("The Thing", 1982, ["1"]),
        ("Thing", 1983, ["1"]),
        ("The Thing", 2011, []),
        ("Le Fabuleux Destin d'Amelie Poulain", 2001, ["2"]),
        ("Kill Bill: Vol. 1", 2003, []),
        ("Kill Bill Volume 2", 2004, ["3"]),
        ("The Matrix", None, ["4"]),
        ("Star Wars", 1977, ["5"]),
        ("King Kong", 2005, ["7"]),
        ("King Kong", None, ["7", "6"]),
        ("King Kong", 1976, []),
        ("Alien", 1979, []),
        ("Alien", None, []),
        ("Eternal Sunshine of a Spotless Mind", 2005, ["9"]),
        ("Dr. Strangelove", 1964, ["10"]),
        ("Oldboy", 2013, []),
        ("Heat", 1995, []),
        ("", 1995, []),
    ],
)
def test_a_title_is_linked_to_its_film_and_never_to_a_remake(title: str, year: int | None, found: list[str]) -> None:
    assert sorted(film.movie_id for film in linked(title, year, CATALOGUE)) == sorted(found)
