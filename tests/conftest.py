"""Every test starts from the defaults: no settings of the machine, a data folder of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee import redaction
from matinee.llm.circuit_breaker import forget_services
from tests.support.leftovers import cleared


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Clear MATINEE_* and OLLAMA_HOST, and put the data folder into the test's own."""
    for name in [n for n in os.environ if n.startswith("MATINEE_") and n != "MATINEE_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    monkeypatch.chdir(tmp_path)  # no .env of the checkout
    monkeypatch.setattr(redaction, "_remembered", set())
    forget_services()  # a port that was dead for one test may serve the next


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail at the end of a run that leaves a PostgreSQL server behind."""
    yield
    assert cleared(tmp_path_factory.getbasetemp()) == []


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """The folder of real evaluation data, where it is at hand."""
    folder = os.environ.get("MATINEE_DATA")
    if not folder:
        pytest.skip("set MATINEE_DATA to the folder of evaluation data")
    yield Path(folder)
