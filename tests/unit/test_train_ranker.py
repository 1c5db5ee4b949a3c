"""What the order of films is learned by: adapters on toy films, and LightGBM's trees as one table."""

from typing import Any

import numpy as np

from benchmarks.query_adapters import Example, Shelf, learn_fit
from benchmarks.train_ranker import trees_of
from tests.support.films import film

FLOATS = np.float32


def test_the_adapters_learn_which_films_go_with_which_requests_whatever_their_own_vectors_say() -> None:
    rng = np.random.default_rng(3)
    films = [film(f"Film {n}") for n in range(8)]
    films_by = np.eye(8, dtype=FLOATS)
    # A request that lies at film n wants the film after it.
    asked = [
        Example((films_by[n % 8] + rng.normal(0, 0.05, 8)).astype(FLOATS), np.array([(n + 1) % 8]), n % 5)
        for n in range(6000)
    ]
    fit = learn_fit([Shelf(films, films_by, films_by, films_by, asked)], left_out=0)
    left_out = [one for one in asked if one.fold == 0]
    found = [
        fit.score(one.vector, films, np.stack([to.moved(one.vector) for to in fit[:3]], axis=1)) for one in left_out
    ]
    right = [int(np.argmax(scores)) == one.fits[0] for scores, one in zip(found, left_out, strict=True)]
    assert np.mean(right) > 0.9


class Grown:
    """Stands in for LightGBM's model of two trees."""

    def dump_model(self) -> dict[str, Any]:
        leaf = {"leaf_value": 0.5}
        split = {
            "split_feature": 1,
            "threshold": 2.0,
            "default_left": False,
            "missing_type": "NaN",
            "internal_value": 0.1,
            "left_child": {"leaf_value": -1.0},
            "right_child": {
                "split_feature": 0,
                "threshold": -0.5,
                "default_left": True,
                "missing_type": "None",  # nothing was missing where it grew: NaN counts as nought
                "internal_value": 0.2,
                "left_child": {"leaf_value": 1.0},
                "right_child": {"leaf_value": 3.0},
            },
        }
        return {"tree_info": [{"tree_structure": leaf}, {"tree_structure": split}]}


def test_trees_of_lightgbm_become_one_table() -> None:
    trees = trees_of(Grown())
    assert trees.depth == 2
    rows = np.array([[0, 2.0], [-1, 2.5], [0, 2.5], [np.nan, np.nan]], FLOATS)
    np.testing.assert_allclose(trees.score(rows), [-0.5, 1.5, 3.5, 3.5])
