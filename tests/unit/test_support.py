"""How well a film's text bears a sentence out is scored by weights that were learned, over features that say why."""

import math
from collections.abc import Sequence

import pytest

from matinee.models import Preference
from matinee.reasons.facts import Fact, Statement, Viewer
from matinee.reasons.support import (
    OTHER_PLOT,
    SUPPORT,
    Encoder,
    Nearest,
    Weights,
    nearest,
    other_plot_features,
    shipped,
    stray_names,
    support_features,
)
from tests.support.films import ARRIVAL, HEAT, MOON, UNKNOWN, film
from tests.support.reasons import sentence_encoder, starter, starter_names

VIEWER = Viewer("something by Kurosawa", [Preference(preference_id="p", user_id="a", text="I like Tokyo stories")])
NOTHING_NEAR = Nearest(0.1, 0.2, "")


def statement(text: str, movie: object = ARRIVAL) -> Statement:
    return Statement(text, movie, VIEWER, starter_names())  # type: ignore[arg-type]


def features(text: str, facts: Sequence[Fact] = (), near: Nearest = NOTHING_NEAR) -> dict[str, float]:
    return dict(zip(SUPPORT, support_features(statement(text), near, facts), strict=True))


def test_a_logistic_regression_over_standardised_features_gives_a_probability() -> None:
    weights = Weights((1.0, 0.0), (2.0, 1.0), (1.0, -3.0), 0.5, 0.6)
    assert weights.probability([1.0, 0.0]) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert weights.probability([5.0, 0.0]) == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert weights.probability([5.0, 1.0]) < 0.5
    with pytest.raises(ValueError, match="zip"):
        weights.probability([1.0])


@pytest.mark.parametrize(("name", "count"), [("support", len(SUPPORT)), ("other_plot", len(OTHER_PLOT))])
def test_the_shipped_weights_have_one_figure_a_feature(name: str, count: int) -> None:
    weights = shipped(name)
    assert len(weights.mean) == len(weights.deviation) == len(weights.weight) == count
    assert min(weights.deviation) > 0
    assert 0.5 <= weights.threshold < 1


def test_what_is_nearer_and_has_more_words_in_common_is_borne_out_better() -> None:
    weights = shipped("support")
    far = support_features(statement("A tale of two very different brothers at sea."), NOTHING_NEAR, ())
    near = support_features(statement("A linguist learns the language of visitors."), Nearest(0.8, 0.85, ""), ())
    assert weights.probability(near) > 0.9 > 0.2 > weights.probability(far)


def test_features_count_the_words_in_common_and_the_numbers_that_nothing_bears_out() -> None:
    found = features("A linguist and 12 dancers in 2016.")
    assert found["numbers"] == 2
    assert found["stray_numbers"] == 1
    assert 0 < found["shared"] < 1
    assert features("A linguist.")["shared"] == 1
    assert features("Dancers.")["shared"] == 0


def test_features_count_the_facts_that_hold() -> None:
    assert features("x", [Fact("year", True), Fact("genre", True), Fact("length", False)])["facts"] == 2


def test_features_of_another_plot_compare_both_films() -> None:
    found = dict(
        zip(
            OTHER_PLOT,
            other_plot_features("A detective hunts a thief.", ARRIVAL, NOTHING_NEAR, HEAT, Nearest(0.6, 0.8, "")),
            strict=True,
        )
    )
    assert found["margin"] == pytest.approx(0.2 - 0.8)
    assert (found["other"], found["own"]) == (0.8, 0.2)
    assert found["shared_more"] > 0


def test_the_nearest_sentence_of_an_overview_is_quoted_as_it_stands() -> None:
    movie = starter()["Amadeus (1984)"]
    near = nearest(sentence_encoder(), movie.overview.split(". ")[0], movie)
    assert near.quote
    assert near.quote in movie.overview
    assert near.best == near.sentence > 0.8


def test_what_is_written_elsewhere_is_as_good_as_the_overview() -> None:
    near = nearest(sentence_encoder(), "The crew walks into a bank.", HEAT, ["The crew walks into the bank at noon."])
    assert near.quote == "The crew walks into the bank at noon."


def test_a_film_of_which_nothing_is_told_is_near_to_nothing() -> None:
    assert nearest(sentence_encoder(), "Anything.", UNKNOWN) == Nearest(0.0, 0.0, "")


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("Amy Adams learns the language.", []),
        ("Louise meets Ian in Montana.", ["Ian", "Montana"]),
        ("It is as sad as anything by Kurosawa in Tokyo.", []),
        ("You said that I am slow.", []),
        ("There, a Dane and an American meet.", ["Dane"]),
        ("It is calm: Montana is far away. Alaska, too.", []),
    ],
)
def test_names_that_neither_row_nor_viewer_know_are_stray(text: str, stray: list[str]) -> None:
    assert stray_names(statement(text)) == stray


def test_names_on_record_are_not_stray() -> None:
    told = Statement("He meets Philip Seymour Hoffman.", starter()["Scent of a Woman (1992)"], VIEWER, starter_names())
    assert stray_names(told) == []
    other = Statement("He meets Philip Seymour Hoffman.", film("Elsewhere"), VIEWER, starter_names())
    assert stray_names(other) == ["Philip", "Seymour", "Hoffman"]


class Counting:
    """Counts which texts are to be embedded."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[1.0, 0.0] if "a" in text else [0.0, 1.0] for text in texts]


def test_a_text_is_embedded_once_while_it_is_remembered() -> None:
    counting = Counting()
    encoder = Encoder(counting, remembered=2)
    encoder.vectors(["a", "b", "a"])
    encoder.vectors(["b", "a"])
    assert counting.asked == ["a", "b"]
    encoder.vectors(["c"])
    assert encoder.vectors(["a", "b", "c"]).tolist() == [[1, 0], [0, 1], [0, 1]]
    assert counting.asked == ["a", "b", "c", "a"]


def test_nothing_is_near_to_an_empty_text() -> None:
    counting = Counting()
    assert Encoder(counting).cosine("a", "  ") == 0.0
    assert counting.asked == []
    assert Encoder(counting).cosine("a", "aa") == pytest.approx(1.0)


def test_two_films_are_told_apart_by_the_packaged_encoder() -> None:
    near = nearest(sentence_encoder(), "A worker at a mine on the moon is all alone.", MOON)
    far = nearest(sentence_encoder(), "A worker at a mine on the moon is all alone.", HEAT)
    assert near.best > far.best + 0.15
