"""What holds of every reading: words are quoted, nothing is said twice, nothing takes long."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.query import TitleLookup, understand
from matinee.query.turns import Conversation
from matinee.understanding import Understanding
from tests.support.conversations import follow
from tests.support.growth import ABOUT_LINEAR, growth
from tests.support.query_cases import cases, title_lookup

TITLES = title_lookup()
WORDS = sorted({word for case in cases() for word in case.request.split()})
requests = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))


@settings(deadline=None, max_examples=150)
@given(requests)
def test_every_demand_quotes_words_of_the_request(request_text: str) -> None:
    read = understand(request_text, TITLES, this_year=2024)
    assert all(c.words and c.words in read.text for c in read.constraints)
    assert all(m.words and m.words in read.text for m in read.mentions)


@settings(deadline=None, max_examples=150)
@given(requests)
def test_no_demand_and_no_film_comes_twice(request_text: str) -> None:
    read = understand(request_text, TITLES, this_year=2024)
    said = [(c.field, c.op, str(c.value)) for c in read.constraints]
    films = [m.movie_id for m in read.mentions]
    assert len(said) == len(set(said))
    assert len(films) == len(set(films))


@settings(deadline=None, max_examples=150)
@given(requests)
def test_reading_the_cleaned_text_again_gives_the_same(request_text: str) -> None:
    read = understand(request_text, TITLES, this_year=2024)
    again = understand(read.text, TITLES, this_year=2024)
    assert again.model_copy(update={"remarks": read.remarks}) == read  # what was corrected is told the first time


def test_a_reading_survives_the_way_through_json() -> None:
    read = understand("a 90s thriller like Heat, not too violent", TITLES, this_year=2024)
    assert Understanding.model_validate(read.model_dump(mode="json")) == read


def test_the_words_of_a_web_address_demand_nothing() -> None:
    assert understand("look: https://example.org/horror/1990s/korean-movies", TITLES).constraints == []


def test_an_empty_request_demands_nothing() -> None:
    assert understand("", TITLES) == Understanding(text="")


@pytest.mark.parametrize(
    "piece",
    [
        "like ",
        "movies like Xyzqq ",
        '"',
        "'",
        "(",
        "a'",
        "the ",
        "1",
        "1 ",
        "1990-",
        "90s and ",
        "\x1b]0;",
        "\x1b[0",
        "not ",
        "no horror or ",
        "horror, ",
        " ",
        "Aa ",
        "2 hours and ",
        "of the ",
        "*",
        "_",
        "\u200d",
        "\u0928\u092e ",
        "rated above ",
        "older than ",
        "like Matrxi Redux, ",
        "comedy ",
        "korean or ",
        "not too long ",
        "last 5 years ",
        "a-",
        "2001: a space ",
        "from the ",
        "as good as ",
        "seen it, ",
    ],
)
def test_eight_thousand_characters_cost_about_four_times_what_two_thousand_do(piece: str) -> None:
    request = (piece * 8_000)[:8_000]
    assert growth(lambda text: understand(text, TITLES, this_year=2024), request) < ABOUT_LINEAR


def test_a_large_catalogue_has_all_its_titles_looked_up() -> None:
    pairs = zip(itertools.cycle(WORDS), itertools.cycle(WORDS[7:]), strict=False)
    entries = [
        (str(i), f"The {a} {b} of {i}", 1950 + i % 70, ()) for i, (a, b) in zip(range(10_000), pairs, strict=False)
    ]
    titles = TitleLookup(entries)
    assert len(titles) == 10_000


@pytest.mark.parametrize(
    ("request_text", "bound"),
    [
        ("like Heat but shorter", ("at_most", 169)),
        ("something longer than Heat", ("at_least", 171)),
        ("like Heat, but not as long", ("at_most", 169)),
    ],
)
def test_a_length_may_be_compared_with_that_of_the_film_named(request_text: str, bound: tuple[str, int]) -> None:
    titles = TitleLookup([("m-heat", "Heat", 1995, [], [], [], 0.0, 170)])
    assert [(c.op, c.value) for c in understand(request_text, titles).constraints] == [bound]


def test_every_finding_tells_where_its_words_stand() -> None:
    for case in cases():
        read = understand(case.request, TITLES)
        for found in (*read.constraints, *read.mentions, *read.critiques, *read.moods, *read.hints):
            assert found.span is not None
            assert read.text[slice(*found.span)] == found.words


def test_the_words_of_several_turns_are_told_in_the_text_of_all() -> None:
    read = understand("a 90s comedy like Heat, but darker", TITLES)
    for turn in ("less violent, and under two hours", "something in French then", "and older " * 80):
        read = follow(turn, TITLES, Conversation(read))
        placed = [found for found in (*read.constraints, *read.mentions, *read.critiques) if found.span]
        assert all(read.text[slice(*found.span)] == found.words for found in placed if found.span)
        assert placed
