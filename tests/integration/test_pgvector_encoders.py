"""Vectors of several encoders side by side, and rebuilding that loses nothing."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.errors import IndexMismatch, IndexUnavailable
from matinee.index import pgvector_building
from matinee.index.pgvector import PgvectorStore
from matinee.settings import Settings
from tests.support.embedded_postgres_store import (
    opened,
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    sql,  # noqa: F401
    store,  # noqa: F401
)
from tests.support.fakes import WordEmbeddings, filled, word_embedding
from tests.support.films import ARRIVAL, FILMS, HEAT, MOON


async def test_a_further_encoder_has_a_column_of_its_own(store: PgvectorStore, sql: asyncpg.Connection) -> None:
    wider = await store.movies.by_encoder(word_embedding("Wider/words-v2", 96))
    (vector,) = (await wider.vectors([ARRIVAL.movie_id])).values()
    near = await wider.nearest(vector, 3, exclude={ARRIVAL.movie_id})
    assert len(near) == 3
    assert ARRIVAL not in [candidate.movie for candidate in near]
    registered = await sql.fetch(
        "SELECT column_name, encoder, dimension FROM matinee_encoders WHERE table_name = 'movies' ORDER BY 1"
    )
    assert [tuple(row) for row in registered] == [
        ("embedding", "words", 64),
        ("embedding_wider_words_v2", "Wider/words-v2", 96),
    ]
    assert (await store.movies.neighbours([ARRIVAL.movie_id], 1))[0].movie != ARRIVAL


async def test_a_film_whose_text_changed_has_no_stale_vector_of_a_secondary_encoder(store: PgvectorStore) -> None:
    model = word_embedding("wider words", 96)
    await store.movies.by_encoder(model)
    changed = MOON.model_copy(update={"overview": "Zebras, only zebras."})
    await filled(store, [changed])
    index = await store.movies.by_encoder(model)
    assert set(await index.vectors([MOON.movie_id, HEAT.movie_id])) == {MOON.movie_id, HEAT.movie_id}
    best = await index.nearest(WordEmbeddings(96).embed_query("zebras"), 1)
    assert best[0].movie == changed


async def test_neighbours_may_be_measured_by_euclidean_distance(store: PgvectorStore) -> None:
    vector = (await store.movies.vectors([HEAT.movie_id]))[HEAT.movie_id]
    nearest = await store.movies.nearest(vector, 3, metric="l2")
    assert nearest[0].movie == HEAT
    assert nearest[0].score == pytest.approx(0, abs=1e-3)
    assert nearest[0].score < nearest[1].score


class Interrupted(WordEmbeddings):
    """Embeds so many batches of documents, and then the process is interrupted."""

    def __init__(self, batches: int) -> None:
        super().__init__(96)
        self.batches = batches

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not self.batches:
            raise RuntimeError("interrupted")
        self.batches -= 1
        return super().embed_documents(texts)


async def test_the_old_vectors_serve_until_a_rebuild_is_complete(
    store: PgvectorStore,
    postgres_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pgvector_building, "_BATCH", 3)
    dying = opened(postgres_settings, EmbeddingModel("wider words", QueryCache(Interrupted(2))))
    with pytest.raises(RuntimeError, match="interrupted"):
        await dying.rebuild()
    dying.close()
    assert (await store.movies.search(ARRIVAL.overview, 1))[0].movie == ARRIVAL

    counting = Interrupted(99)
    going_on = opened(postgres_settings, EmbeddingModel("wider words", QueryCache(counting)))
    await going_on.rebuild()
    assert counting.batches == 98  # eight films in batches of three, of which two were done
    assert (await going_on.movies.search(ARRIVAL.overview, 1))[0].movie == ARRIVAL
    going_on.close()


async def test_a_rebuild_that_died_at_the_swap_loses_nothing(
    store: PgvectorStore,
    postgres_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def die(*_: Any) -> None:
        raise RuntimeError("interrupted")

    with monkeypatch.context() as patched:
        patched.setattr(pgvector_building, "register", die)
        dying = opened(postgres_settings, word_embedding("wider words", 96))
        with pytest.raises(RuntimeError, match="interrupted"):
            await dying.rebuild()
        dying.close()
    assert await store.movies.count() == len(FILMS)
    assert (await store.movies.search(ARRIVAL.overview, 1))[0].movie == ARRIVAL


async def test_a_home_that_was_open_during_a_rebuild_says_so(
    store: PgvectorStore,
    postgres_settings: Settings,
) -> None:
    await store.movies.search("anything", 1)
    other = opened(postgres_settings, word_embedding("wider words", 96))
    await other.rebuild()
    other.close()
    with pytest.raises(IndexMismatch, match="wider words"):
        await store.movies.search("anything", 1)


async def test_two_searches_beside_each_other_both_see_that_the_table_was_made_anew(
    store: PgvectorStore, postgres_settings: Settings
) -> None:
    await store.movies.search("anything", 1)
    other = opened(postgres_settings, word_embedding())
    drop = text("ALTER TABLE movies DROP COLUMN runtime")
    await other.postgres.transaction(lambda connection: connection.execute(drop))
    other.close()
    found = await asyncio.gather(*(store.movies.lexical("linguist", 3) for _ in range(4)))
    assert all(candidates[0].movie.title == "Arrival" for candidates in found)


async def test_what_the_table_has_no_column_for_is_kept_in_its_json(store: PgvectorStore) -> None:
    drop = text("ALTER TABLE movies DROP COLUMN runtime")
    await store.postgres.transaction(lambda connection: connection.execute(drop))
    await filled(store, [ARRIVAL])
    [row] = await store.movies.table.get([ARRIVAL.movie_id])
    assert row.fields["runtime"] == ARRIVAL.runtime


async def test_a_row_s_score_is_none_of_its_fields(store: PgvectorStore) -> None:
    [row, *_] = await store.movies.table.by_words("linguist", 1)
    assert row.score > 0
    assert "score" not in row.fields


async def test_work_in_progress_ends_when_the_home_is_closed(store: PgvectorStore) -> None:
    sleep = text("SELECT pg_sleep(20)")
    working = asyncio.create_task(store.postgres.transaction(lambda connection: connection.execute(sleep)))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(store.close)
    with pytest.raises(IndexUnavailable, match="was closed while in use"):
        await asyncio.wait_for(working, 5)
    assert await store.movies.count() == len(FILMS)
