"""One contract for every home of films and preferences: the same cases, the same answers."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import math
from collections.abc import Callable
from typing import Any

import pytest

from matinee.catalogue.text import embedding_text
from matinee.errors import IndexMismatch
from matinee.index import Entry, Home
from matinee.index.encoders import EncoderInfo
from matinee.models import Constraint, Movie
from matinee.providers.embeddings import EmbeddingModel, QueryCache
from matinee.ranking.blending import unit
from matinee.taste.preferences import statement, verdict
from tests.support.embedded_postgres_home import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import CountedWords, WordEmbeddings, filled, word_embedding
from tests.support.films import AMELIE, ARRIVAL, FARGO, FILMS, HEAT, MARTIAN, MOON, PADDINGTON, UNKNOWN
from tests.support.homes import Opener, demand, home, opener  # noqa: F401


async def found(home: Home, query: str, *constraints: Constraint, exclude: tuple[Movie, ...] = ()) -> set[str]:
    hits = await home.movies.search(query, 50, constraints, {m.movie_id for m in exclude})
    return {hit.movie.title for hit in hits}


async def test_a_film_comes_back_as_it_was_stored(home: Home) -> None:
    assert await home.movies.get([ARRIVAL.movie_id]) == [ARRIVAL]
    assert await home.movies.get([UNKNOWN.movie_id, "nobody"]) == [UNKNOWN]


async def test_films_are_counted_and_titled(home: Home) -> None:
    assert await home.movies.count() == len(FILMS)
    entries = {entry.title: entry for entry in await home.movies.titles()}
    assert set(entries) == {film.title for film in FILMS}
    assert (entries["Heat"].directors, entries["Heat"].stars) == (HEAT.directors, HEAT.stars)
    assert (entries[UNKNOWN.title].directors, entries[UNKNOWN.title].stars) == ([], [])


async def test_films_are_referred_to_by_their_ids_elsewhere(home: Home) -> None:
    linked = MOON.model_copy(update={"imdb_id": "tt1182345", "movielens_id": "69844", "aka": ["Lunar"]})
    await home.movies.add([Entry(linked, embedding_text(linked))])
    references = {reference.movie_id: reference for reference in await home.movies.references()}
    assert len(references) == len(FILMS)
    assert references[MOON.movie_id] == (MOON.movie_id, "Moon", MOON.year, ["Lunar"], "tt1182345", "69844")


async def test_a_film_is_found_by_its_words(home: Home) -> None:
    hits = await home.movies.search(ARRIVAL.overview, 3)
    assert hits[0].movie == ARRIVAL
    assert hits[0].receipt["retrieval"].rank == 1


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
async def test_demands_are_met_inside_the_query(home: Home, constraints: list[Constraint], films: list[Movie]) -> None:
    assert await found(home, "a film", *constraints) == {film.title for film in films}


async def test_excluded_films_stay_out(home: Home) -> None:
    titles = await found(home, "a linguist and visitors", exclude=(ARRIVAL, MOON))
    assert titles == {film.title for film in FILMS} - {"Arrival", "Moon"}


async def test_films_are_found_by_words_alone_the_one_that_holds_most_of_them_first(home: Home) -> None:
    found = await home.movies.lexical("potatoes survival mars lunar", 10)
    assert [c.movie for c in found] == [MARTIAN, MOON]
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert [c.receipt["bm25"].rank for c in found] == [1, 2]


async def test_words_are_found_in_other_forms_and_whatever_stands_between_them(home: Home) -> None:
    for words in ("linguists", "LINGUIST", "linguist & (", "linguist | ! <-> 'x", '"linguist'):
        assert [c.movie for c in await home.movies.lexical(words, 10)] == [ARRIVAL], words


async def test_a_search_by_words_meets_demands_and_leaves_out_what_is_excluded(home: Home) -> None:
    words = "contemplative heist snow whimsical"
    crime = await home.movies.lexical(words, 10, [demand("genres", "any_of", ["Crime"])])
    assert {c.movie.title for c in crime} == {"Heat", "Fargo"}
    rest = await home.movies.lexical(words, 10, (), {HEAT.movie_id, FARGO.movie_id})
    assert {c.movie.title for c in rest} == {"Arrival", "Moon", "Amélie"}
    (only,) = await home.movies.lexical(words, 1, [demand("languages", "any_of", ["French"])])
    assert only.movie == AMELIE


@pytest.mark.parametrize("words", ["", "  ", "???", "xylophone quagmire"])
async def test_no_words_or_words_that_no_film_holds_find_nothing(home: Home, words: str) -> None:
    assert await home.movies.lexical(words, 10) == []


async def test_none_of_the_films_that_hold_a_word_are_asked_for(home: Home) -> None:
    assert await home.movies.lexical("linguist", 0) == []


async def test_neighbours_leave_the_seeds_out_and_meet_demands(home: Home) -> None:
    near = await home.movies.neighbours([ARRIVAL.movie_id, MOON.movie_id], 3, [demand("genres", "any_of", ["Sci-Fi"])])
    assert [c.movie for c in near] == [MARTIAN]
    assert -1 <= near[0].score <= 1


async def test_neighbours_of_nothing_are_nothing(home: Home) -> None:
    assert await home.movies.neighbours([], 5) == []
    assert await home.movies.neighbours(["nobody"], 5) == []


async def test_similarity_is_a_cosine_for_each_film_asked_about(home: Home) -> None:
    near = await home.movies.similarity("a linguist and visitors", [ARRIVAL.movie_id, HEAT.movie_id])
    assert set(near) == {ARRIVAL.movie_id, HEAT.movie_id}
    assert near[ARRIVAL.movie_id] > near[HEAT.movie_id]


async def test_storing_a_film_again_replaces_it(home: Home) -> None:
    better = ARRIVAL.model_copy(update={"imdb_rating": 9.9})
    await home.movies.add([Entry(better, embedding_text(better))])
    assert await home.movies.count() == len(FILMS)
    assert await home.movies.get([ARRIVAL.movie_id]) == [better]


async def test_known_films_are_found_by_id_and_by_any_title(home: Home) -> None:
    other_id = Movie(movie_id="x", title="AMELIE", year=2001)
    other_year = Movie(movie_id="y", title="Heat", year=1986)
    known = await home.movies.known([other_id, other_year, MOON])
    assert sorted(film.title for film in known) == ["Amélie", "Heat", "Moon"]


async def test_everything_is_there_after_reopening(opener: Opener, home: Home) -> None:
    await home.preferences.add(statement("ana", "I like quiet films"))
    home.close()
    again = opener(word_embedding())
    assert await found(again, "anything at all") == {film.title for film in FILMS}
    assert [p.text for p in await again.preferences.of_user("ana")] == ["I like quiet films"]
    again.close()


async def test_an_empty_home_answers_with_nothing(opener: Opener) -> None:
    home = opener(word_embedding())
    assert await home.movies.search("anything", 5) == []
    assert await home.movies.lexical("anything", 5) == []
    assert await home.movies.count() == 0
    assert await home.movies.known([ARRIVAL]) == []
    assert await home.preferences.recall("ana", "anything", 3) == []
    assert await home.preferences.forget("ana") == 0
    home.close()


async def test_preferences_belong_to_their_viewer(home: Home) -> None:
    await home.preferences.add(statement("ana", "I like quiet films"))
    await home.preferences.add(statement("ben", "I like loud films"))
    assert [p.text for p in await home.preferences.recall("ana", "films", 5)] == ["I like quiet films"]


async def test_the_most_similar_preferences_come_first_with_their_cosine(home: Home) -> None:
    for text in ("I like snow and trains", "I hate clowns", "I like linguist heroes"):
        await home.preferences.add(statement("ana", text))
    recalled = await home.preferences.recall("ana", "a linguist", 2)
    assert recalled[0].text == "I like linguist heroes"
    assert recalled[0].similarity is not None
    assert recalled[0].similarity > (recalled[1].similarity or 0)


async def test_seen_and_disliked_films_are_rejected_and_seen_ones_not_recalled(home: Home) -> None:
    await home.preferences.add(verdict("ana", "seen", HEAT))
    await home.preferences.add(verdict("ana", "dislike", FARGO))
    await home.preferences.add(verdict("ana", "like", MOON))
    assert await home.preferences.rejected("ana") == {HEAT.movie_id, FARGO.movie_id}
    assert {p.kind for p in await home.preferences.recall("ana", "crime", 5)} == {"like", "dislike"}


async def test_a_later_verdict_takes_the_place_of_an_earlier_one(home: Home) -> None:
    await home.preferences.add(verdict("ana", "dislike", HEAT))
    await home.preferences.add(verdict("ana", "like", HEAT))
    assert [p.kind for p in await home.preferences.of_user("ana")] == ["like"]


async def test_the_same_sentence_twice_is_one_preference(home: Home) -> None:
    await home.preferences.add(statement("ana", "I like quiet films"))
    await home.preferences.add(statement("ana", "  i like   QUIET films "))
    assert len(await home.preferences.of_user("ana")) == 1


async def test_preferences_are_forgotten_by_id_or_all(home: Home) -> None:
    for text in ("one thing", "another thing", "a third thing"):
        await home.preferences.add(statement("ana", text))
    first = (await home.preferences.of_user("ana"))[0]
    assert await home.preferences.forget("ana", [first.preference_id, "unknown"]) == 1
    assert [p.text for p in await home.preferences.of_user("ana")] == ["another thing", "a third thing"]
    assert await home.preferences.forget("ana") == 2


async def test_the_home_says_what_built_it(home: Home) -> None:
    info = await home.info()
    assert (info.films, info.preferences, info.embedding, info.dimension) == (len(FILMS), 0, "words", 64)


@pytest.mark.parametrize(("name", "dimension"), [("other words", 64), ("wider words", 96)])
async def test_another_embedding_is_refused_with_what_to_do(
    opener: Opener, home: Home, name: str, dimension: int
) -> None:
    home.close()
    other = opener(word_embedding(name, dimension))
    with pytest.raises(IndexMismatch, match="matinee ingest --rebuild"):
        await other.movies.search("anything", 1)
    other.close()


async def test_a_rebuild_embeds_everything_again_and_loses_nothing(opener: Opener, home: Home) -> None:
    await home.preferences.add(statement("ana", "I like quiet films"))
    home.close()
    wider = opener(word_embedding("wider words", 96))
    await wider.rebuild()
    info = await wider.info()
    assert (info.films, info.preferences, info.embedding, info.dimension) == (len(FILMS), 1, "wider words", 96)
    assert (await wider.movies.search(ARRIVAL.overview, 1))[0].movie == ARRIVAL
    wider.close()


def encoder(embeddings: WordEmbeddings, name: str = "another encoder") -> EmbeddingModel:
    return EmbeddingModel(name, QueryCache(embeddings))


class CountingWords(WordEmbeddings):
    """Remembers every text that it embedded as a document."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        return super().embed_documents(texts)

    def films(self) -> list[str]:
        return sorted(film.title for film in FILMS for text in self.embedded if text == embedding_text(film))


async def test_films_are_found_by_another_encoder_beside_the_main_one(home: Home) -> None:
    index = await home.movies.by_encoder(word_embedding("another encoder", 96))
    vectors = await index.vectors([ARRIVAL.movie_id, "nobody"])
    assert set(vectors) == {ARRIVAL.movie_id}
    assert vectors[ARRIVAL.movie_id] == pytest.approx(WordEmbeddings(96).embed_query(embedding_text(ARRIVAL)), abs=1e-6)
    near = await index.nearest(vectors[ARRIVAL.movie_id], 3)
    assert near[0].movie == ARRIVAL
    assert near[0].score == pytest.approx(1, abs=1e-4)
    assert [c.score for c in near] == sorted((c.score for c in near), reverse=True)
    assert len((await home.movies.vectors([ARRIVAL.movie_id]))[ARRIVAL.movie_id]) == 64


async def test_another_encoder_s_neighbours_meet_demands_too(home: Home) -> None:
    index = await home.movies.by_encoder(word_embedding("another encoder", 96))
    (vector,) = (await index.vectors([ARRIVAL.movie_id])).values()
    near = await index.nearest(vector, 5, [demand("genres", "any_of", ["Sci-Fi"])], {ARRIVAL.movie_id})
    assert {c.movie.title for c in near} == {"Moon", "The Martian"}


async def test_nothing_is_embedded_twice_and_what_came_later_is_embedded_then(opener: Opener, home: Home) -> None:
    counting, seen = CountingWords(96), []
    await home.movies.by_encoder(encoder(counting), on_progress=lambda done, total: seen.append((done, total)))
    assert counting.films() == sorted(film.title for film in FILMS)
    assert seen[-1] == (len(FILMS), len(FILMS))
    home.close()

    home, counting = opener(word_embedding()), CountingWords(96)
    await home.movies.by_encoder(encoder(counting))
    assert counting.films() == []
    changed = MOON.model_copy(update={"overview": "Zebras, only zebras."})
    rated = HEAT.model_copy(update={"imdb_votes": 1})  # of which its text says nothing
    late = ARRIVAL.model_copy(update={"movie_id": "late", "title": "Late", "aka": []})
    await filled(home, [changed, rated, late])
    index = await home.movies.by_encoder(encoder(counting))
    texts = {embedding_text(changed), embedding_text(late)}
    assert texts <= set(counting.embedded)
    assert counting.films() == []
    near = await index.nearest(WordEmbeddings(96).embed_query(embedding_text(changed)), 1)
    assert near[0].movie == changed
    assert {c.movie.title for c in await index.nearest([1.0] * 96, 50)} == {"Late", *(film.title for film in FILMS)}
    home.close()


@pytest.mark.parametrize("is_main", [True, False])
async def test_l2_is_measured_on_vectors_as_the_encoder_gave_them(opener: Opener, is_main: bool) -> None:
    counted = encoder(CountedWords(64), "counted words")
    home = await filled(opener(counted if is_main else word_embedding()))
    index = await home.movies.by_encoder(counted, "l2")
    given = {film.movie_id: CountedWords(64).embed_query(embedding_text(film)) for film in FILMS}
    assert (await index.vectors([HEAT.movie_id]))[HEAT.movie_id] == pytest.approx(given[HEAT.movie_id], rel=1e-5)

    def by(distance: Callable[[list[float], list[float]], float]) -> list[str]:
        return sorted(given, key=lambda movie_id: distance(given[HEAT.movie_id], given[movie_id]))

    near = await index.nearest(given[HEAT.movie_id], len(FILMS), metric="l2")
    assert [c.movie.movie_id for c in near] == by(math.dist)
    assert by(math.dist) != by(lambda one, other: math.dist(unit(one), unit(other)))  # else this would prove nothing
    assert near[1].score == pytest.approx(math.dist(given[HEAT.movie_id], given[near[1].movie.movie_id]), rel=1e-4)
    by_cosine = await (await home.movies.by_encoder(counted)).nearest(given[HEAT.movie_id], len(FILMS))
    assert [c.movie.movie_id for c in by_cosine] == by(lambda one, other: math.dist(unit(one), unit(other)))
    home.close()


async def test_unit_vectors_have_one_order_by_l2_and_by_cosine(home: Home) -> None:
    index = await home.movies.by_encoder(word_embedding(), "l2")
    stored = await index.vectors([HEAT.movie_id, FARGO.movie_id])
    mean = [(a + b) / 2 for a, b in zip(*stored.values(), strict=True)]
    by_l2 = await index.nearest(mean, 5, metric="l2")
    assert [c.movie for c in by_l2] == [c.movie for c in await index.nearest(mean, 5)]
    (third,) = (await index.vectors([by_l2[2].movie.movie_id])).values()
    assert by_l2[2].score == pytest.approx(math.dist(mean, third), abs=1e-3)


async def test_the_home_says_which_encoders_are_stored(home: Home) -> None:
    assert (await home.info()).encoders == ()
    await home.movies.by_encoder(word_embedding("another encoder", 96))
    assert (await home.info()).encoders == (EncoderInfo("another encoder", 96, len(FILMS)),)


async def test_encoders_whose_names_are_too_alike_are_kept_apart(home: Home) -> None:
    await home.movies.by_encoder(word_embedding("another encoder", 96))
    with pytest.raises(IndexMismatch, match="another encoder"):
        await home.movies.by_encoder(word_embedding("Another-Encoder", 96))


async def test_an_empty_home_has_no_neighbours_by_any_encoder(opener: Opener) -> None:
    home = opener(word_embedding())
    index = await home.movies.by_encoder(word_embedding("another encoder", 96))
    assert await index.vectors([ARRIVAL.movie_id]) == {}
    assert await index.nearest([1.0] * 96, 5) == []
    home.close()


class DyingEmbeddings(WordEmbeddings):
    """Embeds so many batches of documents, and then the process is interrupted."""

    def __init__(self, dimension: int, batches: int) -> None:
        super().__init__(dimension)
        self.batches = batches

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not self.batches:
            raise RuntimeError("interrupted")
        self.batches -= 1
        return super().embed_documents(texts)


@pytest.mark.parametrize("batches", [0, 1])
async def test_a_rebuild_that_died_while_embedding_loses_nothing(opener: Opener, home: Home, batches: int) -> None:
    await home.preferences.add(statement("ana", "I like quiet films"))
    home.close()
    dying = opener(EmbeddingModel("wider words", QueryCache(DyingEmbeddings(96, batches))))
    with pytest.raises(RuntimeError, match="interrupted"):
        await dying.rebuild()
    dying.close()

    again = opener(word_embedding("wider words", 96))
    await again.rebuild()
    assert await found(again, "anything at all") == {film.title for film in FILMS}
    assert [p.text for p in await again.preferences.recall("ana", "films", 5)] == ["I like quiet films"]
    again.close()


@pytest.mark.parametrize("opener", ["qdrant embedded", "qdrant in memory"], indirect=True)
async def test_a_qdrant_rebuild_that_died_while_copying_goes_on(
    opener: Opener, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.close()
    dying = opener(word_embedding("wider words", 96))
    client: Any = dying.movies.collection.client  # type: ignore[attr-defined]
    upsert = client.upsert

    def die_at_the_copy(collection_name: str, points: Any, **more: Any) -> Any:
        if collection_name == "matinee_movies":
            raise KeyboardInterrupt
        return upsert(collection_name, points, **more)

    monkeypatch.setattr(client, "upsert", die_at_the_copy)
    with pytest.raises(KeyboardInterrupt):
        await dying.rebuild()
    monkeypatch.undo()
    dying.close()

    again = opener(word_embedding("wider words", 96))
    with pytest.raises(IndexMismatch, match="interrupted"):
        await again.movies.search("anything", 1)
    await again.rebuild()
    assert await found(again, "anything at all") == {film.title for film in FILMS}
    again.close()
