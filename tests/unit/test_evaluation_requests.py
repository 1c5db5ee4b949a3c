"""Evaluation files: what a line must be, and which films of the catalogue answer it."""

import json
from pathlib import Path
from typing import Any

import pytest

from matinee.errors import CatalogueError
from matinee.index import FilmReference
from matinee_app.evaluation.requests import Answers, EvaluationRequest, read_requests

GOOD = '{"id": "1", "query": "a quiet film", "gold_movieId": ["2379"]}'


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "requests.jsonl"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def request(*gold: str, mentioned: tuple[str, ...] = ()) -> EvaluationRequest:
    return EvaluationRequest.model_validate({"id": "1", "query": "a film", "gold": gold, "mentioned": list(mentioned)})


def reference(movie_id: str, title: str, year: int | None, *aka: str, movielens: str | None = None) -> FilmReference:
    return FilmReference(movie_id, title, year, list(aka), None, movielens)


ANSWERS = Answers(
    [
        reference("tt0133093", "The Matrix", 1999, movielens="2571"),
        reference("tt0247745", "Super Troopers", 2001, "Broken Lizard's Super Troopers", movielens="5066"),
        reference("tt0851578", "Paprika", 2006, movielens="48877"),
        reference("tt0102631", "Paprika", 1991),
        reference("undated", "A Film Without Facts", None),
    ]
)


def test_requests_come_in_the_order_of_the_file_and_blank_lines_count_for_nothing(tmp_path: Path) -> None:
    other = '{"id": 2, "query": "another", "gold": ["tt1"], "mentioned": ["Heat (1995)"], "source": "forum"}'
    first, second = read_requests(written(tmp_path, "", GOOD, "  ", other, ""))
    assert (first.id, first.query, first.gold, first.mentioned) == ("1", "a quiet film", ["2379"], [])
    assert (second.id, second.gold, second.mentioned) == ("2", ["tt1"], ["Heat (1995)"])


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    (found,) = read_requests(written(tmp_path, '{"id": 7, "query": "a film", "gold_movieId": [2379]}'))
    assert (found.id, found.gold) == ("7", ["2379"])


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert len(read_requests(written(tmp_path, GOOD, encoding="utf-8-sig"))) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "no JSON object"),
        ('["a", "list"]', "no JSON object"),
        ('{"id": "2", "query": "cut off', "no JSON object"),
        ('{"query": "a film", "gold": ["1"]}', "`id`"),
        ('{"id": "2", "gold": ["1"]}', "`query`"),
        ('{"id": "2", "query": "", "gold": ["1"]}', "`query`"),
        ('{"id": "2", "query": "a film"}', "gold"),
        ('{"id": "2", "query": "a film", "gold": []}', "gold"),
        ('{"id": "2", "query": "a film", "gold": "2379"}', "gold"),
        ('{"id": "2", "query": "a film", "gold": [null]}', "gold"),
        (GOOD, "'1' stands there twice"),
        ("[" * 100_000, "no JSON object"),
        (json.dumps({"id": "2", "query": "a long story " * 500}), "gold"),
    ],
    ids=lambda value: value[:40],
)
def test_a_line_that_is_no_request_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=r"requests\.jsonl, line 3\b") as refused:
        read_requests(written(tmp_path, GOOD, "", line))
    assert says in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("content", ["", "\n\n  \n"])
def test_a_file_without_requests_is_told_what_was_expected(tmp_path: Path, content: str) -> None:
    with pytest.raises(CatalogueError, match="gold_movieId"):
        read_requests(written(tmp_path, content))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'{"id": "\xe9"}')
    for path in (tmp_path / "nowhere.jsonl", tmp_path, tmp_path / "latin"):
        with pytest.raises(CatalogueError, match=path.name):
            read_requests(path)


def test_a_line_break_within_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    text = json.dumps({"id": "1", "query": "two\u2028lines\x85here", "gold": ["1"]}, ensure_ascii=False)
    (found,) = read_requests(written(tmp_path, text))
    assert found.query == "two\u2028lines\x85here"


@pytest.mark.parametrize("gold", ["2571", "tt0133093"])
def test_an_answer_is_named_by_movielens_id_or_the_catalogue_s_own(gold: str) -> None:
    assert ANSWERS.gold(request(gold)) == {"tt0133093"}


def test_answers_that_the_catalogue_lacks_are_left_out() -> None:
    assert ANSWERS.gold(request("99999", "5066")) == {"tt0247745"}
    assert ANSWERS.gold(request("99999")) == set()


def test_a_movielens_id_never_takes_the_place_of_another_film_s_own_id() -> None:
    films = [reference("12", "Own", 2000, movielens="5"), reference("tt1", "Other", 2001, movielens="12")]
    assert Answers(films).gold(request("12")) == {"12"}


@pytest.mark.parametrize(
    ("title", "films"),
    [
        ("Super Troopers (2001)", {"tt0247745"}),
        ("super troopers", {"tt0247745"}),
        ("  Super Troopers (2002) ", {"tt0247745"}),
        ("Super Troopers (2003)", set()),
        ("Broken Lizard's Super Troopers (2001)", {"tt0247745"}),
        ("Matrix, The (1999)", {"tt0133093"}),
        ("Matrix, The", {"tt0133093"}),
        ("Paprika", {"tt0851578", "tt0102631"}),
        ("Paprika (1991)", {"tt0102631"}),
        ("A Film Without Facts (1950)", {"undated"}),
        ("Nowhere (1999)", set()),
        ("", set()),
        ("(2001)", set()),
    ],
)
def test_titles_that_the_request_names_are_found(title: str, films: set[str]) -> None:
    assert ANSWERS.mentioned(request("2571", mentioned=(title,))) == films


def test_a_title_that_the_request_names_never_counts_as_an_answer() -> None:
    asked: Any = request("2571", "5066", mentioned=("Matrix, The (1999)",))
    assert ANSWERS.gold(asked) == {"tt0247745"}
    assert ANSWERS.gold(request("2571", mentioned=("Matrix, The (1998)",))) == set()
