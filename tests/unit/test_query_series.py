"""Films of a series or studio are asked for by its name; who likens, refuses or tells what was seen asks for others."""

import pytest

from matinee.query import understand
from matinee.query.titles import TitleLookup
from matinee.understanding import Understanding

Row = tuple[str, str, int, list[str], list[str], list[str], float, int, str | None, str | None, str]


def entry(key: str, title: str, year: int, series: str | None = None, studio: str | None = None) -> Row:
    return (key, title, year, [], [], [], 100.0, 110, series, studio, "")


TITLES = TitleLookup(
    [
        entry("alien3", "Alien³", 1992, "Alien"),
        entry("alien", "Alien", 1979, "Alien"),
        entry("aliens", "Aliens", 1986, "Alien"),
        entry("sunrise", "Before Sunrise", 1995, "Before trilogy"),
        entry("sunset", "Before Sunset", 2004, "Before trilogy"),
        entry("drno", "Dr. No", 1962, "James Bond"),
        entry("skyfall", "Skyfall", 2012, "James Bond"),
        entry("star", "Star Wars", 1977, "Star Wars"),
        entry("empire", "The Empire Strikes Back", 1980, "Star Wars"),
        entry("thin", "The Thin Man", 1934),
        entry("after", "After the Thin Man", 1936),
        entry("saw", "Saw", 2004),
        entry("saw2", "Saw II", 2005),
        entry("sawdust", "Sawdust and Tinsel", 1953),
        entry("halloween", "Halloween", 1978, "Halloween"),
        entry("halloween18", "Halloween", 2018, "Halloween"),
        entry("totoro", "My Neighbor Totoro", 1988, None, "Studio Ghibli"),
        entry("kiki", "Kiki's Delivery Service", 1989, None, "Studio Ghibli"),
        entry("heat", "Heat", 1995),
        entry("notorious46", "Notorious", 1946),
        entry("notorious09", "Notorious", 2009),
    ]
)


def read(text: str) -> Understanding:
    return understand(text, TITLES, this_year=2026)


@pytest.mark.parametrize(
    ("text", "films"),
    [
        ("all the Alien films in order", ["alien", "aliens", "alien3"]),
        ("the Before trilogy", ["sunrise", "sunset"]),
        ("the Before films, what order?", ["sunrise", "sunset"]),
        ("never seen a Bond, which ones first?", ["drno", "skyfall"]),
        ("Star Wars in order", ["star", "empire"]),
        ("which star wars should I start with", ["star", "empire"]),
        ("Thin Man movies", ["thin", "after"]),
        ("the Saw franchise", ["saw", "saw2"]),
        ("any Ghibli I can watch tonight?", ["totoro", "kiki"]),
        ("Studio Ghibli movies", ["totoro", "kiki"]),
    ],
)
def test_films_of_a_series_or_studio_are_demanded(text: str, films: list[str]) -> None:
    understood = read(text)
    assert [demand.value for demand in understood.constraints if demand.field == "movie_id"] == [films]
    assert understood.series
    assert understood.mentions == []


@pytest.mark.parametrize(
    "text",
    [
        "movies like the Before trilogy",
        "no Alien films",
        "I have seen all the Alien films, what now?",
        "halloween movies",
        "the notorious ones",
        "I saw movies all night",
        "heat",
        "best friends in order to win",
    ],
)
def test_a_series_that_is_not_asked_for_is_not_demanded(text: str) -> None:
    understood = read(text)
    assert [demand for demand in understood.constraints if demand.field == "movie_id" and demand.op == "any_of"] == []


def test_in_order_is_by_year_and_the_number_of_films_is_told() -> None:
    understood = read("James Bond in order")
    assert understood.order is not None
    assert (understood.order.column, understood.order.falling, understood.order.alone) == ("year", False, True)
    assert any("2 films" in remark and "James Bond" in remark for remark in understood.remarks)


@pytest.mark.parametrize("text", ["are there sequels to Before Sunrise?", "is there a second part of Before Sunrise"])
def test_sequels_of_a_film_are_the_others_of_its_series(text: str) -> None:
    understood = read(text)
    assert [(demand.field, demand.value) for demand in understood.constraints] == [("series", ["Before trilogy"])]
    assert [(mention.movie_id, mention.role) for mention in understood.mentions] == [("sunrise", "like")]


@pytest.mark.parametrize("text", ["are there sequels to Heat?", "sequels that beat the original", "Alien, no sequels"])
def test_sequels_of_no_series_and_refused_ones_demand_none(text: str) -> None:
    assert all(demand.op == "none_of" for demand in read(text).constraints)
