"""Moods asked for by themselves: they order films, exclude none, and are no part of what happens in a film."""

import pytest

from matinee.language.lexicon import load
from matinee.query import understand
from matinee.query.query_text import search_words
from matinee.query.references import Lists, Shown
from matinee.query.turns import Conversation
from matinee.understanding import Understanding
from tests.support.conversations import follow
from tests.support.query_cases import title_lookup

TITLES = title_lookup()


def understood(request: str) -> Understanding:
    return understand(request, TITLES, this_year=2024)


def moods(request: str) -> list[str]:
    return [mood.words for mood in understood(request).moods]


@pytest.mark.parametrize(
    ("request_text", "words"),
    [
        ("something upbeat", ["upbeat"]),
        ("an upbeat sci-fi under two hours", ["upbeat"]),
        ("a cheerful, whimsical comedy", ["cheerful", "whimsical"]),
        ("a dark thriller", ["dark"]),
        ("a tense submarine movie", ["tense"]),
        ("Feel-good movies with dogs, please", ["Feel-good"]),
        ("I want something quiet tonight", ["quiet"]),
        ("an upbeat film with Tom Hanks", ["upbeat"]),
    ],
)
def test_a_mood_that_describes_films_is_read(request_text: str, words: list[str]) -> None:
    assert moods(request_text) == words


@pytest.mark.parametrize(
    "request_text",
    [
        "a story about a dark secret",
        "I love complex characters",
        "a deep sea documentary",
        "nothing too dark",
        "nothing creepy, bleak and gory",
        "nothing bleak, whimsical and slow",
        "a drama that is not sad",
        "I feel sad today",
        "meeting the girlfriend's parents turns sinister",
        "like Arrival but more upbeat",
        "that one movie where a sad clown hides in a circus, from the 90s",
    ],
)
def test_what_describes_a_thing_or_is_refused_or_compared_is_no_mood(request_text: str) -> None:
    assert moods(request_text) == []


def test_a_mood_is_a_hint_and_no_demand() -> None:
    read = understood("something upbeat")
    assert read.constraints == []
    [hint] = read.hints
    assert (hint.field, hint.op, hint.words) == ("keywords", "any_of", "upbeat")
    assert "feel-good" in hint.value  # type: ignore[operator]


def test_the_search_by_words_gets_further_words_for_it() -> None:
    assert "uplifting" in search_words(understood("something upbeat"))


def test_every_mood_of_the_list_has_keywords_in_small_letters() -> None:
    for row in load("critiques")["mood"]:
        assert row["tags"]
        assert row["tags"] == [tag.lower() for tag in row["tags"]]


def test_a_mood_lasts_until_another_is_asked_for() -> None:
    before = Conversation(understood("an upbeat sci-fi"), Lists([Shown("m-heat", "Heat", 1995, 1)]))
    assert [m.words for m in follow("another one", TITLES, before).moods] == ["upbeat"]
    turned = follow("something dark instead", TITLES, before)
    assert [m.words for m in turned.moods] == ["dark"]
    assert [h.words for h in turned.hints] == ["dark"]
