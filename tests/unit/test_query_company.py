"""Who watches along: the limits on age and content that a request sets, and what of a film breaks them."""

import pytest

from matinee.models import Movie
from matinee.query import TitleLookup, understand
from matinee.traits import Traits

TITLES = TitleLookup([])


def age_limit(request_text: str) -> float | None:
    limits = [c.value for c in understand(request_text, TITLES).constraints if c.field == "age"]
    return min((value for value in limits if isinstance(value, float)), default=None)


@pytest.mark.parametrize(
    ("request_text", "age"),
    [
        ("a film for a six-year-old", 7),
        ("movie night with kids 5 and 9", 6),
        ("my niece, she's 9, loves horses", 11),
        ("our kids are 8 and 11", 10),
        ("for my 15yo daughter", 17),
        ("we have a nervous 9 year old with us", 11),
        ("something for our toddler", 4),
        ("PG-13 at most", 14),
        ("nothing R-rated", 14),
        ("nothing over a 12 rating", 12),
        ("a hard R-rated horror", None),
        ("a film about a ten-year-old chess player", None),
        ("the kids are asleep, something with wine", None),
        ("christmas eve, kids in bed", None),
        ("a film that isn't for children", None),
        ("stop motion, not just for kids", None),
        ("a 90 minute film", None),
    ],
)
def test_company_limits_the_age_that_films_suit(request_text: str, age: float | None) -> None:
    assert age_limit(request_text) == age


def film(genres: list[str] = [], keywords: list[str] = [], **traits: object) -> Movie:  # noqa: B006
    known = Traits.model_validate(traits)
    return Movie(movie_id="1", title="Any", genres=genres, keywords=keywords, traits=known)


@pytest.mark.parametrize(
    ("request_text", "movie", "allowed"),
    [
        ("for a six-year-old", film(age=6), True),
        ("for a six-year-old", film(["Animation"], age=16), False),
        ("for a six-year-old", film(["Animation", "Family"]), True),
        ("for a six-year-old", film(["Horror", "Family"]), False),
        ("with my parents, no sex scenes", film(sex=1, gore=0, keywords=["sex scene"]), True),
        ("with my parents, no sex scenes", film(sex=2, gore=0), False),
        ("with my parents, no sex scenes", film(keywords=["sex scene"]), False),
        ("nothing scary", film(["Horror"], frightening=1), True),
        ("nothing scary", film(["Thriller"], frightening=2), False),
        ("nothing scary", film(["Horror"]), False),
        ("not too scary", film(frightening=2), True),
        ("no gore", film(gore=2), False),
    ],
)
def test_levels_decide_where_they_are_known_and_keywords_and_genres_elsewhere(
    request_text: str, movie: Movie, allowed: bool
) -> None:
    read = understand(request_text, TITLES)
    broken = [c for c in read.blocking(movie) if not c.gives_way]
    assert (broken == []) is allowed


def test_what_is_not_known_to_suit_comes_after_what_is_and_a_familys_film_before_others() -> None:
    read = understand("for a six-year-old", TITLES)
    assert [read.doubt(m) for m in (film(age=0), film(["Family"]), film(["Drama"]))] == [0, 1, 2]
    assert understand("a western", TITLES).doubt(film(["Drama"])) == 0
