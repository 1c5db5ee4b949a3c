"""Reasons keep to the premise; under strict spoilers they tell no plot at all."""

import pytest

from matinee.grounding.claims import ClaimChecker, tellable
from matinee.grounding.draft import Draft
from matinee.grounding.picks import PickDesk
from matinee.models import Candidate, Movie, Understanding
from matinee.providers.evidence.writer import EvidenceWriter
from tests.support.evidence_films import FULL, REQUESTS, film

REQUEST = Understanding(text="a quiet drama")
FERRY = film(
    "The Last Ferry",
    year=1999,
    genres=["Drama", "Mystery"],
    directors=["Ida Holm"],
    overview="A ferryman whose wife was killed takes a stranger across the lake every night. His daughter begins to "
    "follow them. The stranger is her brother, and in the end he drowns.",
    tagline="Every night, one passenger.",
    keywords=["quiet", "grief", "twist ending", "lake"],
)


@pytest.mark.parametrize(
    "claim",
    [
        "In the end the stranger drowns.",
        "There is a dramatic twist at the end.",
        "The stranger is her brother.",
        "Its twist ending is quiet.",
        "The ferryman dies.",
        "The killer is the stranger.",
        "It turns out that the stranger is a ferryman.",
        "The stranger kills the daughter.",
    ],
)
def test_what_lies_past_the_premise_is_cut_even_when_the_overview_tells_it(claim: str) -> None:
    assert ClaimChecker(REQUEST).check(claim, FERRY).text == ""


@pytest.mark.parametrize(
    "claim",
    [
        "A ferryman takes a stranger across the lake every night.",
        "His wife was killed.",
        "It is quiet, and about grief.",
    ],
)
def test_the_premise_may_be_told_with_the_death_that_it_begins_with(claim: str) -> None:
    assert ClaimChecker(REQUEST).check(claim, FERRY).text == claim


def test_the_premise_is_two_sentences_at_most_and_ends_before_an_ending() -> None:
    assert tellable(FERRY, "premise").overview.endswith("begins to follow them.")
    told = film(overview="He digs a well. In the end he finds gold. He is glad.")
    assert tellable(told, "premise").overview == "He digs a well."


def test_the_evidence_writer_keeps_to_the_premise() -> None:
    reason = EvidenceWriter(REQUEST).reason(FERRY)
    assert not {"drowns", "brother", "twist"} & set(reason.text.replace(",", " ").replace(".", " ").split())


def test_strict_reasons_rest_on_no_overview() -> None:
    checker = ClaimChecker(REQUEST, spoilers="strict")
    assert checker.check("A ferryman takes a stranger across the lake.", FERRY).text == ""
    assert checker.check("It is quiet, and about grief.", FERRY).text == "It is quiet, and about grief."


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text)
@pytest.mark.parametrize("movie", [*FULL, FERRY], ids=lambda m: m.title)
def test_the_strict_evidence_writer_quotes_no_overview(movie: Movie, request_: Understanding) -> None:
    reason = EvidenceWriter(request_, spoilers="strict").reason(movie)
    assert reason.text
    assert "overview" not in {evidence.source for evidence in reason.evidence}


@pytest.mark.parametrize(("spoilers", "shown"), [("premise", FERRY.overview), ("strict", FERRY.tagline)])
def test_a_strict_card_shows_the_tagline_in_place_of_the_overview(spoilers: str, shown: str) -> None:
    writer = EvidenceWriter(REQUEST, spoilers=spoilers)  # type: ignore[arg-type]
    desk = PickDesk([Candidate(movie=FERRY)], REQUEST, [], 1, writer.reason, spoilers=spoilers)  # type: ignore[arg-type]
    pick = desk.take(Draft(title="The Last Ferry", year=1999, reason="In the end he drowns."))
    assert pick is not None
    assert pick.description == shown
    assert "drown" not in pick.reasoning
