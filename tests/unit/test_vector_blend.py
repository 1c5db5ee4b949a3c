import pytest

from matinee.errors import InvalidRequest
from matinee.ranking.vector_blend import blend, unit, weights_of

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def test_equal_weights_give_the_mean() -> None:
    assert blend([EAST, NORTH], [1, 1]) == [0.5, 0.5]


def test_a_film_rated_higher_is_nearer() -> None:
    east, north = blend([EAST, NORTH], weights_of([5, 3]))
    assert [east, north] == pytest.approx([5 / 6, 1 / 6])  # weights 1 and .2


def test_a_film_rated_below_the_middle_pushes_away_by_how_much_it_was_disliked() -> None:
    _, mildly = blend([EAST, NORTH], weights_of([5, 2]))
    _, firmly = blend([EAST, NORTH], weights_of([5, 0.5]))
    assert [mildly, firmly] == pytest.approx([-0.2 * 0.2, -0.2 * 0.8])


def test_many_disliked_films_push_no_further_than_one() -> None:
    assert blend([EAST] + [NORTH] * 50, [1] + [-1] * 50) == [1, pytest.approx(-0.2)]


def test_a_film_rated_in_the_middle_counts_for_nothing() -> None:
    assert blend([EAST, NORTH], weights_of([4, 2.5])) == EAST


@pytest.mark.parametrize("ratings", [[2.5], [1, 2]])
def test_without_a_film_that_is_liked_there_is_nothing_to_be_near_to(ratings: list[float]) -> None:
    with pytest.raises(InvalidRequest, match=r"above 2\.5"):
        blend([EAST, NORTH][: len(ratings)], weights_of(ratings))


def test_a_vector_is_brought_to_unit_length() -> None:
    assert unit([3, 4]) == [0.6, 0.8]
    assert unit([0, 0]) == [0, 0]
