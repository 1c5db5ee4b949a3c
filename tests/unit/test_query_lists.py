"""Prizes and other lists that a request asks for become demands on the films of the catalogue that are on them."""

import pytest

from matinee.query import understand
from matinee.query.titles import TitleLookup
from matinee.understanding import Constraint, ConstraintField, Understanding

FILMS = [
    ("gump", "Forrest Gump", 1994, [], ["Robert Zemeckis"], ["Tom Hanks"]),
    ("pulp", "Pulp Fiction", 1994, [], ["Quentin Tarantino"], ["John Travolta"]),
    ("piano", "The Piano", 1993, [], ["Jane Campion"], ["Holly Hunter"]),
    ("hurt", "The Hurt Locker", 2008, [], ["Kathryn Bigelow"], ["Jeremy Renner"]),
    ("babette", "Babettes gæstebud", 1987, ["Babette's Feast"], ["Gabriel Axel"], []),
    ("dune", "Dune: Part One", 2021, [], ["Denis Villeneuve"], ["Oscar Isaac"]),
    ("hamlet90", "Hamlet", 1990, [], ["Franco Zeffirelli"], []),
]
TITLES = TitleLookup(FILMS)


def read(text: str) -> Understanding:
    return understand(text, TITLES, this_year=2026)


def listed(text: str) -> list[Constraint]:
    fields = (ConstraintField.MOVIE_ID, ConstraintField.DIRECTORS)
    return [demand for demand in read(text).constraints if demand.field in fields]


@pytest.mark.parametrize(
    ("text", "films"),
    [
        ("best picture winners of the 90s", ["gump", "hurt"]),
        ("films that won the Palme d'Or", ["piano", "pulp"]),
        ("took the top prize at Cannes", ["piano", "pulp"]),
        ("the Oscar for best actress", ["piano"]),
        ("won best foreign language film", ["babette"]),
        ("won the Oscar for its photography", ["dune"]),
        ("winners of the BAFTA or the Palme d'Or", ["hurt", "piano", "pulp"]),
        ("any of the AFI's hundred films", ["gump", "pulp"]),
        ("which Oscar winners are actually good?", ["babette", "dune", "gump", "hurt", "piano", "pulp"]),
    ],
)
def test_a_prize_is_a_demand_for_the_films_of_the_catalogue_that_won_it(text: str, films: list[str]) -> None:
    (demand,) = listed(text)
    assert (demand.field, demand.op, demand.value) == (ConstraintField.MOVIE_ID, "any_of", films)
    assert demand.span is not None
    assert "winner of" in demand.label or demand.label.startswith("in the ")


@pytest.mark.parametrize("text", ["no Oscar winners please", "not a best picture winner", "robbed at the Oscars"])
def test_what_is_not_to_have_won_is_left_out(text: str) -> None:
    (demand,) = listed(text)
    assert demand.op == "none_of"


@pytest.mark.parametrize(
    "text",
    [
        "films with Oscar Isaac",
        "a thriller set in Venice",
        "a festival film about Cannes",
        "the best actors of their time",
        "a documentary about best friends",
    ],
)
def test_words_of_prizes_that_speak_of_none_demand_none(text: str) -> None:
    assert [demand for demand in listed(text) if demand.field is ConstraintField.MOVIE_ID] == []


def test_nominations_are_told_not_to_be_on_record_and_winners_only_come_first() -> None:
    understood = read("up for best picture, directed by a woman")
    assert [hint.value for hint in understood.hints] == [["gump", "hurt"]]
    assert [demand.field for demand in understood.constraints] == [ConstraintField.DIRECTORS]
    assert any("nominated is not on record" in remark for remark in read("Oscar-nominated dramas").remarks)
    assert any("did not win is not on record" in remark for remark in read("nominated but never won an Oscar").remarks)


def test_a_prize_that_no_film_of_the_catalogue_won_is_told() -> None:
    understood = read("winner of the Golden Bear")
    assert any("No film of this catalogue" in remark and "Golden Bear" in remark for remark in understood.remarks)


def test_a_prize_without_a_list_of_winners_is_told_and_demands_nothing() -> None:
    understood = read("what won the Oscar for editing?")
    assert listed("what won the Oscar for editing?") == []
    assert any("editing is not on record" in remark for remark in understood.remarks)


@pytest.mark.parametrize("text", ["directed by a woman", "female directors", "made by women", "a woman director"])
def test_women_who_direct_are_those_on_record(text: str) -> None:
    demand = next(demand for demand in listed(text) if demand.field is ConstraintField.DIRECTORS)
    assert demand.value == ["Jane Campion", "Kathryn Bigelow"]
    assert demand.label == "known to be directed by women"
