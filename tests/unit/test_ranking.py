import pytest

from matinee.context import Context
from matinee.models import Candidate
from matinee.nodes.signal_weights import fused_by, fused_weights, weights_for
from matinee.query.query_text import completed
from matinee.ranking.bayesian_rating import quality
from matinee.ranking.confidence import calibrated_probability, confidence
from matinee.ranking.constraint_relaxation import relaxations, told_of
from matinee.ranking.diversity import diversified, one_of_each_series, series_of, with_deep_cut
from matinee.ranking.fusion import RRF_K, fuse, ranks, strengths, weighed
from matinee.ranking.sorting import in_order
from matinee.understanding import Constraint, ConstraintField, Mention, SortOrder, Understanding
from tests.support.films import ARRIVAL, HEAT, MARTIAN, MOON, UNKNOWN, film

CANDIDATES = [Candidate(movie=m) for m in (ARRIVAL, MOON, MARTIAN)]
A, M, T = (c.movie.movie_id for c in CANDIDATES)


def test_equal_figures_share_the_better_rank() -> None:
    assert ranks({"a": 2.0, "b": 3.0, "c": 2.0, "d": 1.0}) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_a_fused_score_is_the_weighted_sum_of_reciprocal_ranks() -> None:
    best, *_ = fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9, A: 8}}, {"x": 1.0, "y": 2.0})
    assert best.movie is MOON
    assert best.score == pytest.approx(1 / (RRF_K + 2) + 2 / (RRF_K + 1))


def test_shares_of_a_receipt_sum_to_one_and_name_every_signal() -> None:
    for candidate in fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9}}, {"x": 1.0, "y": 0.5}):
        assert sum(signal.share for signal in candidate.receipt.values()) == pytest.approx(1)
        assert set(candidate.receipt) == {"x", "y"}


def test_a_signal_that_does_not_know_a_film_gives_it_nothing() -> None:
    fused = {c.movie.movie_id: c for c in fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}, "y": {M: 9}}, {"x": 1, "y": 1})}
    assert (fused[A].receipt["y"].rank, fused[A].receipt["y"].share) == (None, 0.0)


def test_films_without_any_score_keep_their_order() -> None:
    assert [c.movie.movie_id for c in fuse(CANDIDATES, {"x": {}}, {"x": 1.0})] == [A, M, T]


def test_ranks_on_a_receipt_count_beside_new_signals_and_give_way_to_those_of_the_same_name() -> None:
    first = fuse(CANDIDATES, {"x": {A: 3, M: 2, T: 1}}, {"x": 1.0})
    best, *_ = fuse(first, {"y": {M: 9}}, {"x": 1.0, "y": 1.0})
    assert best.movie is MOON and best.score == pytest.approx(1 / (RRF_K + 2) + 1 / (RRF_K + 1))
    best, *_ = fuse(first, {"x": {T: 9}}, {"x": 1.0})
    assert best.movie is MARTIAN and best.score == pytest.approx(1 / (RRF_K + 1))


def test_by_strength_a_film_far_ahead_by_one_signal_beats_one_that_is_second_by_two() -> None:
    signals = {"x": {A: 9.0, M: 2.0, T: 1.0}, "y": {M: 5.1, T: 5.2, A: 5.0}}
    weights = {"x": 1.0, "y": 0.6}
    best, second, _ = fuse(CANDIDATES, signals, weights, by="strength")
    assert best.movie is ARRIVAL and best.score == pytest.approx(1.0)
    assert second.movie is MARTIAN and second.score == pytest.approx(0.6)
    assert best.receipt["x"].strength == 1.0 and second.receipt["x"].strength == 0.0


def test_strengths_run_from_the_last_to_the_first_and_are_full_where_all_are_alike() -> None:
    assert strengths({A: 8.0, M: 5.0, T: 4.0}) == {A: 1.0, M: 0.25, T: 0.0}
    assert strengths({A: 3.0, M: 3.0}) == {A: 1.0, M: 1.0}
    assert strengths({}) == {}


def test_strengths_on_a_receipt_are_those_of_the_whole_list_though_few_of_it_are_left() -> None:
    kept = fuse(CANDIDATES, {"x": {A: 8.0, M: 5.0, T: 4.0}}, {"x": 1.0}, 2, by="strength")
    again = fuse(kept, {"y": {M: 1.0}}, {"x": 1.0, "y": 0.5}, by="strength")
    assert [round(c.score, 3) for c in again] == [1.0, 0.75]


def test_only_so_many_as_asked_for_are_kept() -> None:
    assert [c.movie for c in fuse(CANDIDATES, {"x": {A: 1, M: 3, T: 2}}, {"x": 1.0}, 2)] == [MOON, MARTIAN]


def test_what_a_request_describes_counts_and_what_is_well_known_gives_way_to_it() -> None:
    weights = {"dense": 1.0, "popularity": 1.0, "taste": 1.0}
    vague, exact = (weighed(weights, s, names_films=False) for s in (0.0, 1.0))
    assert vague == {"dense": 0.0, "popularity": 1.0, "taste": 1.0}
    assert exact["dense"] == 1.0 and exact["popularity"] == pytest.approx(0.1) and exact["taste"] == 1.0
    assert weighed(weights, 0.0, names_films=True)["popularity"] < 1.0


def test_sureness_is_one_for_a_film_that_every_signal_puts_first_and_falls_with_the_ranks() -> None:
    weights = {"x": 1.0, "y": 1.0}
    fused = fuse(CANDIDATES, {"x": {A: 3.0, M: 2.0, T: 1.0}, "y": {A: 5.0, M: 4.0}}, weights)
    sure = [calibrated_probability(candidate, weights) for candidate in fused]
    assert sure[0] == 1.0
    assert sure == sorted(sure, reverse=True) and sure[1] < 1.0
    strong = fuse(CANDIDATES, {"x": {A: 3.0, M: 2.0, T: 1.0}, "y": {A: 5.0, M: 4.0}}, weights, by="strength")
    assert [calibrated_probability(candidate, weights, "strength") for candidate in strong] == [1.0, 0.25, 0.0]


@pytest.mark.parametrize("intent", ["identify", "recommend"])
def test_confidence_is_a_chance_that_rises_with_the_score(intent: str) -> None:
    weights = {"x": 1.0}
    understood = Understanding.model_validate({"text": "a film", "intent": intent})
    fused = fuse(CANDIDATES, {"x": {A: 3.0, M: 2.0, T: 1.0}}, weights)
    chances = [confidence(candidate, weights, understood) for candidate in fused]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < chance < 1 for chance in chances)


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Toy Story", "toy-story"),
        ("Toy Story 2", "toy-story"),
        ("The Godfather: Part II", "the-godfather"),
        ("The Godfather Part III", "the-godfather"),
        ("Rocky IV", "rocky"),
        ("Kill Bill: Vol. 1", "kill-bill"),
        ("Harry Potter and the Goblet of Fire", "harry-potter-and-the-goblet-of-fire"),
        ("Se7en", "se7en"),
        ("12", "12"),
    ],
)
def test_films_of_a_series_share_a_name(title: str, series: str) -> None:
    assert series_of(title) == series


def test_the_second_film_of_a_series_comes_after_all_others() -> None:
    films = [Candidate(movie=film(title)) for title in ("Rocky", "Rocky II", "Heat", "Moon", "Rocky III")]
    titles = [c.movie.title for c in one_of_each_series(films)]
    assert titles == ["Rocky", "Heat", "Moon", "Rocky II", "Rocky III"]


def test_films_of_a_series_that_the_request_names_come_last() -> None:
    films = [Candidate(movie=film(title)) for title in ("The Godfather: Part II", "Heat", "Moon")]
    titles = [c.movie.title for c in one_of_each_series(films, ["The Godfather"])]
    assert titles == ["Heat", "Moon", "The Godfather: Part II"]


def test_a_film_like_one_chosen_before_gives_way_to_another_of_about_the_same_score() -> None:
    scored = [Candidate(movie=m, score=s) for m, s in ((ARRIVAL, 1.0), (MOON, 0.99), (MARTIAN, 0.95))]
    vectors = {A: [1.0, 0.0], M: [1.0, 0.0], T: [0.0, 1.0]}
    assert [c.movie for c in diversified(scored, vectors, 0.2, 3)] == [ARRIVAL, MARTIAN, MOON]
    assert [c.movie for c in diversified(scored, vectors, 0.0, 3)] == [ARRIVAL, MOON, MARTIAN]


def test_a_deep_cut_takes_the_last_place_shown_and_nothing_is_lost() -> None:
    known = [Candidate(movie=film(title, tmdb_votes=5000)) for title in "ABC"]
    rare = Candidate(movie=film("Rare", tmdb_votes=12))
    assert with_deep_cut([*known, rare], 2) == [known[0], rare, known[1], known[2]]
    assert with_deep_cut([rare, *known], 2) == [rare, *known]


def test_quality_weighs_rating_metascore_and_votes_on_a_log_scale() -> None:
    loved = film("Loved", imdb_rating=9.0, metascore=90, tmdb_votes=10_000)
    drawn_to_the_mean = (10_000 * 9.0 + 20 * 6.4) / 10_020
    assert quality(loved) == pytest.approx(0.6 * drawn_to_the_mean / 10 + 0.3 * 0.9 + 0.1 * 1.0)


def test_a_high_rating_of_few_votes_counts_less_than_one_of_many() -> None:
    few, many = (film("F", tmdb_rating=r, tmdb_votes=v) for r, v in ((9.5, 3), (8.0, 4000)))
    assert (quality(few) or 0) < (quality(many) or 0)


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


def test_figures_are_widened_then_one_demand_at_a_time_is_missing() -> None:
    years = demand("year", "at_least", 1990, 1.0, "since 1990")
    crime = demand("genres", "any_of", ["Crime"], 0.9, "crime")
    french = demand("languages", "any_of", ["French"], 0.9, "French")
    steps = [step for step in relaxations([years, crime, french]) if not step.last_resort]
    assert [{(c.field, str(c.value)) for c in step.constraints} for step in steps] == [
        {("year", "1985.0"), ("genres", "['Crime']"), ("languages", "['French']")},
        {("year", "1980.0"), ("genres", "['Crime']"), ("languages", "['French']")},
        {("year", "1980.0"), ("languages", "['French']")},
        {("year", "1980.0"), ("genres", "['Crime']")},
    ]
    assert [step.gave_way for step in steps] == [[years], [years], [crime], [french]]


def test_what_rests_on_a_loose_word_orders_films_and_excludes_none() -> None:
    plain, loose = demand("genres", "any_of", ["Crime"], 0.9), demand("genres", "any_of", ["Comedy"], 0.6)
    refused, limit = demand("keywords", "none_of", ["violent"], 0.5), demand("gore", "at_most", 1, 0.6)
    understood = Understanding(text="", constraints=[plain, loose, refused, limit])
    assert understood.demands == [plain, refused, limit]
    assert understood.wishes == [loose]
    assert understood.blocking(film("A", genres=["Crime"])) == []


def test_all_that_may_give_way_is_dropped_only_as_a_last_resort() -> None:
    crime = demand("genres", "any_of", ["Crime"], 0.9, "crime")
    french = demand("languages", "any_of", ["French"], 0.8, "French")
    last = [step for step in relaxations([crime, french]) if step.last_resort]
    assert [step.constraints for step in last] == [[]]


def test_the_sentence_about_what_gave_way_is_in_the_viewer_s_words() -> None:
    french = demand("languages", "any_of", ["French"], 0.9, "French")
    sixties = [demand("year", op, value, 1.0, "60s") for op, value in (("at_least", 1960), ("at_most", 1969))]
    short = demand("runtime", "at_most", 79, 1.0, "under 80 minutes")
    asked = [french, *sixties, short]
    steps = list(relaxations(asked))
    said = "“French”, “60s” and “under 80 minutes”"
    assert told_of(2, asked, steps[:1]) == f"Only two films meet {said}, so up to 99 minutes counts as well."
    wider = "up to 99 minutes and 1955 to 1974"
    assert told_of(0, asked, steps[:2]) == f"No film meets {said}, so {wider} count as well."
    assert told_of(1, asked, [steps[0], steps[-1]]) == (
        f"Only one film meets {said}, so up to 99 minutes counts as well and “French” may be missing."
    )


def test_a_span_of_a_year_is_widened_by_a_year_at_a_time() -> None:
    year = [demand("year", op, 1999, 1.0, "1999") for op in ("at_least", "at_most")]
    assert [[c.value for c in step.constraints] for step in relaxations(year)] == [[1998, 2000], [1997, 2001]]


def test_refusals_and_limits_of_age_and_content_never_give_way() -> None:
    refused = demand("keywords", "none_of", ["violent"], 0.5, "not too violent")
    limits = [demand(level, "at_most", 1, 0.6) for level in ("age", "sex", "gore", "violence", "frightening", "sad")]
    assert list(relaxations([refused, *limits])) == []


def test_several_genres_at_once_become_any_of_them_before_anything_is_dropped() -> None:
    both = demand("genres", "all_of", ["Crime", "Thriller"], 0.9, "crime thriller")
    steps = list(relaxations([both]))
    assert [{c.op for c in step.constraints} for step in steps] == [{"any_of"}, set()]
    assert steps[0].gave_way == [both]


@pytest.mark.parametrize("strategy", ["cross_encoder", "imdb"])
def test_under_a_single_signal_retrieval_only_breaks_ties(strategy: str) -> None:
    """Among 500 candidates no difference of retrieval rank may outweigh one rank of the signal."""
    weights = weights_for(Understanding(text="a film"), Context.model_validate({"rerank": strategy}))
    smallest_step = 1 / (RRF_K + 499) - 1 / (RRF_K + 500)
    assert weights["retrieval"] * (1 / (RRF_K + 1) - 1 / (RRF_K + 500)) < smallest_step


def test_a_greeting_is_answered_from_what_is_well_known_and_a_plot_from_what_is_written() -> None:
    vague = fused_weights(completed(Understanding(text="Hello! Can you recommend me something good?")), Context())
    plot = fused_weights(completed(Understanding(text="a heist gone wrong in a bank")), Context())
    assert vague["dense"] == vague["bm25"] == 0.0 < vague["popularity"]
    assert plot["dense"] > plot["popularity"] + plot["quality"]


LIKE_HEAT = Mention(movie_id="1", title="Heat", words="Heat")


@pytest.mark.parametrize(
    ("understood", "by"),
    [
        (completed(Understanding(text="that film", intent="identify")), "strength"),
        (completed(Understanding(text="a boy sees dead people")), "strength"),
        (completed(Understanding(text="a movie about chess")), "rank"),
        (completed(Understanding(text="hi there, could you recommend something good to watch")), "rank"),
        (
            completed(
                Understanding(text="heists like Heat", mentions=[Mention(movie_id="1", title="Heat", words="Heat")])
            ),
            "rank",
        ),
    ],
)
def test_what_happens_in_a_film_is_looked_for_by_strength_and_all_else_by_rank(
    understood: Understanding, by: str
) -> None:
    assert fused_by(understood) == by


def test_a_film_without_the_field_meets_no_demand_on_it_but_none_of() -> None:
    assert not demand("runtime", "at_most", 120, 1).holds(UNKNOWN)
    assert not demand("genres", "any_of", ["Drama"], 1).holds(UNKNOWN)
    assert demand("genres", "none_of", ["Drama"], 1).holds(UNKNOWN)


def test_bounds_are_inclusive() -> None:
    assert demand("year", "at_most", 1995, 1).holds(HEAT)
    assert demand("runtime", "at_least", 170, 1).holds(HEAT)


def test_an_order_sorts_all_where_nothing_else_is_asked_and_the_first_ten_where_films_are_described() -> None:
    films = [film(f"F{n}", 2000 + n) for n in (3, 1, 2, *range(4, 12))]
    ranked = [Candidate(movie=movie) for movie in (*films, film("Undated", None))]
    newest = SortOrder(column="year", falling=True, alone=True)
    assert [c.movie.year for c in in_order(ranked, newest)] == [*range(2011, 2000, -1), None]
    described = in_order(ranked, newest.model_copy(update={"alone": False}))
    assert [c.movie.year for c in described] == [*range(2010, 2000, -1), 2011, None]
