"""The learned order: what the trees decide by, what each signal contributed, and the file that holds it."""

import math

import numpy as np
import pytest

from matinee.language.lexicon import load
from matinee.ranking.boosted_trees import BoostedTrees
from matinee.ranking.learned import (
    COLUMNS,
    Fit,
    Learned,
    columns,
    learned,
    packed,
    packed_terms,
    unpacked,
    vocabulary,
)
from matinee.ranking.query_adapter import QueryAdapter
from matinee.ranking.request_memory import RequestMemory
from matinee.traits import Traits
from matinee.understanding import Constraint, ConstraintField, Intent, Mention, Understanding
from tests.support.films import film

SOME = Understanding(text="a heist with a twist", specificity=0.5)
FLOATS = np.float32


def stump(column: str, threshold: float) -> BoostedTrees:
    """Return one tree that is for what is above the threshold."""
    ints = np.array([0], np.int32)
    return BoostedTrees(
        roots=ints,
        feature=np.array([COLUMNS.index(column), 0, 0], np.int32),
        threshold=np.array([threshold, 0, 0], FLOATS),
        missing_left=np.array([True, True, True]),
        left=np.array([1, 1, 2], np.int32),
        right=np.array([2, 1, 2], np.int32),
        value=np.array([0.0, -1.0, 2.0], FLOATS),
        depth=1,
    )


def small(trees: BoostedTrees | None = None) -> Learned:
    rng = np.random.default_rng(1)
    texts, terms, phrases = (
        QueryAdapter(*rng.normal(size=(2, 3, 2)).astype(np.float16).astype(FLOATS)) for _ in range(3)
    )
    ones, tilt, norms = np.ones(4, FLOATS), np.zeros((3, 4), FLOATS), np.array([0, 1, 0, 1], FLOATS)
    fit = Fit(texts, terms, phrases, ones[:3], ones, tilt, norms)
    memory = RequestMemory.of(np.eye(2, 3, dtype=FLOATS), [{"Heat (1995)"}, {"Ran (1985)", "Heat (1995)"}])
    return Learned(fit, memory, trees)


LOW, HIGH, OTHER = film("Low"), film("High"), film("Other")


def said(**figures: dict[str, float]) -> dict[str, dict[str, float]]:
    """Return signals, by the films' titles instead of their ids."""
    ids = {one.title: one.movie_id for one in (LOW, HIGH, OTHER)}
    return {name: {ids[title]: value for title, value in by_title.items()} for name, by_title in figures.items()}


def test_without_trees_the_fit_orders() -> None:
    found = small().ordered([LOW, HIGH], said(fit={"Low": -1.0, "High": 2.0}), SOME)
    assert [one.place for one in found] == [1, 0]
    assert [round(one.chance, 3) for one in found] == [round(1 / (1 + math.exp(-x)), 3) for x in (2.0, -1.0)]


def test_trees_order_by_any_signal_and_tell_which_spoke_for_a_film() -> None:
    signals = said(fit={"Low": 1.0, "High": 0.0, "Other": 3.0}, terms={"Low": 0.1, "High": 0.9})
    found = small(stump("terms", 0.5)).ordered([LOW, HIGH, OTHER], signals, SOME)
    assert [one.place for one in found] == [1, 0, 2]  # of two that score alike the first stays first
    assert found[0].shares["terms"] == 1.0
    assert sum(found[0].shares.values()) == 1.0
    assert found[1].shares["terms"] == 0.0  # what speaks against a film has no part in what speaks for it
    assert small(stump("terms", 0.5)).ordered([LOW, HIGH, OTHER], signals, SOME, 1) == found[:1]


def test_no_films_are_in_order() -> None:
    assert small().ordered([], {}, SOME) == []


def test_the_columns_hold_signals_ranks_the_film_and_the_request() -> None:
    wanted = Constraint(field=ConstraintField.DIRECTORS, op="any_of", value=["Somebody"])
    asked = SOME.model_copy(
        update={"mentions": [Mention(movie_id="1", title="Other", role="like")], "constraints": [wanted]}
    )
    known = LOW.model_copy(update={"traits": Traits(moods=["epic"], age=12)})
    (row, _) = columns([known, HIGH], said(bm25={"Low": 7.0, "High": 9.0}), asked)
    got = dict(zip(COLUMNS, row.tolist(), strict=True))
    assert (got["bm25 rank"], got["age"], got["described"], got["films named"], got["people"]) == (2, 12, 1, 1, 1)
    assert (got["words"], got["specificity"]) == (5, 0.5)
    assert math.isnan(got["fit"])
    assert math.isnan(got["fit rank"])
    assert "bm25" not in got  # its figures mean something else in each store


@pytest.mark.parametrize("trees", [None, stump("fit", 0.0)])
def test_what_is_packed_comes_back(trees: BoostedTrees | None) -> None:
    before = small(trees)
    after = unpacked(packed(before))
    for name, array in packed(before).items():
        np.testing.assert_array_equal(packed(after)[name], array)
    asked = np.array([1, 0, 0], FLOATS)
    assert after.memory.remembered(asked) == pytest.approx(before.memory.remembered(asked), abs=0.01)
    assert (after.trees is None) == (trees is None)
    if trees:
        rows = np.full((1, len(COLUMNS)), np.nan, FLOATS)
        assert after.trees and after.trees.score(rows) == trees.score(rows)


def test_the_terms_that_come_along_are_the_vocabulary_and_what_else_films_have() -> None:
    ours = vocabulary()
    terms = {term for terms in load("vocabulary").values() for term in terms}
    assert len(terms - {*ours.names}) < 0.1 * len(terms)
    assert {"genre: Comedy", "decade: 1990s", "language: French", "country: Japan"} <= {*ours.names}
    assert np.isfinite(ours.vectors).all()
    back = packed_terms(ours)
    np.testing.assert_allclose(back["vectors"] * back["scales"][:, None], ours.vectors, atol=1e-3)


@pytest.mark.parametrize("intent", ["recommend", "identify"])
def test_the_trees_that_come_along_ask_for_columns_that_there_are(intent: Intent) -> None:
    ours = learned(intent)
    assert ours.trees
    assert ours.trees.feature.max() < len(COLUMNS)
    assert max(ours.trees.left.max(), ours.trees.right.max()) < len(ours.trees.value)
