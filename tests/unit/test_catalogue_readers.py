"""Catalogue files are read as they are found: dirty, torn, in any encoding, and always with line numbers."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import json
import re
import tracemalloc
from importlib import resources
from pathlib import Path

import pytest

from matinee.catalogue.readers import Row, open_catalogue, open_starter
from matinee.catalogue.readers.elements import JsonList
from matinee.errors import CatalogueError
from matinee.models import Movie
from tests.support.catalogue_files import DATA, SAMPLES, Write, films, imdb_row, needs_data, only_row, write  # noqa: F401


@pytest.mark.parametrize(
    ("sample", "format", "rows"),
    [
        ("imdb.csv", "csv", 4),
        ("movielens", "movielens", 4),
        ("movielens/movies.csv", "movielens", 4),
        ("movies.dat", "movielens", 2),
        ("films.jsonl", "jsonl", 3),
        ("films.json", "json", 3),
    ],
)
def test_the_format_is_told_by_the_content(sample: str, format: str, rows: int, write: Write) -> None:
    catalogue = open_catalogue(SAMPLES / sample)
    assert (catalogue.format, len(list(catalogue))) == (format, rows)
    if (SAMPLES / sample).is_file():
        assert open_catalogue(write("renamed.txt", (SAMPLES / sample).read_bytes())).format == format


def test_an_imdb_row_gives_every_fact_of_the_table() -> None:
    assert films(SAMPLES / "imdb.csv")["The Third Man (1949)"] == Movie(
        movie_id="the-third-man-1949",
        title="The Third Man",
        year=1949,
        genres=["Film-Noir", "Mystery", "Thriller"],
        directors=["Carol Reed"],
        stars=["Orson Welles", "Joseph Cotten", "Alida Valli", "Trevor Howard"],
        runtime=104,
        imdb_rating=8.1,
        imdb_votes=2343110,
        metascore=97,
        overview="A writer of westerns comes to Vienna for a job, and to a funeral instead.",
    )


def test_a_year_that_is_no_number_keeps_the_film_without_a_year() -> None:
    (row,) = [row for row in open_catalogue(SAMPLES / "imdb.csv") if row.fault]
    assert row.movie and (row.movie.title, row.movie.year, row.line) == ("Apollo 13", None, 3)
    assert row.fault == "year 'PG' is not a number, kept without a year"


def test_films_with_the_same_title_are_told_apart_by_their_year() -> None:
    ids = [film.movie_id for film in films(SAMPLES / "imdb.csv").values() if film.title == "Drishyam"]
    assert ids == ["drishyam-2013", "drishyam-2015"]


def test_a_row_after_one_that_spans_lines_has_its_own_line_number() -> None:
    assert [row.line for row in open_catalogue(SAMPLES / "imdb.csv")] == [2, 3, 5, 6]


def test_columns_may_come_in_any_order_and_case_and_with_semicolons(write: Write) -> None:
    path = write("ranked.csv", "genre;overview;RELEASED YEAR;series title\nDrama;Rain, then more rain.;1952;Ikiru\n")
    film = only_row(path).movie
    assert film and (film.label, film.genres, film.overview) == ("Ikiru (1952)", ["Drama"], "Rain, then more rain.")


def test_a_column_that_is_not_there_is_remarked(write: Write) -> None:
    path = write("few.csv", "Series_Title,Genre\nIkiru,Drama\n")
    assert open_catalogue(path).remarks == ["no column for year, overview: what they tell stays unknown"]


def test_missing_columns_are_named_with_those_expected_and_found(write: Write) -> None:
    path = write("few.csv", "Series_Title,Year,Colour\nIkiru,1952,none\n")
    with pytest.raises(CatalogueError, match=r"a title and .* genres or overview, .*; found are Series_Title, Y"):
        open_catalogue(path, "csv")


@pytest.mark.parametrize(
    ("cells", "field", "remark"),
    [
        ("Ikiru,19999,143 min,Drama,8.3,x,5", "year", "year '19999' is outside 1870..2100"),
        ("Ikiru,1952,0,Drama,8.3,x,5", "runtime", "runtime '0' is outside 1..1440"),
        ("Ikiru,1952,N/A,Drama,8.3,x,5", "runtime", "runtime 'N/A' is not a number"),
        ("Ikiru,1952,143 min,Drama,11,x,5", "imdb_rating", "rating '11' is outside 1..10"),
        ("Ikiru,1952,143 min,Drama,nan,x,5", "imdb_rating", "rating 'nan' is not a number"),
        ("Ikiru,1952,143 min,Drama,8.3,x,many", "imdb_votes", "votes 'many' is not a number"),
        ("Ikiru,1952.5,143 min,Drama,8.3,x,5", "year", "year '1952.5' is not a whole number"),
    ],
)
def test_a_figure_that_cannot_be_is_left_out_with_a_remark(cells: str, field: str, remark: str, write: Write) -> None:
    row = only_row(write("one.csv", imdb_row(cells)))
    assert row.movie and row.movie.title == "Ikiru"
    assert getattr(row.movie, field) is None
    assert row.fault and row.fault.startswith(remark)


@pytest.mark.parametrize(("written", "minutes"), [("142 min", 142), ("142", 142), ("2h 22m", 142), ("2 h", 120)])
def test_a_runtime_is_read_in_minutes_however_it_is_written(written: str, minutes: int, write: Write) -> None:
    row = only_row(write("one.csv", imdb_row(f"Ikiru,1952,{written},Drama,8.3,x,5")))
    assert row.movie and (row.movie.runtime, row.fault) == (minutes, None)


def test_a_row_without_a_title_is_skipped(write: Write) -> None:
    assert only_row(write("one.csv", imdb_row(" ,1952,143 min,Drama,8.3,x,5"))) == Row(2, None, "no title")


def test_movielens_titles_ids_and_genres_become_ours() -> None:
    read = films(SAMPLES / "movielens")
    assert read["Toy Story (1995)"].movie_id == "tt0114709"
    assert read["Toy Story (1995)"].genres == ["Adventure", "Animation", "Family", "Comedy", "Fantasy"]
    lost = read["The City of Lost Children (1995)"]
    assert (lost.aka, lost.movie_id) == (["La Cité des enfants perdus"], "the-city-of-lost-children-1995")
    assert "Sci-Fi" in lost.genres and "IMAX" not in lost.genres
    matrix = read["The Matrix (1999)"]
    assert (matrix.imdb_id, matrix.tmdb_id, matrix.movielens_id) == ("tt0133093", "603", "2571")
    assert (read["Babylon 5"].year, read["Babylon 5"].genres) == (None, [])


@pytest.mark.parametrize(("films_in_order", "links_in_order"), [(True, False), (False, True), (False, False)])
def test_links_are_found_though_a_file_is_not_sorted(films_in_order: bool, links_in_order: bool, write: Write) -> None:
    order = [5, 900, 40, 7]
    rows = [f"{n},Film {n} (1990),Drama" for n in (sorted(order) if films_in_order else order)]
    links = [f"{n},{n}1," for n in (sorted(order) if links_in_order else reversed(order))]
    write("links.csv", "\n".join(["movieId,imdbId,tmdbId", *links]))
    read = films(write("movies.csv", "\n".join(["movieId,title,genres", *rows])))
    expected = {"5": "tt0000051", "7": "tt0000071", "40": "tt0000401", "900": "tt0009001"}
    assert {film.movielens_id: film.imdb_id for film in read.values()} == expected


def test_a_links_file_that_cannot_be_read_costs_the_ids_only(write: Write) -> None:
    write("links.csv", "")
    catalogue = open_catalogue(write("movies.csv", "movieId,title,genres\n1,Toy Story (1995),Comedy\n"))
    assert [row.movie.movie_id for row in catalogue if row.movie] == ["toy-story-1995"]
    assert "without IMDb ids" in catalogue.remarks[0]


def test_the_older_movielens_file_is_read_with_its_latin_letters() -> None:
    read = films(SAMPLES / "movies.dat")
    assert read["Toy Story (1995)"].genres == ["Animation", "Family", "Comedy"]
    assert read["Les Misérables (1995)"].movielens_id == "73"


def test_both_forms_of_json_lines_are_read() -> None:
    read = films(SAMPLES / "films.jsonl")
    matrix = read["The Matrix (1999)"]
    assert matrix.directors == ["Lana Wachowski", "Lilly Wachowski"]
    assert matrix.stars == ["Keanu Reeves", "Carrie-Anne Moss"]
    assert (matrix.movie_id, matrix.movielens_id, matrix.tagline) == ("tt0133093", "2571", "")
    assert read["Arrival (2016)"].directors == ["Denis Villeneuve"]
    assert (read["Arrival (2016)"].movie_id, read["Arrival (2016)"].aka) == ("arrival-2016", ["Premier contact"])


def test_a_film_written_as_json_is_read_back_the_same(write: Write) -> None:
    for film in films(SAMPLES / "imdb.csv").values():
        assert only_row(write("one.jsonl", film.model_dump_json())).movie == film


def test_french_keys_are_read() -> None:
    read = films(SAMPLES / "films.json")
    assert read["Yojimbo (1961)"] == Movie(
        movie_id="tt0055630",
        imdb_id="tt0055630",
        title="Yojimbo",
        year=1961,
        genres=["Action"],
        directors=["Akira Kurosawa"],
        stars=["Toshirô Mifune"],
        runtime=110,
        languages=["Japanese"],
        countries=["Japan"],
        overview="A swordsman sells himself to both sides of a town & pities neither.",
    )
    fantasia = read["Fantasia (1940)"]
    assert (fantasia.countries, fantasia.languages, fantasia.stars) == (["USA", "UK"], [], [])


def test_the_first_five_of_the_cast_are_stars_and_a_foreign_id_is_none() -> None:
    film = films(SAMPLES / "films.json")["Casablanca (1942)"]
    assert (len(film.stars), film.stars[0], film.imdb_id) == (5, "Humphrey Bogart", None)


@pytest.mark.parametrize("around", ['{"film": %s}', "%s", '{"made": {"by": [1]}, "films": %s}'])
def test_the_list_of_french_films_may_stand_alone(around: str, write: Write) -> None:
    path = write("short.json", around % '[{"titre": "Ran", "annee": 1985}]')
    assert open_catalogue(path).format == "json"
    assert list(films(path)) == ["Ran (1985)"]


def test_a_damaged_film_in_a_json_list_costs_that_film_only(write: Write) -> None:
    path = write("bad.json", '[{"titre": "Ran"},\n{"titre": "Kage" "musha"},\n{"titre": "Ikiru"}]')
    titles = {row.line: row.movie.title if row.movie else None for row in open_catalogue(path)}
    assert titles == {1: "Ran", 2: None, 3: "Ikiru"}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_json_list_read_in_pieces_is_the_list_itself(size: int) -> None:
    value = [{"a": 'q\u00e9"\\', "b": [1.5e-7, -12, None, True]}, {}, {"c": {"d": "\U0001f3ac"}}, {"e": "]}"}]
    text = json.dumps({"skipped": 1234, "films": {"film": value}}, indent=1)
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    reader = JsonList(pieces, keys=("films", "film"))
    assert [element.value for element in reader.elements(restart=re.compile("x"))] == value


def test_the_total_counts_the_rows_and_is_none_for_a_json_list() -> None:
    assert open_catalogue(SAMPLES / "movielens").total == 4
    assert open_catalogue(SAMPLES / "films.jsonl").total == 3
    assert open_catalogue(SAMPLES / "films.json").total is None


def test_a_catalogue_can_be_read_twice() -> None:
    catalogue = open_catalogue(SAMPLES / "movielens")
    assert list(catalogue) == list(catalogue)


def test_a_missing_starter_catalogue_is_a_catalogue_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "files", lambda package: tmp_path)
    with pytest.raises(CatalogueError, match="starter"):
        open_starter()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "starter.jsonl").write_text('{"title": "Ran"}\n')
    assert (open_starter().format, [row.movie.title for row in open_starter() if row.movie]) == ("starter", ["Ran"])


@needs_data
@pytest.mark.parametrize(
    ("name", "kept", "faults"),
    [
        ("imdb_top_1000.csv", 1000, [(968, "year 'PG' is not a number, kept without a year")]),
        ("ml-latest-small", 9742, []),
        ("catalogue_ml_small.jsonl", 9742, []),
        ("algoets_movies.json", 631, []),
    ],
)
def test_a_real_catalogue_is_read_whole_in_flat_memory(name: str, kept: int, faults: list[tuple[int, str]]) -> None:
    tracemalloc.start()
    try:
        found, read = [], 0
        for row in open_catalogue(DATA / name):
            read += row.movie is not None
            if row.fault:
                found.append((row.line, row.fault))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (read, found) == (kept, faults)
    assert peak < 2_000_000


@needs_data
def test_movielens_and_its_enriched_form_agree_on_every_film() -> None:
    names = ("ml-latest-small", "catalogue_ml_small.jsonl")
    one, other = ([(f.movie_id, f.title, f.year, f.aka, f.genres) for f in films_of(name)] for name in names)
    assert one == other


def films_of(name: str) -> list[Movie]:
    return [row.movie for row in open_catalogue(DATA / name) if row.movie]
