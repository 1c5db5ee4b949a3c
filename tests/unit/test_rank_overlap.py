import pytest

from matinee.ranking.rank_overlap import rank_biased_overlap


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("abc", "abc", 1.0),
        ("abc", "xyz", 0.0),
        ("", "abc", 0.0),
        # By hand, p = .9: agreement 0 at depth 1 and 1 at depth 2, so 1 * .81 + .1 / .9 * (0 * .9 + 1 * .81).
        ("ab", "ba", 0.9),
        # Agreement 1, 1/2: .5 * .81 + .1 / .9 * (.9 + .5 * .81).
        ("ab", "ac", 0.55),
        # Agreement 0, 1/2: .5 * .81 + .1 / .9 * .5 * .81.
        ("ab", "cb", 0.45),
    ],
)
def test_overlap_counts_early_ranks_more(first: str, second: str, overlap: float) -> None:
    assert rank_biased_overlap(first, second) == pytest.approx(overlap)
    assert rank_biased_overlap(second, first) == pytest.approx(overlap)
