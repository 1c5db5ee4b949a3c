"""Services that the integration tests share, started once and only when a test asks for them."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from langchain_ollama import ChatOllama

from tests.support.command_line import CommandLine
from tests.support.copies import copy_home
from tests.support.ollama_emulation import OllamaEmulation
from tests.support.postgres import PostgresMissing, PostgresServer
from tests.support.processes import WeightsMissing, weights
from tests.support.starter_films import well_known_movies


@pytest.fixture(scope="session")
def ollama_emulation() -> Iterator[OllamaEmulation]:
    try:
        weights()
    except WeightsMissing as error:
        pytest.skip(str(error))
    with OllamaEmulation() as server:
        yield server


@pytest.fixture
async def chat_ollama(ollama_emulation: OllamaEmulation) -> AsyncIterator[Callable[..., ChatOllama]]:
    """Make `ChatOllama`s that talk to the emulation, and close their connections afterwards."""
    made: list[ChatOllama] = []

    def make(model: str = "smollm2:135m", **options: Any) -> ChatOllama:
        made.append(ChatOllama(model=model, base_url=ollama_emulation.url, **options))
        return made[-1]

    yield make
    for chat in made:
        # ChatOllama cannot be closed itself, and an open socket is a ResourceWarning.
        chat._client.close()  # type: ignore[no-untyped-call]
        await chat._async_client.close()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the starter catalogue; tests work on copies of it."""
    return _ingested(tmp_path_factory, "starter")


@pytest.fixture(scope="session")
def known_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the films of the starter catalogue that people know best; tests work on copies of it."""
    films = tmp_path_factory.mktemp("films") / "known.jsonl"
    films.write_text("\n".join(movie.model_dump_json() for movie in well_known_movies(600)))
    return _ingested(tmp_path_factory, "known", str(films))


def _ingested(tmp_path_factory: pytest.TempPathFactory, name: str, *catalogue: str) -> Path:
    """Return the data folder of this name, which the first process of a run that asks for it fills for all."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(shared / f"{name}.lock"):
        if not (shared / name).exists():
            done = CommandLine(base / f"new-{name}")("ingest", *catalogue)
            assert done.code == 0, done.err
            (base / f"new-{name}").rename(shared / name)
    return shared / name


@pytest.fixture
def matinee(known_home: Path, tmp_path: Path) -> CommandLine:
    """The command line over a copy of the index of well known films."""
    return CommandLine(copy_home(known_home, tmp_path / "copy"))


@pytest.fixture
def whole_matinee(starter_home: Path, tmp_path: Path) -> CommandLine:
    """The command line over a copy of the index of the whole starter catalogue."""
    return CommandLine(copy_home(starter_home, tmp_path / "copy"))


@pytest.fixture
def empty_matinee(tmp_path: Path) -> CommandLine:
    """The command line over an empty data folder."""
    return CommandLine(tmp_path / "empty")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL with pgvector, one for all tests; each takes a database of its own."""
    try:
        server = PostgresServer()
    except PostgresMissing as error:
        pytest.skip(str(error))
    yield server
    server.close()
