"""What a sentence states that can be looked up is found, and found to be true or false; everything else is let be."""

from collections.abc import Sequence
from csv import DictReader
from pathlib import Path

import pytest

from matinee.models import Preference
from matinee.reasons.facts import Fact, Kind, Statement, Viewer, facts_in
from matinee.reasons.kinds import KINDS
from matinee.reasons.slots import hundreds, scores
from tests.support.reasons import sentence_encoder, starter, starter_names

DATA = Path(__file__).parent / "data" / "reasons"
CASES = list(DictReader((DATA / "facts.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=3))
"""Sentences about films of the starter catalogue: which kind of fact is read, and what it is (true, false, nothing)."""

VIEWER = Viewer(
    "something funny about work for a rainy evening, and it should not take long",
    [Preference(preference_id="p1", user_id="ana", text="I love Akira Kurosawa")],
    ["Rated Heat (1995) 5 of 5"],
)
NAMES = {kind.name for kind in KINDS}


def facts(case: dict[str, str], kinds: Sequence[Kind] = KINDS) -> list[Fact]:
    film = starter()[case["film"]]
    return facts_in(Statement(case["sentence"], film, VIEWER, starter_names(), sentence_encoder().cosine), kinds)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['sentence']}")
def test_what_is_stated_is_found_and_whether_it_is_true(case: dict[str, str]) -> None:
    found = {fact.holds for fact in facts(case, [kind for kind in KINDS if kind.name == case["kind"]])}
    assert found == {"true": {True}, "false": {False}, "nothing": set()}[case["gives"]]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["gives"] != "false"], ids=lambda case: str(case["sentence"])
)
def test_nothing_false_is_found_in_an_honest_sentence(case: dict[str, str]) -> None:
    assert [fact.fault for fact in facts(case) if not fact.holds] == []


def test_every_kind_is_held_to_sentences_of_all_three_kinds() -> None:
    assert {(case["kind"], case["gives"]) for case in CASES} == {
        (name, gives) for name in NAMES for gives in ("true", "false", "nothing")
    }


@pytest.mark.parametrize("case", [case for case in CASES if case["gives"] == "true"], ids=lambda case: case["sentence"])
def test_what_is_true_says_where_it_stands(case: dict[str, str]) -> None:
    film, told = starter()[case["film"]], dict(VIEWER.texts)
    for fact in facts(case):
        assert fact.source
        if fact.source in type(film).model_fields:
            value = getattr(film, fact.source)
            assert fact.quote in (value if isinstance(value, list) else [str(value)])
        elif fact.source in told:
            assert fact.quote in told[fact.source]


@pytest.mark.parametrize(
    "text", ["Next to him, at 6'10, everybody is small.", "The autumn'92 of the story is a wet one."]
)
def test_figures_within_a_word_are_none(text: str) -> None:
    statement = Statement(text, starter()["Die Hard (1988)"], VIEWER, starter_names())
    assert [*scores(statement), *hundreds(statement)] == []
