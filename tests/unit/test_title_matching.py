"""A heading means a film that was offered, or none."""

import pytest

from matinee.models import Movie
from matinee.reasons.answer_events import Heading, Numbered
from matinee.reasons.title_matching import Fault, match
from tests.support.films import AMELIE, ARRIVAL, MARTIAN, MOON, film

OFFERED = {1: ARRIVAL, 2: MOON, 3: MARTIAN, 4: AMELIE}


def matched(
    number: int | None = None, numbered: Numbered = "list", title: str = "", year: int | None = None
) -> Movie | Fault:
    return match(Heading(number, numbered, title, year), OFFERED)


def test_a_number_in_brackets_names_the_film_offered_under_it() -> None:
    assert matched(2, "bracket") is MOON


def test_the_title_decides_where_the_number_only_counts_the_picks() -> None:
    assert matched(1, "list", "The Martian", 2015) is MARTIAN


@pytest.mark.parametrize(
    ("title", "meant"),
    [("Martian", MARTIAN), ("THE MARTIAN", MARTIAN), ("The Martian (2015)", MARTIAN), ("Amelie", AMELIE)],
)
def test_spellings_of_a_title_are_the_same_title(title: str, meant: Movie) -> None:
    assert matched(9, "list", title) is meant


def test_another_title_of_the_film_is_its_title_too() -> None:
    totoro = film("My Neighbor Totoro", 1988, aka=["Tonari no Totoro"])
    assert match(Heading(None, "none", "Tonari no Totoro", 1988), {1: totoro}) is totoro


@pytest.mark.parametrize("title", ["Arival", "Arrivall"])
def test_a_number_in_brackets_carries_a_title_that_is_a_little_misspelt(title: str) -> None:
    assert matched(1, "bracket", title, 2016) is ARRIVAL
    assert isinstance(matched(1, "list", title, 2016), Fault)


def test_a_number_in_brackets_and_a_title_outvote_a_wrong_year() -> None:
    assert matched(1, "bracket", "Arrival", 1996) is ARRIVAL


def test_a_year_may_differ_by_one() -> None:
    assert matched(None, "none", "Arrival", 2017) is ARRIVAL


@pytest.mark.parametrize("numbered", ["list", "none"])
def test_a_title_with_the_year_of_another_film_is_another_film(numbered: Numbered) -> None:
    assert isinstance(matched(1, numbered, "Arrival", 1996), Fault)


def test_an_invented_title_is_a_fault_that_says_which_film_has_its_number() -> None:
    fault = matched(2, "bracket", "Dust Over Mars", 2021)
    assert isinstance(fault, Fault)
    assert "Number 2 is Moon (2009), not “Dust Over Mars”" in fault


def test_look_alike_letters_make_no_title_of_an_offered_film() -> None:
    assert isinstance(matched(None, "none", "Аrrivаl", 2016), Fault)  # with Cyrillic a


@pytest.mark.parametrize("number", [0, 7, 10**9])
def test_a_number_that_was_not_offered_is_a_fault(number: int) -> None:
    assert f"number {number}" in str(matched(number, "bracket"))


@pytest.mark.parametrize("number", [1, 2])
def test_of_two_films_of_one_title_the_number_decides(number: int) -> None:
    films = {1: film("Emma", 1996), 2: film("Emma", 2020)}
    assert match(Heading(number, "bracket", "Emma", None), films) is films[number]


def test_of_two_films_of_one_title_the_year_decides() -> None:
    films = {1: film("Emma", 1996), 2: film("Emma", 2020)}
    assert match(Heading(1, "list", "Emma", 2020), films) is films[2]
