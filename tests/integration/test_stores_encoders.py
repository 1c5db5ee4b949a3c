"""What every home does with other encoders, and with a rebuild that another main encoder needs: one contract."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.errors import IndexMismatch
from matinee.index import Store
from matinee.index.qdrant import QdrantStore
from matinee.index.qdrant_table import QdrantTable
from matinee.index.table import EncoderInfo
from matinee.ranking.vector_blend import unit
from matinee.ratings.preferences import statement
from tests.support.embedded_postgres_store import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import CountedWords, WordEmbeddings, filled, word_embedding
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MOON
from tests.support.stores import Opener, demand, found, opener, store  # noqa: F401


async def test_the_home_says_what_built_it(store: Store) -> None:
    info = await store.info()
    assert (info.films, info.preferences, info.embedding, info.dimension) == (len(FILMS), 0, "words", 64)


@pytest.mark.parametrize(("name", "dimension"), [("other words", 64), ("wider words", 96)])
async def test_another_embedding_is_refused_with_what_to_do(
    opener: Opener, store: Store, name: str, dimension: int
) -> None:
    store.close()
    other = opener(word_embedding(name, dimension))
    with pytest.raises(IndexMismatch, match="matinee ingest --rebuild"):
        await other.movies.search("anything", 1)
    other.close()


async def test_a_rebuild_embeds_everything_again_and_loses_nothing(opener: Opener, store: Store) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    store.close()
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


async def test_films_are_found_by_another_encoder_than_the_main_one(store: Store) -> None:
    index = await store.movies.by_encoder(word_embedding("another encoder", 96))
    vectors = await index.vectors([ARRIVAL.movie_id, "nobody"])
    assert set(vectors) == {ARRIVAL.movie_id}
    assert vectors[ARRIVAL.movie_id] == pytest.approx(WordEmbeddings(96).embed_query(embedding_text(ARRIVAL)), abs=1e-6)
    near = await index.nearest(vectors[ARRIVAL.movie_id], 3)
    assert near[0].movie == ARRIVAL
    assert near[0].score == pytest.approx(1, abs=1e-4)
    assert [c.score for c in near] == sorted((c.score for c in near), reverse=True)
    assert len((await store.movies.vectors([ARRIVAL.movie_id]))[ARRIVAL.movie_id]) == 64


async def test_another_encoder_s_neighbours_meet_demands_too(store: Store) -> None:
    index = await store.movies.by_encoder(word_embedding("another encoder", 96))
    (vector,) = (await index.vectors([ARRIVAL.movie_id])).values()
    near = await index.nearest(vector, 5, [demand("genres", "any_of", ["Sci-Fi"])], {ARRIVAL.movie_id})
    assert {c.movie.title for c in near} == {"Moon", "The Martian"}


async def test_nothing_is_embedded_twice_and_what_came_later_is_embedded_then(opener: Opener, store: Store) -> None:
    counting, seen = CountingWords(96), []
    await store.movies.by_encoder(encoder(counting), on_progress=lambda done, total: seen.append((done, total)))
    assert counting.films() == sorted(film.title for film in FILMS)
    assert seen[-1] == (len(FILMS), len(FILMS))
    store.close()

    store, counting = opener(word_embedding()), CountingWords(96)
    await store.movies.by_encoder(encoder(counting))
    assert counting.films() == []
    changed = MOON.model_copy(update={"overview": "Zebras, only zebras."})
    rated = HEAT.model_copy(update={"imdb_votes": 1})  # of which its text says nothing
    late = ARRIVAL.model_copy(update={"movie_id": "late", "title": "Late", "aka": []})
    await filled(store, [changed, rated, late])
    index = await store.movies.by_encoder(encoder(counting))
    texts = {embedding_text(changed), embedding_text(late)}
    assert texts <= set(counting.embedded)
    assert counting.films() == []
    near = await index.nearest(WordEmbeddings(96).embed_query(embedding_text(changed)), 1)
    assert near[0].movie == changed
    assert {c.movie.title for c in await index.nearest([1.0] * 96, 50)} == {"Late", *(film.title for film in FILMS)}
    store.close()


@pytest.mark.parametrize("is_main", [True, False])
async def test_l2_is_measured_on_vectors_as_the_encoder_gave_them(opener: Opener, is_main: bool) -> None:
    counted = encoder(CountedWords(64), "counted words")
    store = await filled(opener(counted if is_main else word_embedding()))
    index = await store.movies.by_encoder(counted, "l2")
    given = {film.movie_id: CountedWords(64).embed_query(embedding_text(film)) for film in FILMS}
    assert (await index.vectors([HEAT.movie_id]))[HEAT.movie_id] == pytest.approx(given[HEAT.movie_id], rel=1e-5)

    def by(distance: Callable[[list[float], list[float]], float]) -> list[str]:
        return sorted(given, key=lambda movie_id: distance(given[HEAT.movie_id], given[movie_id]))

    near = await index.nearest(given[HEAT.movie_id], len(FILMS), metric="l2")
    assert [c.movie.movie_id for c in near] == by(math.dist)
    assert by(math.dist) != by(lambda one, other: math.dist(unit(one), unit(other)))  # else this would prove nothing
    assert near[1].score == pytest.approx(math.dist(given[HEAT.movie_id], given[near[1].movie.movie_id]), rel=1e-4)
    by_cosine = await (await store.movies.by_encoder(counted)).nearest(given[HEAT.movie_id], len(FILMS))
    assert [c.movie.movie_id for c in by_cosine] == by(lambda one, other: math.dist(unit(one), unit(other)))
    store.close()


async def test_unit_vectors_have_one_order_by_l2_and_by_cosine(store: Store) -> None:
    index = await store.movies.by_encoder(word_embedding(), "l2")
    stored = await index.vectors([HEAT.movie_id, FARGO.movie_id])
    mean = [(a + b) / 2 for a, b in zip(*stored.values(), strict=True)]
    by_l2 = await index.nearest(mean, 5, metric="l2")
    assert [c.movie for c in by_l2] == [c.movie for c in await index.nearest(mean, 5)]
    (third,) = (await index.vectors([by_l2[2].movie.movie_id])).values()
    assert by_l2[2].score == pytest.approx(math.dist(mean, third), abs=1e-3)


async def test_the_home_says_which_encoders_are_stored(store: Store) -> None:
    assert (await store.info()).encoders == ()
    await store.movies.by_encoder(word_embedding("another encoder", 96))
    assert (await store.info()).encoders == (EncoderInfo("another encoder", 96, len(FILMS)),)


async def test_encoders_whose_names_are_too_alike_are_kept_apart(store: Store) -> None:
    await store.movies.by_encoder(word_embedding("another encoder", 96))
    with pytest.raises(IndexMismatch, match="another encoder"):
        await store.movies.by_encoder(word_embedding("Another-Encoder", 96))


async def test_an_empty_home_has_no_neighbours_by_any_encoder(opener: Opener) -> None:
    store = opener(word_embedding())
    index = await store.movies.by_encoder(word_embedding("another encoder", 96))
    assert await index.vectors([ARRIVAL.movie_id]) == {}
    assert await index.nearest([1.0] * 96, 5) == []
    store.close()


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
async def test_a_rebuild_that_died_while_embedding_loses_nothing(opener: Opener, store: Store, batches: int) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    store.close()
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
    opener: Opener, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    dying = opener(word_embedding("wider words", 96))
    assert isinstance(dying, QdrantStore)
    client: Any = dying.connection.client
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


@pytest.mark.parametrize("opener", ["qdrant embedded", "qdrant in memory"], indirect=True)
async def test_what_is_forgotten_after_a_qdrant_rebuild_died_stays_forgotten(
    opener: Opener, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("I like quiet films", "I hate clowns"):
        await store.preferences.add(statement("ana", words))
    assert isinstance(store, QdrantStore)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(QdrantTable, "_recreate", recreated_once(QdrantTable._recreate, die))
        await store.preferences.table.rebuild()
    stored = {p.text: p.preference_id for p in await store.preferences.of_user("ana")}
    assert await store.preferences.forget("ana", [stored["I hate clowns"]]) == 1
    await store.purge()
    files = [path for path in Path(store.location).rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"clowns" in path.read_bytes()]
    await store.preferences.table.rebuild()
    assert [p.text for p in await store.preferences.of_user("ana")] == ["I like quiet films"]


def recreated_once(recreate: Any, after: Any) -> Any:
    """Return a method that makes a collection anew the first time, and then does something else."""
    calls = iter([recreate])
    return lambda *args: next(calls, after)(*args)
