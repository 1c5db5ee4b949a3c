"""The figures of an evaluation against values worked out by hand."""

import sys
from math import log2
from statistics import fmean

import pytest

from matinee.errors import ModelUnavailable
from matinee_app.evaluation.metrics import NAMES, interval, mean, per_request

RANKED = [f"film {n}" for n in range(1, 101)]


def figures(gold: set[str], ranked: list[str]) -> dict[str, float]:
    return {name: values["q"] for name, values in per_request({"q": gold}, {"q": ranked}).items()}


def test_the_metrics_are_those_promised() -> None:
    assert set(NAMES) == {"recall@1", "recall@5", "recall@10", "recall@20", "recall@100", "ndcg@10", "mrr"}


def test_recall_is_the_part_of_the_answers_among_the_first() -> None:
    found = figures({"film 1", "film 7", "film 20", "film 21", "elsewhere"}, RANKED)
    assert found["recall@1"] == pytest.approx(1 / 5)
    assert found["recall@5"] == pytest.approx(1 / 5)
    assert found["recall@10"] == pytest.approx(2 / 5)
    assert found["recall@20"] == pytest.approx(3 / 5)
    assert found["recall@100"] == pytest.approx(4 / 5)


def test_mrr_is_the_reciprocal_of_the_first_answer_s_place() -> None:
    assert figures({"film 4", "film 9"}, RANKED)["mrr"] == pytest.approx(1 / 4)
    assert figures({"elsewhere"}, RANKED)["mrr"] == 0


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    gained = 1 / log2(2 + 1) + 1 / log2(5 + 1)
    best = 1 / log2(1 + 1) + 1 / log2(2 + 1) + 1 / log2(3 + 1)
    assert figures({"film 2", "film 5", "film 11"}, RANKED)["ndcg@10"] == pytest.approx(gained / best)
    assert figures({"film 1", "film 2"}, RANKED)["ndcg@10"] == pytest.approx(1)


def test_the_order_given_is_the_order_judged_whatever_the_names() -> None:
    backwards = [f"z{n}" for n in range(20, 0, -1)]
    assert figures({"z20"}, backwards)["mrr"] == 1
    assert figures({"z1"}, backwards)["mrr"] == pytest.approx(1 / 20)


def test_a_request_for_which_nothing_came_counts_as_nothing_found() -> None:
    found = per_request({"a": {"film 1"}, "b": {"film 1"}}, {"a": RANKED, "b": []})
    assert found["recall@10"] == {"a": 1, "b": 0}
    assert mean(found["mrr"]) == pytest.approx(0.5)


def test_the_mean_is_over_requests_and_of_none_nothing() -> None:
    assert mean({"a": 0.25, "b": 0.75, "c": 0.5}) == pytest.approx(0.5)
    assert mean({}) == 0
    assert interval({}) == (0, 0)


def values(count: int) -> dict[str, float]:
    return {str(n): float(n % 4 == 0) for n in range(count)}


def test_an_interval_holds_the_mean_and_lies_within_what_was_seen() -> None:
    for count in (8, 40, 400):
        low, high = interval(values(count))
        assert 0 <= low < fmean(values(count).values()) < high <= 1


def test_an_interval_is_the_same_each_time_and_shrinks_with_the_requests() -> None:
    assert interval(values(40)) == interval(values(40))
    widths = [high - low for low, high in (interval(values(count)) for count in (8, 40, 400, 1600))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 4


def test_an_interval_is_near_the_normal_one_for_many_requests() -> None:
    """Of 400 zeros and ones with mean 1/4 the standard error is sqrt(1/4 * 3/4 / 400)."""
    error = (0.25 * 0.75 / 400) ** 0.5
    low, high = interval(values(400))
    assert low == pytest.approx(0.25 - 1.96 * error, abs=0.006)
    assert high == pytest.approx(0.25 + 1.96 * error, abs=0.006)


def test_a_narrower_share_gives_a_narrower_interval_and_equal_values_none_at_all() -> None:
    wide, narrow = interval(values(100)), interval(values(100), 0.5)
    assert wide[0] < narrow[0] <= narrow[1] < wide[1]
    assert interval(dict.fromkeys("abc", 0.5)) == (0.5, 0.5)


def test_without_the_library_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'matinee\[evaluation\]'"):
        per_request({"a": {"b"}}, {"a": ["b"]})
