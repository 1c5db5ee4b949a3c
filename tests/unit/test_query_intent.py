"""Asking for something to watch, and asking for the one film that was seen long ago."""

import json
from collections import Counter

import pytest

from matinee.query import understand
from tests.support.query_cases import DATA, title_lookup

CASES = [json.loads(line) for line in (DATA / "intents.jsonl").read_text("utf-8").splitlines()]
TITLES = title_lookup()


def test_both_kinds_are_there_often_enough() -> None:
    assert min(Counter(case["intent"] for case in CASES).values()) >= 20
    assert len({case["request"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:50])
def test_what_a_request_is_after(case: dict[str, str]) -> None:
    assert understand(case["request"], TITLES, this_year=2024).intent == case["intent"]


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case["request"][:50])
def test_capitals_do_not_matter(case: dict[str, str]) -> None:
    assert understand(case["request"].upper(), TITLES, this_year=2024).intent == case["intent"]
