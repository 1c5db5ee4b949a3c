"""The starter catalogue's texts are the project's own: no six words in a row are those of the IMDb table."""

import csv
import re
from pathlib import Path

from tests.support.starter_films import starter_movies


def six_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def test_no_six_words_in_a_row_equal_the_table_s(data_folder: Path) -> None:
    with (data_folder / "imdb_top_1000.csv").open(encoding="utf-8") as file:
        theirs = set().union(*(six_words(row["Overview"]) for row in csv.DictReader(file)))
    ours = {movie.label: six_words(movie.overview) for movie in starter_movies().values()}
    assert {label: grams & theirs for label, grams in ours.items() if grams & theirs} == {}
