"""Sentences of other languages are told from English ones."""

import json
from pathlib import Path

import pytest

from matinee.grounding.language import is_foreign

DATA = Path(__file__).parent / "data/grounding/languages.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_sentence_is_foreign_when_it_is_not_english(case: dict[str, str]) -> None:
    assert is_foreign(case["text"]) is (case["language"] != "English")
