"""Looking titles up in running text and by near spelling."""

import pytest

from matinee.query import TitleLookup, understand
from tests.support.query_cases import title_lookup

TITLES = title_lookup()


def best(title: str, year: int | None = None) -> str:
    return TITLES.closest(title, year)[0].movie_id


@pytest.mark.parametrize(
    ("title", "movie_id"),
    [
        ("Inception", "m-inception"),
        ("incepton", "m-inception"),
        ("matrix, the", "m-matrix"),
        ("the matrix", "m-matrix"),
        ("matrix", "m-matrix"),
        ("parasite (2019)", "m-parasite-2019"),
        ("Parasite 1982", "m-parasite-1982"),
        ("amelie", "m-amelie"),
        ("Gisaengchung", "m-parasite-2019"),
        ("shawshank redemtion", "m-shawshank"),
        ("godfather part 2", "m-godfather-2"),
        ("The Godfather II", "m-godfather-2"),
        ("oceans 11", "m-oceans-eleven"),
        ("wall-e", "m-wall-e"),
        ("spiderman", "m-spider-man"),
        ("2001: a space odyssey", "m-2001"),
        ("grand budapest", "m-grand-budapest"),
    ],
)
def test_the_closest_title_is_the_one_meant(title: str, movie_id: str) -> None:
    assert best(title) == movie_id


def test_the_same_title_scores_one() -> None:
    assert TITLES.closest("Inception")[0].score == 1.0


def test_a_misspelt_title_scores_less_than_one() -> None:
    assert 0.8 < TITLES.closest("Incepton")[0].score < 1.0


def test_a_year_decides_between_films_of_one_title() -> None:
    assert best("Oldboy", 2013) == "m-oldboy-2013"


def test_a_film_of_another_year_scores_less() -> None:
    scores = {near.movie_id: near.score for near in TITLES.closest("Oldboy", 2013)}
    assert scores["m-oldboy-2003"] < scores["m-oldboy-2013"]


def test_no_more_than_the_limit_come_back() -> None:
    assert len(TITLES.closest("The", limit=3)) <= 3


@pytest.mark.parametrize("title", ["", "   ", "!!!"])
def test_nothing_is_close_to_no_words(title: str) -> None:
    assert TITLES.closest(title) == []


def test_nothing_is_close_to_gibberish() -> None:
    assert TITLES.closest("qqzzxxvv") == []


def named(request: str, titles: TitleLookup = TITLES) -> list[str]:
    return [mention.movie_id for mention in understand(request, titles).mentions]


def test_the_longest_title_wins_in_running_text() -> None:
    assert named("something like blade runner 2049 again") == ["m-blade-runner-2049"]


def test_a_title_is_not_found_across_two_sentences() -> None:
    assert named("I loved Big. Fish are fine.") != ["m-big-fish"]
    assert named("I loved Big Fish.") == ["m-big-fish"]


def test_punctuation_inside_a_title_does_not_matter() -> None:
    assert named("films like the good the bad and the ugly") == ["m-good-bad-ugly"]


def test_a_title_of_two_films_gives_both() -> None:
    assert {mention.year for mention in understand("like Paprika", TITLES).mentions} == {1991, 2006}


def test_a_series_gives_its_earliest_film() -> None:
    assert [mention.year for mention in understand("like Star Wars", TITLES).mentions] == [1977]


def test_the_look_up_knows_how_many_films_it_holds() -> None:
    assert len(TitleLookup([("a", "Alpha", 2000, []), ("b", "Beta", None, ["Bravo"])])) == 2


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("Matrix, The", "the matrix"),
        ("Postman, The (Postino, Il)", "il postino"),
        ("Seven (a.k.a. Se7en)", "se7en"),
        ("Lord of the Rings: The Two Towers, The", "the two towers"),
        ("8 \u00bd", "8 \u00bd"),
        ("\u5343\u3068\u5343\u5c0b\u306e\u795e\u96a0\u3057", "\u5343\u3068\u5343\u5c0b\u306e\u795e\u96a0\u3057"),
        ("(500) Days of Summer", "500 days of summer"),
    ],
)
def test_a_title_as_catalogues_list_it_is_found_as_people_say_it(listed: str, said: str) -> None:
    assert TitleLookup([("x", listed, 2000, [])]).closest(said)[0].score > 0.85


def test_a_bare_name_means_the_later_saga_as_well_as_an_older_namesake() -> None:
    saga = ((f"s{year}", f"Ring Quest: Book {year}", year, ()) for year in (2001, 2002, 2003))
    titles = TitleLookup([("old", "Ring Quest", 1978, ()), *saga])
    assert named("something like Ring Quest", titles) == ["old", "s2001"]


def test_a_catalogue_without_titles_finds_nothing() -> None:
    empty = TitleLookup([])
    assert named("anything like Heat", empty) == []
    assert empty.closest("anything") == []
