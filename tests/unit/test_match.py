import pytest

from matinee.grounding.draft import Draft
from matinee.grounding.match import Fault, match
from matinee.models import Movie
from tests.support.films import AMELIE, ARRIVAL, MARTIAN, MOON, film

OFFERED = {1: ARRIVAL, 2: MOON, 3: MARTIAN, 4: AMELIE}


def matched(**draft: object) -> Movie | Fault:
    found = match(Draft.model_validate(draft), OFFERED)
    return found if isinstance(found, Fault) else found[0]


def test_a_number_in_brackets_names_the_film_offered_under_it() -> None:
    assert matched(number=2, numbered="bracket") is MOON


def test_the_title_decides_where_the_number_only_counts_the_picks() -> None:
    assert matched(number=1, numbered="list", title="The Martian", year=2015) is MARTIAN


@pytest.mark.parametrize("title", ["Martian", "THE MARTIAN", "The Martian (2015)", "Amelie"])
def test_spellings_of_a_title_are_the_same_title(title: str) -> None:
    assert matched(number=9, numbered="list", title=title) in (MARTIAN, AMELIE)


def test_an_invented_title_is_a_fault_whatever_its_number() -> None:
    fault = matched(number=2, numbered="bracket", title="Moon Over Mars", year=2021, reason="A trip.")
    assert isinstance(fault, Fault)
    assert "Moon (2009)" in fault


def test_a_title_with_the_wrong_year_is_another_film() -> None:
    assert isinstance(matched(number=1, numbered="list", title="Arrival", year=1996), Fault)


def test_a_number_that_was_not_offered_is_a_fault() -> None:
    assert "number 7" in str(matched(number=7, numbered="bracket"))


def test_of_two_films_of_one_title_the_number_decides() -> None:
    old, new = film("Emma", 1996, imdb_rating=6.6), film("Emma", 2020)
    found = match(Draft(number=2, numbered="bracket", title="Emma"), {1: old, 2: new})
    assert not isinstance(found, Fault)
    assert found[0] is new


def test_words_after_a_bracketed_number_that_are_no_title_are_the_reason() -> None:
    found = match(Draft(number=2, numbered="bracket", title="A quiet film about being alone"), OFFERED)
    assert not isinstance(found, Fault)
    assert (found[0], found[1].reason) == (MOON, "A quiet film about being alone")
