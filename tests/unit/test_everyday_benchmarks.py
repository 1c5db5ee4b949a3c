"""The figures of the benchmarks over everyday requests: from grades, and from films that fit."""

import json
from pathlib import Path

import pytest

from benchmarks import everyday, fits
from benchmarks.everyday import Pick
from matinee.index import FilmReference


def picks(*grades: int | None) -> list[Pick]:
    return [Pick(f"Film {place}", 2000, grade) for place, grade in enumerate(grades)]


def test_a_pick_that_is_missing_counts_nothing_and_one_without_a_grade_leaves_its_request_out() -> None:
    found = everyday.figures([picks(2, 2, 2, 2), picks(2, 1), picks(2, 2, 2, None), []])
    assert (found["requests"], found["graded whole"], found["ungraded"]) == (4, 3, 1)
    assert found["mean grade"] == pytest.approx((2 + 0.75 + 0) / 3, abs=1e-3)
    assert found["all >= 1"] == found["all = 2"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["zeros"] == pytest.approx(6 / 12)


def test_grades_come_one_a_line_or_with_their_request_and_the_later_one_counts(tmp_path: Path) -> None:
    pool, more = tmp_path / "pool.jsonl", tmp_path / "more.jsonl"
    row = {"request": "cozy", "picks": [{"title": "Up", "year": 2009, "grade": 1}, {"title": "Ran", "year": 1985}]}
    pool.write_text(json.dumps(row) + "\n")
    more.write_text(json.dumps({"request": "cozy", "title": "UP", "year": 2009, "grade": 2}) + "\n")
    assert everyday.read_grades([pool, more]) == {("cozy", "up-2009"): 2}


def test_the_calibration_error_is_how_far_confidence_is_from_the_share_of_acceptable_picks() -> None:
    sure = [Pick("A", 2000, grade, 0.95) for grade in (2, 1, 1, 0)]
    unsure = [Pick("B", 2000, 0, 0.05), Pick("C", 2000, None, 0.5)]
    assert everyday.calibration_error([*sure, *unsure]) == pytest.approx((4 * 0.2 + 0.05) / 5)
    assert everyday.calibration_error([]) == 0


def test_graders_agree_wholly_not_at_all_or_by_turns() -> None:
    grades = {("request", str(n)): n % 3 for n in range(6)}
    assert everyday.agreement(grades, grades) == 1
    assert everyday.agreement(grades, {pick: 2 - grade for pick, grade in grades.items()}) == pytest.approx(-1)
    one_off = grades | {("request", "0"): 1, ("another", "0"): 2}  # of a pick that one alone graded nothing is said
    assert everyday.agreement(grades, one_off) == pytest.approx(1 - (1 / 6) / (42 / 36))


def test_hits_recall_and_near_misses_are_shares() -> None:
    one = fits.Request("a", "mood", frozenset("abcd"), frozenset("x"))
    other = fits.Request("b", "mood", frozenset("ef"), frozenset())
    found = fits.figures([fits.Ranked(one, [*"xaby"]), fits.Ranked(other, [*"uvwzzz", "e"])])
    assert (found["hit@4"], found["hit@10"]) == (0.5, 1)
    assert found["recall@10"] == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert (found["fits@4"], found["near@4"]) == (0.25, 0.125)


def test_films_are_found_by_any_title_and_a_year_off_by_one() -> None:
    film = FilmReference("tt1", "The Intouchables", 2011, ["Intouchables"], "tt1", None)
    find = fits.film_finder([film])
    assert [find("Intouchables", year) for year in (2010, 2011, 2012, 2013)] == ["tt1", "tt1", "tt1", None]


def test_films_that_fit_may_be_given_by_title_and_year_in_one(tmp_path: Path) -> None:
    path = tmp_path / "fits.jsonl"
    of_one = {"request": "a maze", "kind": "place", "fits": ["Labyrinth (1986)"], "near": ["The Maze Runner (2014)"]}
    of_other = of_one | {"fits": [{"title": "Labyrinth", "year": 1986}], "near": [], "request": "goblins"}
    path.write_text("\n".join(map(json.dumps, (of_one, of_other, of_one | {"fits": ["Unknown (2011)"]}))))
    known = {("Labyrinth", 1986): "l", ("The Maze Runner", 2014): "m"}
    found = fits.read_requests(path, lambda title, year: known.get((title, year)))
    assert [(one.text, {*one.fits}, {*one.near}) for one in found] == [
        ("a maze", {"l"}, {"m"}),
        ("goblins", {"l"}, set()),
    ]
