import pytest

from matinee.context import Context
from matinee.models import Candidate, Constraint, ConstraintField
from matinee.nodes.rerank import strategy_weights
from matinee.ranking.fusion import confidence, fuse, ranks
from matinee.ranking.quality import quality
from matinee.ranking.relax import relaxations
from tests.support.films import ARRIVAL, HEAT, MARTIAN, MOON, UNKNOWN, film

CANDIDATES = [Candidate(movie=m) for m in (ARRIVAL, MOON, MARTIAN)]
A, M, T = (c.movie.movie_id for c in CANDIDATES)


def test_equal_figures_share_the_better_rank() -> None:
    assert ranks({"a": 2.0, "b": 3.0, "c": 2.0, "d": 1.0}) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_a_fused_score_is_the_weighted_sum_of_reciprocal_ranks() -> None:
    best, *_ = fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9, A: 8}}, {"x": 1.0, "y": 2.0})
    assert best.movie is MOON
    assert best.score == pytest.approx(1 / 62 + 2 / 61)


def test_shares_of_a_receipt_sum_to_one_and_name_every_signal() -> None:
    for candidate in fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9}}, {"x": 1.0, "y": 0.5}):
        assert sum(signal.share for signal in candidate.receipt.values()) == pytest.approx(1)
        assert set(candidate.receipt) == {"x", "y"}


def test_a_signal_that_does_not_know_a_film_gives_it_nothing() -> None:
    fused = {c.movie.movie_id: c for c in fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9}}, {"x": 1, "y": 1})}
    assert (fused[A].receipt["y"].rank, fused[A].receipt["y"].share) == (None, 0.0)


def test_films_without_any_score_keep_their_order() -> None:
    assert [c.movie.movie_id for c in fuse(CANDIDATES, {"x": {}}, {"x": 1.0})] == [A, M, T]


def test_confidence_is_one_for_a_film_that_every_signal_puts_first() -> None:
    signals = {"x": {A: 3.0, M: 2.0, T: 1.0}, "y": {A: 5.0, M: 4.0}}
    weights = {"x": 1.0, "y": 1.0}
    assert confidence(CANDIDATES[0], signals, weights) == 1.0
    assert confidence(CANDIDATES[2], signals, weights) == pytest.approx(1 / 3)


def test_quality_weighs_rating_metascore_and_votes_on_a_log_scale() -> None:
    loved = film("Loved", imdb_rating=9.0, metascore=90, imdb_votes=2_999_999)
    assert quality(loved) == pytest.approx(0.6 * 0.9 + 0.3 * 0.9 + 0.1 * 1.0)


def test_many_votes_do_not_swamp_a_better_rating() -> None:
    few, many = (film("F", imdb_rating=r, metascore=80, imdb_votes=v) for r, v in ((9.0, 30_000), (7.5, 2_500_000)))
    assert (quality(few) or 0) > (quality(many) or 0)


def test_a_missing_metascore_is_no_malus() -> None:
    assert quality(film("A", imdb_rating=8.0)) == pytest.approx(0.8)


def test_a_film_without_ratings_has_no_quality() -> None:
    assert quality(UNKNOWN) is None


def demand(field: str, op: str, value: object, certainty: float, words: str = "") -> Constraint:
    return Constraint.model_validate(
        {"field": ConstraintField(field), "op": op, "value": value, "certainty": certainty, "words": words}
    )


def test_the_least_certain_demand_gives_way_first_and_figures_never() -> None:
    years = demand("year", "at_least", 1990, 1.0)
    genre = demand("genres", "any_of", ["Crime"], 0.9, "crime")
    mood = demand("keywords", "none_of", ["violent"], 0.5, "not too violent")
    steps = list(relaxations([years, genre, mood]))
    assert [step.constraints for step in steps] == [[years, genre], [years]]
    assert "not too violent" in steps[0].notice


def test_several_genres_at_once_become_any_of_them_before_anything_is_dropped() -> None:
    both = demand("genres", "all_of", ["Crime", "Thriller"], 0.9, "crime thriller")
    mood = demand("keywords", "none_of", ["violent"], 0.5, "not too violent")
    steps = list(relaxations([both, mood]))
    assert [[c.op for c in step.constraints] for step in steps] == [["any_of", "none_of"], ["any_of"], []]
    assert [step.gave_way for step in steps][:2] == [both, mood]


@pytest.mark.parametrize("strategy", ["cross_encoder", "imdb"])
def test_under_a_single_signal_retrieval_only_breaks_ties(strategy: str) -> None:
    """Among 500 candidates no difference of retrieval rank may outweigh one rank of the signal."""
    weights = strategy_weights(Context.model_validate({"rerank": strategy}))
    smallest_step = 1 / (60 + 499) - 1 / (60 + 500)
    assert weights["retrieval"] * (1 / 61 - 1 / 560) < smallest_step


def test_a_film_without_the_field_meets_no_demand_on_it_but_none_of() -> None:
    assert not demand("runtime", "at_most", 120, 1).holds(UNKNOWN)
    assert not demand("genres", "any_of", ["Drama"], 1).holds(UNKNOWN)
    assert demand("genres", "none_of", ["Drama"], 1).holds(UNKNOWN)


def test_bounds_are_inclusive() -> None:
    assert demand("year", "at_most", 1995, 1).holds(HEAT)
    assert demand("runtime", "at_least", 170, 1).holds(HEAT)
