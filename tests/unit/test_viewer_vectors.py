"""Ratings as sparse vectors of unit length, worked out by hand."""

import math

import pytest

from matinee.taste.ratings import Rating, RatingTable
from matinee.taste.viewers import taste_vector, viewer_vectors


def test_ratings_count_from_a_neutral_point() -> None:
    assert taste_vector({1: 5.0, 2: 3.0, 3: 4.0}, neutral=4.0) == pytest.approx(
        {1: 1 / math.sqrt(2), 2: -1 / math.sqrt(2)}
    )


def test_without_a_neutral_point_ratings_count_from_the_viewers_own_mean() -> None:
    # The mean drawn to three stars by five more ratings: (5 + 3 + 15) / 7 = 23/7, so (12, -2) / sqrt(148).
    expected = {1: 12 / math.sqrt(148), 2: -2 / math.sqrt(148)}
    assert taste_vector({1: 5.0, 2: 3.0}) == pytest.approx(expected)


@pytest.mark.parametrize("ratings", [{}, {1: 4.0}, {1: 4.0, 2: 4.0}])
def test_no_taste_can_be_told_from_nothing_or_the_neutral_alone(ratings: dict[int, float]) -> None:
    assert taste_vector(ratings, neutral=4.0) == {}


def test_a_number_that_no_home_can_store_is_passed_over() -> None:
    assert set(taste_vector({-1: 5.0, 10**9: 5.0, 7: 5.0})) == {7}


def test_of_very_many_films_the_most_telling_stay() -> None:
    ratings = {film: 4.5 for film in range(16_000)} | {99_999: 0.5}
    vector = taste_vector(ratings, neutral=4.0)
    assert len(vector) == 16_000
    assert 99_999 in vector
    assert 15_999 not in vector


def test_of_too_many_viewers_an_even_sample_is_taken() -> None:
    table = RatingTable.of(Rating(f"{n:03}", "1", 5.0) for n in range(101))
    assert [user for user, _ in viewer_vectors(table, 5)] == ["000", "025", "050", "075", "100"]
    assert len(list(viewer_vectors(table))) == 101
