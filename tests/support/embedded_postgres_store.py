"""An embedded PostgreSQL server for a module's tests, homes over it, and other programs' ways into it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from langchain_postgres import PGEngine
from sqlalchemy.ext.asyncio import create_async_engine

from matinee.encoders.embeddings import EmbeddingModel
from matinee.errors import IndexUnavailable
from matinee.index import open_store, pgvector_building
from matinee.index.pgvector import PgvectorStore
from matinee.index.postgres_server import EmbeddedServer, server_folder
from matinee.models import Movie
from matinee.settings import Settings
from matinee.understanding import Constraint
from tests.support.fakes import filled, word_embedding
from tests.support.films import film
from tests.support.leftovers import new_folder


@pytest.fixture(scope="module")
def postgres_folder() -> Iterator[Path]:
    """A data folder whose server runs while the module's tests do."""
    store = open_folder()
    server = EmbeddedServer(server_folder(store))
    server.start()
    yield store
    server.stop()
    shutil.rmtree(store)


@pytest.fixture
def postgres_dsn(postgres_folder: Path) -> Iterator[str]:
    """The address of the module's server, whose database is emptied first."""
    server = EmbeddedServer(server_folder(postgres_folder))
    dsn = server.start()
    asyncio.run(emptied(dsn))
    yield dsn
    server.stop()


@pytest.fixture
def postgres_settings(postgres_folder: Path, postgres_dsn: str) -> Settings:
    """Settings of the embedded home over the module's server, empty."""
    return Settings(home=postgres_folder, backend="pgvector")


async def emptied(dsn: str) -> None:
    """Drop everything that tests have made."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
    await connection.close()


def open_folder() -> Path:
    """A new folder that the server's system user can enter, as pytest's own cannot be when it runs as root."""
    folder = new_folder()
    folder.chmod(0o755)
    return folder


def opened(settings: Settings, embedding: EmbeddingModel | None = None) -> PgvectorStore:
    store = open_store(settings, embedding or word_embedding())
    assert isinstance(store, PgvectorStore)
    return store


@pytest.fixture
async def store(postgres_settings: Settings) -> AsyncIterator[PgvectorStore]:
    store = opened(postgres_settings)
    await filled(store)
    yield store
    store.close()


@pytest.fixture
async def engine(postgres_dsn: str) -> AsyncIterator[PGEngine]:
    """LangChain's engine, as anybody else would open it."""
    pool = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(postgres_dsn))
    yield PGEngine.from_engine(pool)
    await pool.dispose()


@pytest.fixture
async def sql(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


def demand(field: str, op: str, value: object) -> Constraint:
    return Constraint.model_validate({"field": field, "op": op, "value": value})


async def titles(store: PgvectorStore, query: str, *constraints: Constraint, k: int = 50) -> list[str]:
    return [hit.movie.title for hit in await store.movies.search(query, k, constraints)]


@pytest.fixture
def own_folder() -> Iterator[Path]:
    folder = open_folder()
    yield folder
    for process in servers_of(folder):  # of a test that failed
        process.kill()
    shutil.rmtree(folder)


def servers_of(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(server_folder(folder)) in (process.info["cmdline"] or [])
    ]


def many(count: int) -> list[Movie]:
    return [
        film(f"Film {n}", 1950 + n % 70, genres=["Western" if n % 100 == 0 else "Drama"], overview=f"word{n % 50} tale")
        for n in range(count)
    ]


@pytest.fixture
async def large(store: PgvectorStore, monkeypatch: pytest.MonkeyPatch) -> PgvectorStore:
    """A home with 2,000 films more, settled as if that were many."""
    monkeypatch.setattr(pgvector_building, "LARGE", 1000)
    await filled(store, many(2000))
    await store.movies.optimize()
    return store


def dsn_settings(dsn: str, **more: Any) -> Settings:
    return Settings(backend="pgvector", postgres_dsn=dsn, **more)


async def refusal(settings: Settings, work: Callable[[PgvectorStore], Awaitable[Any]] | None = None) -> str:
    store = opened(settings)
    with pytest.raises(IndexUnavailable) as refused:
        await (work(store) if work else store.movies.count())
    store.close()
    return str(refused.value)
