"""What is written of films at length, in every home: stored beside the films, found by meaning, gone with them."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncpg
import pytest
from langchain_postgres import PGEngine, PGVectorStore
from langchain_qdrant import QdrantVectorStore

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.errors import IndexMismatch
from matinee.index import Entry, Store
from matinee.index.forms import PASSAGES
from matinee.index.pgvector import PgvectorStore
from matinee.index.qdrant import QdrantStore
from matinee.models import Movie, Passage
from matinee.understanding import Constraint
from tests.support.embedded_postgres_store import (
    engine,  # noqa: F401
    opened,
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    sql,  # noqa: F401
)
from tests.support.fakes import LastingClient, WordEmbeddings, filled, memory_store, word_embedding
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MOON
from tests.support.stores import Opener, demand, opener, store  # noqa: F401

BARN = "The barn at the lake holds a crate of ledgers that nobody was meant to read."
BANK = "At noon the crew walks into the bank with sacks, and the streets outside erupt."
DINER = "In a diner two opponents drink coffee and tell each other their dreams."
TWIN = "He finds another worker in the wreck, with his own face."


def passages(source: str, *texts: str) -> list[Passage]:
    return [Passage(source=source, position=n, text=text) for n, text in enumerate(texts)]


@pytest.fixture
async def told(store: Store) -> Store:
    """A home in which two films have long plots, one of them a review and tags besides."""
    heat = [*passages("plot", BANK, DINER), *passages("review", BARN), *passages("tags", "slow burn, los angeles")]
    assert await store.movies.passages.put([(HEAT, heat), (MOON, passages("plot", TWIN))]) == 5
    return store


def vector(text: str) -> list[float]:
    return WordEmbeddings().embed_query(text)


async def nearest(store: Store, text: str, *demands: object, k: int = 5, exclude: tuple[Movie, ...] = ()) -> list[str]:
    found = await store.movies.passages.nearest(vector(text), k, demands, {m.movie_id for m in exclude})  # type: ignore[arg-type]
    return [one.passage.text for one in found]


async def test_the_passage_nearest_to_a_vector_comes_back_word_for_word_with_its_film_and_cosine(told: Store) -> None:
    found = await told.movies.passages.nearest(vector(DINER), 5)
    assert (found[0].movie_id, found[0].passage) == (HEAT.movie_id, Passage(source="plot", position=1, text=DINER))
    assert found[0].score == pytest.approx(1, abs=1e-4)


async def test_a_film_comes_once_however_many_of_its_passages_are_near(told: Store) -> None:
    assert [one.movie_id for one in await told.movies.passages.nearest(vector(BANK), 5)] == [
        HEAT.movie_id,
        MOON.movie_id,
    ]
    assert await nearest(told, BANK, k=1) == [BANK]


async def test_passages_that_are_not_near_enough_stay_out(told: Store) -> None:
    near = await told.movies.passages.nearest(vector(DINER), 5)
    assert [one.movie_id for one in near] == [HEAT.movie_id, MOON.movie_id]
    nearer = await told.movies.passages.nearest(vector(DINER), 5, least=near[1].score + 1e-3)
    assert [one.passage.text for one in nearer] == [DINER]


async def test_films_are_found_by_words_that_their_passages_hold_within_demands(told: Store) -> None:
    async def titled(words: str, *demands: Constraint, exclude: tuple[Movie, ...] = (), k: int = 5) -> list[str]:
        found = await told.movies.passages.lexical(words, k, demands, {m.movie_id for m in exclude})
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        return [one.passage.text for one in found]

    assert await titled("coffee or dreams & (") == [DINER]
    assert set(await titled("worker coffee dreams")) == {TWIN, DINER}
    assert await titled("worker coffee", demand("year", "at_least", 2000)) == [TWIN]
    assert await titled("worker coffee", exclude=(MOON,)) == [DINER]
    assert await titled("worker coffee", k=0) == []
    for nothing in ("", "xylophone", "???", "slow burn"):  # the last stands in tags alone
        assert await titled(nothing) == []


async def test_films_are_found_behind_one_with_very_many_near_passages(told: Store) -> None:
    many = passages("review", *(f"{BANK} Said {n} times." for n in range(60)))
    await told.movies.passages.put([(HEAT, many), (FARGO, passages("plot", "Snow covers the car park."))])
    found = await told.movies.passages.nearest(vector(BANK), 3)
    assert {one.movie_id for one in found} == {HEAT.movie_id, FARGO.movie_id, MOON.movie_id}


async def test_demands_on_the_film_are_met_inside_the_query(told: Store) -> None:
    assert await nearest(told, TWIN, demand("year", "at_most", 1999)) != []
    assert await nearest(told, DINER, demand("year", "at_least", 2000)) == [TWIN]
    assert await nearest(told, DINER, demand("genres", "any_of", ["Sci-Fi"])) == [TWIN]
    assert await nearest(told, TWIN, demand("directors", "any_of", ["Michael Mann"]), k=1) != [TWIN]
    assert await nearest(told, TWIN, demand("people", "none_of", ["Sam Rockwell", "Al Pacino"])) == []
    assert await nearest(told, TWIN, demand("keywords", "none_of", ["heist"])) == [TWIN]


async def test_passages_of_excluded_films_stay_out(told: Store) -> None:
    assert await nearest(told, DINER, exclude=(HEAT,)) == [TWIN]
    assert await nearest(told, DINER, demand("genres", "any_of", ["Drama"]), exclude=(HEAT, MOON)) == []


async def test_demands_hold_for_what_the_film_says_now(told: Store) -> None:
    shorter = HEAT.model_copy(update={"runtime": 95})
    await told.movies.add([Entry(shorter, embedding_text(shorter))])
    assert await nearest(told, DINER, demand("runtime", "at_most", 96), k=1) == [DINER]
    assert await nearest(told, DINER, demand("runtime", "at_least", 100)) == []
    assert [p.source for p in (await told.movies.passages.of([HEAT.movie_id]))[HEAT.movie_id]] == [
        "plot",
        "plot",
        "review",
        "tags",
    ]


async def test_a_film_told_anew_in_fewer_words_leaves_nothing_of_the_old_ones(told: Store) -> None:
    assert await told.movies.passages.put([(HEAT, passages("plot", BANK))]) == 0
    assert await told.movies.passages.of([HEAT.movie_id]) == {HEAT.movie_id: passages("plot", BANK)}
    assert await told.movies.passages.count() == 2
    assert await nearest(told, DINER, demand("genres", "any_of", ["Crime"])) == [BANK]


async def test_a_film_of_which_nothing_is_told_any_more_has_no_passages(told: Store) -> None:
    await told.movies.passages.put([(HEAT, [])])
    assert await told.movies.passages.of([HEAT.movie_id, MOON.movie_id]) == {MOON.movie_id: passages("plot", TWIN)}


async def test_only_what_is_new_is_embedded(told: Store) -> None:
    same = [*passages("plot", BANK, DINER), *passages("tags", "slow burn, los angeles")]
    assert await told.movies.passages.put([(HEAT, same)]) == 0
    assert await told.movies.passages.put([(HEAT, [*same, *passages("review", TWIN)])]) == 1


async def test_passages_are_counted_and_there_after_reopening(opener: Opener, told: Store) -> None:
    assert (await told.info()).passages == 5
    told.close()
    again = opener(word_embedding())
    assert await nearest(again, DINER, k=1) == [DINER]
    assert (await again.info()).passages == 5
    again.close()


async def test_a_home_without_passages_answers_with_nothing(store: Store) -> None:
    assert await store.movies.passages.nearest(vector(BANK), 5) == []
    assert await store.movies.passages.of([HEAT.movie_id]) == {}
    assert await store.movies.passages.put([(HEAT, [])]) == 0
    assert await store.movies.passages.count() == 0
    assert (await store.info()).passages == 0


async def test_a_rebuild_embeds_passages_again_and_loses_none(opener: Opener, told: Store) -> None:
    told.close()
    wider = opener(word_embedding("wider words", 96))
    with pytest.raises(IndexMismatch, match="matinee ingest --rebuild"):
        await wider.movies.passages.nearest([1.0] * 96, 5)
    await wider.rebuild()
    found = await wider.movies.passages.nearest(WordEmbeddings(96).embed_query(DINER), 5)
    assert [one.passage.text for one in found] == [DINER, TWIN]
    assert (await wider.info()).passages == 5
    wider.close()


async def test_passages_whose_film_is_gone_go_when_the_home_settles(told: Store) -> None:
    gone = ARRIVAL.model_copy(update={"movie_id": "gone"})
    await told.movies.passages.put([(gone, passages("plot", BARN))])
    assert await told.movies.passages.count() == 6
    await told.movies.optimize()
    assert await told.movies.passages.of(["gone", MOON.movie_id]) == {MOON.movie_id: passages("plot", TWIN)}
    assert await told.movies.passages.count() == 5


async def test_passages_in_qdrant_open_with_a_plain_store() -> None:
    client = LastingClient()
    store = await filled(memory_store(client=client))
    await store.movies.passages.put([(HEAT, passages("plot", BANK, DINER))])
    langchain_store = QdrantVectorStore(client=client, collection_name=PASSAGES.collection, embedding=WordEmbeddings())
    (found,) = langchain_store.similarity_search(DINER, k=1)
    assert isinstance(store, QdrantStore)
    assert (found.page_content, found.metadata["movie_id"], found.metadata["position"]) == (DINER, HEAT.movie_id, 1)


async def test_passages_in_postgresql_open_with_a_plain_store(
    postgres_settings: object, engine: PGEngine, sql: asyncpg.Connection
) -> None:
    store = await filled(opened(postgres_settings), FILMS)  # type: ignore[arg-type]
    assert isinstance(store, PgvectorStore)
    await store.movies.passages.put([(HEAT, passages("plot", BANK, DINER))])
    langchain_store = await PGVectorStore.create(
        engine,
        WordEmbeddings(),
        "movie_passages",
        id_column="passage_id",
        metadata_columns=["movie_id", "source", "position"],
    )
    (found,) = await langchain_store.asimilarity_search(DINER, k=1)
    assert (found.page_content, found.metadata["movie_id"], found.metadata["position"]) == (DINER, HEAT.movie_id, 1)
    store.close()


async def test_a_film_whose_id_has_a_character_that_postgresql_cannot_store_keeps_its_passages(store: Store) -> None:
    odd = MOON.model_copy(update={"movie_id": "moon\x00"})
    kept = passages("plot", TWIN)
    await store.movies.passages.put([(odd, kept)])
    assert await store.movies.passages.put([(odd, kept)]) == 0
    assert await store.movies.passages.count() == 1


async def test_a_home_that_dies_between_films_and_passages_is_made_whole_by_the_next_ingest(opener: Opener) -> None:
    from matinee.catalogue.ingest import ingest
    from matinee.catalogue.readers import Row
    from matinee.catalogue.readers.texts import LongText

    rows = [Row(1, HEAT, None, (LongText("plot", f"{BANK} {DINER}"),)), Row(2, MOON)]
    store = opener(EmbeddingModel("words", QueryCache(DyingAfterPassages())))
    with pytest.raises(RuntimeError, match="interrupted"):
        await ingest(rows, store.movies)
    store.close()

    again = opener(word_embedding())
    report = await ingest(rows, again.movies)
    assert report.added == 2
    assert await again.movies.passages.of([HEAT.movie_id]) == {
        HEAT.movie_id: passages("plot", f"{BANK} {DINER}"),
    }
    assert (await ingest(rows, again.movies)).unchanged == 2
    again.close()


class DyingAfterPassages(WordEmbeddings):
    """Embeds passages, and is interrupted before films."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if any(text.startswith(HEAT.title) for text in texts):
            raise RuntimeError("interrupted")
        return super().embed_documents(texts)
