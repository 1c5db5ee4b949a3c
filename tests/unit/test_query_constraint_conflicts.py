"""Demands that exclude each other: one gives way, and the viewer is told which."""

import pytest

from matinee.query import understand
from matinee.understanding import Understanding
from tests.support.query_cases import demands, title_lookup

TITLES = title_lookup()


def read(request: str) -> Understanding:
    return understand(request, TITLES, this_year=2024)


def test_of_two_times_the_wider_stays_and_a_remark_names_both() -> None:
    found = read("a 1990s film from 2005")
    assert [(c.op, c.value) for c in found.constraints] == [("at_least", 1990), ("at_most", 1999)]
    assert found.remarks == ["“1990s” and “2005” exclude each other, so “2005” was set aside."]


def test_a_decade_and_a_year_each_with_its_own_from_are_two_demands() -> None:
    found = read("a drama from the 1950s, from 1993")
    assert {c.value for c in found.constraints if c.field == "year"} == {1950, 1959}
    assert found.remarks == ["“1950s” and “1993” exclude each other, so “1993” was set aside."]


def test_the_less_certain_gives_way_whatever_its_width() -> None:
    found = read("something from 1994 but around 2010")
    assert {c.value for c in found.constraints} == {1994}


def test_lengths_that_exclude_each_other() -> None:
    found = read("under 90 minutes and at least two hours long")
    assert len(found.constraints) == 1
    assert len(found.remarks) == 1


def test_what_is_wanted_and_refused_is_refused() -> None:
    found = read("a horror movie, but no horror")
    assert [(c.op, c.value) for c in found.constraints] == [("none_of", ["Horror"])]
    assert len(found.remarks) == 1


def test_a_person_wanted_and_refused_is_refused() -> None:
    found = read("with Tom Hanks but nothing with Tom Hanks")
    assert [(c.op, c.value) for c in found.constraints] == [("none_of", ["Tom Hanks"])]


def test_what_is_left_of_several_stays_wanted() -> None:
    found = read("comedy or horror, but no horror")
    assert ("any_of", ("Comedy", "Horror")) in {d[1:] for d in demands(found)}
    assert found.remarks == []


@pytest.mark.parametrize(
    "request_text",
    ["a 90s film under two hours", "80s or 90s action movies", "sci-fi, but not horror", "between 1990 and 1995", ""],
)
def test_demands_that_hold_together_are_left_alone(request_text: str) -> None:
    assert read(request_text).remarks == []


def test_no_pair_of_bounds_that_is_left_excludes_the_other() -> None:
    found = read("a 70s film from 1985, no older than 2000 and before 1960")
    low = max((c.value for c in found.constraints if c.op == "at_least" and isinstance(c.value, float)), default=0)
    high = min((c.value for c in found.constraints if c.op == "at_most" and isinstance(c.value, float)), default=9999)
    assert low <= high
    assert found.remarks
