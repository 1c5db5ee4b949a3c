"""When words that spell a title mean the film, and what the viewer thinks of it."""

import pytest

from matinee.query import understand
from tests.support.query_cases import title_lookup

TITLES = title_lookup()


def roles(request: str) -> dict[str, str]:
    return {m.movie_id: m.role for m in understand(request, TITLES, this_year=2024).mentions}


@pytest.mark.parametrize(
    "request_text",
    [
        "like Arrival",
        "something similar to Arrival",
        "in the style of 'Arrival'",
        "I loved Arrival",
        "for fans of Arrival",
        "movies like arrival",
        "anything like \u201carrival\u201d?",
        "my favorite movie is Arrival",
        "reminiscent of Arrival (2016)",
        "Arrival (2016)",
    ],
)
def test_a_film_after_a_cue_is_liked(request_text: str) -> None:
    assert roles(request_text) == {"m-arrival": "like"}


@pytest.mark.parametrize(
    "request_text",
    [
        "but not like Saw",
        "nothing like Saw",
        "I hated Saw",
        "I didn't like Saw",
        "I don't want anything like Saw",
        "not a fan of Saw",
        "Saw (2004) was awful",
        "I watched Saw and hated it",
    ],
)
def test_a_film_after_a_refusal_is_disliked(request_text: str) -> None:
    assert roles(request_text) == {"m-saw": "unlike"}


@pytest.mark.parametrize(
    "request_text",
    [
        "I've already seen Titanic",
        "just watched Titanic",
        "I saw Titanic yesterday",
        "anything other than Titanic",
        "besides Titanic",
    ],
)
def test_a_film_that_was_watched_is_seen(request_text: str) -> None:
    assert roles(request_text) == {"m-titanic": "seen"}


@pytest.mark.parametrize("request_text", ["I haven't seen Titanic", "never watched Titanic", "a film about Robin Hood"])
def test_a_film_that_is_only_named_says_nothing(request_text: str) -> None:
    assert roles(request_text) == {}


def test_a_list_after_a_cue_shares_its_role() -> None:
    assert roles("seen it all: Alien, Aliens and Jaws") == {"m-alien": "seen", "m-aliens": "seen", "m-jaws": "seen"}


def test_a_verdict_after_the_film_beats_the_cue_before_it() -> None:
    assert roles("I watched Sicario and loved it") == {"m-sicario": "like"}


def test_but_ends_a_role() -> None:
    assert roles("I hated Saw but I loved Jaws") == {"m-saw": "unlike", "m-jaws": "like"}


@pytest.mark.parametrize(
    "request_text",
    [
        "I like good characters",
        "more like this",
        "I would like it",
        "someone like her",
        "up for anything, the big one",
        "I like to drive at speed under the moon",
        "movies like these or them",
        "we had a good time with us all",
        "I like heat and spice",
        "something like a game",
        "horror 2015",
    ],
)
def test_everyday_words_are_no_titles(request_text: str) -> None:
    assert roles(request_text) == {}


@pytest.mark.parametrize(
    ("request_text", "movie_id"),
    [
        ("I like Heat", "m-heat"),
        ("something like Her", "m-her"),
        ('"Up" was fun', "m-up"),
        ("moon (2009)", "m-moon"),
        ("movies like drive", "m-drive"),
    ],
)
def test_an_everyday_word_is_a_title_with_a_cue_and_a_capital_or_quotes_or_a_year(
    request_text: str, movie_id: str
) -> None:
    assert roles(request_text) == {movie_id: "like"}


@pytest.mark.parametrize(
    ("request_text", "movie_id"),
    [
        ("like Incepton", "m-inception"),
        ("similar to shawshank redemtion", "m-shawshank"),
        ("fans of pulp ficton", "m-pulp-fiction"),
    ],
)
def test_a_misspelt_title_after_a_cue_is_recognised(request_text: str, movie_id: str) -> None:
    assert roles(request_text) == {movie_id: "like"}


def test_the_beginning_of_a_longer_name_is_no_title() -> None:
    assert roles("I loved Frozen Planet") == {}


def test_the_year_decides_which_film_is_meant() -> None:
    assert roles("like Oldboy (2013)") == {"m-oldboy-2013": "like"}


def test_a_year_that_no_film_of_that_title_has_names_none() -> None:
    assert roles("like Titanic (1953)") == {}


def test_the_original_is_the_earliest_film() -> None:
    assert roles("like the original Italian Job") == {"m-italian-job-1969": "like"}


def test_words_inside_a_title_demand_nothing() -> None:
    read = understand("I enjoyed Scary Movie, French Kiss and The Italian Job (2003)", TITLES, this_year=2024)
    assert read.constraints == []


def test_a_title_the_catalogue_lacks_demands_nothing_either() -> None:
    read = understand("I liked Funny Comedy Nights in Rome (1965)", TITLES, this_year=2024)
    assert read.constraints == []


def test_a_film_is_mentioned_once() -> None:
    mentions = understand("like Heat, yes Heat, I loved Heat", TITLES).mentions
    assert [m.movie_id for m in mentions] == ["m-heat"]


def test_a_mention_quotes_the_words_that_name_the_film() -> None:
    [mention] = understand("something like Oldboy (2003) please", TITLES).mentions
    assert mention.words == "Oldboy (2003)"


def test_a_mention_knows_where_its_words_stand() -> None:
    read = understand("Something like Oldboy (2003), then The  Matrix, please", TITLES)
    assert [read.text[slice(*m.span)] for m in read.mentions if m.span] == [m.words for m in read.mentions]
    assert len(read.mentions) == 2
