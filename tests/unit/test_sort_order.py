"""What a question asks films to be sorted by, and the parametrised query that sorts them so."""

import pytest

from matinee.query import understand
from matinee.query.titles import TitleLookup
from matinee.sql.guard import DEFAULT, check
from matinee.sql.query_builder import compose
from matinee.understanding import SortOrder, Understanding

NO_TITLES = TitleLookup([])


def read(question: str) -> Understanding:
    return understand(question, NO_TITLES, this_year=2026)


def sort_order(question: str) -> SortOrder | None:
    return read(question).order


def composed(question: str) -> str:
    sql = compose(read(question), DEFAULT, "embedding", 5)
    assert check(sql).ok, sql
    return sql


@pytest.mark.parametrize(
    ("question", "column", "falling"),
    [
        ("westerns from the 60s, best rated first", "imdb_rating", True),
        ("Westerns of the 60s. Best first!", "imdb_rating", True),
        ("the highest-rated westerns", "imdb_rating", True),
        ("thrillers sorted by rating", "imdb_rating", True),
        ("thrillers ordered by their IMDb score, lowest first", "imdb_rating", False),
        ("worst rated sci-fi first", "imdb_rating", False),
        ("newest horror films first", "year", True),
        ("comedies ordered by year", "year", False),
        ("comedies sorted by release date, descending", "year", True),
        ("dramas ranked by length, longest first", "runtime", True),
        ("shortest documentaries first, please", "runtime", False),
        ("the most popular comedies", "imdb_votes", True),
        ("crime films by Lumet, least known first", "imdb_votes", False),
        ("newest horror", "year", True),
        ("the oldest film you have", "year", False),
        ("shortest documentaries", "runtime", False),
        ("what are the longest westerns?", "runtime", True),
        ("the best westerns", "imdb_rating", True),
        ("greatest war films ever made?", "imdb_rating", True),
    ],
)
def test_an_order_is_read_from_the_question(question: str, column: str, falling: bool) -> None:
    order = sort_order(question)
    assert order is not None
    assert (order.column, order.falling) == (column, falling)


@pytest.mark.parametrize(
    "question",
    [
        "highly rated thrillers",
        "films about best friends",
        "the best friends first meet in school",
        "best First World War films",
        "films about the oldest profession",
        "the longest we can manage is 85 minutes",
        "the best western about loneliness",
        "best picture winners",
        "a film about the first man on the moon",
        "law and order",
    ],
)
def test_what_is_no_order_is_none(question: str) -> None:
    assert sort_order(question) is None


def test_best_rated_first_leaves_no_film_out() -> None:
    sql = composed("westerns from the 60s, best rated first")
    assert "ORDER BY imdb_rating DESC NULLS LAST" in sql
    assert "imdb_rating >=" not in sql
    assert "'Western'" in sql
    assert "year >= 1960" in sql


def test_a_demand_on_the_same_column_in_other_words_stays() -> None:
    assert "imdb_rating >= 8" in composed("westerns rated above 8, best rated first")
    assert "year >= 2021" not in composed("newest horror films first")


def test_only_the_nearest_films_are_sorted_where_the_question_is_about_more() -> None:
    assert "LIMIT 50) AS nearest ORDER BY imdb_rating DESC" in composed("westerns about revenge, best rated first")
    assert "nearest" not in composed("show me the westerns from the 60s, best rated first")


def test_an_order_on_a_column_that_the_table_lacks_is_left_out() -> None:
    schema = type(DEFAULT)(
        tables={"movies": {"title": "text", "embedding": "vector(384)"}}, vectors={"embedding": ("e", 384)}
    )
    sql = compose(read("most popular first"), schema, "embedding", 5)
    assert sql.endswith("ORDER BY embedding <=> $1 LIMIT 5")


def test_without_an_order_the_nearest_come_first() -> None:
    assert composed("crime films from the 90s").endswith("ORDER BY embedding <=> $1 LIMIT 5")


@pytest.mark.parametrize(
    "question", ["best picture winners", "no Oscar winners", "won the Golden Bear", "made by women"]
)
def test_what_lists_answer_is_asked_for_by_id_or_name(question: str) -> None:
    titles = TitleLookup([(f"{n}", "Forrest Gump", 1994, []) for n in range(450)])
    sql = compose(understand(question, titles), DEFAULT, "embedding", 5)
    assert check(sql).ok, sql
