"""Whatever leaves the desk quotes its sources word for word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.grounding.claims import ClaimChecker, Known, Source, cited
from matinee.grounding.draft import Draft
from matinee.grounding.picks import PickDesk
from matinee.models import Candidate, Evidence, Movie, Preference, Understanding
from matinee.providers.evidence.writer import WrittenReason
from tests.support.evidence_films import FULL, NOTES, ODD, REQUESTS, SIGNAL, THIN, written
from tests.support.films import ARRIVAL, FILMS
from tests.support.labelled_claims import labelled_claims

REQUEST = Understanding(text="something thoughtful, like Contact")
TOLD = Preference(preference_id="p1", user_id="ana", text="I like sci-fi with good characters")
RATED = Source("rating:viewer", "Rated Moon (2009) 4.5 of 5")
KNOWN = Known(ARRIVAL, REQUEST, [TOLD], [RATED])


def evidence(source: str, quote: str) -> Evidence:
    return Evidence(claim="It is so.", source=source, quote=quote)


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("overview", "called in by the army"),
        ("genres", "Sci-Fi"),
        ("genres", "Drama, Sci-Fi"),
        ("runtime", "116"),
        ("imdb_rating", "7.9"),
        ("request", "thoughtful"),
        ("preference:p1", "good characters"),
        ("rating:viewer", "Moon (2009) 4.5"),
    ],
)
def test_a_quote_that_stands_in_its_source_passes(source: str, quote: str) -> None:
    assert cited(evidence(source, quote), KNOWN)


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("overview", "called in by the navy"),
        ("overview", "Called in by the army"),
        ("overview", "led in by the army"),
        ("overview", ""),
        ("overview", "  "),
        ("genres", "Comedy"),
        ("runtime", "11"),
        ("preference:p2", "good characters"),
        ("rating:neighbours", "Moon"),
        ("movie_id", ARRIVAL.movie_id),
        ("model_dump", "Arrival"),
        ("", "Arrival"),
    ],
)
def test_a_quote_that_does_not_stand_there_fails(source: str, quote: str) -> None:
    assert not cited(evidence(source, quote), KNOWN)


def test_under_strict_spoilers_the_overview_is_no_source() -> None:
    strict = Known(ARRIVAL, REQUEST, spoilers="strict")
    assert not cited(evidence("overview", "called in by the army"), strict)


@given(
    st.sampled_from(FILMS),
    st.lists(st.sampled_from([claim.claim for claim in labelled_claims()]), min_size=1, max_size=4),
    st.text(max_size=80),
)
def test_every_quote_of_the_checker_stands_in_its_source(movie: Movie, claims: list[str], noise: str) -> None:
    checker = ClaimChecker(REQUEST, [TOLD], told=[RATED])
    checked = checker.check(" ".join([*claims, movie.overview, noise]), movie)
    assert all(cited(e, checker.known(movie)) for e in checked.evidence)
    assert all(e.claim in checked.text for e in checked.evidence)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text)
def test_every_quote_of_the_evidence_writer_stands_in_its_source(request_: Understanding) -> None:
    for movie in (*FULL, *THIN, *ODD):
        reason = written(movie, request_, NOTES, [SIGNAL])
        assert all(cited(e, Known(movie, request_, NOTES)) for e in reason.evidence)


def test_a_pick_whose_evidence_misquotes_cannot_leave_the_desk() -> None:
    def misquote(movie: Movie) -> WrittenReason:
        told = "It is a comedy, and a good one."
        return WrittenReason(told, [Evidence(claim=told, source="genres", quote="Comedy")])

    desk = PickDesk([Candidate(movie=ARRIVAL)], REQUEST, [], 1, misquote)
    assert desk.take(Draft(title="Arrival", year=2016, reason="")) is None
    assert desk.fill() == []
    assert "Comedy" in desk.faults[0]
