"""The floors of the house: nothing imports upwards, and a start costs only what it uses.

There is one exception: the package `matinee` itself, from which programs import everything they need, names what is on
the floors above it. It loads a name's module only when somebody asks for the name, and none of our own modules may ask
for one that lives above its own floor.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import matinee

ROOT = Path(__file__).parents[2]
PATH = {"PYTHONPATH": ":".join(sys.path)}

# Lowest first; a module imports only from its own floor and those below.
FLOORS = [
    {"matinee_prompts"},
    {
        "matinee.models",
        "matinee.understanding",
        "matinee.traits",
        "matinee.errors",
        "matinee.addresses",
        "matinee.redaction",
        "matinee.settings",
        "matinee.context",
        "matinee.logs",
        "matinee.sanitize",
        "matinee.background",
        "matinee.private_files",
    },
    {"matinee.language", "matinee.records"},
    {"matinee.query", "matinee.ranking", "matinee.reasons"},
    {"matinee.llm", "matinee.encoders", "matinee.index", "matinee.sql"},
    {"matinee.catalogue", "matinee.ratings"},
    {"matinee.nodes", "matinee.state", "matinee.sql_state", "matinee.events", "matinee.observability"},
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
            # `from matinee import events` names the module in the alias, `from matinee import Recommender` hides it.
            public = matinee._MODULE_OF if node.module == "matinee" else {}
            yield from (public.get(alias.name, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value).rpartition("/")[2])
def test_a_module_imports_only_from_its_own_floor_and_below(module: str, path: Path) -> None:
    if module == "matinee":
        return  # the exception
    own = floor_of(module)
    assert own is not None, f"{module} stands on no floor"
    above = [name for name in imported(path) if (height := floor_of(name)) is not None and height > own]
    assert above == []


def test_the_command_line_starts_without_loading_models_stores_or_graphs() -> None:
    code = "import sys, matinee_app.cli.main; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"langgraph", "langchain", "langchain_core", "qdrant_client", "qdrant_edge", "fastembed", "onnxruntime"}
    assert heavy & set(done.stdout.split()) == set()


def test_the_public_face_loads_nothing_before_a_name_is_asked_for() -> None:
    code = "import sys; before = set(sys.modules); import matinee; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=PATH)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) == {"matinee"}


def test_importing_the_graph_opens_no_store(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from matinee_graphs.recommend import graph"],
        check=True,
        env={"MATINEE_HOME": str(tmp_path / "home"), **PATH},
    )
    assert not (tmp_path / "home").exists()
