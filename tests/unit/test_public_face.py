"""What programs import from `matinee`: every name is there, is typed, and is what its own module has."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import assert_type

import pytest
from pydantic import BaseModel

import matinee
from matinee import (
    Context,
    Event,
    Final,
    Movie,
    MovieRecommendation,
    MovieRetriever,
    Parts,
    Recommender,
    RecommendTool,
    Settings,
    Verdict,
    Weights,
    __version__,
    build_recommend_graph,
    build_sql_graph,
    check_sql,
    errors,
    open_parts,
)
from matinee.events import schema

ROOT = Path(__file__).parents[2]
PACKAGES = ["agent/matinee", "agent/matinee_app", "graphs/matinee_graphs", "prompts/matinee_prompts"]


@pytest.mark.parametrize("name", matinee.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(matinee, name) is not None
    assert name in dir(matinee)


@pytest.mark.parametrize("name", sorted({*matinee.__all__} - {"__version__", "Event"}))
def test_every_public_name_is_in_the_reference(name: str) -> None:
    listed = re.findall(r"^::: (\S+)$", (ROOT / "docs/reference.md").read_text(encoding="utf-8"), re.M)
    named = getattr(matinee, name)
    assert {named.__module__, f"{named.__module__}.{named.__name__}"} & set(listed)


def test_what_type_checkers_see_is_what_is_there() -> None:
    tree = ast.parse(Path(matinee.__file__).read_text(encoding="utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {*seen, "__version__"} == set(matinee.__all__)
    for public, (module, name) in seen.items():
        assert getattr(matinee, public) is getattr(importlib.import_module(module or ""), name)


def test_every_error_is_public() -> None:
    assert {name for name, _ in inspect.getmembers(errors, inspect.isclass)} <= set(matinee.__all__)


def test_every_kind_of_event_is_public() -> None:
    kinds = {name for name, kind in inspect.getmembers(schema, inspect.isclass) if issubclass(kind, schema._Event)}
    assert kinds - {"_Event"} <= set(matinee.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Recomender'"):
        matinee.Recomender  # type: ignore[attr-defined]  # noqa: B018


def test_the_guard_gives_its_verdict() -> None:
    assert_type(check_sql("SELECT title FROM movies LIMIT 5"), Verdict)
    assert check_sql("SELECT title FROM movies LIMIT 5").ok
    assert check_sql("DROP TABLE movies").reason is not None


def test_the_version_is_the_package_s(capfd: pytest.CaptureFixture[str]) -> None:
    assert __version__ == version("matinee")
    subprocess.run([sys.executable, "-m", "matinee_app", "--version"], check=True)
    assert capfd.readouterr().out == f"matinee {__version__}\n"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_tells_type_checkers_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("model", [Context, Movie, MovieRecommendation, MovieRetriever, Settings, Weights])
def test_type_checkers_see_defaults_without_pydantic_s_plugin(model: type[BaseModel]) -> None:
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(model))) if isinstance(node, ast.Call)]
    positional = [node.lineno for node in calls if ast.unparse(node.func) == "Field" and node.args]
    assert positional == []  # only `Field(default=...)` counts for them as a default


def use(recommender: Recommender, settings: Settings) -> None:
    """Run by nobody, but read by mypy."""
    final = recommender.recommend("a quiet film", user_id="ana", limit=2, rerank="imdb")
    assert_type(final, Final)
    assert_type(final.recommendations, list[MovieRecommendation])
    for event in recommender.stream("a quiet film"):
        assert_type(event, Event)
    parts = open_parts(settings)
    assert_type(parts, Parts)
    build_recommend_graph(parts).invoke({"query": "a quiet film"}, context=Context(limit=1, weights=Weights(dense=2)))
    build_sql_graph(parts).invoke({"question": "films of 1999"})
    RecommendTool(parts=parts, user_id="ana")
    MovieRetriever(parts=parts, k=3)
    assert_type(Movie(movie_id="one", title="One").label, str)


async def ause() -> None:
    """Run by nobody, but read by mypy."""
    async with Recommender(Settings(chat_model="none"), context=Context(limit=3)) as recommender:
        assert_type(await recommender.arecommend("a quiet film"), Final)
        async for event in recommender.astream("a quiet film"):
            assert_type(event, Event)
