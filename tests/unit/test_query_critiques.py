"""Wishes that compare with a film, or with nothing: directions, never demands."""

import pytest

from matinee.language.lexicon import load
from matinee.query import understand
from matinee.understanding import Critique
from tests.support.query_cases import title_lookup

TITLES = title_lookup()


def critiques(request: str) -> list[Critique]:
    return understand(request, TITLES, this_year=2024).critiques


def test_a_mood_of_the_list_has_its_opposite() -> None:
    [critique] = critiques("like Arrival but more upbeat")
    assert critique.words == "more upbeat"
    assert critique.toward.startswith("upbeat")
    assert "bleak" in critique.away


def test_less_turns_a_mood_round() -> None:
    [more], [less] = critiques("like Alien but gorier"), critiques("like Alien but less gory")
    assert "gory" in more.toward
    assert "gory" in less.away
    assert less.toward == more.away


@pytest.mark.parametrize(
    ("request_text", "toward", "away"),
    [
        ("like Heat but more moustaches", "moustaches", ""),
        ("like Heat but with fewer car chases", "", "car chases"),
        ("like Heat but set in the desert", "desert", ""),
        ("like Heat but without the shouting", "", "shouting"),
    ],
)
def test_a_wish_that_no_list_holds_is_taken_at_its_word(request_text: str, toward: str, away: str) -> None:
    [critique] = critiques(request_text)
    assert (critique.toward, critique.away) == (toward, away)


@pytest.mark.parametrize(
    "wish", ["funnier", "more romantic", "scarier", "with less romance", "not as scary", "more of a comedy"]
)
def test_a_comparison_with_a_film_demands_no_genre(wish: str) -> None:
    read = understand(f"like Heat but {wish}", TITLES)
    assert len(read.critiques) == 1
    assert read.constraints == []


@pytest.mark.parametrize(("wish", "bound"), [("newer", ("at_least", 1996)), ("older", ("at_most", 1994))])
def test_newer_and_older_count_from_the_film_named(wish: str, bound: tuple[str, int]) -> None:
    read = understand(f"like Heat but {wish}", TITLES, this_year=2024)
    assert [(c.op, c.value) for c in read.constraints] == [bound]
    assert read.critiques == []


@pytest.mark.parametrize(
    "request_text",
    [
        "more horror movies",
        "more movies like Heat",
        "more like Casino",
        "more or less like Heat",
        "I want more",
        "less than two hours",
        "no less than 8 on imdb",
        "one of the older ones",
        "he wears a darker coat",
        "under the summer moon",
        "a thriller, but not a slasher",
        "like Heat but in French",
        "like Heat but under two hours",
        "like Heat but with Tom Hanks",
    ],
)
def test_what_compares_nothing_is_no_critique(request_text: str) -> None:
    assert critiques(request_text) == []


def test_a_critique_comes_once() -> None:
    assert len(critiques("like Heat but funnier, much funnier")) == 1


def test_every_mood_has_both_ends_and_says_its_own_word() -> None:
    for row in load("critiques")["mood"]:
        assert row["toward"] and row["away"] and row["words"]
        assert row["says"]


def test_no_mood_word_stands_twice() -> None:
    said = [word for row in load("critiques")["mood"] for word in {*row["words"], *row.get("compared", ())}]
    assert len(said) == len(set(said))
