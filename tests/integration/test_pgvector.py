"""What the PostgreSQL home does beyond the contract: LangChain's own store, large tables, event loops."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from langchain_core.documents import Document
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.engine import Column
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from matinee.errors import IndexUnavailable
from matinee.index import pgvector_table
from matinee.index.pgvector import PgvectorStore
from matinee.index.pgvector_workarounds import SCANNING
from matinee.ratings.preferences import statement
from matinee.settings import Settings
from matinee.understanding import Constraint
from tests.support.embedded_postgres_store import (
    demand,
    engine,  # noqa: F401
    large,  # noqa: F401
    opened,
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    sql,  # noqa: F401
    store,  # noqa: F401
    titles,
)
from tests.support.fakes import WordEmbeddings, filled
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT


async def test_a_table_written_here_opens_with_a_plain_store(store: PgvectorStore, engine: PGEngine) -> None:
    vector_store = await PGVectorStore.create(
        engine, WordEmbeddings(), "movies", id_column="movie_id", metadata_columns=["title", "year", "genres"]
    )
    hits = await vector_store.asimilarity_search(ARRIVAL.overview, k=1)
    assert (hits[0].id, hits[0].metadata["title"], hits[0].metadata["genres"]) == (
        ARRIVAL.movie_id,
        "Arrival",
        ["Drama", "Sci-Fi"],
    )


async def test_preferences_written_here_open_with_a_plain_store(store: PgvectorStore, engine: PGEngine) -> None:
    await store.preferences.add(statement("ana", "I like quiet films"))
    vector_store = await PGVectorStore.create(engine, WordEmbeddings(), "preferences")
    assert [d.page_content for d in await vector_store.asimilarity_search("quiet", k=3)] == ["I like quiet films"]


async def test_a_plain_store_adds_to_a_table_written_here(store: PgvectorStore, engine: PGEngine) -> None:
    vector_store = await PGVectorStore.create(
        engine, WordEmbeddings(), "movies", id_column="movie_id", metadata_columns=["title", "year", "genres"]
    )
    facts = {"title": "Ronin", "year": 1998, "genres": ["Action"], "tagline": "Your ally could become your enemy."}
    await vector_store.aadd_documents(
        [Document("Mercenaries chase a case through France.", metadata=facts, id="ronin")]
    )
    added = (await store.movies.get(["ronin"]))[0]
    assert (added.title, added.year, added.genres, added.tagline) == ("Ronin", 1998, ["Action"], facts["tagline"])
    assert await titles(store, "mercenaries", demand("year", "at_least", 1998), demand("year", "at_most", 1998)) == [
        "Ronin"
    ]


@pytest.fixture
async def their_store(engine: PGEngine, postgres_settings: Settings) -> AsyncIterator[PgvectorStore]:
    """A table that LangChain made and filled: a title and a year in columns, the rest in its JSON column."""
    await engine.ainit_vectorstore_table(
        "movies", 64, metadata_columns=[Column("title", "text"), Column("year", "integer")]
    )
    vector_store = await PGVectorStore.create(engine, WordEmbeddings(), "movies", metadata_columns=["title", "year"])
    for number, movie in enumerate((ARRIVAL, HEAT, FARGO)):
        facts = movie.model_dump(include={"title", "year", "genres", "runtime", "directors"})
        identity = f"00000000-0000-0000-0000-00000000000{number}"
        await vector_store.aadd_documents([Document(movie.overview, metadata=facts, id=identity)])
    store = opened(postgres_settings)
    yield store
    store.close()


async def test_a_table_written_by_a_plain_store_opens_here(their_store: PgvectorStore) -> None:
    hit = (await their_store.movies.search(ARRIVAL.overview, 1))[0].movie
    assert (hit.title, hit.year, hit.genres, hit.overview) == ("Arrival", 2016, ["Drama", "Sci-Fi"], ARRIVAL.overview)
    assert await their_store.movies.get([hit.movie_id]) == [hit]
    near = await their_store.movies.neighbours([hit.movie_id], 5)
    assert {candidate.movie.title for candidate in near} == {"Heat", "Fargo"}


@pytest.mark.parametrize(
    ("constraint", "films"),
    [
        (demand("year", "at_least", 2000), {"Arrival"}),
        (demand("runtime", "at_most", 100), {"Fargo"}),
        (demand("genres", "any_of", ["Sci-Fi", "Thriller"]), {"Arrival", "Heat", "Fargo"}),
        (demand("genres", "all_of", ["Drama", "Thriller"]), {"Heat"}),
        (demand("genres", "none_of", ["Drama"]), {"Fargo"}),
        (demand("stars", "none_of", ["Al Pacino"]), {"Arrival", "Heat", "Fargo"}),
        (demand("metascore", "at_least", 1), set()),
    ],
)
async def test_demands_are_met_by_what_a_plain_store_keeps_as_json(
    their_store: PgvectorStore, constraint: Constraint, films: set[str]
) -> None:
    assert set(await titles(their_store, "a film", constraint)) == films


async def test_films_are_not_added_to_a_table_with_ids_of_its_own(their_store: PgvectorStore) -> None:
    with pytest.raises(IndexUnavailable, match="another program"):
        await filled(their_store)


async def test_a_table_that_holds_something_else_is_refused(
    postgres_settings: Settings,
    sql: asyncpg.Connection,
) -> None:
    await sql.execute("CREATE TABLE movies (showing timestamp, hall integer)")
    store = opened(postgres_settings)
    with pytest.raises(IndexUnavailable, match="none of matinee's"):
        await store.movies.search("anything", 1)
    store.close()


async def test_a_large_table_is_indexed(large: PgvectorStore, sql: asyncpg.Connection) -> None:
    indexes = {row["indexname"] for row in await sql.fetch("SELECT indexname FROM pg_indexes")}
    assert {"movies_embedding_hnsw", "movies_lists_idx", "movies_year_idx"} <= indexes
    await large.movies.optimize()


async def test_a_small_table_is_not_indexed_by_vector(store: PgvectorStore, sql: asyncpg.Connection) -> None:
    await store.movies.optimize()
    assert not await sql.fetch("SELECT FROM pg_indexes WHERE indexname LIKE '%hnsw'")


@pytest.mark.parametrize("session", ["as the home sets it", "as it comes"])
async def test_a_filtered_index_scan_is_never_short_of_rows(
    large: PgvectorStore, sql: asyncpg.Connection, session: str
) -> None:
    """The index is forced on a demand that one film in a hundred meets: without iterative scan few are found."""
    await sql.execute("DROP INDEX movies_lists_idx")
    if session == "as the home sets it":
        await sql.execute("".join(f"SET {name} = {value};" for name, value in SCANNING.items()))
    await sql.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
    query = (
        "SELECT movie_id FROM movies WHERE genres && '{Western}' ORDER BY embedding <=> "
        "(SELECT embedding FROM movies WHERE title = 'Film 7') LIMIT 20"
    )
    plan = "\n".join(row[0] for row in await sql.fetch(f"EXPLAIN {query}"))
    assert "movies_embedding_hnsw" in plan
    rows = len(await sql.fetch(query))
    assert rows == 20 if session == "as the home sets it" else rows < 20


async def test_filtered_searches_of_a_large_home_are_never_short_of_rows(large: PgvectorStore) -> None:
    western = demand("genres", "any_of", ["Western"])
    assert len(await large.movies.neighbours(["film-7-1957"], 20, [western])) == 20
    assert len(await large.movies.search("word7 tale", 20, [western])) == 20


async def test_a_demand_that_few_films_meet_is_answered_exactly(
    large: PgvectorStore, sql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgvector_table, "_FEW", 500)
    seen: list[str] = []

    async def listening(pool: AsyncEngine) -> None:
        event.listen(pool.sync_engine, "after_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))

    await large.postgres.run(listening)
    found = await large.movies.neighbours(["film-7-1957"], 20, [demand("genres", "any_of", ["Western"])])
    assert '("embedding" <=> $1) + 0' in seen[-1]
    await large.movies.neighbours(["film-7-1957"], 20)
    assert "+ 0" not in seen[-1]
    await sql.execute("SET enable_indexscan = off")
    nearest = await sql.fetch(
        "SELECT 1 - (embedding <=> (SELECT embedding FROM movies WHERE title = 'Film 7')) AS cosine FROM movies "
        "WHERE genres && '{Western}' ORDER BY cosine DESC LIMIT 20"
    )
    assert [hit.score for hit in found] == pytest.approx([row["cosine"] for row in nearest], abs=1e-5)


def test_a_home_serves_event_loops_one_after_the_other(postgres_settings: Settings) -> None:
    store = opened(postgres_settings)
    asyncio.run(filled(store))
    assert asyncio.run(titles(store, "a linguist"))[0] == "Arrival"
    store.close()


async def test_candidate_search_run_side_by_side(store: PgvectorStore) -> None:
    answers = await asyncio.gather(*(titles(store, movie.overview, k=1) for movie in FILMS[:7] * 4))
    assert [answer[0] for answer in answers] == [movie.title for movie in FILMS[:7] * 4]
