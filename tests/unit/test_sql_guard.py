"""The guard's verdicts, over the statements of the data files and one behaviour at a time."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import matinee.sql as sql_room
from matinee.sql import guard
from matinee.sql.guard import Schema, check
from tests.support.statements import Refused, Valid, refused, valid

BGE, MINILM = "BAAI/bge-small-en-v1.5 (int8)", "sentence-transformers/all-MiniLM-L6-v2"


def reason(sql: str) -> str:
    verdict = check(sql)
    assert not verdict.ok
    return verdict.reason or ""


@pytest.mark.parametrize("statement", valid(), ids=lambda s: s.sql[:60])
def test_a_valid_statement_passes(statement: Valid) -> None:
    verdict = check(statement.sql)
    assert (verdict.ok, verdict.reason, verdict.code) == (True, None, None)


@pytest.mark.parametrize("statement", refused(), ids=lambda s: ascii(s.sql[:60]))
def test_a_hostile_or_broken_statement_is_refused_for_its_reason(statement: Refused) -> None:
    verdict = check(statement.sql)
    assert not verdict.ok
    assert verdict.code == statement.code
    assert statement.says.lower() in (verdict.reason or "").lower()


def test_the_data_files_are_as_large_as_they_should_be() -> None:
    assert len({s.sql for s in valid()}) >= 150
    assert len({s.sql for s in refused()}) >= 300


def test_the_verdict_keeps_the_original_text() -> None:
    sql = "select\n  TITLE from Movies limit 5;"
    assert check(sql).statement == sql


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("ratings", "imdb_rating"),
        ("genre", "genres"),
        ("director", "directors"),
        ("titel", "title"),
        ("votes", "imdb_votes"),
    ],
)
def test_an_unknown_column_is_answered_with_the_closest_one(wrong: str, meant: str) -> None:
    assert reason(f"SELECT {wrong} FROM movies LIMIT 1") == f"unknown column `{wrong}`: did you mean `{meant}`?"


def test_a_name_that_is_close_to_nothing_is_answered_with_what_is_allowed() -> None:
    said = reason("SELECT qqqq FROM movies LIMIT 1")
    assert "did you mean" not in said
    assert all(f"{column}" in said for column in ("title", "year", "imdb_rating"))


def test_a_close_function_is_named() -> None:
    assert "did you mean `websearch_to_tsquery`?" in reason("SELECT websearch_tsquery(title) FROM movies LIMIT 1")


def test_parameters_beside_vectors_are_vectors_of_that_encoder() -> None:
    verdict = check(
        "SELECT title FROM movies WHERE year = $2 ORDER BY embedding <=> $1, embedding_minilm <-> $3 LIMIT 5"
    )
    assert verdict.vectors == {1: BGE, 3: MINILM}
    assert verdict.parameters == {1, 2, 3}


def test_a_parameter_is_followed_through_a_cast_a_subquery_and_a_cte() -> None:
    verdict = check(
        "WITH q AS (SELECT $1::vector(384) AS v) SELECT title FROM movies, (SELECT v FROM q) AS s "
        "ORDER BY embedding_minilm <=> s.v LIMIT 5"
    )
    assert verdict.vectors == {1: MINILM}


def test_a_vector_to_be_bound_must_have_the_columns_dimension() -> None:
    sql = "SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 5"
    assert check(sql, vector_dimension=384).ok
    assert check(sql, vector_dimension=1024).code == "dimension"


def test_the_schema_that_is_given_is_the_one_that_holds() -> None:
    schema = Schema(
        tables={"films": {"id": "text", "name": "text", "bge_large": "halfvec(1024)"}},
        vectors={"bge_large": ("bge-large", 1024)},
        name="cinema",
        keys=frozenset({"id"}),
    )
    assert check("SELECT name FROM cinema.films ORDER BY bge_large <=> $1 LIMIT 5", schema).vectors == {1: "bge-large"}
    assert check("SELECT title FROM movies LIMIT 5", schema).code == "table"
    assert check("SELECT name FROM films ORDER BY bge_large <=> $1::vector(1024) LIMIT 5", schema).code == "operand"


def test_a_cte_that_takes_a_tables_name_hides_it_only_where_it_is_in_sight() -> None:
    assert check("WITH movies AS (SELECT 1 AS n) SELECT n FROM movies LIMIT 1").code == "no_table"
    assert check("SELECT n FROM (WITH movies AS (SELECT 1 AS n) SELECT n FROM movies) x, movies LIMIT 1").ok
    assert check("WITH movies AS (SELECT 1 AS n) SELECT n FROM public.movies LIMIT 1").code == "column"


def test_the_second_of_several_statements_is_named() -> None:
    assert "`DROP TABLE movies`" in reason("SELECT title FROM movies; DROP TABLE movies")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM movies",
        "SELECT avg(imdb_rating) FROM movies WHERE year > 1990",
        "WITH best AS (SELECT title FROM movies LIMIT 10) SELECT title FROM best",
        "SELECT v.a FROM (VALUES (1), (2)) AS v(a) WHERE v.a > (SELECT min(year) FROM movies)",
    ],
)
def test_no_limit_is_asked_for_where_the_rows_are_bounded(sql: str) -> None:
    assert check(sql).ok


@pytest.mark.parametrize(
    ("sql", "runs"),
    [
        (
            "SELECT title FROM movies ORDER BY imdb_rating DESC, year LIMIT 3;",
            "SELECT title FROM movies ORDER BY imdb_rating DESC NULLS LAST, year LIMIT 3",
        ),
        (
            "SELECT (array_agg(title ORDER BY year DESC))[1], rank() OVER (ORDER BY max(year) DESC) FROM movies "
            "GROUP BY runtime ORDER BY 2 DESC NULLS FIRST LIMIT 3",
            "SELECT (array_agg(title ORDER BY year DESC NULLS LAST))[1], "
            "rank() OVER (ORDER BY max(year) DESC NULLS LAST) FROM movies "
            "GROUP BY runtime ORDER BY 2 DESC NULLS FIRST LIMIT 3",
        ),
        (
            'SELECT m.year AS order, year desc FROM movies m ORDER BY m.year DESC, "desc" LIMIT 3',
            'SELECT m.year AS order, year desc FROM movies m ORDER BY m.year DESC NULLS LAST, "desc" LIMIT 3',
        ),
        (
            "SELECT year desc, title AS \"DESC\" FROM movies WHERE title <> 'é DESC' ORDER BY year desc LIMIT 3",
            "SELECT year desc, title AS \"DESC\" FROM movies WHERE title <> 'é DESC' ORDER BY year desc NULLS LAST "
            "LIMIT 3",
        ),
        ("SELECT title FROM movies ORDER BY year LIMIT 3", "SELECT title FROM movies ORDER BY year LIMIT 3"),
    ],
)
def test_films_without_a_value_come_last_where_the_order_descends(sql: str, runs: str) -> None:
    assert check(sql).runs == runs


SMALL = Schema(
    tables={"movies": {"title": "text", "year": "int", "content": "text", "v": "vector(2)"}}, vectors={"v": ("e", 2)}
)


@pytest.mark.parametrize(
    ("sql", "runs"),
    [
        ("SELECT * FROM movies LIMIT 3", 'SELECT "movies"."title", "movies"."year" FROM movies LIMIT 3'),
        (
            "SELECT 'é*', m . * FROM movies m LIMIT 3",
            'SELECT \'é*\', "m"."title", "m"."year" FROM movies m LIMIT 3',
        ),
        (
            "SELECT x.title FROM (SELECT * FROM movies) x ORDER BY x.v <=> $1 LIMIT 3",
            'SELECT x.title FROM (SELECT "movies"."title", "movies"."year", "movies"."content", "movies"."v" '
            "FROM movies) x ORDER BY x.v <=> $1 LIMIT 3",
        ),
        (
            "SELECT * FROM movies JOIN (SELECT title, year AS made FROM movies LIMIT 5) b USING (title) LIMIT 3",
            'SELECT "title", "movies"."year", "b"."made" FROM movies JOIN (SELECT title, year AS made FROM movies '
            "LIMIT 5) b USING (title) LIMIT 3",
        ),
        (
            "SELECT * FROM (SELECT content FROM movies LIMIT 2) x",
            "SELECT * FROM (SELECT content FROM movies LIMIT 2) x",
        ),
    ],
)
def test_a_star_means_the_columns_that_may_be_read_and_say_something(sql: str, runs: str) -> None:
    assert check(sql, SMALL).runs == runs


def test_no_module_of_the_guard_imports_another_in_a_circle() -> None:
    graph = {path.stem: set(_imported(path)) for path in Path(sql_room.__path__[0]).glob("*.py")}
    TopologicalSorter(graph).prepare()  # raises CycleError


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("matinee.sql."):
            yield node.module.rpartition(".")[2]


def test_a_module_of_its_own_is_enough_to_use_the_guard() -> None:
    assert guard.check("SELECT title FROM movies LIMIT 1").ok
