import re

import pytest

from matinee.models import Movie
from matinee.providers.evidence.phrases import with_article
from matinee.providers.evidence.portrait import kind
from matinee.providers.evidence.premise import premise
from tests.support.evidence_films import (
    BAKERY,
    LIGHTHOUSE,
    NOTES,
    REQUESTS,
    SIGNAL,
    SPEAKER,
    film,
    written,
)


def test_a_first_sentence_of_thirty_words_is_quoted_whole() -> None:
    assert premise(LIGHTHOUSE.overview).endswith("one page each night.")


def test_the_second_sentence_stays_untold() -> None:
    assert "whose year" not in written(LIGHTHOUSE, "something thoughtful").text


@pytest.mark.parametrize(
    ("overview", "end"),
    [
        (
            "A small band of convicts from all over the continent stages a daring escape from a camp in the far north, "
            "and embarks on a treacherous journey across five countries in a desperate race for freedom.",
            "a camp in the far north",
        ),
        (
            "Paul Racine, a businessman on a visit to the old quarter of the town, is caught up in a feud of two "
            "families after he and his companion are taken for spies by a butcher who owes money to both.",
            "a feud of two families",
        ),
        (
            "In the last autumn of the war a young soldier walks home through three countries with a stolen horse; "
            "in the spring his brother, who has never left, sells the farm to the man they both owe.",
            "with a stolen horse",
        ),
    ],
)
def test_a_long_sentence_is_cut_where_a_clause_ends(overview: str, end: str) -> None:
    assert premise(overview).endswith(end)
    assert premise(overview) in overview


@pytest.mark.parametrize(
    "overview",
    [
        "A lawyer from a small town in the hills above the lake, who has not won a single case since her father left "
        "the firm to her, finds in the cellar a box of letters that are not hers.",
        "When a baker, a tailor, a smith, a weaver, and the youngest daughter of the richest man in the valley set out "
        "to find the spring, they must first agree on the road and on who carries the bread.",
        'She tells the court that "nobody in this house has ever, and I mean ever, opened that door" before the guests '
        "came down from the hills for the feast of the patron saint of sailors.",
    ],
)
def test_a_sentence_is_never_cut_in_the_middle_of_a_clause(overview: str) -> None:
    assert premise(overview) in (overview, "")


def test_an_abbreviation_ends_no_sentence() -> None:
    first = "Dr. Gonzo and J. R. Marsh drive St. Clair to the U.S. Embassy at three in the morning."
    assert premise(f"{first} Nobody opens the door.") == first


def test_an_overview_that_begins_with_the_title_is_quoted_as_it_stands() -> None:
    juno = film("The Duke", overview="The Duke drives a taxi in Leeds and writes letters to the Prime Minister.")
    assert juno.overview in written(juno, "tonight").text


def test_an_overview_of_one_short_sentence_is_quoted() -> None:
    assert "A ferry sinks." in written(film("Only a Plot", overview="A ferry sinks."), "tonight").text


@pytest.mark.parametrize(
    ("genres", "asked_for", "phrase"),
    [
        (["Drama", "Sci-Fi"], [], "sci-fi drama"),
        (["Comedy", "Romance"], [], "romantic comedy"),
        (["Comedy", "Drama"], [], "comedy drama"),
        (["Crime", "Drama", "Thriller"], [], "crime thriller"),
        (["Adventure", "Animation", "Family"], [], "animated family adventure"),
        (["Animation", "Family"], [], "animated family film"),
        (["Film-Noir"], [], "film noir"),
        (["Film-Noir", "Mystery"], [], "noir mystery"),
        (["War"], [], "war film"),
        (["Drama", "Romance", "War"], [], "romantic war drama"),
        (["Biography", "Drama", "History"], [], "biographical drama"),
        (["Comedy", "Horror"], [], "horror comedy"),
        (["Action", "Sci-Fi"], [], "sci-fi action film"),
        (["Documentary", "Music"], [], "music documentary"),
        (["Drama", "Mystery", "Sci-Fi"], ["Mystery"], "sci-fi mystery"),
        (["western"], [], "western"),
        (["IMAX", "Comedy"], [], "comedy"),
    ],
)
def test_genres_are_spoken_of_as_people_do(genres: list[str], asked_for: list[str], phrase: str) -> None:
    said = kind(film(genres=genres), asked=asked_for)
    assert said is not None
    assert said.text == phrase


def test_only_genres_that_the_phrase_names_are_its_support() -> None:
    said = kind(film(genres=["Crime", "Drama", "Thriller"]))
    assert said is not None
    assert {quote for _, quote in said.support} == {"Crime", "Thriller"}


@pytest.mark.parametrize(
    ("noun", "article"),
    [
        ("animated film", "an"),
        ("crime thriller", "a"),
        ("honest drama", "an"),
        ("unhurried drama", "an"),
        ("1995 drama", "a"),
        ("1895 film", "an"),
        ("80-minute film", "an"),
    ],
)
def test_the_article_goes_by_the_sound(noun: str, article: str) -> None:
    assert with_article(noun) == f"{article} {noun}"


def test_a_director_who_acts_is_not_listed_among_the_cast_again() -> None:
    text = written(BAKERY, "tonight").text
    assert text.count("Lucie Petit") == 1 and "Omar Sy" in text


def test_every_combination_of_what_a_row_may_lack_reads_without_a_gap() -> None:
    parts = ("genres", "directors", "stars", "overview", "keywords", "runtime", "year")
    empty = Movie(movie_id="x", title="x").model_dump()
    for mask in range(2 ** len(parts)):
        row = SIGNAL.model_dump() | {part: empty[part] for bit, part in enumerate(parts) if mask >> bit & 1}
        for request in REQUESTS[:3]:
            text = written(Movie.model_validate(row), request, NOTES, [SPEAKER]).text
            assert not re.search(r"[{}]|\s{2}|\s[,.;:]|[,;:]\.|\ba [aeiou]|\ban [bcdfgjkmnpqrstvwz]|\bNone\b", text), (
                text
            )
            assert text[0].isupper() and text.endswith((".", "!", "?"))
