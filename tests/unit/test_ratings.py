"""Rating files are read as a stream: what cannot be used is counted and named, what is doubled is settled."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.errors import CatalogueError, UnknownCatalogueFormat
from matinee.ratings.movielens import Rating, RatingTable, open_ratings
from matinee.ratings.user_ratings import ViewerRating, open_viewer_ratings
from tests.support.ratings import by_viewer

HEADER = "userId,movieId,rating,timestamp\n"
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("latest/ratings.csv", HEADER + "1,31,2.5,1260759144\n7,1193,5.0,978300760\n"),
        ("latest/ratings.csv", HEADER.replace("\n", "\r\n") + "1,31,2.5,1260759144\r\n7,1193,5.0,978300760\r\n"),
        ("ten/ratings.dat", "1::31::2.5::1260759144\n7::1193::5::978300760\n"),
        ("hundred/u.data", "1\t31\t2.5\t1260759144\n7\t1193\t5\t978300760\n"),
    ],
)
def test_every_movielens_folder_and_its_file_give_the_same_ratings(name: str, text: str, write: Write) -> None:
    file = write(name, text)
    expected = [Rating("1", "31", 2.5, 1260759144), Rating("7", "1193", 5.0, 978300760)]
    assert list(open_ratings(file.parent)) == expected
    assert list(open_ratings(file)) == expected


def test_columns_are_told_by_name_and_a_timestamp_may_lack(write: Write) -> None:
    file = write("ratings.csv", "rating,movieId,userId\n4.5,2,9\n")
    assert list(open_ratings(file)) == [Rating("9", "2", 4.5, None)]


def test_quoted_and_semicolon_separated_figures_are_read(write: Write) -> None:
    assert list(open_ratings(write("a.csv", '"userId";"movieId";"rating"\n"1";"2";"3.5"\n'))) == [Rating("1", "2", 3.5)]


def test_the_last_of_two_ratings_of_one_film_wins_and_the_other_is_counted(write: Write) -> None:
    ratings = open_ratings(write("r.csv", HEADER + "1,5,2,1\n2,5,3,1\n1,5,4.5,2\n1,4,1,3\n"))
    assert by_viewer(ratings.table()) == {"1": {"4": 1.0, "5": 4.5}, "2": {"5": 3.0}}
    assert (ratings.report.read, ratings.report.kept, ratings.report.duplicates) == (4, 3, 1)


def test_ratings_out_of_range_and_unknown_films_are_counted_with_their_lines(write: Write) -> None:
    ratings = open_ratings(write("r.csv", HEADER + "1,5,0.0,1\n1,6,4,1\n1,77,4,1\n2,5,5.5,1\n2,99,9,1\n"), {"5", "6"})
    assert list(ratings) == [Rating("1", "6", 4.0, 1)]
    report = ratings.report
    assert (report.read, report.kept, report.out_of_range, report.unknown) == (5, 1, 3, 1)
    assert "line 2: rating 0 is outside 0.5..5" in report.reasons
    assert "line 4: film 77 is not in the catalogue" in report.reasons


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2", "line 3: 2 columns instead of 4"),
        ("ana,2,3,4", "line 3: userId 'ana' is not a number"),
        ("1.5,2,3,4", "line 3: userId '1.5' is not a whole number from 0 to 2147483647"),
        ("1,99999999999,3,4", "line 3: movieId '99999999999' is not a whole number from 0 to 2147483647"),
        ("1,2,five,4", "line 3: rating 'five' is not a number"),
        ("1,2,,4", "line 3: rating '' is not a number"),
        ("1,2,nan,4", "line 3: rating 'nan' is not a number"),
    ],
)
def test_a_row_that_cannot_be_read_costs_itself_alone(row: str, reason: str, write: Write) -> None:
    ratings = open_ratings(write("r.csv", f"{HEADER}1,10,3,4\n{row}\n2,20,4,5\n"))
    assert list(ratings) == [Rating("1", "10", 3.0, 4), Rating("2", "20", 4.0, 5)]
    assert (ratings.report.unreadable, ratings.report.reasons) == (1, [reason])


def test_columns_missing_on_one_row_are_not_taken_from_the_next(write: Write) -> None:
    ratings = open_ratings(write("r.csv", HEADER + "1,10,3\n2,20,4,5,6\n3,30,5,7\n"))
    assert [rating.item for rating in ratings] == ["20", "30"]
    assert ratings.report.unreadable == 1


def test_a_torn_last_line_is_named(write: Write) -> None:
    ratings = open_ratings(write("r.csv", HEADER + "1,10,3,4\n1,11,"))
    assert len(list(ratings)) == 1
    assert ratings.report.reasons == ["line 3: 3 columns instead of 4: the line breaks off"]


def test_a_complete_last_line_without_its_end_counts(write: Write) -> None:
    assert len(list(open_ratings(write("r.dat", "1::10::3::4\n1::11::4::5")))) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        (HEADER, "no rating after it"),
        ("userId,movieId,stars\n1,2,3\n", "lacks the column rating; found are userId, movieId, stars"),
        (b"PK\x03\x04rest", "is a zip archive"),
    ],
)
def test_a_file_without_ratings_is_refused_with_the_reason(content: str | bytes, message: str, write: Write) -> None:
    with pytest.raises(CatalogueError, match=message):
        open_ratings(write("r.csv", content))


def test_a_file_of_something_else_a_missing_one_and_an_empty_folder_are_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(UnknownCatalogueFormat, match="no known form"):
        open_ratings(write("notes.txt", "a poem\nof two lines\n"))
    with pytest.raises(CatalogueError, match="cannot be read"):
        open_ratings(tmp_path / "nothing.csv")
    with pytest.raises(CatalogueError, match=r"has no ratings.csv, ratings.dat or u.data"):
        (tmp_path / "empty").mkdir()
        open_ratings(tmp_path / "empty")


def test_a_table_of_nothing_usable_names_the_first_fault(write: Write) -> None:
    with pytest.raises(CatalogueError, match=r"None of the 1 rows .* line 2: rating 11 is outside"):
        open_ratings(write("r.csv", HEADER + "1,2,11,4\n")).table()


def test_a_large_file_is_read_in_bounded_memory(tmp_path: Path) -> None:
    rows, path = 200_000, tmp_path / "ratings.csv"
    with path.open("w") as file:
        file.write(HEADER)
        file.writelines(f"{n // 100 + 1},{n % 100 + 1},{n % 10 / 2 + 0.5},{1_000_000_000 + n}\n" for n in range(rows))
    tracemalloc.start()
    table = open_ratings(path).table()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table) == rows
    assert kept < rows * 9 + 2_000_000
    assert peak < 80_000_000 + rows * 20


def test_a_table_of_single_ratings_is_that_of_a_file(write: Write) -> None:
    ratings = open_ratings(write("r.csv", HEADER + "2,5,3,1\n1,6,4.5,2\n1,4,1,3\n"))
    assert by_viewer(RatingTable.of(ratings)) == by_viewer(ratings.table())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADER + "1,31,2.5,1\n", ViewerRating(2.5, movielens_id="31", line=2)),
        ("movieId,rating\n31,4\n", ViewerRating(4.0, movielens_id="31", line=2)),
        (
            "Const,Your Rating,Date Rated,Title,URL,Title Type,IMDb Rating,Year\n"
            'tt0114709,9,2024-01-02,"Toy, Story",https://x,Movie,8.3,1995\n',
            ViewerRating(4.5, imdb_id="tt0114709", title="Toy, Story", year=1995, line=2),
        ),
        (
            "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Amélie,2001,https://boxd.it/x,0.5\n",
            ViewerRating(0.5, title="Amélie", year=2001, line=2),
        ),
    ],
)
def test_a_viewers_export_gives_stars_and_how_to_find_the_film(text: str, expected: ViewerRating, write: Write) -> None:
    assert list(open_viewer_ratings(write("export.csv", text))) == [expected]


def test_an_export_counts_what_it_leaves_out(write: Write) -> None:
    text = "Name,Year,Rating\nHeat,1995,4\nHeat,1995,5\nMoon,2009,\nAlien,1979,7\nBig,1988,good\n,1990,3\nUp,2009"
    ratings = open_viewer_ratings(write("ratings.csv", text))
    assert [(r.title, r.rating) for r in ratings] == [("Heat", 5.0)]
    report = ratings.report
    assert (report.read, report.kept, report.duplicates, report.unrated) == (7, 1, 1, 1)
    assert (report.out_of_range, report.unreadable) == (1, 3)
    assert report.reasons == [
        "line 5: rating 7 is outside 0.5..5",
        "line 6: rating 'good' is not a number",
        "line 7: no title",
        "line 8: 2 columns instead of 3: the line breaks off",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("Name,Year,Rating\n", "no rating after it"),
        ("Name,Year\nHeat,1995\n", "lacks a column of ratings; found are Name, Year"),
        ("Const,Your Rating\ntt0114709,11\n", "line 2: rating 11 is outside 1..10"),
        ("userId,movieId,rating\n1,2,3\n2,2,4\n", "several viewers .1 and, on line 3, 2."),
        ("colour,size\nred,3\n", "names no films that can be told: its columns are 'colour, size'"),
    ],
)
def test_an_export_that_cannot_be_used_is_refused_with_the_reason(text: str, message: str, write: Write) -> None:
    with pytest.raises(CatalogueError, match=message):
        open_viewer_ratings(write("export.csv", text))
