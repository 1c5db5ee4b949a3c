"""What each search gives to the candidates, what switches it off, and which do not run for a half remembered film."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.index import Store
from matinee.models import Candidate, Movie
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.retrieve import retrieve
from matinee.query import TitleLookup, understand
from matinee.ratings.collaborative import Collaborative
from matinee.ratings.training import install, learn
from matinee.understanding import Constraint, ConstraintField, Understanding
from tests.support.fakes import filled, memory_store, word_embedding
from tests.support.films import AMELIE, ARRIVAL, FARGO, FILMS, HEAT, MARTIAN, MOON, UNKNOWN, film
from tests.support.ratings import SEA, TALES, write_ratings

OFF = dict.fromkeys(Context().weights.model_dump(), 0.0)


class Watched:
    """Films, and which searches were made among them."""

    def __init__(self, movies: Any) -> None:
        self._movies = movies
        self.searched: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in ("nearest", "lexical", "described", "vectors"):
            self.searched.append(name)
        return getattr(self._movies, name)


class Ratings:
    """Stands in for what ratings say: the scores given, and with which stars it was asked."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = dict(scores)
        self.asked: list[dict[str, float]] = []

    async def scores(self, liked: Mapping[str, float]) -> dict[str, float]:
        self.asked.append(dict(liked))
        return self._scores


async def read(store: Store, request: str) -> Understanding:
    return understand(request, TitleLookup(await store.movies.titles()), this_year=2024)


async def asked(
    request: str,
    films: Sequence[Movie] = FILMS,
    ratings: Any = None,
    weights: Mapping[str, float] | None = None,
    limit: int = 4,
    **viewer: Any,
) -> list[Candidate]:
    embedding = word_embedding()
    store = await filled(memory_store(embedding), films)
    ask = CandidateQuery(await read(store, request), request, **viewer)
    context = Context.of({"limit": limit, **({"weights": dict(weights)} if weights is not None else {})})
    found = await retrieve(Searches(store.movies, embedding, ratings), ask, context)
    store.close()
    return found.candidates


def titles(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.movie.title for candidate in candidates]


def rank(candidates: Sequence[Candidate], movie: Movie, signal: str) -> int | None:
    (found,) = (c for c in candidates if c.movie.movie_id == movie.movie_id)
    return found.receipt[signal].rank if signal in found.receipt else None


async def test_the_search_by_meaning_puts_the_film_of_the_same_words_first() -> None:
    found = await asked(HEAT.overview, weights=OFF | {"dense": 1.0})
    assert found[0].movie == HEAT
    assert rank(found, HEAT, "dense") == 1


async def test_the_search_by_words_finds_films_that_hold_them_and_no_others() -> None:
    found = await asked("potatoes in a lunar mine", weights=OFF | {"bm25": 1.0}, limit=1)
    assert set(titles(found)) == {"Moon", "The Martian"}
    assert {signal for c in found for signal in c.receipt} == {"bm25"}


async def test_a_film_wished_for_comes_a_little_earlier_and_none_comes_for_the_wish_alone() -> None:
    one, other = (film(name, 2000, overview="Two friends travel far.") for name in ("A", "B"))
    far = film("C", 2000, overview="Snow.")
    before = await asked("two friends travel", [one, other], weights=OFF | {"bm25": 1.0})
    wished = {before[-1].movie.movie_id, far.movie_id}
    found = await asked(
        "two friends travel", [one, other, far], weights=OFF | {"bm25": 1.0, "wish": 0.2}, wished=wished, limit=2
    )
    assert titles(found) == [before[-1].movie.title, before[0].movie.title]
    assert rank(found, found[0].movie, "wish") == 1


async def test_films_of_the_mood_asked_for_come_forward_and_no_other_is_lost() -> None:
    dark, sunny = (
        film(name, keywords=[tag], overview="Two friends travel.") for name, tag in (("A", "bleak"), ("B", "uplifting"))
    )
    found = await asked("something upbeat", [dark, sunny], weights=OFF | {"dense": 0.01, "hints": 1.0})
    assert titles(found) == ["B", "A"]
    assert rank(found, sunny, "hints") == 1
    assert rank(found, dark, "hints") is None


async def test_a_request_without_a_mood_has_no_hints() -> None:
    assert not any("hints" in c.receipt for c in await asked("a linguist"))


async def test_around_a_film_named_are_films_like_it_and_not_itself() -> None:
    twin = film("Twin", 2016, overview=ARRIVAL.overview, keywords=ARRIVAL.keywords, genres=ARRIVAL.genres)
    found = await asked("like Arrival", [*FILMS, twin], weights=OFF | {"neighbours": 1.0})
    assert titles(found)[0] == "Twin"
    assert "Arrival" not in titles(found)


async def test_what_ratings_say_of_films_named_gives_candidates_in_their_order() -> None:
    ratings = Ratings({AMELIE.movie_id: 0.2, FARGO.movie_id: 0.9, MOON.movie_id: -0.3, ARRIVAL.movie_id: 2.0})
    found = await asked("like Arrival", ratings=ratings, weights=OFF | {"collaborative": 1.0}, limit=2)
    assert titles(found)[:2] == ["Fargo", "Amélie"]
    assert rank(found, FARGO, "collaborative") == 1
    assert ratings.asked == [{ARRIVAL.movie_id: 5.0}]


async def test_a_narrow_demand_is_met_by_films_far_down_the_list_of_ratings() -> None:
    """Ninety films that break the demand come before the one that meets it; each search looks at ten at a time."""
    others = [film(f"Other {n}", 1950, genres=["Drama"]) for n in range(90)]
    ratings = Ratings({m.movie_id: 100.0 - n for n, m in enumerate(others)} | {MOON.movie_id: 0.1})
    store = await filled(memory_store(), [*others, MOON, ARRIVAL])
    ask = CandidateQuery(await read(store, "sci-fi like Arrival"), "sci-fi like Arrival")
    searches = Searches(store.movies, word_embedding(), ratings)  # type: ignore[arg-type]
    demands = [Constraint(field=ConstraintField.GENRES, op="any_of", value=["Sci-Fi"])]
    context = Context.of({"depth": 20, "weights": OFF | {"collaborative": 1.0}, "limit": 1})
    assert titles(await searches.candidates(ask, demands, context)) == ["Moon"]


async def test_the_viewer_s_own_ratings_are_asked_about_when_no_film_is_named() -> None:
    ratings = Ratings({FARGO.movie_id: 0.9})
    own = {MOON.movie_id: 4.5}
    found = await asked("something tense", ratings=ratings, weights=OFF | {"collaborative": 1.0}, liked=own, limit=1)
    assert ratings.asked == [own]
    assert titles(found) == ["Fargo"]
    await asked("like Arrival", ratings=(other := Ratings({})), weights=OFF | {"collaborative": 1.0}, liked=own)
    assert other.asked[0] == {ARRIVAL.movie_id: 5.0}


async def test_films_that_the_viewer_rejected_never_come_back() -> None:
    ratings = Ratings({FARGO.movie_id: 0.9, HEAT.movie_id: 0.8})
    found = await asked(
        "like Arrival", ratings=ratings, weights=OFF | {"collaborative": 1.0}, rejected={FARGO.movie_id}
    )
    assert rank(found, HEAT, "collaborative") == 1
    assert "Fargo" not in titles(found)


async def test_by_taste_the_films_of_a_circle_of_viewers_are_near_each_other(tmp_path: Path) -> None:
    store = await filled(memory_store(), TALES)
    install(learn(write_ratings(tmp_path / "data"), tmp_path / "model"), tmp_path / "model")
    searches = Searches(store.movies, word_embedding(), Collaborative(tmp_path / "model", store.movies, store.ratings))
    request = "like Sea Tale of Ann and Sea Tale of Bea"
    context = Context.of({"weights": OFF | {"collaborative": 1.0}, "limit": 1})
    found = await searches.candidates(CandidateQuery(await read(store, request), request), [], context)
    assert {c.movie.title for c in found[:3]} == {m.title for m in SEA[2:]}
    assert set(found[0].receipt) == {"collaborative"}


async def test_the_best_known_films_come_by_their_votes() -> None:
    found = await asked("hi, can you recommend something?", weights=OFF | {"popularity": 1.0})
    assert titles(found)[:3] == ["The Martian", "Amélie", "Fargo"]
    assert rank(found, MARTIAN, "popularity") == 1


@pytest.mark.parametrize(
    ("signal", "search"),
    [("dense", "nearest"), ("bm25", "lexical"), ("neighbours", "vectors"), ("popularity", "described")],
)
async def test_a_search_of_weight_0_is_not_made(signal: str, search: str) -> None:
    store = await filled(memory_store(), FILMS)
    request = "like Arrival, a heist in the snow"
    ask = CandidateQuery(await read(store, request), request)
    for weight in (1.0, 0.0):
        watched: Any = Watched(store.movies)
        weights = OFF | {"dense": 1.0, "bm25": 1.0} | {signal: weight}
        if signal == "dense":
            weights |= {"popularity": 1.0}
        context = Context.of({"weights": weights, "limit": 1})
        found = await Searches(watched, word_embedding()).candidates(ask, [], context)
        assert (search in watched.searched) is (weight > 0)
        assert all((signal in c.receipt) is (weight > 0) for c in found)


async def test_the_films_kept_at_hand_are_read_once_however_many_searches_go_over_them() -> None:
    store = await filled(memory_store(), FILMS)
    watched: Any = Watched(store.movies)
    ask = CandidateQuery(await read(store, "like Arrival"), "like Arrival")
    await Searches(watched, word_embedding()).candidates(ask, [], Context())
    assert watched.searched.count("described") == 1


async def test_ratings_are_not_asked_at_weight_0() -> None:
    for weight in (1.0, 0.0):
        ratings = Ratings({})
        await asked("like Arrival", ratings=ratings, weights=OFF | {"dense": 1.0, "collaborative": weight})
        assert bool(ratings.asked) is (weight > 0)


def test_a_weight_of_no_signal_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidRequest, match=r"`weights\.viewers`"):
        Context.of({"weights": {"viewers": 1.0}})


@pytest.mark.parametrize("signal", ["quality", "recency"])
async def test_what_is_known_of_a_film_is_on_the_receipt_unless_its_weight_is_0(signal: str) -> None:
    found = await asked("a heist in the snow")
    assert rank(found, FARGO if signal == "quality" else HEAT, signal) is not None
    found = await asked("a heist in the snow", weights={signal: 0.0})
    assert all(signal not in candidate.receipt for candidate in found)


async def test_with_every_weight_0_films_within_the_demands_come_all_the_same() -> None:
    found = await asked("a crime film", weights=OFF, limit=2)
    assert set(titles(found)) == {"Heat", "Fargo"}


async def test_a_request_that_says_little_is_filled_up_with_films_that_nobody_voted_on() -> None:
    unvoted = [film(f"Nobody's {n}", 1995, genres=["Western"]) for n in range(3)]
    voted = film("Somebody's", 1995, genres=["Western"], tmdb_votes=10)
    found = await asked("a western from the 1990s", [*unvoted, voted, HEAT], limit=4)
    assert titles(found)[0] == "Somebody's"
    assert {c.movie.movie_id for c in found} == {m.movie_id for m in (*unvoted, voted)}


async def test_a_comparison_moves_the_search_in_its_direction() -> None:
    like = {"genres": ["Drama"], "overview": "A linguist called by the army must learn the language of visitors."}
    seed = film("Visitors", 2016, **like)
    bleak = film("Ashes", 2001, **like, keywords=["bleak", "sad", "hopeless"])
    upbeat = film("Sunshine", 2002, **like, keywords=["upbeat", "cheerful", "hopeful", "uplifting"])
    weights = OFF | {"neighbours": 1.0}
    for request, first in (
        ("like Visitors but more upbeat", upbeat),
        ("like Visitors but less upbeat", bleak),
        ("like Visitors but bleaker", bleak),
    ):
        found = await asked(request, [seed, upbeat, bleak], weights=weights, limit=2)
        assert titles(found) == [first.title, (bleak if first is upbeat else upbeat).title], request


HALF_REMEMBERED = "what was that 2010s film with Al Pacino where a thief and a detective meet?"


async def test_of_a_half_remembered_film_demands_are_hints_and_exclude_nothing() -> None:
    store = await filled(memory_store(), FILMS)
    understood = await read(store, HALF_REMEMBERED)
    assert (understood.intent, understood.constraints) == ("identify", [])
    assert {h.field.value for h in understood.hints} == {"year", "stars"}
    found = await asked(HALF_REMEMBERED)
    assert {c.movie.movie_id for c in found} == {m.movie_id for m in FILMS}
    assert titles(found)[0] == "Heat"  # of 1995


async def test_of_a_half_remembered_film_only_what_is_written_and_the_hints_count() -> None:
    ratings = Ratings({FARGO.movie_id: 9.0})
    weights = dict.fromkeys(OFF, 1.0)
    own = {MOON.movie_id: 5.0}
    found = await asked(f"{HALF_REMEMBERED} It was like Moon", ratings=ratings, weights=weights, liked=own)
    assert {signal for c in found for signal in c.receipt} == {"dense", "bm25", "hints"}
    assert ratings.asked == []


async def test_the_more_hints_a_film_fits_the_better_it_stands() -> None:
    found = await asked("what was that 90s film with Al Pacino where somebody hides", weights=OFF | {"hints": 1.0})
    assert titles(found)[:2] == ["Heat", "Fargo"]
    assert (rank(found, HEAT, "hints"), rank(found, FARGO, "hints")) == (1, 2)
    assert rank(found, UNKNOWN, "hints") == len(FILMS)


async def test_a_demand_that_gives_way_is_announced() -> None:
    embedding = word_embedding()
    store = await filled(memory_store(embedding), FILMS)
    ask = CandidateQuery(await read(store, request := "a gentle crime comedy"), request)
    found = await retrieve(Searches(store.movies, embedding), ask, Context.of({"limit": 4}))
    assert found.understood.relaxed
    (notice,) = found.notices
    assert all(f"“{demand.words}”" in notice for demand in found.understood.relaxed)
    assert len(found.candidates) >= 4
