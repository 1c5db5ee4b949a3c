"""The shallow reading of sentences: who does what to whom, and which phrases name one thing."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.grounding.claims.reading import Event, Phrase, Reading
from tests.support.labelled_claims import starter_movies

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "readings.jsonl").read_text(encoding="utf-8").splitlines()
]


def heads(phrases: list[Phrase]) -> list[str]:
    return [phrase.words[-1].text if phrase.words else phrase.pronoun for phrase in phrases]


def event(text: str, verb: str) -> Event:
    return next(event for event in Reading(text).events if event.verb == verb)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_sentence_is_read_for_who_does_what_to_whom(case: dict[str, Any]) -> None:
    read = {event.verb: event for event in Reading(case["text"]).events}
    for verb, doers, parts in case["events"]:
        assert heads(read[verb].doers) == doers, verb
        assert [head for head in heads(read[verb].parts) if head != "nobody"] == parts, verb
    assert [verb for verb, found in read.items() if found.denied] == case.get("denied", [])


@pytest.mark.parametrize(
    ("text", "owner", "owned"),
    [
        ("The playwright's flat burns.", "playwright", "flat"),
        ("The flat of the playwright burns.", "playwright", "flat"),
        ("A playwright whose flat burns writes on.", "playwright", "flat"),
    ],
)
def test_what_belongs_to_somebody_hangs_on_whoever_it_belongs_to(text: str, owner: str, owned: str) -> None:
    phrase = next(phrase for phrase in Reading(text).phrases if heads([phrase]) == [owned])
    assert [head.removesuffix("'s") for head in heads(phrase.links)] == [owner]


@pytest.mark.parametrize(
    "text",
    [
        "Ruth, a painter, sells her house.",
        "Ruth is a painter.",
        "Ruth, once a painter and now a farmer, sells her house.",
    ],
)
def test_what_somebody_is_names_the_same_as_their_name(text: str) -> None:
    phrase = next(phrase for phrase in Reading(text).phrases if heads([phrase]) == ["Ruth"])
    assert "painter" in heads(phrase.cluster())


def test_a_pronoun_stands_for_the_subject_before_it_and_never_for_that_of_its_own_verb() -> None:
    text = "When a probe named EVE lands, Remo falls for her."
    assert heads(event("Remo, a robot, collects lamps. When EVE lands, he follows her.", "follow").doers[0].same) == [
        "Remo"
    ]
    assert "Remo" not in heads(event(text, "fall").asides[0].same)


def test_what_somebody_is_only_said_to_be_does_not_name_the_same() -> None:
    reading = Reading("The sailors believe Mark is dead.")
    mark = next(phrase for phrase in reading.phrases if heads([phrase]) == ["Mark"])
    assert "dead" not in heads(mark.cluster())


def test_a_name_that_comes_again_is_the_same_one() -> None:
    reading = Reading("Vito Corleone rules a family. Vito refuses a deal.")
    first, second = (phrase for phrase in reading.phrases if phrase.named)
    assert second in first.cluster()


_WORDS = st.sampled_from(
    "a the his her who whose that to of in by and , ; . not must is was has Ruth Omar farm farms sell sells sold "
    "selling quietly he they while after all's".split()
)


@given(st.lists(_WORDS, max_size=30))
def test_any_row_of_words_is_read_to_its_end(words: list[str]) -> None:
    text = " ".join(words)
    reading = Reading(text)
    assert all(text[w.start : w.end] == w.text for phrase in reading.phrases for w in phrase.words)


def test_nearly_every_overview_of_the_starter_catalogue_tells_of_somebody_doing_something() -> None:
    films = starter_movies().values()
    silent = [movie.title for movie in films if not Reading(movie.overview).events]
    assert len(silent) < 0.01 * len(films), silent
