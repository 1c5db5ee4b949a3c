"""One contract for what viewers rated in every home, and what former versions stored beside it."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import models
from sqlalchemy import text

from matinee.index import RatingStore, Store, open_store
from matinee.index.edge import EdgeClient
from matinee.index.pgvector import PgvectorStore
from matinee.settings import Settings
from tests.support.embedded_postgres_store import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import memory_store, word_embedding

HEAT = {"rating": 4.5, "title": "Heat", "year": 1995}
AMELIE = {"rating": 0.5, "title": "Amélie", "year": 2001, "imdb_id": None}


@pytest.fixture(params=["qdrant embedded", "qdrant in memory", "postgres embedded"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "qdrant in memory":
        return memory_store
    embedded = request.param == "qdrant embedded"
    settings = Settings(home=tmp_path) if embedded else request.getfixturevalue("postgres_settings")
    return lambda: open_store(settings, word_embedding())


@pytest.fixture
async def store(opener: Callable[[], Store]) -> AsyncIterator[Store]:
    store = opener()
    yield store
    store.close()


@pytest.fixture
def ratings(store: Store) -> RatingStore:
    return store.ratings


async def test_what_a_viewer_rated_comes_back_as_it_was_in_its_order(ratings: RatingStore) -> None:
    await ratings.replace("ana", [HEAT, AMELIE])
    assert await ratings.of_user("ana") == [HEAT, AMELIE]
    await ratings.replace("ana", [AMELIE])
    assert await ratings.of_user("ana") == [AMELIE]
    assert await ratings.of_user("ben") == []


async def test_one_viewer_s_ratings_are_forgotten_and_no_other_s(ratings: RatingStore) -> None:
    await ratings.replace("ana", [HEAT])
    await ratings.replace("eve", [HEAT, AMELIE])
    assert await ratings.forget("eve") == 2
    assert await ratings.forget("eve") == 0
    assert await ratings.of_user("eve") == []
    assert await ratings.of_user("ana") == [HEAT]


async def test_an_empty_home_has_no_ratings(ratings: RatingStore) -> None:
    assert await ratings.of_user("ana") == []
    assert await ratings.forget("ana") == 0


async def test_ratings_are_there_after_reopening(store: Store) -> None:
    await store.ratings.replace("ana", [HEAT])
    store.close()
    assert await store.ratings.of_user("ana") == [HEAT]


def write_as_before(folder: Path) -> None:
    """Write the collection as former versions did: ana's own ratings, and viewers of a data set, with vectors."""
    client = EdgeClient(folder)
    client.create_collection(
        "matinee_viewers", vectors_config={}, sparse_vectors_config={"ratings": models.SparseVectorParams()}
    )
    client.create_payload_index("matinee_viewers", "batch", models.PayloadSchemaType.KEYWORD)
    sparse: dict[str, Any] = {"ratings": models.SparseVector(indices=[1, 2], values=[0.6, -0.8])}
    own = {"batch": "own", "user": "ana", "ratings": [HEAT]}
    points = [models.PointStruct(id="baae0b87-193c-5c5e-8d7b-0908ba70f49e", vector=sparse, payload=own)]
    points += [
        models.PointStruct(id=number, vector=sparse, payload={"batch": "a data set", "user": f"{number}"})
        for number in range(1200)
    ]
    client.upsert("matinee_viewers", points)
    client.close()


async def test_of_a_former_version_s_collection_a_viewer_s_own_ratings_stay_and_can_be_forgotten(
    tmp_path: Path,
) -> None:
    write_as_before(tmp_path / "qdrant")
    store = open_store(Settings(home=tmp_path), word_embedding())
    assert await store.ratings.of_user("ana") == [HEAT]
    store.close()
    client = EdgeClient(tmp_path / "qdrant")
    assert client.count("matinee_viewers").count == 1
    client.close()
    assert await store.ratings.forget("ana") == 1
    assert await store.ratings.of_user("ana") == []
    store.close()


@pytest.fixture
def postgres_home(postgres_settings: Settings) -> Iterator[PgvectorStore]:  # noqa: F811
    store = open_store(postgres_settings, word_embedding())
    assert isinstance(store, PgvectorStore)
    yield store
    store.close()


async def rows(store: PgvectorStore, *statements: str, **values: Any) -> list[Any]:
    async def work(pool: Any) -> list[Any]:
        async with pool.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            return [tuple(row) for row in await connection.execute(text(statements[-1]), values)]

    return await store.postgres.run(work)


OLD_TABLE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE viewers (batch text, user_id text, parts sparsevec, ratings jsonb, PRIMARY KEY (batch, user_id))",
    r"INSERT INTO viewers VALUES ('a data set', '7', '{1\:0.6,3\:-0.8}/1000000000', NULL)",
    r"INSERT INTO viewers VALUES ('own', 'ana', '{1\:1}/1000000000', CAST(:ratings AS jsonb)) RETURNING 1",
)
STORED = "SELECT batch, user_id FROM viewers"


async def test_of_a_former_version_s_table_a_viewer_s_own_ratings_stay_and_can_be_forgotten(
    postgres_home: PgvectorStore,
) -> None:
    await rows(postgres_home, *OLD_TABLE, ratings=json.dumps([HEAT]))
    assert await postgres_home.ratings.of_user("ana") == [HEAT]
    assert await rows(postgres_home, STORED) == [("own", "ana")]
    await postgres_home.ratings.replace("ben", [AMELIE])
    assert await postgres_home.ratings.of_user("ben") == [AMELIE]
    assert await postgres_home.ratings.forget("ana") == 1
    assert await rows(postgres_home, STORED) == [("own", "ben")]


async def test_where_a_former_version_s_table_takes_no_deletion_it_is_read_all_the_same(
    postgres_home: PgvectorStore,
) -> None:
    await rows(postgres_home, *OLD_TABLE, ratings=json.dumps([HEAT]))
    refuses = "CREATE RULE refused AS ON DELETE TO viewers DO INSTEAD SELECT 1 / 0"
    await rows(postgres_home, refuses, "SELECT 1")
    assert await postgres_home.ratings.of_user("ana") == [HEAT]
    assert len(await rows(postgres_home, STORED)) == 2


async def test_somebody_else_s_table_of_that_name_is_left_as_it_is(postgres_home: PgvectorStore) -> None:
    theirs = "CREATE TABLE viewers (batch text, user_id text, ratings jsonb)"
    await rows(postgres_home, theirs, "INSERT INTO viewers VALUES ('theirs', 'ana', '[]') RETURNING 1")
    assert await postgres_home.ratings.of_user("ana") == []
    assert await rows(postgres_home, STORED) == [("theirs", "ana")]
