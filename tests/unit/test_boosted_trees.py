"""Trees walked for many rows at once."""

import numpy as np

from matinee.ranking.boosted_trees import BoostedTrees

INTS, FLOATS = np.int32, np.float32
LONG = BoostedTrees(
    # The first tree asks column 0, and of what goes right column 1; the second is a leaf alone.
    roots=np.array([0, 5], INTS),
    feature=np.array([0, 0, 1, 0, 0, 0], INTS),
    threshold=np.array([0.5, 0, 2.0, 0, 0, 0], FLOATS),
    missing_left=np.array([True, True, False, True, True, True]),
    left=np.array([1, 1, 3, 3, 4, 5], INTS),
    right=np.array([2, 1, 4, 3, 4, 5], INTS),
    value=np.array([0.0, -1.0, 1.0, 0.5, 3.0, 0.25], FLOATS),
    depth=2,
)


def test_each_row_gets_the_sum_of_its_leaves_and_what_is_unknown_goes_its_own_way() -> None:
    unknown = np.nan
    rows = np.array([[0.5, 9], [0.6, 2.0], [0.6, 2.1], [unknown, 9], [0.6, unknown]], FLOATS)
    np.testing.assert_allclose(LONG.score(rows), [-0.75, 0.75, 3.25, -0.75, 3.25])


def test_contributions_add_up_to_the_difference_from_where_every_row_begins() -> None:
    rows = np.array([[0.1, 0], [0.9, 0], [0.9, 5]], FLOATS)
    given = LONG.contributions(rows)
    np.testing.assert_allclose(given, [[-1.0, 0.0], [1.0, -0.5], [1.0, 2.0]])
    begins = LONG.value[LONG.roots].sum()
    np.testing.assert_allclose(begins + given.sum(axis=1), LONG.score(rows))


def test_no_rows_have_no_scores() -> None:
    assert LONG.score(np.empty((0, 2), FLOATS)).shape == (0,)
