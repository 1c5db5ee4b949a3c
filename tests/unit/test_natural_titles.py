"""Titles as catalogues write them become titles as people say them."""

import csv
import os
import re
from pathlib import Path

import pytest

from matinee.catalogue.titles import distinct_titles, natural_title, split_year

DATA = os.environ.get("MATINEE_DATA")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Matrix, The", "The Matrix"),
        ("Goofy Movie, A", "A Goofy Movie"),
        ("American in Paris, An", "An American in Paris"),
        ("Good, the Bad and the Ugly, The", "The Good, the Bad and the Ugly"),
        ("Misérables, Les", "Les Misérables"),
        ("Avventura, L'", "L'Avventura"),
        ("Ours, L’", "L'Ours"),
        ("Mariachi, El", "El Mariachi"),
        ("Divo, Il", "Il Divo"),
        ("Boot, Das", "Das Boot"),
        ("Vitelloni, I", "I Vitelloni"),
        ("femme est une femme, Une", "Une femme est une femme"),
        ("matrix, the", "The matrix"),
        ("Crow, The: Wicked Prayer", "The Crow: Wicked Prayer"),
        ("Blind Swordsman: Zatoichi, The", "The Blind Swordsman: Zatoichi"),
    ],
)
def test_an_article_at_the_end_comes_to_the_front(written: str, said: str) -> None:
    assert natural_title(written) == (said, [])


@pytest.mark.parametrize(
    "title",
    [
        "Paris, Texas",
        "New York, New York",
        "I, Robot",
        "I, the Jury",
        "Goodbye, I",
        "Run, Hide, Die",
        "Me, Myself & Irene",
        "Monsters, Inc.",
        "Steamboat Bill, Jr.",
        "Like Father, Like Son",
        "Dana Carvey: Straight White Male, 60",
        "Yi Yi",
        "The Matrix",
    ],
)
def test_a_title_whose_last_words_only_look_like_an_article_stays(title: str) -> None:
    assert natural_title(title) == (title, [])


@pytest.mark.parametrize(
    ("written", "said", "others"),
    [
        ("Hate (Haine, La)", "Hate", ["La Haine"]),
        ("Postman, The (Postino, Il)", "The Postman", ["Il Postino"]),
        ("Men in Black (a.k.a. MIB)", "Men in Black", ["MIB"]),
        ("Seven (a.k.a. Se7en)", "Seven", ["Se7en"]),
        ("Supercop (aka Police Story 3)", "Supercop", ["Police Story 3"]),
        ("101 Dalmatians (One Hundred and One Dalmatians)", "101 Dalmatians", ["One Hundred and One Dalmatians"]),
        ("Trou, Le (Hole, The) (Night Watch, The)", "Le Trou", ["The Hole", "The Night Watch"]),
        ("Hidden (a.k.a. Cache) (Caché)", "Hidden", ["Cache"]),
        ("Kwaidan (A (very) long tale)", "Kwaidan", ["A (very) long tale"]),
    ],
)
def test_titles_in_brackets_are_other_titles(written: str, said: str, others: list[str]) -> None:
    assert natural_title(written) == (said, others)


@pytest.mark.parametrize(
    "title",
    [
        "(500) Days of Summer",
        "Frontière(s)",
        "Birdman or (The Unexpected Virtue of Ignorance)",
        "Birdman: Or (The Unexpected Virtue of Ignorance)",
        "Hommage à Zgougou (et salut à Sabine Mamou)",
        "Evangelion: 3.0 You Can (Not) Redo",
        "(Untitled)",
        "Smile :)",
        "()",
    ],
)
def test_brackets_that_belong_to_the_title_stay(title: str) -> None:
    assert natural_title(title) == (title, [])


def test_a_note_in_brackets_is_no_title() -> None:
    assert natural_title("Hotel Chevalier (Part 1 of 'The Darjeeling Limited')") == ("Hotel Chevalier", [])


def test_a_title_that_differs_in_accents_only_is_no_other_title() -> None:
    assert distinct_titles("Rashomon", ["Rashômon", "In the Woods", "In the woods!"]) == ["In the Woods"]


@pytest.mark.parametrize(
    ("written", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Angst  (1983) ", "Angst", 1983),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1984 (Nineteen Eighty-Four) (1984)", "1984 (Nineteen Eighty-Four)", 1984),
        ("Land Before Time III (1995) (V)", "Land Before Time III", 1995),
        ("Hamlet (1996/II)", "Hamlet", 1996),
        ("Death Note (2006–2007)", "Death Note", 2006),
        ("Black Mirror (2011– )", "Black Mirror", 2011),
        ("Babylon 5", "Babylon 5", None),
        ("Blade Runner 2049", "Blade Runner 2049", None),
        ("1-900 (06)", "1-900 (06)", None),
        ("(1984)", "(1984)", None),
    ],
)
def test_the_year_in_brackets_at_the_end_is_split_off(written: str, title: str, year: int | None) -> None:
    assert split_year(written) == (title, year)


@pytest.mark.skipif(not DATA, reason="MATINEE_DATA is not set")
def test_no_article_is_left_at_the_end_of_a_movielens_title() -> None:
    with (Path(str(DATA)) / "ml-latest-small" / "movies.csv").open(encoding="utf-8", newline="") as file:
        titles = [natural_title(split_year(row["title"])[0])[0] for row in csv.DictReader(file)]
    assert [title for title in titles if re.search(r", (The|An?|L[aei]s?|Der|Die|Das|El|Il|L')$", title)] == []
