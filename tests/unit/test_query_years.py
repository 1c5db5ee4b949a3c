"""Years and decades in requests: the forms, and the numbers that are none."""

from datetime import date

import pytest

from matinee.query import TitleLookup, understand
from matinee.understanding import ConstraintField, Understanding

NO_TITLES = TitleLookup([])


def bounds(request: str, this_year: int = 2024) -> list[tuple[str, float]]:
    read = understand(request, NO_TITLES, this_year=this_year)
    return [(c.op, c.value) for c in years(read) if isinstance(c.value, int | float)]


def years(read: Understanding) -> list:  # type: ignore[type-arg]
    return [c for c in read.constraints if c.field is ConstraintField.YEAR]


@pytest.mark.parametrize(
    ("request_text", "low", "high"),
    [
        ("90s movies", 1990, 1999),
        ("1990s movies", 1990, 1999),
        ("'90s movies", 1990, 1999),
        ("90's movies", 1990, 1999),
        ("\u201990s movies", 1990, 1999),
        ("movies from the nineties", 1990, 1999),
        ("movies from the eighties", 1980, 1989),
        ("early 2000s movies", 2000, 2003),
        ("mid-90s movies", 1994, 1996),
        ("late 70s movies", 1977, 1979),
        ("early to mid 80s movies", 1980, 1986),
        ("movies between 1990 and 1995", 1990, 1995),
        ("movies from 1990 to 1995", 1990, 1995),
        ("movies 1990\u20131999", 1990, 1999),
        ("movies of 1994", 1994, 1994),
        ("movies from '94", 1994, 1994),
        ("movies from the 00s", 2000, 2009),
        ("movies from around 1994", 1992, 1996),
        ("late 90s or early 2000s movies", 1997, 2003),
        ("movies from the late 1900s", 1967, 1999),
    ],
)
def test_a_span_of_years_is_read(request_text: str, low: int, high: int) -> None:
    assert bounds(request_text) == [("at_least", low), ("at_most", high)]


@pytest.mark.parametrize(
    ("request_text", "op", "year"),
    [
        ("films since 2010", "at_least", 2010),
        ("films after 2015", "at_least", 2016),
        ("films newer than 2015", "at_least", 2016),
        ("films from 2010 onwards", "at_least", 2010),
        ("films from 2010 or later", "at_least", 2010),
        ("films from the 90s onwards", "at_least", 1990),
        ("films before 1970", "at_most", 1969),
        ("pre-1970 films", "at_most", 1969),
        ("films before the 70s", "at_most", 1969),
        ("films older than 1980", "at_most", 1979),
        ("films up to 1980", "at_most", 1980),
        ("nothing after 1980", "at_most", 1980),
        ("nothing older than 1980", "at_least", 1980),
        ("nothing before 1980", "at_least", 1980),
        ("films from the last ten years", "at_least", 2014),
        ("films no older than 10 years", "at_least", 2014),
    ],
)
def test_an_open_span_of_years_is_read(request_text: str, op: str, year: int) -> None:
    assert bounds(request_text) == [(op, year)]


@pytest.mark.parametrize(
    "request_text",
    [
        "something from before my time",
        "my top 10",
        "a film that takes 2 hours",
        "a film set in the 1920s",
        "a film that takes place in 1944",
        "a film about life in the 60s",
        "I saw one in 2013 and loved it",
        "I grew up in the 80s",
        "my mother is in her 60s",
        "a thousand people, 2000 soldiers, one horse",
        "worth 1999 dollars",
        "an 80s-style soundtrack",
        "Obscure Thing Nobody Knows (1965) was great",
        "spread over 1990.5 metres",
        "in the year 3000",
    ],
)
def test_a_number_that_dates_no_film_is_left_alone(request_text: str) -> None:
    assert bounds(request_text) == []


def test_a_streaming_service_after_a_decade_does_not_open_it_upwards() -> None:
    assert bounds("movies from the 90s on Netflix") == [("at_least", 1990), ("at_most", 1999)]


def test_recent_means_the_last_five_years_and_counts_little() -> None:
    [found] = years(understand("a recent thriller", NO_TITLES, this_year=2024))
    assert (found.op, found.value) == ("at_least", 2019)
    assert found.certainty < 0.5


def test_recent_counts_from_the_clock_when_no_year_is_given() -> None:
    [found] = years(understand("a recent thriller", NO_TITLES))
    assert date.today().year - 6 <= found.value <= date.today().year - 5


def test_a_vague_word_gives_way_to_an_explicit_year() -> None:
    assert bounds("a classic 80s slasher") == [("at_least", 1980), ("at_most", 1989)]


def test_nothing_old_turns_the_bound_around() -> None:
    assert bounds("nothing too old") == [("at_least", 1980)]


def test_explicit_years_are_certain() -> None:
    assert {c.certainty for c in years(understand("from the 90s", NO_TITLES, this_year=2024))} == {1.0}


def test_a_century_is_read_where_films_are_of_it() -> None:
    assert bounds("sci-fi of the 21st century") == [("at_least", 2001)]
    assert bounds("a drama set in the 21st century") == []
