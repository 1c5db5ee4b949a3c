"""The statement is taken out of what a model wraps around it, whole and nothing else."""

import json

import pytest

from matinee.sql.guard import check
from matinee.sql.unwrapping import statement_in

SQL = "SELECT title, year FROM movies WHERE 'Western' = ANY(genres) ORDER BY imdb_rating DESC LIMIT 5"
OTHER = "SELECT title FROM movies LIMIT 9"


@pytest.mark.parametrize(
    "answer",
    [
        SQL,
        f"{SQL};",
        f"```\n{SQL}\n```",
        f"```postgresql\n{SQL};\n```",
        f"```sql\n{SQL}",
        f"Sure! Here it is:\n\n```sql\n{SQL};\n```\n\nBest rated first.",
        f"First the table:\n```sql\nCREATE TABLE movies (a int);\n```\nThen:\n```sql\n{SQL};\n```",
        f"```bash\npsql -c x\n```\n```sql\n{SQL}\n```",
        f"{SQL};\n\nAlternatively:\n\n{OTHER};",
        f"SQLQuery: {SQL}\nSQLResult: Once Upon a Time\nAnswer: that one",
        f"**SQL query:**\n\n{SQL};\n\n**Explanation:** it looks for westerns.",
        f"Sure!\n{SQL}\nThis query returns westerns.",
        f"I can select titles with the table.\n\n{SQL}\n\nSELECT is safe.",
        f"The statement is {SQL}",
        f"movies=# {SQL};",
        f"1. {SQL}",
        f"<think>\nDROP TABLE movies; no, {OTHER}\n</think>\n{SQL}",
        f"{OTHER} is wrong </think> {SQL}",
        f"{SQL}\n<reasoning>{OTHER}</reasoning>",
        f"<think>a</think>[THINK]b[/THINK]{SQL}",
        f"<|channel|>analysis<|message|>{OTHER}<|channel|>final<|message|>{SQL}",
        f"<sql>{SQL}</sql>",
        f"Here: `{SQL}` and done",
        f'"{SQL}"',
        f"\u201c{SQL}\u201d",
        "'" + SQL.replace("'", "''") + "'",
        json.dumps({"sql": SQL}),
        json.dumps({"explanation": "best of all", "query": SQL}),
        json.dumps({"name": "run_sql", "arguments": {"statement": SQL}}),
        json.dumps([{"sql": SQL}]),
        json.dumps(SQL),
        "```json\n" + json.dumps({"sql": SQL}, indent=2) + "\n```",
        f"{{'sql': \"{SQL}\"}}",
        f"-- westerns of the sixties\n{SQL}",
        f"/* westerns */ {SQL} -- best first",
    ],
)
def test_a_statement_is_taken_out_of_its_wrapping(answer: str) -> None:
    assert statement_in(answer) == SQL


def test_a_statement_over_several_lines_and_json_escapes_stay_whole() -> None:
    sql = "SELECT title,\n\n year FROM movies\nWHERE title ILIKE '%\"x\"%'\n\nLIMIT 5"
    assert statement_in(f"Here:\n\n{sql}\n\nIt matches quotes.") == sql
    assert statement_in(json.dumps({"sql": sql})) == sql


def test_a_comment_within_the_statement_is_taken_out_but_not_a_text_that_looks_like_one() -> None:
    said = "SELECT title -- the name\nFROM movies /* all */ WHERE title <> '-- x /* y */' LIMIT 5"
    assert statement_in(said).split() == "SELECT title FROM movies WHERE title <> '-- x /* y */' LIMIT 5".split()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("DROP TABLE movies", "statement"),
        ("SELECT title FROM movies LIMIT 5; DROP TABLE movies", "several"),
        (f"```sql\n{SQL};\nDELETE FROM movies;\n```", "several"),
        (f"{SQL};\n\nDROP TABLE movies;\n\nThis cleans up.", "several"),
        ("```sql\nDELETE FROM movies\n```", "statement"),
        ("WITH RECURSIVE x AS (SELECT 1) SELECT 1", "recursive"),
        ("I am sorry, I cannot do that.", "syntax"),
        ("select the best films", "syntax"),
        ("``` ```", "empty"),
        ("", "empty"),
        (f"<think>not yet done, {SQL}", "empty"),
    ],
)
def test_what_the_guard_refuses_is_not_made_harmless(answer: str, code: str) -> None:
    assert check(statement_in(answer)).code == code


@pytest.mark.parametrize(
    "broken",
    [
        "SELECT title FRM movies WHERE year = (\nSELECT max(year) FROM movies\n) LIMIT 5",
        "SELECT title FROM movies LIMIT 10\nORDR BY year",
        "SELEC title FROM x UNION\nSELECT title FROM movies LIMIT 5",
    ],
)
def test_of_a_broken_statement_no_part_is_taken_for_the_whole(broken: str) -> None:
    assert statement_in(broken) == broken
    assert check(broken).code == "syntax"


@pytest.mark.parametrize("answer", ["SELECT " * 5000, '{"a":' * 3000, "'" * 9000, "(" * 20_000, "a\0b", "\ud800"])
def test_an_answer_of_any_form_is_read_without_an_error(answer: str) -> None:
    assert not check(statement_in(answer)).ok
