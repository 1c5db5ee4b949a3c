"""Films named without a word that leads to them, and what `benchmarks.named_films` makes of labelled requests."""

from pathlib import Path
from tomllib import loads

import pytest

from benchmarks.named_films import Labelled, examples, figures, learn, read_labelled, write
from matinee.query import understand
from tests.support.query_cases import title_lookup

TITLES = title_lookup()
LABELLED = [
    Labelled("Fargo x Jaws", {"Fargo": ["like"], "Jaws": ["like"]}),
    Labelled("like Heat but in Rome", {"Heat": ["like"]}),
    Labelled("we watched Titanic", {"Titanic": ["seen"]}),
    Labelled("a long drive in the heat", {}),
    Labelled("up for anything", {}),
]


def roles(request: str) -> dict[str, str]:
    return {m.title: m.role for m in understand(request, TITLES, this_year=2024).mentions}


@pytest.mark.parametrize(
    ("request_text", "titles"),
    [
        ("Fargo x Inception", {"Fargo", "Inception"}),
        ("midsommar without the flowers", {"Midsommar"}),
        ("memento / zodiac", {"Memento", "Zodiac"}),
        ("My brother raves about Whiplash and I want to get him a similar one", {"Whiplash"}),
        ("la la land with a happy ending please", {"La La Land"}),
    ],
)
def test_films_named_without_a_cue_are_ones_to_be_like(request_text: str, titles: set[str]) -> None:
    assert roles(request_text) == dict.fromkeys(titles, "like")


@pytest.mark.parametrize(
    "request_text", ["a long flight with nothing to do", "us against them", "the big one is coming", "drive me crazy"]
)
def test_everyday_words_name_no_film(request_text: str) -> None:
    assert roles(request_text) == {}


def test_a_film_told_of_in_a_long_post_was_seen_and_one_that_was_hated_is_not_wanted() -> None:
    post = (
        "My sister moved in on Monday and the flat is full of boxes, so we sit on the floor in the evenings and eat "
        "noodles. On Tuesday Zodiac was on. On Wednesday Interstellar, a mistake, she fell asleep. "
        "Now I would like something short and warm."
    )
    assert roles(post) == {"Zodiac": "seen", "Interstellar": "unlike"}


def test_weights_learned_from_labels_tell_the_labelled_films() -> None:
    found = figures(LABELLED, TITLES, learn(examples(LABELLED * 6, TITLES)))
    assert (found["named"], found["recall"], found["precision"], found["roles"]) == (4, 1.0, 1.0, 1.0)


def test_weights_are_written_without_those_that_count_next_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "titles.toml"
    write({"bias": -1.0, "after like": 0.5, "after the": 0.001}, path)
    assert loads(path.read_text("utf-8"))["named"] == {"bias": -1.0, "after like": 0.5}


def test_the_labelled_requests_are_told_apart_by_half() -> None:
    labelled = read_labelled()
    share = sum(row.reports for row in labelled) / len(labelled)
    assert 0.4 < share < 0.55
    assert not any(row.reports for row in labelled if row.written)
