"""Misspelt words are corrected before a request is read, and words that are right stay."""

from typing import Any

import pytest

from matinee.query import TitleLookup, understand
from tests.support.query_cases import title_lookup

TITLES = title_lookup()
NO_TITLES = TitleLookup([])

FILMS: list[tuple[Any, ...]] = [
    (
        "m-shutter",
        "Shutter Island",
        2010,
        [],
        ["Martin Scorsese"],
        ["Leonardo DiCaprio"],
        20_000.0,
        138,
        None,
        None,
        "An asylum.",
    ),
    (
        "m-arrival",
        "Arrival",
        2016,
        [],
        ["Denis Villeneuve"],
        ["Amy Adams"],
        18_000.0,
        116,
        None,
        None,
        "A linguist and aliens.",
    ),
    (
        "m-tenenbaums",
        "The Royal Tenenbaums",
        2001,
        [],
        ["Wes Anderson"],
        ["Gene Hackman"],
        5_000.0,
        110,
        None,
        None,
        "A family.",
    ),
    (
        "m-haine",
        "La Haine",
        1995,
        [],
        ["Mathieu Kassovitz"],
        ["Vincent Cassel"],
        3_000.0,
        98,
        None,
        None,
        "Banlieue, twice. Banlieue.",
    ),
]
CATALOGUE = TitleLookup(FILMS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("scarry moveis with zombis", "scary movies with zombies"),
        ("a horor commedy", "a horror comedy"),
        ("sience fiction from the ninties", "science fiction from the nineties"),
        ("somthing funy forkids", "something funny for kids"),
        ("a romatic thrillr abt submarins", "a romantic thriller abt submarine"),
        ("An Amercian westrn", "An American western"),
        ("WEIRD DOKUMENTARY", "WEIRD DOCUMENTARY"),
    ],
)
def test_misspelt_words_are_read_as_the_words_meant(written: str, read: str) -> None:
    assert understand(written, NO_TITLES).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("shuter iland", "shutter island"),
        ("lenoardo dicaprio", "leonardo dicaprio"),
        ("a denis vilnuve film", "a denis villeneuve film"),
        ("scorcese's best", "scorsese's best"),
        ("films by Wes Andersen", "films by Wes Anderson"),
        ("Kasovitz", "Kassovitz"),
    ],
)
def test_titles_and_names_of_the_catalogue_are_corrected_together(written: str, read: str) -> None:
    assert understand(written, CATALOGUE).text == read


@pytest.mark.parametrize(
    "request_text",
    [
        "smth cozy rn, a romcom or scifi plz, u have a fav? idk tbh",
        "La Haine, la banlieue",
        "whodunnits, weepies and gialli; a mumblecore film",
        "something like Hans Andersen",
        "a grungy goblin movie, colour or color, theatre or theater",
        "Aaron Sorkin scripts, Monte Cassino, vespas",
        "don't you think they're Hitchcock's?",
        "https://exampel.com/moveis",
        "",
    ],
)
def test_what_is_right_or_nobody_knows_stays_as_it_is(request_text: str) -> None:
    read = understand(request_text, CATALOGUE)
    assert (read.text, [remark for remark in read.remarks if remark.startswith("Read ")]) == (request_text, [])


def test_what_was_corrected_is_told_once_in_one_sentence() -> None:
    read = understand("zombis, more zombis and a vampir", NO_TITLES)
    assert read.remarks == ["Read “zombis” as “zombies”, “vampir” as “vampire”."]


def test_what_is_found_stands_in_the_corrected_text() -> None:
    read = understand("scarry moveis like Incpetion from the ninties", TITLES, this_year=2024)
    assert [mention.title for mention in read.mentions] == ["Inception"]
    assert all(
        found.span and read.text[slice(*found.span)] == found.words for found in (*read.constraints, *read.mentions)
    )


def test_a_half_remembered_film_is_told_its_corrections_too() -> None:
    read = understand("whats that movie where a teecher finds a spceship, cant remeber the name", NO_TITLES)
    assert read.intent == "identify"
    assert read.remarks == ["Read “teecher” as “teacher”, “spceship” as “spaceship”, “remeber” as “remember”."]


def test_six_misspelt_words_are_all_corrected() -> None:
    assert understand("qiuet frnech commedy wiht beatiful scenry", NO_TITLES).text == (
        "quiet french comedy with beautiful scenery"
    )
