"""The floors of the house: nothing imports upwards, and a start costs only what it uses."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Lowest first; a module imports only from its own floor and those below.
FLOORS = [
    {"matinee_prompts"},
    {"matinee.models", "matinee.errors", "matinee.settings", "matinee.context", "matinee.logs", "matinee.outside"},
    {"matinee.language"},
    {"matinee.understanding", "matinee.ranking", "matinee.grounding", "matinee.reasons"},
    {"matinee.providers", "matinee.index", "matinee.sql"},
    {"matinee.catalogue", "matinee.taste"},
    {"matinee.nodes", "matinee.state", "matinee.sql_state", "matinee.events", "matinee.run", "matinee.trace"},
    {"matinee_graphs"},
    {"matinee_app"},
]


def floor_of(module: str) -> int | None:
    """Return the floor of a module, or None for one that is not ours."""
    parts = module.split(".")
    for name in (".".join(parts[:2]), parts[0]):
        for height, floor in enumerate(FLOORS):
            if name in floor:
                return height
    return None


def modules() -> Iterator[tuple[str, Path]]:
    for root in ("agent", "graphs", "prompts"):
        for path in sorted((ROOT / root).rglob("*.py")):
            parts = path.relative_to(ROOT / root).with_suffix("").parts
            yield ".".join(p for p in parts if p != "__init__"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from matinee import events` names the module in the alias.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value).rpartition("/")[2])
def test_a_module_imports_only_from_its_own_floor_and_below(module: str, path: Path) -> None:
    own = floor_of(module)
    if own is None:
        assert module == "matinee", f"{module} stands on no floor"
        return
    above = [name for name in imported(path) if (height := floor_of(name)) is not None and height > own]
    assert above == []


def test_the_command_line_starts_without_loading_models_stores_or_graphs() -> None:
    code = "import sys, matinee_app.cli; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"langgraph", "langchain", "langchain_core", "qdrant_client", "qdrant_edge", "fastembed", "onnxruntime"}
    assert heavy & set(done.stdout.split()) == set()


def test_importing_the_graph_opens_no_store(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from matinee_graphs.recommend import graph"],
        check=True,
        env={"MATINEE_HOME": str(tmp_path / "home"), "PYTHONPATH": ":".join(sys.path)},
    )
    assert not (tmp_path / "home").exists()
