"""What is on record has the form that is promised, and is whole: every line, every film, every list of winners."""

import re
from collections import Counter
from csv import reader
from importlib.resources import files

import pytest

from matinee.models import title_key
from matinee.records.films import Related, performers, record_of
from matinee.records.prizes import newest, prizes_of
from tests.support.films import film
from tests.support.reasons import starter

TITLED = re.compile(r".+ \((1[89]|20)\d\d[^()]*\)")
PEOPLE = {
    *("oscar_director", "oscar_actor", "oscar_actress", "oscar_supporting_actor", "oscar_supporting_actress"),
    *("oscar_original_screenplay", "oscar_adapted_screenplay"),
}
FIRST = {
    **{"palme_dor": 1939, "golden_lion": 1945, "golden_bear": 1950, "bafta_film": 1946, "cesar_film": 1975},
    **{"spirit_film": 1985, "sundance_jury": 1984, "razzie_picture": 1980, "sight_and_sound": 1895, "afi_100": 1895},
}
"""The year of the oldest winners that may stand in a list; the Academy's begin with films of 1927."""


def rows(name: str) -> list[list[str]]:
    text = files("matinee.records").joinpath("data", name).read_text(encoding="utf-8")
    assert text.endswith("\n") and "\r" not in text
    return list(reader(text.splitlines(), delimiter="\t", quoting=3))


HEAD, *PRIZES = rows("prizes.tsv")
COLUMNS, *FACTS = rows("starter_facts.tsv")


def test_every_line_has_its_columns_and_no_cell_has_blanks_around_it() -> None:
    assert HEAD == ["prize", "film", "year", "people"]
    assert COLUMNS == ["title", "year", "true_story", "series", "remake_of", "based_on", "cast"]
    for table, width in ((PRIZES, 4), (FACTS, 7)):
        assert [row for row in table if len(row) != width] == []
        assert [row for row in table if any(cell != cell.strip() or "  " in cell for cell in row)] == []
        assert [row for row, count in Counter(map(tuple, table)).items() if count > 1] == []


def test_every_prize_has_a_film_a_year_that_can_be_and_its_people_where_it_goes_to_people() -> None:
    for prize, title, year, people in PRIZES:
        assert title
        assert FIRST.get(prize, 1927) <= int(year) <= 2026, (prize, title)
        assert prize in FIRST or prize.startswith("oscar_")
        assert people or prize not in PEOPLE, (prize, title)
        assert all(name.strip() for name in people.split(";")) or not people


@pytest.mark.parametrize(
    ("prize", "ceremonies"),
    [
        ("oscar_picture", 98),  # one a ceremony, the first in 1929, the 98th in 2026
        ("oscar_director", 99),  # the first ceremony had two
        ("oscar_animated", 25),  # since the 74th
        ("oscar_supporting_actor", 90),  # since the ninth
        ("oscar_supporting_actress", 90),
    ],
)
def test_no_winner_is_missing_from_a_list_of_which_the_number_is_known(prize: str, ceremonies: int) -> None:
    assert sum(row[0] == prize for row in PRIZES) == ceremonies


def test_films_on_record_stand_there_once_and_are_the_starter_catalogue_s() -> None:
    recorded = Counter((row[0], int(row[1])) for row in FACTS)
    assert max(recorded.values()) == 1
    films = {(movie.title, movie.year): movie for movie in starter().values()}
    assert all(record_of(films[label]) for label in recorded)
    assert record_of(film("Nobody Knows This One", 1999)) is None


def test_every_record_says_in_one_of_three_words_whether_the_story_is_true() -> None:
    assert {row[2] for row in FACTS} == {"yes", "loosely", "no"}


def test_films_of_a_series_and_remakes_stand_with_their_years_and_never_with_themselves() -> None:
    for title, year, _, series, remakes, *_ in FACTS:
        related = [item.strip() for cell in (series, remakes) for item in cell.split(";") if item.strip()]
        assert [item for item in related if not TITLED.fullmatch(item)] == [], title
        assert f"{title} ({year})" not in related


def test_what_a_film_is_based_on_says_what_it_is() -> None:
    sources = [item.strip() for row in FACTS for item in row[5].split(";") if item.strip()]
    assert len(sources) > 300
    assert [source for source in sources if not re.fullmatch(r"[a-z][a-z ]+: .+", source)] == []


def test_every_cast_names_people_each_once() -> None:
    for row in FACTS:
        cast = [name.strip() for name in row[6].split(";")]
        assert all(re.search(r"[^\W\d_]", name) for name in cast), row[0]
        assert len({title_key(name, None) for name in cast}) == len(cast), row[0]


def test_a_record_gives_what_its_line_says() -> None:
    record = record_of(starter()["Toy Story 2 (1999)"])
    assert record is not None
    assert (record.true_story, record.remake_of) == ("no", ())
    assert Related("Toy Story", 1995) in record.series
    record = record_of(starter()["Scent of a Woman (1992)"])
    assert record is not None
    assert record.remake_of == (Related("Scent of a Woman", 1974),)
    assert "Philip Seymour Hoffman" in record.cast


def test_prizes_are_found_by_any_title_and_a_year_that_is_off_by_one() -> None:
    won = {prize.prize for prize in prizes_of(starter()["Slumdog Millionaire (2008)"])}
    assert won >= {"oscar_picture", "oscar_director", "oscar_adapted_screenplay", "bafta_film"}
    assert "oscar_original_screenplay" not in won
    dated = film("Slumdog Millionaire", 2009)
    renamed = film("Q & A", 2008, aka=["Slumdog Millionaire"])
    assert {p.prize for p in prizes_of(dated)} == {p.prize for p in prizes_of(renamed)} == won
    assert prizes_of(film("Slumdog Millionaire", 1958)) == []
    assert prizes_of(film("Slumdog Millionaire", None)) == []


def test_the_newest_year_of_a_list_tells_how_far_it_reaches() -> None:
    assert 2025 <= newest("oscar") <= 2026
    assert newest("oscar") == max(int(row[2]) for row in PRIZES if row[0].startswith("oscar"))


def test_actors_are_known_from_casts_and_acting_prizes() -> None:
    known = performers()
    assert title_key("Philip Seymour Hoffman", None) in known
    assert title_key("Hugh Griffith", None) in known
    assert title_key("Roger Deakins", None) not in known
