"""Item-item weights against the formula worked out by hand, their file, and the benchmark's split and metrics."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.collaborative import Protocol, hold_out, positives
from benchmarks.ranking_metrics import ranking_metrics
from matinee.errors import CatalogueError
from matinee.ratings.ease import STECK, EaseModel, Tuning
from matinee.ratings.movielens import Rating, RatingTable
from tests.support.ratings import by_viewer

PLAIN = Tuning(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def table(*viewers: str) -> RatingTable:
    """Return five stars of each viewer for each film named by a letter."""
    return RatingTable.of(Rating(str(n), film, 5.0) for n, films in enumerate(viewers) for film in films)


def crowd() -> RatingTable:
    """Return two groups of viewers who share their own five films, the last viewer knowing few."""
    return table(*["ABCDE"] * 6, *["VWXYZ"] * 6, "ABVW")


def test_the_weights_are_those_of_the_published_formula() -> None:
    # Viewers AB, AB, BC: X'X is [[2, 2, 0], [2, 3, 1], [0, 1, 1]], plus 1 on the diagonal
    # A = [[3, 2, 0], [2, 4, 1], [0, 1, 2]], of determinant 13. Its adjugate is
    # [[7, -4, 2], [-4, 6, -3], [2, -3, 8]]; B[i, j] = -P[i, j] / P[j, j] needs no determinant.
    model = EaseModel.fit(table("AB", "AB", "BC"), PLAIN, minimum_ratings=1)
    expected = [[0, 4 / 6, -2 / 8], [4 / 7, 0, 3 / 8], [-2 / 7, 3 / 6, 0]]
    assert model.items == ["A", "B", "C"]
    assert model.weights == pytest.approx(np.array(expected), abs=1e-6)


def test_without_the_division_the_weights_are_the_inverse_alone() -> None:
    model = EaseModel.fit(
        table("AB", "AB", "BC"), Tuning(1.0, 0.0, 0.0, 0.0, diagonal_power=0.0, smooth_share=0.0), minimum_ratings=1
    )
    expected = np.array([[0, 4, -2], [4, 0, 3], [-2, 3, 0]]) / 13
    assert model.weights == pytest.approx(expected, abs=1e-6)


def test_a_viewers_scores_add_up_the_rows_of_what_they_liked() -> None:
    model = EaseModel.fit(table("AB", "AB", "BC"), PLAIN, minimum_ratings=1)
    assert model.scores({"A": 5.0, "C": 5.0, "unknown": 5.0}) == {"B": pytest.approx(4 / 6 + 3 / 6, abs=1e-6)}


def test_a_lower_rating_counts_less() -> None:
    squared = Tuning(1.0, 2.0, 0.0, 0.0, 1.0, 0.0)
    model = EaseModel(["A", "B"], np.array([[0, 0.5], [0.5, 0]], np.float32), squared)
    assert model.scores({"A": 2.5}) == {"B": pytest.approx(0.5 * (2.5 / 5) ** 2)}


def test_nothing_known_gives_nothing() -> None:
    model = EaseModel.fit(crowd(), STECK, minimum_ratings=1)
    assert (model.scores({}), model.scores({"?": 5.0}), model.recommend({"?": 5.0}, 3)) == ({}, {}, [])


def test_the_films_of_the_same_viewers_are_neighbours() -> None:
    for tuning in (STECK, Tuning()):
        model = EaseModel.fit(crowd(), tuning, minimum_ratings=1)
        assert {item for item, _ in model.neighbours(["A", "B"], 3)} == {"C", "D", "E"}


def test_recommendations_leave_out_what_was_seen_and_are_sorted() -> None:
    model = EaseModel.fit(crowd(), minimum_ratings=1)
    found = model.recommend({"A": 5.0}, 20, seen={"B"})
    assert {item for item, _ in found} == set("CDEVWXYZ")
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_rare_films_are_left_out_and_of_too_many_the_most_rated_stay() -> None:
    ratings = table("AB", "ABC", "ABCD", "A")
    assert EaseModel.fit(ratings, minimum_ratings=2).items == ["A", "B", "C"]
    assert EaseModel.fit(ratings, minimum_ratings=1, maximum_items=2).items == ["A", "B"]
    with pytest.raises(CatalogueError, match="1 of 4 films have 4 ratings or more"):
        EaseModel.fit(ratings, minimum_ratings=4)


def test_the_same_ratings_give_the_same_model() -> None:
    one, other = (EaseModel.fit(crowd(), minimum_ratings=1) for _ in range(2))
    assert one.weights == pytest.approx(other.weights, rel=1e-5, abs=1e-7)


def test_all_viewers_at_once_get_the_scores_of_each() -> None:
    ratings = crowd()
    model = EaseModel.fit(ratings, minimum_ratings=1)
    rows = model.score_viewers(ratings)
    for place, rated in enumerate(by_viewer(ratings).values()):
        for item, score in model.scores(rated).items():
            assert rows[place, model.items.index(item)] == pytest.approx(score, abs=1e-5)


def test_a_saved_model_is_mapped_from_its_file_and_ranks_as_before(tmp_path: Path) -> None:
    model = EaseModel.fit(crowd(), minimum_ratings=1)
    model.save(tmp_path)
    loaded = EaseModel.load(tmp_path)
    assert isinstance(loaded.weights, np.memmap)
    assert loaded.tuning == model.tuning
    assert loaded.scores({"A": 5.0}) == pytest.approx(model.scores({"A": 5.0}), rel=1e-2, abs=1e-4)


def test_a_model_saved_again_leaves_the_one_that_is_open_as_it_was(tmp_path: Path) -> None:
    EaseModel.fit(table("AB", "AB", "BC"), STECK, minimum_ratings=1).save(tmp_path)
    former = EaseModel.load(tmp_path)
    before = former.scores({"A": 5.0})
    EaseModel.fit(crowd(), STECK, minimum_ratings=1).save(tmp_path)
    assert former.scores({"A": 5.0}) == before
    assert len(EaseModel.load(tmp_path).items) == 10
    assert len(list(tmp_path.glob("*.npy"))) == 1


@pytest.mark.parametrize("damage", ["no model", "torn weights", "not JSON", "other films"])
def test_a_damaged_model_says_what_to_do(damage: str, tmp_path: Path) -> None:
    EaseModel.fit(crowd(), minimum_ratings=1).save(tmp_path)
    about = tmp_path / "model.json"
    (weights,) = tmp_path.glob("*.npy")
    if damage == "no model":
        about.unlink()
    elif damage == "torn weights":
        weights.write_bytes(weights.read_bytes()[:150])
    elif damage == "not JSON":
        about.write_text("{")
    else:
        about.write_text(json.dumps({**json.loads(about.read_text()), "items": ["A"]}))
    with pytest.raises(CatalogueError, match="run `matinee ratings ingest` again"):
        EaseModel.load(tmp_path)


def test_ndcg_and_recall_are_those_worked_out_by_hand() -> None:
    scores = np.array([[9, 8, 7, 6, 5], [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]], np.float32)
    seen = np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 0, 0, 0]], bool)
    held = np.array([[0, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0]], bool)
    metrics = ranking_metrics(scores, seen, held)
    # The first viewer's ranking is films 1 2 3 4: hits at ranks 2 and 4. The second has nothing held out.
    first = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    assert metrics["nDCG@10"] == pytest.approx([first, 1.0])
    assert metrics["recall@10"] == pytest.approx([1.0, 1.0])


def test_more_than_ten_held_out_can_still_reach_an_ndcg_of_one() -> None:
    scores = -np.arange(25, dtype=np.float32)[None]
    held = (np.arange(25) < 16)[None]
    metrics = ranking_metrics(scores, np.zeros((1, 25), bool), held)
    assert metrics["nDCG@10"] == pytest.approx([1.0])
    assert metrics["recall@10"] == pytest.approx([10 / 16])
    assert metrics["recall@20"] == pytest.approx([1.0])


def test_a_fifth_of_each_viewers_ratings_is_held_out() -> None:
    ratings = table("ABCDEFGHIJ", "ABCDE", "AB")
    held = hold_out(ratings, 0.2, np.random.default_rng(0))
    assert np.bincount(ratings.users[held], minlength=3).tolist() == [2, 1, 0]


def test_films_with_few_positives_are_left_out_before_the_split() -> None:
    stars: dict[str, list[float]] = {"A": [4, 5, 4.5], "B": [4, 3.5, 5], "C": [1, 4, 2]}
    ratings = RatingTable.of(Rating(str(n), film, s) for film, all_of in stars.items() for n, s in enumerate(all_of))
    positive, low = positives(ratings, Protocol("", 4.0, 2, 0.2))
    assert by_viewer(positive) == {"0": {"A": 4.0, "B": 4.0}, "1": {"A": 5.0}, "2": {"A": 4.5, "B": 5.0}}
    assert by_viewer(low) == {"1": {"B": 3.5}}
