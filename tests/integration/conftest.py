"""Services that the integration tests share, started once and only when a test asks for them."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_ollama import ChatOllama

from tests.support.command_line import CommandLine
from tests.support.copies import copy_home
from tests.support.ollama_emulation import OllamaEmulation
from tests.support.postgres import PostgresMissing, PostgresServer
from tests.support.processes import WeightsMissing, weights


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
    """A data folder with the starter catalogue, ingested once; tests work on copies of it."""
    home = tmp_path_factory.mktemp("starter")
    done = CommandLine(home)("ingest")
    assert done.code == 0, done.err
    return home


@pytest.fixture
def matinee(starter_home: Path, tmp_path: Path) -> CommandLine:
    """The command line over a copy of the starter index."""
    copy_home(starter_home, tmp_path / "copy")
    return CommandLine(tmp_path / "copy")


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
