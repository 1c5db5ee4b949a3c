"""The faults of langchain-postgres that are worked around, and what a load or a request may hold."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

from typing import Any

import asyncpg
import pytest
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.hybrid_search_config import HybridSearchConfig
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from matinee.catalogue.text import embedding_text
from matinee.index import Entry
from matinee.index.pgvector import PgvectorStore
from matinee.index.pgvector_table import PgvectorTable
from matinee.index.pgvector_words import WordCounts, alternatives
from matinee.understanding import Constraint
from tests.support.embedded_postgres_store import (
    demand,
    engine,  # noqa: F401
    large,  # noqa: F401
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    sql,  # noqa: F401
    store,  # noqa: F401
    titles,
)
from tests.support.fakes import WordEmbeddings, filled
from tests.support.films import ARRIVAL, FILMS, MARTIAN, film

HOT = film("Hot", imdb_rating=7.9)


async def test_a_second_search_is_for_its_own_words(store: PgvectorStore) -> None:
    await titles(store, "linguist")
    assert (await titles(store, "waitress"))[0] == "Amélie"


async def test_any_word_of_a_sentence_may_match(store: PgvectorStore) -> None:
    hits = await store.movies.search("some film in which there is a botanist or so", 50)
    # Both rankings found it, the words' one at the top: its score is more than one ranking alone can give.
    assert max(hits, key=lambda hit: hit.score).movie == MARTIAN
    assert hits[0].score > 1 / 60


async def test_without_the_workarounds_a_plain_store_misses_what_they_mend(
    store: PgvectorStore, engine: PGEngine
) -> None:
    config = HybridSearchConfig(tsv_column="content_tsv", fts_query="a film about a botanist on holiday")
    langchain_store = await PGVectorStore.create(
        engine, WordEmbeddings(), "movies", id_column="movie_id", metadata_columns=["genres"]
    )
    seen: list[int] = []

    def counting(dense: Any, sparse: Any, **_: Any) -> Any:
        seen.append(len(sparse))
        return dense

    config.fusion_function = counting  # type: ignore[assignment]
    await langchain_store.asimilarity_search("anything", k=3, hybrid_search_config=config)
    assert seen == [0]
    with pytest.raises(Exception, match="array"):
        await langchain_store.asimilarity_search("anything", k=3, filter={"genres": {"$in": ["Drama"]}})


async def test_a_distance_is_computed_once_a_row_and_no_vector_comes_back(store: PgvectorStore) -> None:
    seen: list[str] = []

    async def listening(pool: AsyncEngine) -> None:
        event.listen(pool.sync_engine, "after_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))

    await store.postgres.run(listening)
    for metric in ("cosine", "l2"):
        await store.movies.nearest([0.1] * 64, 5, metric=metric)
    ours = [statement for statement in seen if "AS distance" in statement or "as distance" in statement]
    assert len(ours) == 2
    assert not any("_distance(" in statement for statement in ours)
    assert not any('"embedding",' in statement for statement in ours)
    assert sum('"embedding" <=> $1' in statement for statement in ours) == 1
    assert sum('"embedding" <-> $1' in statement for statement in ours) == 1


def test_a_request_becomes_alternatives_and_its_operators_words() -> None:
    assert alternatives(WordCounts().telling('Heat OR "the -Thing" & thing')) == "heat or the or thing"
    assert alternatives(WordCounts().telling("???")).strip() == ""


def test_common_words_are_left_out_where_they_match_too_many_texts() -> None:
    counts = WordCounts(100_000, {"drama": 0.4, "ship": 0.01, "rare": 0.001})
    assert counts.telling("dramas about rare ships") == ["about", "rare", "ships"]
    assert counts.telling("drama") == ["drama"]
    assert WordCounts(2000, {"drama": 0.4}).telling("drama of a ship") == ["drama", "of", "a", "ship"]


async def test_the_shares_of_words_come_from_the_statistics(large: PgvectorStore) -> None:
    await large.movies.search("anything", 1)
    table = large.movies.table
    assert isinstance(table, PgvectorTable)
    counts = table._counts
    assert counts.texts == 2000 + len(FILMS)
    assert counts.shares["tale"] == pytest.approx(2000 / counts.texts, abs=0.01)
    assert counts.shares["word7"] == pytest.approx(40 / counts.texts, abs=0.01)


@pytest.mark.parametrize("query", ["", "???", "'; DROP TABLE movies; --", "a:b & (c | !d)", "nul \0 and \ud800", ":p"])
async def test_a_request_of_any_characters_is_only_a_request(store: PgvectorStore, query: str) -> None:
    assert len(await titles(store, query)) == len(FILMS)


async def test_a_whole_number_demand_does_not_round_the_rating(store: PgvectorStore) -> None:
    await filled(store, [HOT])
    constraint = Constraint.model_construct(field=demand("imdb_rating", "at_least", 8).field, op="at_least", value=8)
    assert "Hot" not in await titles(store, "hot", constraint)


async def test_films_are_loaded_many_at_a_time(store: PgvectorStore, sql: asyncpg.Connection) -> None:
    before = await sql.fetchval("SELECT pg_current_xact_id()::text::bigint")
    await filled(store, [film(f"Film {n}") for n in range(500)])
    after = await sql.fetchval("SELECT pg_current_xact_id()::text::bigint")
    assert after - before < 50


async def test_a_film_twice_in_a_load_is_stored_as_it_came_last(store: PgvectorStore) -> None:
    later = ARRIVAL.model_copy(update={"year": 2017})
    await filled(store, [ARRIVAL, later])
    assert await store.movies.get([ARRIVAL.movie_id]) == [later]


async def test_characters_that_postgres_cannot_store_are_dropped(store: PgvectorStore) -> None:
    odd = film("Odd", overview="nul \0 here", stars=["half \ud800"], tagline="\0")
    await filled(store, [odd])
    stored = (await store.movies.get([odd.movie_id]))[0]
    assert (stored.overview, stored.stars, stored.tagline) == ("nul here", ["half ?"], "")


async def test_films_added_by_entry_keep_their_text(store: PgvectorStore, sql: asyncpg.Connection) -> None:
    await store.movies.add([Entry(HOT, "the text that was given")])
    assert await sql.fetchval("SELECT content FROM movies WHERE movie_id = $1", HOT.movie_id) == (
        "the text that was given"
    )
    assert embedding_text(HOT) != "the text that was given"
