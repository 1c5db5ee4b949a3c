"""Comparisons with the row's figures, and statements that the viewer asked for it."""

import pytest

from matinee.grounding.claims import ClaimChecker
from matinee.models import Constraint, ConstraintField, Understanding
from tests.support.films import ARRIVAL, HEAT

REQUEST = Understanding(
    text="sci-fi from the 2010s with Amy Adams, at least 100 minutes, rated above 7",
    constraints=[
        Constraint(field=ConstraintField.GENRES, op="any_of", value=["Sci-Fi"], words="sci-fi"),
        Constraint(field=ConstraintField.YEAR, op="at_least", value=2010, words="from the 2010s"),
        Constraint(field=ConstraintField.STARS, op="any_of", value=["Amy Adams"], words="Amy Adams"),
        Constraint(field=ConstraintField.RUNTIME, op="at_least", value=100, words="at least 100 minutes"),
        Constraint(field=ConstraintField.IMDB_RATING, op="at_least", value=7, words="rated above 7"),
    ],
)
PLAIN = ClaimChecker(Understanding(text="something good"))
ASKED = ClaimChecker(REQUEST)


def verdicts(checker: ClaimChecker, claim: str) -> set[str]:
    return {judged.verdict for judged in checker.judged(claim, ARRIVAL)}


@pytest.mark.parametrize(
    "claim",
    [
        "Its 116 minutes are no less than an hour and a half.",
        "Its 116 minutes are no less than 116 minutes.",
        "It runs 116 minutes, so two hours will do.",
        "It runs 116 minutes, so 120 minutes will do.",
        "It is over in 116 minutes, inside two hours.",
        "At 116 minutes it lasts at least an hour and three quarters.",
        "It runs just under two hours.",
        "It is just over an hour and three quarters long.",
        "At under two hours it is short.",
        "It was made in the 2010s.",
        "It is rated above 7 on IMDb.",
        "Its IMDb rating is above 7.5.",
        "It is rated at least 7.9.",
        "Its Metascore is 81.",
    ],
)
def test_a_comparison_that_the_row_bears_out_stands(claim: str) -> None:
    assert verdicts(PLAIN, claim) == {"supported"}


@pytest.mark.parametrize(
    "claim",
    [
        "Its 116 minutes are no less than two hours.",
        "It runs 116 minutes, so 100 minutes will do.",
        "It is over in 116 minutes, inside an hour and a half.",
        "At 116 minutes it lasts at least two hours.",
        "It runs just over an hour and a half.",
        "It runs just under two and a half hours.",
        "It runs under 116 minutes.",
        "It was made in the nineties.",
        "A film of the eighties.",
        "It is rated above 8 on IMDb.",
        "It is rated below 7.",
        "Its IMDb rating is at least 8.",
        "Its Metascore is 92.",
        "Its Metascore is above 90.",
    ],
)
def test_a_comparison_that_the_row_speaks_against_is_contradicted(claim: str) -> None:
    assert "contradicted" in verdicts(PLAIN, claim)


def test_a_decade_may_be_told_in_words() -> None:
    assert [j.verdict for j in PLAIN.judged("It was made in the nineties.", HEAT)] == ["supported"]


@pytest.mark.parametrize(
    "claim",
    [
        "It came out in 2016, as you asked.",
        "It runs 116 minutes, as long as you wanted.",
        "It holds 7.9 on IMDb, as high as you asked.",
        "It is sci-fi, just as you wished.",
        "You asked for Amy Adams, who is in the cast.",
        "It counts Amy Adams among its cast, the name you gave.",
        "You set 100 minutes or more, and it takes 116 minutes.",
    ],
)
def test_what_the_request_asks_for_may_be_said_to_be_asked_for(claim: str) -> None:
    assert verdicts(ASKED, claim) == {"supported"}


@pytest.mark.parametrize(
    "claim",
    [
        "It came out in 2016, as you asked.",
        "It runs 116 minutes, as long as you wanted.",
        "It holds 7.9 on IMDb, as high as you asked.",
        "It is sci-fi, just as you wished.",
        "You asked for Amy Adams, who is in the cast.",
        "It counts Amy Adams among its cast, the name you gave.",
        "You set 100 minutes or more, and it takes 116 minutes.",
        "It is tagged “heist”.",
    ],
)
def test_what_nobody_asked_for_may_not(claim: str) -> None:
    assert "unsupported" in verdicts(PLAIN, claim)


@pytest.mark.parametrize(
    "claim",
    [
        "You asked for Amy Adams, who directed this one.",
        "Denis Villeneuve directed it, who also plays in it beside Amy Adams.",
        "You asked for Amy Adams, who plays the linguist.",
        "Directed by Denis Villeneuve, who also stars.",
        "It was directed by Denis Villeneuve, who is in the cast.",
        "It is tagged “heist”, just as you asked.",
    ],
)
def test_a_clause_that_leans_on_the_one_before_it_is_read_with_it(claim: str) -> None:
    assert verdicts(ASKED, claim) - {"supported"}
