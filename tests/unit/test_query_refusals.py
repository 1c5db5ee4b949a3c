"""What a request refuses: series, studios, sequels, subjects; and what is searched for without it."""

import pytest

from matinee.models import Movie, TitleEntry
from matinee.query import TitleLookup, understand
from matinee.query.query_text import search_text
from matinee.query.turns import Conversation
from matinee.traits import Traits
from matinee.understanding import Understanding
from tests.support.conversations import follow


def film(title: str, year: int, **known: object) -> Movie:
    traits = Traits.model_validate(known.pop("traits", {}))
    return Movie.model_validate({"movie_id": f"{title} {year}", "title": title, "year": year, **known}).described_by(
        traits
    )


FILMS = [
    film("Harry Potter and the Chamber of Secrets", 2002, traits={"series": "Harry Potter"}),
    film("Harry Potter and the Goblet of Fire", 2005, traits={"series": "Harry Potter"}),
    film("Alien", 1979, traits={"series": "Alien", "themes": ["aliens"], "settings": ["spaceship"]}),
    film("Aliens", 1986, traits={"series": "Alien", "themes": ["aliens"], "settings": ["other planet"]}),
    film("Frozen", 2013, traits={"studio": "Disney", "series": "Frozen"}),
    film("Frozen II", 2019, traits={"studio": "Disney", "series": "Frozen"}),
    film("Moana", 2016, traits={"studio": "Disney"}),
    film("Spirited Away", 2001, genres=["Animation"], languages=["Japanese"], traits={"studio": "Studio Ghibli"}),
    film("Akira", 1988, genres=["Animation"], languages=["Japanese"]),
    film("Iron Man", 2008, traits={"studio": "Marvel", "series": "Marvel Cinematic Universe"}),
    film("Thor", 2011, traits={"studio": "Marvel", "series": "Marvel Cinematic Universe"}),
    film("Skyfall", 2012, traits={"series": "James Bond"}),
    film("Jaws 2", 1978),
    film("Dunkirk", 2017, genres=["War"], traits={"themes": ["world war ii"]}),
    film("1917", 2019, genres=["War"], traits={"themes": ["world war i"]}),
    film("The Witch", 2015, overview="A family is plagued by a goat and a corset.", traits={"themes": ["witches"]}),
    film("Dogs", 2016, traits={"moods": ["surreal"], "themes": ["dogs"]}),
]
TITLES = TitleLookup(TitleEntry.of(one) for one in FILMS)


def left_out(request_text: str) -> set[str]:
    read = understand(request_text, TITLES)
    named = {mention.movie_id for mention in read.mentions}
    refused = [demand for demand in read.constraints if demand.op == "none_of"]
    return {m.title for m in FILMS if m.movie_id in named or not all(demand.holds(m) for demand in refused)}


@pytest.mark.parametrize(
    ("request_text", "titles"),
    [
        (
            "a school of magic, but no Harry Potter",
            {"Harry Potter and the Chamber of Secrets", "Harry Potter and the Goblet of Fire"},
        ),
        ("a cartoon that isn't Frozen", {"Frozen", "Frozen II"}),
        ("a cartoon, not by Disney", {"Frozen", "Frozen II", "Moana"}),
        ("anime, not Ghibli", {"Spirited Away"}),
        ("heroes, nothing from the MCU", {"Iron Man", "Thor"}),
        ("spies, but no Bond", {"Skyfall"}),
        ("heroes, not Iron Man", {"Iron Man"}),
        ("great films, no sequels", {"Aliens", "Harry Potter and the Goblet of Fire", "Frozen II", "Thor", "Jaws 2"}),
        ("no franchises", {m.title for m in FILMS if m.traits.series and m.traits.series != "James Bond"}),
        ("a war film, not about WWII", {"Dunkirk"}),
        ("something old with witches but without corsets", {"The Witch"}),
        ("nothing with aliens or witches", {"Alien", "Aliens", "The Witch"}),
        ("I'm sick of aliens, witches, dogs.", {"Alien", "Aliens", "The Witch", "Dogs"}),
        ("nothing surreal", {"Dogs"}),
        ("not too surreal", set()),
        ("a musical without a film called Nonesuch", set()),
    ],
)
def test_what_is_refused_is_left_out_and_nothing_else(request_text: str, titles: set[str]) -> None:
    assert left_out(request_text) == titles


@pytest.mark.parametrize(
    "request_text", ["witches, but no teenage witches", "I know nothing about dogs", "not only aliens"]
)
def test_what_is_wanted_or_not_refused_stays(request_text: str) -> None:
    assert left_out(request_text) == set()


def test_a_refusal_takes_nothing_away_from_its_opposite() -> None:
    read = understand("anime, not Ghibli", TITLES)
    assert [m.title for m in FILMS if not read.blocking(m)] == ["Akira"]


def test_forty_refusals_are_held() -> None:
    listed = [m.title for m in FILMS] * 3
    assert left_out("a film, " + ", ".join(f"not {title}" for title in listed[:40])) == set(listed)


@pytest.mark.parametrize(
    ("request_text", "searched"),
    [
        ("sci-fi without aliens or robots", "sci-fi"),
        ("an adventure, no Harry Potter please", "an adventure, please"),
        ("a western with my grandparents", "a western"),
        ("anything but musicals", "a good film"),
        ("a film about a man who can't sleep", "a film about a man who can't sleep"),
    ],
)
def test_what_is_refused_is_not_searched_for(request_text: str, searched: str) -> None:
    assert search_text(understand(request_text, TITLES), []) == searched


def test_a_refusal_stays_in_the_turns_that_follow() -> None:
    first = understand("a cartoon, not by Disney", TITLES)
    then = follow("something newer", TITLES, Conversation(first))
    assert [m.title for m in FILMS if m.traits.studio == "Disney" and not then.blocking(m)] == []
    assert "Disney" not in search_text(then, [])


def test_a_demand_of_the_reading_is_named_by_its_words() -> None:
    read: Understanding = understand("no sequels", TITLES)
    assert [demand.label for demand in read.constraints] == ["not “sequels”"]
