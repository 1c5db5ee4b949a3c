"""Catalogue files that are torn, dirty, in another encoding or no catalogue: what can be read of them is kept."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import json
from pathlib import Path

import pytest

from matinee.catalogue.readers import FORMATS, Row, open_catalogue
from matinee.errors import CatalogueError, UnknownCatalogueFormat
from tests.support.catalogue_files import SAMPLES, Write, films, imdb_row, only_row, write  # noqa: F401


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-with-mark", "cp1252"])
@pytest.mark.parametrize("sample", ["imdb.csv", "movielens/movies.csv", "films.jsonl", "films.json"])
def test_a_file_reads_the_same_in_every_encoding(sample: str, encoding: str, write: Write) -> None:
    text = (SAMPLES / sample).read_text(encoding="utf-8").replace("Ron Howard", "Ron Höward")
    coded = "\ufeff".encode("utf-16-be") + text.encode("utf-16-be") if "mark" in encoding else text.encode(encoding)
    expected = films(write("plain", text))
    assert films(write("coded", coded)) == expected


def test_bytes_that_are_not_utf_8_are_remarked_with_their_line(write: Write) -> None:
    catalogue = open_catalogue(write("mixed.jsonl", b'{"title": "R\xc3\xaane"}\n{"title": "Am\xe9lie"}\n'))
    assert [row.movie.title for row in catalogue if row.movie] == ["Rêne", "Amélie"]
    assert catalogue.remarks == ["line 2 is not valid UTF-8: what is not is read as Windows-1252"]


FILM_ENDS = {
    "imdb.csv": [b'"449,191"\n', b"269197,\n", b"30722,\n", b'"739,478"\n'],
    "movielens/movies.csv": [b"Fantasy\n", b"Mystery|Sci-Fi\n", b"Thriller\n", b"listed)\n"],
    "films.jsonl": [b"1676426}", b'contact"]}', b'doors."}'],
    "films.json": [b'"55630"\n\t\t\t}', b'"32455"\n\t\t\t}', b'"casablanca"\n\t\t\t}'],
}


@pytest.mark.parametrize("sample", FILM_ENDS)
def test_every_film_before_the_place_where_a_file_breaks_off_is_kept(sample: str, write: Write) -> None:
    content = (SAMPLES / sample).read_bytes()
    ends = [content.index(mark) + len(mark) for mark in FILM_ENDS[sample]]
    labels = list(films(SAMPLES / sample))
    for cut in range(ends[0], len(content)):
        whole = sum(end <= cut for end in ends)
        rows = list(open_catalogue(write("torn", content[:cut])))
        assert [row.movie.label for row in rows if row.movie][:whole] == labels[:whole], cut
        assert all(row.fault for row in rows if row.movie is None)


def test_letters_after_a_closing_quote_do_not_cost_the_row(write: Write) -> None:
    read = films(write("sloppy.csv", imdb_row('"Ran" again,1985,160 min,Drama,8.2,x,5')))
    assert list(read) == ["Ran again (1985)"]


@pytest.mark.parametrize(
    ("torn", "reason"),
    [
        ('Ran,1985,160 min,"Drama', "a quote is opened and never closed"),
        ("Ran,1985,160 min", "3 columns instead of 7: the line breaks off"),
    ],
)
def test_a_torn_last_row_is_skipped_with_its_line_and_reason(torn: str, reason: str, write: Write) -> None:
    rows = list(open_catalogue(write("torn.csv", imdb_row("Ikiru,1952,143 min,Drama,8.3,x,5") + torn)))
    assert rows[1:] == [Row(3, None, reason)]


@pytest.mark.parametrize("genres", ["Drama", '"Drama"', '"Drama, War"'])
def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_after_it(genres: str, write: Write) -> None:
    good = [f"Film {n},1990,90 min,{genres},7,x,5" for n in range(300)]
    text = imdb_row("\n".join([good[0], 'Bad,1990,90 min,"Drama,7,x,5', *good[1:]]))
    rows = list(open_catalogue(write("open.csv", text)))
    assert [row.line for row in rows if row.movie is None] == [3]
    assert sum(row.movie is not None for row in rows) == 300


def test_half_a_json_line_is_skipped_with_its_line_number(write: Write) -> None:
    rows = list(open_catalogue(write("torn.jsonl", '{"title": "Ran"}\n\n["list"]\n{"title": "Iki')))
    assert [(row.line, row.movie is None) for row in rows] == [(1, False), (3, True), (4, True)]
    assert rows[1].fault == "not a JSON object"
    assert rows[2].fault and rows[2].fault.startswith("not readable as JSON")


def test_nul_bytes_are_dropped(write: Write) -> None:
    assert list(films(write("nul.jsonl", b'\0\0{"title": "R\0an", "year": 1985}\n' + b"\0" * 50))) == ["Ran (1985)"]


def test_text_is_cleaned(write: Write) -> None:
    raw = {"title": " Tom\t&amp; Jerry\x07 ", "overview": "a\u202eb \ud800 c\n\nd", "stars": ["A  B", "", "A B", None]}
    film = only_row(write("dirty.jsonl", json.dumps(raw))).movie
    assert film and (film.title, film.overview, film.stars) == ("Tom & Jerry", "ab c d", ["A B"])


def test_overlong_texts_are_cut_with_a_remark(write: Write) -> None:
    row = only_row(write("long.jsonl", json.dumps({"title": "t" * 301, "overview": "o" * 10_001})))
    assert row.movie and (len(row.movie.title), len(row.movie.overview)) == (300, 10_000)
    assert row.fault == "title of 301 characters, cut at 300; overview of 10,001 characters, cut at 10,000"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (bytes(range(1, 32)) * 9, "not a text file"),
        (b"userId,movieId,rating\n1,1,4.0\n", "movielens.*csv.*jsonl.*json"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_the_reason(content: bytes, says: str, write: Write) -> None:
    with pytest.raises(CatalogueError, match=says):
        open_catalogue(write("some.csv", content))


def test_a_path_that_is_not_there_and_a_folder_without_films_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no file"):
        open_catalogue(tmp_path / "absent.csv")
    with pytest.raises(CatalogueError, match=r"no movies\.csv"):
        open_catalogue(tmp_path)


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownCatalogueFormat, match="imdb-tsv, movielens, csv, jsonl, json, starter"):
        open_catalogue(SAMPLES / "imdb.csv", "xml")


@pytest.mark.parametrize("format", [known.name for known in FORMATS if known.name != "jsonl"])
def test_a_named_format_that_the_file_is_not_in_is_refused(format: str, write: Write) -> None:
    with pytest.raises(CatalogueError):
        open_catalogue(write("note.txt", "It rained in Vienna."), format)
