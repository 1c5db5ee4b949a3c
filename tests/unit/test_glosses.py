"""Requests in other languages: told from English ones, and glossed word by word, names left as they are."""

import pytest

from matinee.language.glosses import gloss
from matinee.language.request import Request
from matinee.query import understand
from tests.support.query_cases import Case, cases, title_lookup

TITLES = title_lookup()


@pytest.mark.parametrize(
    ("said", "language", "english"),
    [
        ("une comédie pour toute la famille, pas trop longue", "French", "a comedy for the whole family, not too long"),
        ("Suche einen Film ohne Krieg", "German", "looking for a film without war"),
        ("een spannende film zonder bloed", "Dutch", "a gripping film without blood"),
        ("quiero una película de terror en español", "Spanish", "i want a horror film in spanish"),
        ("un film sull'amicizia, niente horror", "Italian", "a film about friendship, no horror"),
        ("um filme triste sem violência", "Portuguese", "a sad film without violence"),
        ("en film på svenska om sorg", "Swedish", "a film in swedish about grief"),
    ],
)
def test_a_request_is_glossed_word_by_word(said: str, language: str, english: str) -> None:
    assert gloss(Request.of(said)) == (language, english)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.request)
def test_english_requests_are_left_alone(case: Case) -> None:
    assert gloss(Request.of(case.request), TITLES.is_name) is None


@pytest.mark.parametrize(
    "said",
    ["", "?", "Das Boot", "a film like La Haine", "I didn't like Amélie", "scarry moveis with zombis", "film noir"],
)
def test_names_and_slips_make_no_other_language(said: str) -> None:
    assert gloss(Request.of(said), TITLES.is_name) is None


def test_accents_tell_words_apart_and_may_be_left_out_where_they_do_not() -> None:
    would = gloss(Request.of("ich möchte einen lustigen Film"))
    assert would is not None
    assert would.text.startswith("i would like")
    assert gloss(Request.of("una pelicula de terror en espanol")) == ("Spanish", "a horror film in spanish")


def test_what_is_demanded_in_another_language_is_read_and_told() -> None:
    read = understand("Filme mit Robert De Niro aus den 70ern, kein Krieg", TITLES, this_year=2024)
    assert read.text == "films with Robert De Niro from the 1970s, no war"
    assert {c.field.value for c in read.constraints} >= {"year", "stars"}
    assert read.remarks == [f"Read word by word from German: “{read.text}”."]
