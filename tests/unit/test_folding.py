"""Cleaning, folding and splitting of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.language.folding import fold
from matinee.language.request import Request
from matinee.sanitize import plain


def test_white_space_is_collapsed() -> None:
    assert plain("  a\tcomedy \n\n please ") == "a comedy please"


def test_a_decomposed_letter_is_composed() -> None:
    assert plain("Ame\u0301lie") == "Am\u00e9lie"


def test_colour_codes_of_a_terminal_are_dropped() -> None:
    assert plain("\x1b[31ma red\x1b[0m film") == "a red film"


def test_a_title_set_by_a_terminal_escape_is_dropped() -> None:
    assert plain("a\x1b]0;pwned\x07 film") == "a film"


def test_an_escape_that_never_ends_does_not_swallow_the_request() -> None:
    assert "a comedy from the 90s" in plain("\x1b]0;a comedy from the 90s")


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x7f", "\x9b", "\u202e", "\u200b", "\ufeff", "\ud800"])
def test_a_control_character_is_dropped(char: str) -> None:
    assert char not in plain(f"a{char}film")


def test_the_joiners_that_scripts_need_are_kept() -> None:
    assert (
        plain("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


def test_folding_drops_accents_and_case_and_curls() -> None:
    assert fold("\u201cAm\u00c9lie\u2019s\u201d \u2013") == '"amelie\'s" -'


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_an_apostrophe_joins_a_word_and_is_left_out_of_it() -> None:
    assert Request.of("don't").norms == ["dont"]


def test_an_ampersand_is_read_as_and() -> None:
    assert Request.of("Dumb & Dumber").norms == ["dumb", "and", "dumber"]


def test_capitals_tell_nothing_in_a_request_that_is_shouted() -> None:
    assert not Request.of("SOMETHING LIKE HEAT PLEASE").capitals_tell


def test_capitals_tell_nothing_in_title_case_throughout() -> None:
    assert not Request.of("Something Like The Matrix But With More Jokes In It").capitals_tell


def test_capitals_tell_something_in_an_ordinary_sentence() -> None:
    assert Request.of("something like The Matrix").capitals_tell


def test_a_blanked_span_can_no_longer_be_read() -> None:
    request = Request.of("a Scary Movie for me")
    masked = request.without([(2, 13)])
    assert "scary" not in masked.folded
    assert "scary" not in masked.norms
    assert masked.quote(0, 3) == "a Scary Movie"
