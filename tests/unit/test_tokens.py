"""Words keep their place in the text, and related words share a stem."""

import json
from pathlib import Path

import pytest

from matinee.language.detection import is_foreign
from matinee.language.tokens import stem, stems, tokens

DATA = Path(__file__).parent / "data/reasons/languages.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def test_words_stand_where_they_are_found() -> None:
    text = "Rick’s café took in 1,250 guests, and 8% weren't paid for O'Brien."
    found = tokens(text)
    assert [token.text for token in found] == (
        "Rick’s café took in 1 250 guests and 8 weren't paid for O'Brien".split()
    )
    assert all(text[token.start : token.end] == token.text for token in found)
    assert (found[0].low, found[0].capital, found[1].capital) == ("rick", True, False)


@pytest.mark.parametrize(
    ("one", "other", "related"),
    [
        ("haunted", "haunts", True),
        ("Sister's", "sisters", True),
        ("universe", "universal", False),
        ("hardly", "hard", False),
    ],
)
def test_related_words_share_a_stem(one: str, other: str, related: bool) -> None:
    assert (stem(one) == stem(other)) is related


def test_the_stems_of_a_text_are_in_order() -> None:
    assert stems("Haunted houses, haunting") == [stem("haunt"), stem("house"), stem("haunt")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_text_is_foreign_when_it_is_not_english(case: dict[str, str]) -> None:
    assert is_foreign(case["text"]) is (case["language"] != "English")
