"""Languages, countries, and content to be spared."""

import pytest

from matinee.query import TitleLookup, understand

NO_TITLES = TitleLookup([])


def lists(request: str, field: str) -> list[tuple[str, set[str]]]:
    found = understand(request, NO_TITLES, this_year=2024).constraints
    return [(c.op, set(c.value)) for c in found if c.field == field and isinstance(c.value, list)]


@pytest.mark.parametrize(
    ("request_text", "language"),
    [
        ("a French film", "French"),
        ("in Spanish", "Spanish"),
        ("Korean thriller", "Korean"),
        ("a Bollywood movie", "Hindi"),
        ("Spanish-language drama", "Spanish"),
        ("something Japanese", "Japanese"),
        ("k-horror", "Korean"),
        ("make it Italian", "Italian"),
        ("Swedish would be nice", "Swedish"),
        ("I'd like to practise my German with a film", "German"),
        ("a film for our Spanish class", "Spanish"),
    ],
)
def test_a_people_with_its_own_language_is_read_as_that(request_text: str, language: str) -> None:
    assert lists(request_text, "languages") == [("any_of", {language})]


@pytest.mark.parametrize(
    ("request_text", "country"),
    [("a British film", "UK"), ("American movies", "USA"), ("Irish films", "Ireland"), ("films from Brazil", "Brazil")],
)
def test_a_people_without_its_own_language_is_read_as_its_country(request_text: str, country: str) -> None:
    [(op, countries)] = lists(request_text, "countries")
    assert op == "any_of"
    assert country in countries


@pytest.mark.parametrize("request_text", ["foreign films", "subtitled films", "not in English", "non-English films"])
def test_what_is_foreign_is_not_in_english(request_text: str) -> None:
    assert lists(request_text, "languages") == [("none_of", {"English"})]


def test_no_subtitles_means_english() -> None:
    assert lists("no subtitles please", "languages") == [("any_of", {"English"})]


def test_a_choice_between_a_language_and_a_country_is_one_of_countries() -> None:
    [(op, countries)] = lists("British or French films", "countries")
    assert op == "any_of"
    assert {"UK", "France"} <= countries
    assert lists("British or French films", "languages") == []


@pytest.mark.parametrize(
    "request_text",
    ["a film set in France", "about a German soldier", "French fries and a movie", "I speak Spanish", "from us to you"],
)
def test_a_place_that_no_film_comes_from_is_left_alone(request_text: str) -> None:
    assert lists(request_text, "languages") == []
    assert lists(request_text, "countries") == []


@pytest.mark.parametrize(
    "request_text",
    ["nothing gory", "less gory", "without gore", "gore-free", "I can't stand blood"],
)
def test_refused_gore_excludes_its_spellings(request_text: str) -> None:
    [(op, keywords)] = lists(request_text, "keywords")
    assert op == "none_of"
    assert {"graphic violence", "gore", "gory", "bloody", "torture"} <= keywords


@pytest.mark.parametrize("request_text", ["not too violent", "no violence"])
def test_refused_violence_excludes_gore_as_well(request_text: str) -> None:
    excluded = [keywords for op, keywords in lists(request_text, "keywords") if op == "none_of"]
    assert {"violence", "violent", "gore", "gory", "bloody", "torture"} <= set().union(*excluded)


@pytest.mark.parametrize(
    ("request_text", "keyword"),
    [
        ("no nudity", "nudity"),
        ("no sex scenes", "sex"),
        ("nothing sad", "tragic"),
        ("nothing depressing", "bleak"),
        ("no animals dying", "animal death"),
        ("the dog survives, right?", "animal death"),
        ("no swearing", "profanity"),
        ("no jump scares", "jump scare"),
        ("no more superheroes", "superhero"),
    ],
)
def test_refused_content_excludes_its_keyword(request_text: str, keyword: str) -> None:
    [(op, keywords)] = lists(request_text, "keywords")
    assert op == "none_of"
    assert keyword in keywords


@pytest.mark.parametrize(
    "request_text", ["I love gore", "a sad film", "violent and bloody please", "I don't mind violence"]
)
def test_content_that_is_not_refused_excludes_nothing(request_text: str) -> None:
    assert lists(request_text, "keywords") == []


def test_a_refusal_of_excess_is_less_certain_than_a_plain_one() -> None:
    plain, excess = (understand(r, NO_TITLES).constraints[0].certainty for r in ("no violence", "not too violent"))
    assert excess < plain


@pytest.mark.parametrize(
    ("request_text", "op"),
    [
        ("black and white French film", "any_of"),
        ("a silent comedy", "any_of"),
        ("silent films", "any_of"),
        ("a Western in colour", "none_of"),
        ("nothing in black and white", "none_of"),
    ],
)
def test_how_a_film_is_made_is_a_demand(request_text: str, op: str) -> None:
    assert [found for found, _ in lists(request_text, "keywords")] == [op]


def test_a_silent_person_is_no_silent_film() -> None:
    assert lists("a thriller about a silent killer", "keywords") == []
