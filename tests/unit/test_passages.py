"""A film's long texts as passages: what ingest stores, keeps and drops, and how a film scores by them."""

import pytest

from matinee.catalogue.ingest import ingest
from matinee.catalogue.passages import MOST
from matinee.catalogue.readers import Row
from matinee.catalogue.readers.texts import LongText
from matinee.catalogue.text import rerank_text
from matinee.context import Context
from matinee.index import Store
from matinee.index.passages import FoundPassage, best_of_films, by_best_passage
from matinee.models import Candidate, Movie, Passage
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.retrieve import retrieve
from matinee.query.query_text import completed
from matinee.state import Parsed, dumped
from matinee.understanding import Constraint, ConstraintField, Understanding
from tests.support.fakes import memory_store, word_embedding
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MOON, film

BEACON = "The lighthouse keeper buries zebra ledgers under the beacon."
PLOT = " ".join(f"Part {n} tells how the tide took boat number {n} and the village kept silent." for n in range(60))


def row(movie: Movie, *texts: tuple[str, str]) -> Row:
    return Row(1, movie, None, tuple(LongText(*text) for text in texts))


async def passages(store: Store, movie: Movie) -> list[Passage]:
    return (await store.movies.passages.of([movie.movie_id])).get(movie.movie_id, [])


async def test_a_long_plot_is_stored_in_pieces_that_stand_in_it() -> None:
    store = memory_store()
    report = await ingest([row(MOON, ("plot", PLOT)), row(HEAT)], store.movies)
    stored = await passages(store, MOON)
    assert report.passages == len(stored) > 2
    assert [(p.source, p.position) for p in stored] == [("plot", n) for n in range(len(stored))]
    assert all(p.text in PLOT for p in stored)
    assert await passages(store, HEAT) == []


async def test_the_same_texts_again_change_nothing() -> None:
    store = memory_store()
    rows = [row(MOON, ("plot", PLOT), ("tags", "slow, quiet")), row(HEAT)]
    await ingest(rows, store.movies)
    again = await ingest(rows, store.movies)
    assert (again.unchanged, again.updated, again.passages) == (2, 0, 0)


async def test_a_shorter_text_leaves_nothing_of_the_longer_one() -> None:
    store = memory_store()
    await ingest([row(MOON, ("plot", PLOT), ("review", "I slept."))], store.movies)
    report = await ingest([row(MOON, ("plot", BEACON))], store.movies)
    assert [(p.source, p.text) for p in await passages(store, MOON)] == [("plot", BEACON), ("review", "I slept.")]
    assert (report.updated, report.passages) == (1, 1)


async def test_a_catalogue_that_says_nothing_at_length_leaves_what_another_said() -> None:
    store = memory_store()
    await ingest([row(MOON, ("plot", BEACON))], store.movies)
    await ingest([row(MOON.model_copy(update={"imdb_rating": 9.0}))], store.movies)
    assert [p.text for p in await passages(store, MOON)] == [BEACON]


async def test_texts_of_one_film_in_two_rows_are_all_stored() -> None:
    store = memory_store()
    await ingest([row(MOON, ("review", "I slept.")), row(MOON, ("review", "I woke."))], store.movies)
    assert [(p.position, p.text) for p in await passages(store, MOON)] == [(0, "I slept."), (1, "I woke.")]


@pytest.mark.parametrize("apart", [1, 100])
async def test_reviews_in_rows_of_their_own_are_all_stored_however_far_apart_they_are(apart: int) -> None:
    others = [row(film(f"Film {n}", 1990)) for n in range(apart)]
    reviews = [row(MOON, ("review", f"Review {n}.")) for n in range(150)]
    store = memory_store()
    rows = [*reviews[:75], *others, *reviews[75:]]
    await ingest(rows, store.movies)
    stored = await passages(store, MOON)
    await ingest(rows, store.movies)
    assert await passages(store, MOON) == stored
    assert [p.text for p in stored] == [f"Review {n}." for n in range(150)]


async def test_what_the_encoder_does_not_read_of_the_film_itself_becomes_passages() -> None:
    store = memory_store()
    long = MOON.model_copy(update={"overview": PLOT})
    await ingest([row(long)], store.movies)
    stored = await passages(store, long)
    assert {p.source for p in stored} == {"overview", "facts"}
    assert "boat number 59" in [p for p in stored if p.source == "overview"][-1].text
    assert "Sam Rockwell" in " ".join(p.text for p in stored if p.source == "facts")
    assert (await ingest([row(long)], store.movies)).unchanged == 1
    # Merged, an empty overview says nothing; a short one takes the long one's place.
    await ingest([row(MOON)], store.movies)
    assert await passages(store, MOON) == []


async def test_a_film_has_a_bounded_number_of_passages() -> None:
    store = memory_store()
    await ingest([row(MOON, *(("review", f"Review {n}.") for n in range(MOST + 50)))], store.movies)
    assert len(await passages(store, MOON)) == MOST


async def found(store: Store, request: str, *constraints: Constraint) -> list[Candidate]:
    context = Context(weights={"dense": 1.0, "bm25": 0.0, "popularity": 0.0, "quality": 0.0, "recency": 0.0})
    understood = completed(Understanding(text=request, constraints=list(constraints)))
    searches = Searches(store.movies, word_embedding())
    return (await retrieve(searches, CandidateQuery(understood, request), context)).candidates


async def test_a_film_is_found_by_what_only_a_passage_says_which_comes_along() -> None:
    store = memory_store()
    await ingest([*map(row, FILMS), row(FARGO, ("plot", BEACON), ("tags", "snow"))], store.movies)
    (first, *_) = await found(store, "a keeper of a lighthouse buries ledgers under the beacon")
    assert first.movie.movie_id == FARGO.movie_id
    assert first.passages == [Passage(source="plot", position=0, text=BEACON)]
    assert Parsed.model_validate(dumped(candidates=[first])).candidates == [first]


async def test_a_film_that_only_a_passage_finds_joins_the_candidates() -> None:
    store = memory_store()
    many = [film(f"Film {n}", 1990, overview=f"A lighthouse story number {n}.") for n in range(120)]
    told = film("Told", 1990, overview="Otherwise unlike anything.")
    await ingest([*map(row, many), row(told, ("plot", BEACON))], store.movies)
    context = Context(depth=20, weights=dict.fromkeys(Context().weights.model_dump(), 0.0) | {"dense": 1.0})
    ask = CandidateQuery(completed(Understanding(text=BEACON)), BEACON)
    candidates = await Searches(store.movies, word_embedding()).candidates(ask, [], context)
    assert candidates[0].movie == told
    assert len(candidates) == 20


async def test_a_passage_brings_no_film_that_breaks_a_demand() -> None:
    store = memory_store()
    await ingest([*map(row, FILMS), row(FARGO, ("plot", BEACON))], store.movies)
    recent = Constraint(field=ConstraintField.YEAR, op="at_least", value=2000)
    assert FARGO not in [c.movie for c in await found(store, BEACON, recent)]


def test_a_film_scores_by_the_better_of_its_own_text_and_its_best_passage() -> None:
    films = [Candidate(movie=ARRIVAL, score=0.8), Candidate(movie=HEAT, score=0.6)]
    near = [
        FoundPassage(HEAT.movie_id, Passage(source="plot", position=0, text="x"), 0.9),
        FoundPassage(MOON.movie_id, Passage(source="plot", position=0, text="y"), 0.7),
        FoundPassage(ARRIVAL.movie_id, Passage(source="plot", position=0, text="z"), 0.5),
        FoundPassage("gone", Passage(source="plot", position=0, text="w"), 0.99),
    ]
    ranked = by_best_passage(films, near, {MOON.movie_id: MOON}, 3)
    assert [(c.movie, c.score) for c in ranked] == [(HEAT, 0.9), (ARRIVAL, 0.8), (MOON, 0.7)]
    assert [c.passages[0].text for c in ranked] == ["x", "z", "y"]
    assert by_best_passage(films, near, {}, 1) == ranked[:1]


async def test_a_search_goes_deeper_only_while_it_gives_too_few_films() -> None:
    hits = [FoundPassage("one", Passage(source="review", position=n, text="x"), 0.9) for n in range(400)]
    hits += [FoundPassage("two", Passage(source="plot", position=0, text="y"), 0.5)]
    depths: list[int] = []

    async def search(depth: int) -> list[FoundPassage]:
        depths.append(depth)
        return hits[:depth]

    assert [one.movie_id for one in await best_of_films(search, 2)] == ["one", "two"]
    assert depths == [50, 200, 800]
    depths.clear()
    assert [one.movie_id for one in await best_of_films(search, 2, 0.95)] == []
    assert [one.movie_id for one in await best_of_films(search, 1)] == ["one"]
    assert depths == [50, 50]


async def test_that_there_are_no_passages_is_looked_up_once_and_not_for_each_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passages = memory_store().movies.passages
    counted = 0

    async def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(passages.table, "count", count)
        for _ in range(5):
            assert await passages.lexical("beacon", 3) == []
        assert counted == 1
    await passages.put([(FARGO, [Passage(source="plot", position=0, text=BEACON)])])
    assert [found.movie_id for found in await passages.lexical("beacon", 3)] == [FARGO.movie_id]


async def test_a_film_is_found_by_words_that_only_a_passage_holds() -> None:
    store = memory_store()
    await ingest([*map(row, FILMS), row(FARGO, ("plot", BEACON))], store.movies)
    context = Context(weights=dict.fromkeys(Context().weights.model_dump(), 0.0) | {"bm25": 1.0})
    ask = CandidateQuery(completed(Understanding(text="zebra ledgers")), "zebra ledgers")
    (found, *rest) = await Searches(store.movies, word_embedding()).candidates(ask, [], context)
    assert not any("bm25" in one.receipt and one.receipt["bm25"].rank for one in rest)
    assert (found.movie.movie_id, [p.text for p in found.passages]) == (FARGO.movie_id, [BEACON])
    assert found.receipt["bm25"].rank == 1


def test_the_cross_encoder_reads_what_a_passage_says_of_the_request_in_the_overview_s_place() -> None:
    told = [Passage(source="plot", position=7, text=f"The tide turns. {BEACON} Nobody looks. Then it rains.")]
    text = rerank_text(HEAT, told, "a keeper buries ledgers under a beacon")
    assert f"{BEACON} Nobody looks." in text and HEAT.overview not in text
    assert text.startswith("Heat (1995): Crime, Drama, Thriller\n")
    assert rerank_text(HEAT, told, "a detective hunts a thief in Los Angeles") == rerank_text(HEAT)
    assert rerank_text(HEAT, [Passage(source="tags", position=0, text="beacon")], "a beacon") == rerank_text(HEAT)
