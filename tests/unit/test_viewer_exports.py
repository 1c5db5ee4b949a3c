"""What viewers bring from other services: archives, films watched or wished for, columns that say what they are."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.errors import CatalogueError, InvalidRequest
from matinee.ratings.user_ratings import ViewerRating, ViewerRatings, open_viewer_ratings

Write = Callable[[str, str], Path]

DIARY = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
LETTERBOXD = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating\n2024-05-01,Alien,1979,https://boxd.it/c1,5\n",
    "diary.csv": DIARY
    + "2021-02-01,Alien,1979,https://boxd.it/b1,2.5,,,2021-01-31\n"
    + '2023-03-03,Heat,1995,https://boxd.it/b2,,,"heist, ""loud""",2023-03-02\n',
    "watched.csv": "\ufeffDate,Name,Year,Letterboxd URI\n2023-01-02,Heat,1995,u\n2023-01-03,Moon,2009,u\n",
    "likes/films.csv": "Date,Name,Year,Letterboxd URI\n2024-05-01,Alien,1979,u\n2024-05-01,Moon,2009,u\n",
    "watchlist.csv": "Date,Name,Year,Letterboxd URI\n2024-05-01,Heat,1995,u\n2024-05-01,Ran,1985,u\n",
    "deleted/diary.csv": DIARY + "2020-01-01,Contact,1997,https://boxd.it/d1,1,,,2020-01-01\n",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    return write_file


def zipped(path: Path, files: dict[str, str], within: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(within + name, content)
    return path


def said(ratings: ViewerRatings) -> dict[str | None, tuple[str, float | None]]:
    return {one.title: (one.said, one.rating) for one in ratings}


WHOLE = {"Alien": ("rated", 5.0), "Heat": ("seen", None), "Moon": ("liked", None), "Ran": ("wished", None)}


@pytest.mark.parametrize("within", ["", "letterboxd-ana-2024/"])
def test_the_zip_that_letterboxd_hands_out_is_read_without_what_was_deleted(within: str, tmp_path: Path) -> None:
    files = {"profile.csv": "Date Joined,Username\n2020-01-01,ana\n", **LETTERBOXD}
    assert said(open_viewer_ratings(zipped(tmp_path / "export.zip", files, within))) == WHOLE


def test_its_folder_gives_the_same_as_the_zip(write: Write, tmp_path: Path) -> None:
    for name, content in LETTERBOXD.items():
        write(f"export/{name}", content)
    ratings = open_viewer_ratings(tmp_path / "export")
    assert said(ratings) == WHOLE
    report = ratings.report
    assert (report.read, report.kept, report.duplicates) == (9, 4, 5)


def test_a_file_of_the_export_that_is_damaged_costs_itself_alone(tmp_path: Path) -> None:
    ratings = open_viewer_ratings(zipped(tmp_path / "export.zip", LETTERBOXD | {"watched.csv": ""}))
    assert said(ratings) == WHOLE
    assert any("watched.csv" in remark and "empty" in remark for remark in ratings.remarks)


def test_a_fault_in_one_of_several_files_is_told_with_the_file(tmp_path: Path) -> None:
    files = LETTERBOXD | {"ratings.csv": LETTERBOXD["ratings.csv"] + "2024-05-01,Big,1988,u,9\n"}
    ratings = open_viewer_ratings(zipped(tmp_path / "export.zip", files))
    assert ratings.report.reasons == ["ratings.csv, line 3: rating 9 is outside 0.5..5"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"notes.txt": "a", "more.md": "b"}, "no export of Letterboxd's .*found are more.md, notes.txt; name the file"),
        ({}, "found are no files"),
    ],
)
def test_an_archive_of_something_else_is_refused_with_what_is_in_it(
    files: dict[str, str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=says):
        open_viewer_ratings(zipped(tmp_path / "some.zip", files))


def test_an_archive_that_is_torn_or_unpacks_to_hundreds_of_megabytes_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "export.zip", LETTERBOXD).read_bytes()
    (tmp_path / "torn.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogueError, match="cannot be read"):
        open_viewer_ratings(tmp_path / "torn.zip")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ratings.csv", b"\0" * (201 << 20))
    with pytest.raises(CatalogueError, match="more than 200 MB"):
        open_viewer_ratings(tmp_path / "bomb.zip")


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    archive = bytearray(zipped(tmp_path / "export.zip", LETTERBOXD).read_bytes())
    archive[archive.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first entry in the directory
    (tmp_path / "locked.zip").write_bytes(archive)
    with pytest.raises(CatalogueError, match="locked with a password"):
        open_viewer_ratings(tmp_path / "locked.zip")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("watched.csv", "seen"),
        ("export.csv", "seen"),
        ("watchlist-ana-2024.csv", "wished"),
        ("movielens-wishlist.csv", "wished"),
        ("likes/films.csv", "liked"),
    ],
)
def test_films_without_ratings_are_seen_liked_or_wished_for_by_the_files_name(
    name: str, what: str, write: Write
) -> None:
    ratings = open_viewer_ratings(
        write(name, "Date,Name,Year,Letterboxd URI\n2024-01-01,Heat,1995,https://boxd.it/a\n")
    )
    assert said(ratings) == {"Heat": (what, None)}


def test_what_rows_without_a_rating_say_may_be_told(write: Write) -> None:
    path = write("mine.csv", "Title,Year\nHeat,1995\n")
    assert said(open_viewer_ratings(path, says="wished")) == {"Heat": ("wished", None)}
    with pytest.raises(CatalogueError, match=r"lacks a column of ratings.*--columns rating=.*--as seen"):
        open_viewer_ratings(path)


def test_an_unrated_row_of_a_diary_counts_as_seen(write: Write) -> None:
    assert said(open_viewer_ratings(write("diary.csv", LETTERBOXD["diary.csv"]))) == {
        "Alien": ("rated", 2.5),
        "Heat": ("seen", None),
    }


def test_a_list_of_letterboxds_is_refused_in_a_sentence(write: Write) -> None:
    text = (
        "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-01-02,Rainy,,u,\n\nPosition,Name,Year\n1,A,1\n"
    )
    with pytest.raises(
        CatalogueError, match=r"^`list.csv` is a list of Letterboxd's, which holds no ratings; [^.]*\.$"
    ):
        open_viewer_ratings(write("list.csv", text))


def test_the_export_of_movielens_own_site_names_films_in_three_ways(write: Write) -> None:
    text = 'movie_id,imdb_id,tmdb_id,rating,average_rating,title\n1214,0078748,348,4.5,4.03,"Matrix, The (1999)"\n'
    (one,) = open_viewer_ratings(write("movielens-ratings.csv", text))
    assert one == ViewerRating(4.5, "1214", "tt0078748", "The Matrix", 1999, 2, "348")


IMDB = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Year\n"


def test_what_imdb_calls_no_film_is_counted_by_its_kind(write: Write) -> None:
    rows = [
        "tt1,2,,Heat,Heat,u,TV Episode,8.1,1995",
        "tt2,2,,Heat,Heat,u,tvEpisode,8.1,1995",
        "tt3,10,,Contact,Contact,u,TV Series,8.7,2017–2020",
        "tt4,7,,Arrival,Arrival,u,Video Game,7.0,2016",
        "tt5,8,,Amelie,Le fabuleux destin,u,TV Movie,8.3,2001",
        "tt6,,,Big,Big,u,Movie,8.3,1988",
    ]
    ratings = open_viewer_ratings(write("ratings.csv", IMDB + "\n".join(rows)))
    (one,) = ratings
    assert (one.title, one.original_title, one.rating) == ("Amelie", "Le fabuleux destin", 4.0)
    assert ratings.report.no_films == {"TV Episode": 1, "tvEpisode": 1, "TV Series": 1, "Video Game": 1}
    assert (ratings.report.unrated, ratings.report.read) == (1, 6)


def test_an_export_of_series_alone_says_so(write: Write) -> None:
    with pytest.raises(CatalogueError, match=r"None of the 1 rows .*they are no films"):
        open_viewer_ratings(write("ratings.csv", IMDB + "tt3,10,,Contact,Contact,u,TV Series,8.7,2017\n"))


MOVIE = {"title": "Alien", "year": 1979, "ids": {"trakt": 1, "slug": "alien-1979", "imdb": "tt0078748", "tmdb": 348}}


@pytest.mark.parametrize(
    ("name", "row", "what"),
    [
        ("ratings.json", {"rated_at": "2024", "rating": 9, "type": "movie"}, ("rated", 4.5)),
        ("a.json", {"plays": 2, "last_watched_at": "2024"}, ("seen", None)),
        ("a.json", {"watched_at": "2024", "action": "watch", "type": "movie"}, ("seen", None)),
        ("a.json", {"rank": 1, "listed_at": "2024", "type": "movie"}, ("wished", None)),
        ("watchlist.json", {"type": "movie"}, ("wished", None)),
    ],
)
def test_trakts_json_is_read(name: str, row: dict[str, object], what: tuple[str, float | None], write: Write) -> None:
    show = {"rating": 10, "type": "show", "show": {"title": "Alien", "year": 1979, "ids": {"imdb": "tt1"}}}
    ratings = open_viewer_ratings(write(name, json.dumps([{**row, "movie": MOVIE}, show])))
    (one,) = ratings
    assert (ratings.format, (one.said, one.rating)) == ("trakt", what)
    assert (one.title, one.year, one.imdb_id, one.tmdb_id) == ("Alien", 1979, "tt0078748", "348")
    assert ratings.report.no_films == {"show": 1}


def test_trakts_folder_gives_the_files_about_films(write: Write, tmp_path: Path) -> None:
    write("trakt/ratings-movies.json", json.dumps([{"rating": 8, "movie": MOVIE}]))
    write("trakt/watched-movies.json", json.dumps([{"plays": 1, "movie": {**MOVIE, "title": "Ran", "ids": {}}}]))
    write("trakt/ratings-shows.json", json.dumps([{"rating": 8, "show": MOVIE}]))
    assert said(open_viewer_ratings(tmp_path / "trakt")) == {"Alien": ("rated", 4.0), "Ran": ("seen", None)}


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("tmdbID,imdbID,Title,Year,Rating10,WatchedDate\n348,tt0078748,Alien,1979,5,2024-01-01\n", [2.5]),
        ("Title,Year,Score\nAlien,1979,9\nHeat,1995,4\n", [4.5, 2.0]),
        ("date;title;rating;imdb id\n2012-01-01;Alien;4,5;tt0078748\n", [4.5]),
        ("TITLE\tYOUR RATING\nAlien\t87\nHeat\t2\n", [4.35, 0.5]),
    ],
)
def test_any_table_whose_columns_say_what_they_are_is_read(text: str, stars: list[float], write: Write) -> None:
    assert [one.rating for one in open_viewer_ratings(write("mine.csv", text))] == pytest.approx(stars)


def test_the_scale_that_was_guessed_is_told_and_may_be_given(write: Write) -> None:
    path = write("mine.csv", "Title,Score\nAlien,4\n")
    guessed, given = open_viewer_ratings(path), open_viewer_ratings(path, scale=10)
    assert [one.rating for one in guessed] == [4.0]
    assert guessed.remarks == ["Ratings are taken to be out of 5, by the highest found; else add `--scale`."]
    assert ([one.rating for one in given], given.remarks) == ([2.0], [])


def test_columns_may_be_named(write: Write) -> None:
    path = write("filme.csv", "Filmtitel;Jahr;Note\nAlien;1979;8\n")
    with pytest.raises(CatalogueError, match=r"names no films .*Filmtitel, Jahr, Note.*--columns title="):
        open_viewer_ratings(path)
    columns = {"title": "filmtitel", "year": "Jahr", "rating": "Note"}
    (one,) = open_viewer_ratings(path, columns=columns)
    assert (one.title, one.year, one.rating) == ("Alien", 1979, 4.0)
    with pytest.raises(CatalogueError, match="no column Titel; found are Filmtitel, Jahr, Note"):
        open_viewer_ratings(path, columns={"title": "Titel"})
    with pytest.raises(InvalidRequest, match="`name` is nothing that a column can be named for; known are title, year"):
        open_viewer_ratings(path, columns={"name": "Filmtitel"})


def test_a_file_that_is_not_there_is_not_asked_for_as_a_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no file .*name an export of ratings") as raised:
        open_viewer_ratings(tmp_path / "nothing.csv")
    assert "MovieLens" not in str(raised.value)
