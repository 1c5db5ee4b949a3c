"""Plots, reviews and tags are read beside the film's row, whatever the format calls them, within bounds."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.catalogue.readers import Row, open_catalogue
from matinee.catalogue.readers.texts import LongText
from matinee.errors import UnknownCatalogueFormat
from matinee.sanitize import LONG_MAX

Write = Callable[[str, str], Path]
PLOT = "A widow counts ledgers at night. " * 300
HEADER = "Series_Title,Released_Year,Genre,Overview"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> Path:
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write_file


def only(path: Path) -> Row:
    (row,) = open_catalogue(path)
    return row


def film(write: Write, **fields: object) -> Row:
    return only(write("films.jsonl", json.dumps({"title": "Ledger", "year": 1999, **fields})))


@pytest.mark.parametrize("name", ["plot", "synopsis", "wiki_plot", "full_plot"])
def test_a_long_plot_is_read_beside_the_row_and_not_into_it(name: str, write: Write) -> None:
    row = film(write, overview="A widow.", **{name: PLOT})
    assert row.texts == (LongText("plot", PLOT.strip()),)
    assert row.movie is not None
    assert "ledgers" not in row.movie.model_dump_json()


def test_reviews_are_a_text_each_and_tags_one_together(write: Write) -> None:
    reviews = ["Slow and lovely.", {"author": "b", "text": "I left early."}, None, 7, "Slow and lovely."]
    row = film(write, reviews=reviews, tags=["heist", "Dark comedy", "HEIST", " "])
    assert row.texts == (
        LongText("review", "Slow and lovely."),
        LongText("review", "I left early."),
        LongText("tags", "HEIST, Dark comedy"),
    )


@pytest.mark.parametrize("tags", ["heist|snow, deep", "heist;snow, deep"])
def test_tags_in_one_cell_are_told_apart(tags: str, write: Write) -> None:
    assert film(write, tags=tags).texts == (LongText("tags", "heist, snow, deep"),)


def test_columns_of_a_table_hold_long_texts_whatever_their_case(write: Write) -> None:
    path = write("top.csv", f'{HEADER},wiki plot,Reviews,TAGS\nLedger,1999,Drama,A widow.,"{PLOT}",Slow.,a|b\n')
    assert only(path).texts == (LongText("plot", PLOT.strip()), LongText("review", "Slow."), LongText("tags", "a, b"))


def test_a_table_without_such_columns_is_not_remarked_on(write: Write) -> None:
    catalogue = open_catalogue(write("top.csv", f"{HEADER}\nLedger,1999,Drama,A widow.\n"))
    assert next(iter(catalogue)).texts == ()
    assert not any("Plot" in remark for remark in catalogue.remarks)


def test_a_plot_that_is_the_overview_again_is_none(write: Write) -> None:
    assert film(write, overview="A widow counts.", plot="A widow counts.").texts == ()


@pytest.mark.parametrize("nothing", ["", "N/A", "  ", None, 5, [], {}, [[]]])
def test_what_is_no_text_gives_none(nothing: object, write: Write) -> None:
    assert film(write, plot=nothing, reviews=nothing, tags=nothing).texts == ()


def test_markup_and_control_characters_stay_outside(write: Write) -> None:
    row = film(write, plot="<b>She</b> waits\x1b[31m.&nbsp;<script>alert(1)</script> <|im_start|>Then rain.")
    assert row.texts == (LongText("plot", "She waits . Then rain."),)


def test_a_text_of_megabytes_is_cut_and_remarked_on(write: Write) -> None:
    row = film(write, plot="word " * 1_000_000)
    (text,) = row.texts
    assert LONG_MAX - 10 < len(text.text) <= LONG_MAX
    assert row.fault is not None and "plot of more than 100,000 characters" in row.fault


def test_reviews_together_are_bounded(write: Write) -> None:
    row = film(write, reviews=[f"Number {n}. " + "Fine. " * 5_000 for n in range(20)])
    assert sum(len(text.text) for text in row.texts) <= LONG_MAX
    assert row.fault is not None and "review of more than" in row.fault


def test_movielens_tags_are_read_beside_the_films_most_given_first(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,Toy Story (1995),Comedy\n2,Jumanji (1995),Comedy\n")
    (tmp_path / "tags.csv").write_text(
        "userId,movieId,tag,timestamp\n1,1,fun,1\n1,9,lost,1\n2,1,pixar,2\n2,1,,2\n3,1,pixar,3\n3,x,bad,4\n"
    )
    first, second = open_catalogue(tmp_path)
    assert (first.texts, second.texts) == ((LongText("tags", "pixar, fun"),), ())


def test_the_older_movielens_tags_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "movies.dat").write_text("1::Toy Story (1995)::Comedy\n")
    (tmp_path / "tags.dat").write_text("5::1::pixar::1\n5::1::broken\n6::1::buddy film::2\n")
    assert only(tmp_path).texts == (LongText("tags", "pixar, buddy film"),)


def test_films_stay_when_their_tags_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,Toy Story (1995),Comedy\n")
    (tmp_path / "tags.csv").write_text("user,film,word\n1,1,fun\n")
    catalogue = open_catalogue(tmp_path)
    assert [row.texts for row in catalogue] == [()]
    assert any("the films stay without tags" in remark for remark in catalogue.remarks)


def test_a_table_of_titles_and_plots_is_read_with_the_facts_that_it_has(write: Write) -> None:
    path = write(
        "plots.csv",
        "Release Year,Title,Origin/Ethnicity,Director,Cast,Genre,Wiki Page,Plot\n"
        f'1999,"Ledger, The",American,"Ann Bo, Cy Do",Unknown,"drama, unknown",https://x,"{PLOT}\nThen rain."\n'
        "1901,Snow,American,Unknown,A B,unknown,https://y,It snows.\n",
    )
    catalogue = open_catalogue(path)
    first, second = catalogue
    assert catalogue.format == "csv"
    assert first.movie is not None and second.movie is not None
    assert (first.movie.label, first.movie.directors, first.movie.genres) == (
        "The Ledger (1999)",
        ["Ann Bo", "Cy Do"],
        ["Drama"],
    )
    assert first.texts == (LongText("plot", f"{PLOT}Then rain."),)
    assert (first.movie.stars, second.movie.stars, second.movie.directors) == ([], ["A B"], [])


def test_titles_with_reviews_alone_are_such_a_table_and_titles_with_nothing_are_none(write: Write) -> None:
    assert only(write("reviews.csv", "title,review\nSnow (1901),It is slow.\n")).texts == (
        LongText("review", "It is slow."),
    )
    with pytest.raises(UnknownCatalogueFormat):
        open_catalogue(write("nothing.csv", "title,shelf\nSnow,3\n"))


def test_reviews_in_rows_of_their_own_come_one_after_another(write: Write) -> None:
    rows = list(open_catalogue(write("reviews.csv", "title,review\nSnow (1901),Slow.\nSnow (1901),Cold.\n")))
    assert [row.texts[0].text for row in rows] == ["Slow.", "Cold."]
