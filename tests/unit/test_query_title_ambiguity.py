"""Titles that several films bear, films asked for by themselves, and too many of them."""

import pytest

from matinee.query import TitleLookup, understand
from matinee.query.title_ambiguity import MOST_MENTIONS, ambiguities, chosen, told_of_ambiguity
from matinee.understanding import Understanding
from tests.support.query_cases import title_lookup

TITLES = title_lookup()


def read(request: str) -> Understanding:
    return understand(request, TITLES, this_year=2024)


def test_a_title_of_several_films_keeps_them_all_and_tells_of_it() -> None:
    [ambiguity] = ambiguities(read("a film like Paprika").mentions)
    assert {m.year for m in ambiguity.mentions} == {1991, 2006}
    told = told_of_ambiguity(ambiguity)
    assert "“Paprika”" in told
    assert "Paprika (1991)" in told
    assert "Paprika (2006)" in told


@pytest.mark.parametrize("request_text", ["like Paprika (2006)", "like Paprika, the 1991 one", "like Heat and Casino"])
def test_one_film_a_name_is_not_ambiguous(request_text: str) -> None:
    assert ambiguities(read(request_text).mentions) == []


def test_choosing_leaves_the_one_chosen_and_every_other_name() -> None:
    understood = chosen(read("like Paprika or Heat"), "Paprika", ["m-paprika-2006"])
    assert {m.movie_id for m in understood.mentions} == {"m-paprika-2006", "m-heat"}


@pytest.mark.parametrize(
    "request_text",
    [
        "I want to watch Inception",
        "Hi, I'm looking for Memento",
        "is Spirited Away good for kids?",
        "Should I watch Whiplash tonight?",
        "do you have Jaws?",
    ],
)
def test_a_film_asked_for_itself_stands_for_its_kind_and_the_viewer_is_told(request_text: str) -> None:
    understood = read(request_text)
    assert [m.role for m in understood.mentions] == ["like"]
    assert [r for r in understood.remarks if "itself is in the catalogue" in r]


@pytest.mark.parametrize(
    "request_text", ["I want to watch something like Inception", "looking for movies like Memento", "I loved Jaws"]
)
def test_a_film_to_find_others_like_needs_no_remark(request_text: str) -> None:
    assert read(request_text).remarks == []


def test_of_many_films_the_first_are_read_and_the_viewer_is_told() -> None:
    named = [f"Quest Number {n}" for n in range(100, 140)]
    titles = TitleLookup([(f"m{n}", title, 2000, []) for n, title in enumerate(named)])
    understood = understand("movies like " + ", ".join(named), titles)
    assert [m.title for m in understood.mentions] == named[:MOST_MENTIONS]
    assert understood.remarks == ["The request names 40 films; the first 30 were read."]
