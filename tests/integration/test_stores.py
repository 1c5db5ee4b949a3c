"""One contract for every home of films and preferences: the same cases, the same answers."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import pytest

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.index import Entry, FilmReference, Store
from matinee.models import Movie
from matinee.ratings.preferences import statement, verdict
from matinee.traits import Traits
from matinee.understanding import Constraint
from tests.support.embedded_postgres_store import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import CountingWords, filled, word_embedding
from tests.support.films import AMELIE, ARRIVAL, FARGO, FILMS, HEAT, MARTIAN, MOON, PADDINGTON, UNKNOWN, film
from tests.support.stores import Opener, demand, found, opener, store  # noqa: F401


async def test_a_film_comes_back_as_it_was_stored(store: Store) -> None:
    assert await store.movies.get([ARRIVAL.movie_id]) == [ARRIVAL]
    assert await store.movies.get([UNKNOWN.movie_id, "nobody"]) == [UNKNOWN]


async def test_films_are_counted_and_titled(store: Store) -> None:
    assert await store.movies.count() == len(FILMS)
    entries = {entry.title: entry for entry in await store.movies.titles()}
    assert set(entries) == {film.title for film in FILMS}
    assert (entries["Heat"].directors, entries["Heat"].stars) == (HEAT.directors, HEAT.stars)
    assert (entries[UNKNOWN.title].directors, entries[UNKNOWN.title].stars) == ([], [])


async def test_films_are_referred_to_by_their_ids_elsewhere(store: Store) -> None:
    ids = {"imdb_id": "tt1182345", "movielens_id": "69844", "tmdb_id": "17431"}
    linked = MOON.model_copy(update={**ids, "aka": ["Lunar"], "poster": "https://example.org/moon.jpg"})
    await store.movies.add([Entry(linked, embedding_text(linked))])
    references = {reference.movie_id: reference for reference in await store.movies.references()}
    assert len(references) == len(FILMS)
    assert references[MOON.movie_id] == FilmReference(MOON.movie_id, "Moon", MOON.year, ["Lunar"], *ids.values())
    assert await store.movies.get([MOON.movie_id]) == [linked]


async def test_a_film_is_found_by_its_words(store: Store) -> None:
    hits = await store.movies.search(ARRIVAL.overview, 3)
    assert hits[0].movie == ARRIVAL
    assert hits[0].receipt["retrieval"].rank == 1


async def test_a_film_that_is_found_by_meaning_and_by_words_comes_first(store: Store) -> None:
    hits = await store.movies.search("potatoes, survival, mars", 50)
    assert hits[0].movie == MARTIAN
    assert hits[0].score > 1 / 60  # more than one ranking alone can give


@pytest.mark.parametrize(
    ("constraints", "films"),
    [
        ([demand("year", "at_least", 1990), demand("year", "at_most", 1999)], [HEAT, FARGO]),
        ([demand("runtime", "at_most", 103)], [MOON, FARGO, PADDINGTON]),
        ([demand("imdb_rating", "at_least", 8.2)], [HEAT, AMELIE]),
        ([demand("metascore", "at_least", 85)], [FARGO, PADDINGTON]),
        ([demand("genres", "all_of", ["Crime", "Thriller"])], [HEAT, FARGO]),
        ([demand("genres", "any_of", ["Romance", "Family"])], [AMELIE, PADDINGTON]),
        ([demand("genres", "none_of", ["Drama", "Crime"])], [AMELIE, PADDINGTON, UNKNOWN]),
        ([demand("languages", "any_of", ["French"])], [AMELIE]),
        ([demand("directors", "any_of", ["Ethan Coen"])], [FARGO]),
        ([demand("people", "any_of", ["Ethan Coen", "Sam Rockwell"])], [MOON, FARGO]),
        ([demand("people", "all_of", ["Al Pacino", "Michael Mann"])], [HEAT]),
        ([demand("people", "all_of", ["Al Pacino", "Ridley Scott"])], []),
        (
            [demand("people", "none_of", ["Denis Villeneuve", "Hugh Grant"]), demand("runtime", "at_most", 120)],
            [MOON, FARGO],
        ),
        ([demand("people", "none_of", ["Al Pacino"]), demand("imdb_rating", "at_least", 8.2)], [AMELIE]),
        (
            [demand("people", "none_of", ["Amy Adams"]), demand("genres", "none_of", ["Drama", "Comedy"])],
            [FARGO, UNKNOWN],
        ),
        ([demand("keywords", "none_of", ["violent"]), demand("genres", "any_of", ["Crime"])], [FARGO]),
        ([demand("genres", "any_of", ["Western"])], []),
    ],
)
async def test_demands_are_met_inside_the_query(
    store: Store, constraints: list[Constraint], films: list[Movie]
) -> None:
    assert await found(store, "a film", *constraints) == {film.title for film in films}


@pytest.mark.parametrize(
    ("constraint", "titles"),
    [
        (demand("age", "at_most", 8), {"Paddington", "Fargo"}),
        (demand("gore", "at_most", 1), {"Paddington", "Fargo"}),
        (demand("series", "none_of", ["Alien"]), {"Paddington", "Fargo"}),
        (demand("studio", "none_of", ["Fox"]), {"Paddington", "Fargo"}),
        (demand("text", "none_of", ["marmalade"]), {"Alien", "Fargo"}),
    ],
)
async def test_limits_and_refusals_let_films_through_of_which_nothing_is_known(
    store: Store, constraint: Constraint, titles: set[str]
) -> None:
    alien = Traits(age=16, gore=2, series="Alien", studio="Fox")
    films = [
        film("Alien", 1979, overview="a film", traits=alien),
        film("Paddington", 2014, overview="a film of marmalade", traits=Traits(age=0, gore=0)),
        film("Fargo", 1996, overview="a film"),
    ]
    await store.movies.add([Entry(one, embedding_text(one)) for one in films])
    ids = {one.movie_id for one in films}
    by_meaning = await store.movies.search("a film", 20, [constraint])
    by_words = await store.movies.lexical("film", 20, [constraint])
    assert {c.movie.title for c in by_meaning if c.movie.movie_id in ids} == titles
    assert {c.movie.title for c in by_words if c.movie.movie_id in ids} == titles


async def test_excluded_films_stay_out(store: Store) -> None:
    titles = await found(store, "a linguist and visitors", exclude=(ARRIVAL, MOON))
    assert titles == {film.title for film in FILMS} - {"Arrival", "Moon"}


async def test_films_are_found_by_words_alone_the_one_that_holds_most_of_them_first(store: Store) -> None:
    found = await store.movies.lexical("potatoes survival mars lunar", 10)
    assert [c.movie for c in found] == [MARTIAN, MOON]
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert [c.receipt["bm25"].rank for c in found] == [1, 2]


async def test_words_are_found_in_other_forms_and_whatever_stands_between_them(store: Store) -> None:
    for words in ("linguists", "LINGUIST", "linguist & (", "linguist | ! <-> 'x", '"linguist'):
        assert [c.movie for c in await store.movies.lexical(words, 10)] == [ARRIVAL], words


async def test_a_search_by_words_meets_demands_and_leaves_out_what_is_excluded(store: Store) -> None:
    words = "contemplative heist snow whimsical"
    crime = await store.movies.lexical(words, 10, [demand("genres", "any_of", ["Crime"])])
    assert {c.movie.title for c in crime} == {"Heat", "Fargo"}
    rest = await store.movies.lexical(words, 10, (), {HEAT.movie_id, FARGO.movie_id})
    assert {c.movie.title for c in rest} == {"Arrival", "Moon", "Amélie"}
    (only,) = await store.movies.lexical(words, 1, [demand("languages", "any_of", ["French"])])
    assert only.movie == AMELIE


@pytest.mark.parametrize("words", ["", "  ", "???", "xylophone quagmire"])
async def test_no_words_or_words_that_no_film_holds_find_nothing(store: Store, words: str) -> None:
    assert await store.movies.lexical(words, 10) == []


async def test_none_of_the_films_that_hold_a_word_are_asked_for(store: Store) -> None:
    assert await store.movies.lexical("linguist", 0) == []


async def test_neighbours_leave_the_seeds_out_and_meet_demands(store: Store) -> None:
    near = await store.movies.neighbours([ARRIVAL.movie_id, MOON.movie_id], 3, [demand("genres", "any_of", ["Sci-Fi"])])
    assert [c.movie for c in near] == [MARTIAN]
    assert -1 <= near[0].score <= 1


async def test_neighbours_of_nothing_are_nothing(store: Store) -> None:
    assert await store.movies.neighbours([], 5) == []
    assert await store.movies.neighbours(["nobody"], 5) == []


async def test_similarity_is_a_cosine_for_each_film_asked_about(store: Store) -> None:
    near = await store.movies.similarity("a linguist and visitors", [ARRIVAL.movie_id, HEAT.movie_id])
    assert set(near) == {ARRIVAL.movie_id, HEAT.movie_id}
    assert near[ARRIVAL.movie_id] > near[HEAT.movie_id]


async def test_storing_a_film_again_replaces_it(store: Store) -> None:
    better = ARRIVAL.model_copy(update={"imdb_rating": 9.9})
    await store.movies.add([Entry(better, embedding_text(better))])
    assert await store.movies.count() == len(FILMS)
    assert await store.movies.get([ARRIVAL.movie_id]) == [better]


async def test_facts_that_are_not_in_the_text_are_stored_without_embedding_it_again(opener: Opener) -> None:
    counted = CountingWords()
    store = await filled(opener(EmbeddingModel("words", QueryCache(counted))))
    before, known = counted.documents, await store.movies.vectors([MOON.movie_id])
    rated = MOON.model_copy(update={"imdb_rating": 9.9, "poster": "https://example.org/moon.jpg", "metascore": None})
    told = ARRIVAL.model_copy(update={"tagline": "They have come."})
    await store.movies.add([Entry(film, embedding_text(film)) for film in (rated, told)])
    assert counted.documents == before + 1
    assert await store.movies.get([MOON.movie_id]) == [rated]
    assert await store.movies.get([ARRIVAL.movie_id]) == [told]
    assert await store.movies.vectors([MOON.movie_id]) == known
    assert await found(store, "a film", demand("imdb_rating", "at_least", 9.9)) == {"Moon"}
    store.close()


async def test_known_films_are_found_by_id_and_by_any_title(store: Store) -> None:
    other_id = Movie(movie_id="x", title="AMELIE", year=2001)
    other_year = Movie(movie_id="y", title="Heat", year=1986)
    known = await store.movies.known([other_id, other_year, MOON])
    assert sorted(film.title for film in known) == ["Amélie", "Heat", "Moon"]


async def test_everything_is_there_after_reopening(opener: Opener, store: Store) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    store.close()
    again = opener(word_embedding())
    assert await found(again, "anything at all") == {film.title for film in FILMS}
    assert [p.text for p in await again.preferences.of_user("ana")] == ["I like quiet films"]
    again.close()


async def test_an_empty_home_answers_with_nothing(opener: Opener) -> None:
    store = opener(word_embedding())
    assert await store.movies.search("anything", 5) == []
    assert await store.movies.lexical("anything", 5) == []
    assert await store.movies.count() == 0
    assert await store.movies.known([ARRIVAL]) == []
    assert await store.preferences.recall("ana", "anything", 3) == []
    assert await store.preferences.forget("ana") == 0
    store.close()


async def test_preferences_belong_to_their_viewer(store: Store) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    await store.preferences.add(statement("ben", "I like loud films"))
    assert [p.text for p in await store.preferences.recall("ana", "films", 5)] == ["I like quiet films"]


async def test_the_most_similar_preferences_come_first_with_their_cosine(store: Store) -> None:
    for text in ("I like snow and trains", "I hate clowns", "I like linguist heroes"):
        await store.preferences.add(statement("ana", text))
    recalled = await store.preferences.recall("ana", "a linguist", 2)
    assert recalled[0].text == "I like linguist heroes"
    assert recalled[0].similarity is not None
    assert recalled[0].similarity > (recalled[1].similarity or 0)


async def test_films_that_were_seen_or_wished_for_are_not_recalled(store: Store) -> None:
    await store.preferences.add(verdict("ana", "seen", HEAT))
    await store.preferences.add(verdict("ana", "dislike", FARGO))
    await store.preferences.add(verdict("ana", "like", MOON))
    await store.preferences.add(verdict("ana", "wish", ARRIVAL))
    assert {p.kind for p in await store.preferences.recall("ana", "crime", 5)} == {"like", "dislike"}


async def test_a_later_verdict_takes_the_place_of_an_earlier_one(store: Store) -> None:
    await store.preferences.add(verdict("ana", "dislike", HEAT))
    await store.preferences.add(verdict("ana", "like", HEAT))
    assert [p.kind for p in await store.preferences.of_user("ana")] == ["like"]


async def test_the_same_sentence_twice_is_one_preference(store: Store) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    await store.preferences.add(statement("ana", "  i like   QUIET films "))
    assert len(await store.preferences.of_user("ana")) == 1


async def test_preferences_are_forgotten_by_id_or_all(store: Store) -> None:
    for text in ("one thing", "another thing", "a third thing"):
        await store.preferences.add(statement("ana", text))
    first = (await store.preferences.of_user("ana"))[0]
    assert await store.preferences.forget("ana", [first.preference_id, "unknown"]) == 1
    assert [p.text for p in await store.preferences.of_user("ana")] == ["another thing", "a third thing"]
    assert await store.preferences.forget("ana") == 2
