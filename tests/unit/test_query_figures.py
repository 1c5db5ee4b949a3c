"""Lengths and ratings in requests."""

import pytest

from matinee.query import TitleLookup, understand

NO_TITLES = TitleLookup([])


def figures(request: str, field: str) -> list[tuple[str, object]]:
    return [(c.op, c.value) for c in understand(request, NO_TITLES, this_year=2024).constraints if c.field == field]


@pytest.mark.parametrize(
    ("request_text", "minutes"),
    [
        ("under two hours", 119),
        ("under 2h", 119),
        ("less than 90 minutes", 89),
        ("no longer than 100 min", 100),
        ("at most 1h45", 105),
        ("1 hour 30 or less", 90),
        ("1 h 30 min max", 90),
        ("an hour and a half tops", 90),
        ("below 1.5 hours", 89),
        ("not over two hours", 120),
        ("cannot be longer than two hours", 120),
        ("shouldn't run over 90 minutes", 90),
        ("nothing longer than two and a half hours", 150),
        ("maximum two and half hours", 150),
        ("ninety minutes at most", 90),
        ("I only have 80 minutes", 80),
    ],
)
def test_a_longest_length_is_read_in_minutes(request_text: str, minutes: int) -> None:
    assert figures(request_text, "runtime") == [("at_most", minutes)]


@pytest.mark.parametrize(
    ("request_text", "minutes"),
    [
        ("over three hours", 181),
        ("at least 2 hours", 120),
        ("longer than 150 minutes", 151),
        ("three hours or more", 180),
    ],
)
def test_a_shortest_length_is_read_in_minutes(request_text: str, minutes: int) -> None:
    assert figures(request_text, "runtime") == [("at_least", minutes)]


@pytest.mark.parametrize(
    "request_text",
    ["about 90 minutes", "a 90-minute film", "a 90-minute courtroom drama", "90 minutes long", "90 minutes or so"],
)
def test_a_length_about_gives_ten_minutes_either_way(request_text: str) -> None:
    assert figures(request_text, "runtime") == [("at_least", 80), ("at_most", 100)]


@pytest.mark.parametrize("request_text", ["between 90 and 120 minutes", "90-120 min", "1.5 to 2 hours"])
def test_a_range_of_lengths_is_read(request_text: str) -> None:
    assert figures(request_text, "runtime") == [("at_least", 90), ("at_most", 120)]


@pytest.mark.parametrize(
    "request_text",
    [
        "I waited 3 hours",
        "they have 24 hours to live",
        "she left two hours ago",
        "on a flight of 11 hours",
        "for a long time",
        "my shorts are wet",
        "as long as it is good",
    ],
)
def test_a_time_that_is_no_length_of_a_film_is_left_alone(request_text: str) -> None:
    assert figures(request_text, "runtime") == []


def test_a_short_film_is_up_to_95_minutes_with_little_certainty() -> None:
    [found] = understand("a short film", NO_TITLES).constraints
    assert (found.op, found.value) == ("at_most", 95)
    assert found.certainty <= 0.5


def test_nothing_too_long_is_up_to_two_hours() -> None:
    assert figures("nothing too long", "runtime") == [("at_most", 120)]


@pytest.mark.parametrize(
    ("request_text", "rating"),
    [
        ("rated above 8", 8),
        ("IMDb 7.5+", 7.5),
        ("imdb rating of at least 7,5", 7.5),
        ("at least 8/10", 8),
        ("over 7 on imdb", 7),
        ("8 stars or more", 8),
        ("eight out of ten or better", 8),
        ("4/5 or better", 8),
        ("not below 6 on IMDb", 6),
    ],
)
def test_a_rating_floor_is_read_out_of_ten(request_text: str, rating: float) -> None:
    assert figures(request_text, "imdb_rating") == [("at_least", rating)]


def test_a_rating_ceiling_is_read() -> None:
    assert figures("rated below 4 on IMDb", "imdb_rating") == [("at_most", 4)]


@pytest.mark.parametrize(
    "request_text", ["metascore over 80", "80+ on metacritic", "a metascore of 80%", "metacritic 80"]
)
def test_a_metascore_floor_is_read_out_of_a_hundred(request_text: str) -> None:
    assert figures(request_text, "metascore") == [("at_least", 80)]


def test_critical_acclaim_is_a_metascore_of_75() -> None:
    assert figures("critically acclaimed", "metascore") == [("at_least", 75)]


@pytest.mark.parametrize("request_text", ["highly rated", "highly-rated", "well reviewed"])
def test_good_ratings_are_seven_and_a_half_with_some_certainty(request_text: str) -> None:
    [found] = understand(request_text, NO_TITLES).constraints
    assert (found.field, found.op, found.value, found.certainty) == ("imdb_rating", "at_least", 7.5, 0.6)


@pytest.mark.parametrize(
    "request_text", ["rated PG-13", "rated R", "rated 18", "9 out of 10 times", "I gave it 3/10", "top 10"]
)
def test_a_number_that_is_no_rating_is_left_alone(request_text: str) -> None:
    assert figures(request_text, "imdb_rating") == []
