"""The editable word lists hold together."""

from collections import Counter

import pytest

from matinee.language.lexicon import load
from matinee.models import GENRES
from matinee.understanding import ConstraintField

LISTS = ("avoid", "common", "company", "genres", "critiques", "names", "places", "refusal", "vague")


def test_every_genre_that_the_lists_name_is_one() -> None:
    named = {genre for row in load("genres")["genre"] for genre in [*row["wanted"], *row.get("unwanted", [])]}
    assert named <= set(GENRES)


def test_every_genre_has_words() -> None:
    assert {genre for row in load("genres")["genre"] for genre in row["wanted"]} == set(GENRES)


def test_keywords_are_in_small_letters() -> None:
    lists = [*load("avoid")["unknown"].values(), *(row.get("keywords", []) for row in load("avoid")["avoid"])]
    keywords = [keyword for listed in lists for keyword in listed]
    assert [k for k in keywords if k != k.lower()] == []


def test_vague_words_speak_of_a_field_of_films() -> None:
    assert {row["field"] for row in load("vague")["vague"]} <= {field.value for field in ConstraintField}


def test_no_phrase_of_content_stands_in_two_rows() -> None:
    said = Counter(phrase for row in load("avoid")["avoid"] for phrase in {*row["says"], *row.get("always", [])})
    assert [phrase for phrase, count in said.items() if count > 1] == []


def test_no_genre_word_stands_in_two_rows() -> None:
    said = Counter(
        phrase
        for row in load("genres")["genre"]
        for phrase in {p for key in ("alone", "adjective", "asked", "mood", "hint") for p in row.get(key, [])}
    )
    assert [phrase for phrase, count in said.items() if count > 1] == []


def test_no_cue_stands_in_two_rows() -> None:
    said = Counter(phrase for row in load("names")["cue"] for phrase in row["phrases"])
    assert [phrase for phrase, count in said.items() if count > 1] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_phrase_is_empty(name: str) -> None:
    def strings(value: object) -> list[str]:
        if isinstance(value, dict):
            return [s for v in value.values() for s in strings(v)]
        return (
            [s for v in value for s in strings(v)]
            if isinstance(value, list)
            else [value]
            if isinstance(value, str)
            else []
        )

    assert [s for s in strings(load(name)) if not s.strip()] == []


def test_alternatives_in_a_phrase_are_spelled_out() -> None:
    [row] = [row for row in load("genres")["genre"] if "for kids" in row.get("hint", ())]
    assert {"for our children", "with family", "for the entire family"} <= {*row["hint"]}
