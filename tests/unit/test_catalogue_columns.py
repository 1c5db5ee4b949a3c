"""Tables and lists of films whose columns say what they are: Kaggle's, TMDB's, Wikipedia's, IMDb's own, anybody's."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import gzip
import json
from pathlib import Path

import pytest

from matinee.catalogue.readers import Row, open_catalogue
from matinee.catalogue.readers.names import names_in
from matinee.errors import CatalogueError
from matinee.models import Movie
from tests.support.catalogue_files import DATA, Write, films, needs_data, only_row, write  # noqa: F401

METADATA = (
    "adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,original_title,overview,"
    "popularity,poster_path,production_companies,production_countries,release_date,revenue,runtime,spoken_languages,"
    "status,tagline,title,video,vote_average,vote_count\n"
)
SEA = (
    "False,\"{'id': 1, 'name': 'Seas'}\",0,\"[{'id': 16, 'name': 'Animation'}, {'id': 9, 'name': 'Foreign'}]\","
    ',862,tt0000862,ja,海,"A child, ""Ann"", finds the sea.",21.9,/p.jpg,[],'
    "\"[{'iso_3166_1': 'FR', 'name': \"\"Côte d'Azur\"\"}, {'iso_3166_1': 'US', 'name': 'United States of America'}]\","
    "1995-10-30,0,81.0,\"[{'iso_639_1': 'ja', 'name': '日本語'}, {'iso_639_1': 'en', 'name': 'English'}]\",Released,,"
    "Sea Tale,False,7.7,5415\n"
)
TORN = (
    " - Told by Ann.,0.06,/r.jpg,\"[{'name': 'Lamp', 'id': 7}]\",[],1997-08-20,0,104.0,[],Released,,Lamp,False,6.0,1\n"
)
RUMOURED = "False,,0,[],,9,,en,Lamp,,0.1,,[],[],,0,0.0,[],Rumored,,Lamp,False,0.0,0\n"
ADULT = "True,,0,[],,10,,en,Blue,,0.1,,[],[],1990-01-01,0,60.0,[],Released,,Blue,False,5.0,3\n"


def test_kaggles_table_of_tmdb_is_read_with_its_lists_in_pythons_writing(write: Write) -> None:
    assert only_row(write("movies_metadata.csv", METADATA + SEA)) == Row(
        2,
        Movie(
            movie_id="tt0000862",
            imdb_id="tt0000862",
            tmdb_id="862",
            title="Sea Tale",
            aka=["海"],
            year=1995,
            genres=["Animation"],
            runtime=81,
            languages=["Japanese", "English"],
            countries=["Côte d'Azur", "USA"],
            tmdb_rating=7.7,
            tmdb_votes=5415,
            overview='A child, "Ann", finds the sea.',
            poster="https://image.tmdb.org/t/p/w342/p.jpg",
        ),
    )


def test_its_torn_rows_are_skipped_with_their_lines_and_what_is_unknown_is_no_fault(write: Write) -> None:
    sea, torn, rumoured, adult = open_catalogue(write("m.csv", METADATA + SEA + TORN + RUMOURED + ADULT))
    assert sea.movie is not None
    assert (torn.movie, torn.line, torn.fault) == (None, 3, "15 columns instead of 24")
    assert rumoured.movie is not None
    assert (rumoured.movie.runtime, rumoured.movie.tmdb_rating, rumoured.fault) == (None, None, None)
    assert (adult.movie, adult.fault) == (None, "marked as adult, left out")


def test_cells_in_json_and_lists_with_commas_give_the_same_names(write: Write) -> None:
    header = "id,title,vote_average,release_date,genres,spoken_languages,production_countries,keywords\n"
    as_json = [[{"id": 1, "name": name} for name in names] for names in (["Action", "Science Fiction"], ["rescue"])]
    cells = [json.dumps(cell).replace('"', '""') for cell in as_json]
    one = only_row(write("a.csv", f'{header}5,Ran,7,1985-06-01,"{cells[0]}",[],[],"{cells[1]}"\n'))
    other = only_row(write("b.csv", f'{header}5,Ran,7,1985-06-01,"Action, Science Fiction",,,rescue\n'))
    assert one == other
    assert one.movie and (one.movie.genres, one.movie.keywords) == (["Action", "Sci-Fi"], ["rescue"])


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Ann Bo, Cy Do", ["Ann Bo", "Cy Do"]),
        ("Ann Bo|Cy, Do", ["Ann Bo", "Cy, Do"]),
        ("Robert Bo, Jr., Cy Do", ["Robert Bo, Jr.", "Cy Do"]),
        ("['Ann', \"Bo's\"]", ["Ann", "Bo's"]),
        ("[{'name': \"D'Arc\", 'id': 1}, {'id': 2, 'name': 'Cy'}]", ["D'Arc", "Cy"]),
        ('[{"name": "Ann \\u00e9"}]', ["Ann é"]),
        ([{"acteur": {"__text": "Ann"}}, "Bo", None, 7, ")"], ["Ann", "Bo"]),
        ("[" * 5000, []),
        (None, []),
        (12, []),
    ],
)
def test_names_are_found_however_a_cell_lists_them(cell: object, names: list[str]) -> None:
    assert names_in(cell) == names


def test_the_table_of_rank_title_genre_description_is_read(write: Write) -> None:
    text = (
        "Rank,Title,Genre,Description,Director,Actors,Year,Runtime (Minutes),Rating,Votes,Revenue,Metascore\n"
        '1,Sea Tale,"Action,Drama",A sea.,Ann Bo,"Cy, Di, Ed, Flo",2014,121,8.1,757074,333.13,76\n'
    )
    film = only_row(write("IMDB-Movie-Data.csv", text)).movie
    assert film and (film.label, film.genres, film.directors) == ("Sea Tale (2014)", ["Action", "Drama"], ["Ann Bo"])
    assert (film.stars, film.runtime, film.overview) == (["Cy", "Di", "Ed", "Flo"], 121, "A sea.")
    assert (film.imdb_rating, film.imdb_votes, film.metascore) == (8.1, 757074, 76)


def test_a_rating_without_votes_beside_it_is_not_taken_for_imdbs(write: Write) -> None:
    row = only_row(write("a.csv", "title,type,rating,release_year,listed_in\nSea,Movie,PG-13,1999,Dramas\n"))
    assert row.movie and (row.movie.imdb_rating, row.movie.year, row.fault) == (None, 1999, None)


def test_rows_of_series_are_left_out_without_being_faults(write: Write) -> None:
    path = write("titles.csv", "type,title,description\nTV Show,Sea,A sea.\nMovie,Lamp,A lamp.\n")
    assert [(row.movie and row.movie.title, row.fault) for row in open_catalogue(path)] == [
        (None, None),
        ("Lamp", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "overview,GENRES,Title,yEaR\nA sea.,Drama|War,Sea Tale,1999\n",
        "Name;Release Date;Genre;Summary\nSea Tale;30/10/1999;Drama, War;A sea.\n",
        "\tfilm\treleased\tgenre\tdescription\n0\tSea Tale\tOctober 3, 1999 (USA)\tDrama/War\tA sea.\n",
        '{"Title": "Sea Tale", "Year": "1999", "Genre": "Drama, War", "Description": "A sea."}\n',
        '[{"name": "Sea Tale", "release_date": "1999-10-03", "genres": ["Drama", "War"], "summary": "A sea."}]',
        '{"results": [{"genres": ["Drama", "War"], "year": 1999, "overview": "A sea.", "title": "Sea Tale"}]}',
    ],
)
def test_any_table_or_list_whose_columns_say_what_they_are_is_read(text: str, write: Write) -> None:
    film = only_row(write("some.txt", text)).movie
    assert film == Movie(
        movie_id="sea-tale-1999", title="Sea Tale", year=1999, genres=["Drama", "War"], overview="A sea."
    )


def test_a_table_of_titles_and_years_alone_is_no_catalogue(write: Write) -> None:
    with pytest.raises(CatalogueError, match="no known format"):
        open_catalogue(write("few.csv", "title,year\nSea Tale,1999\n"))


def test_wikipedias_list_is_read_with_its_lead_cast_genres_and_picture(write: Write) -> None:
    film = {
        "title": "Sea Tale",
        "year": 1950,
        "cast": ["Ann Bo", "Cy Do", ")"],
        "genres": ["Noir", "Suspense", "Animated", "Martial Arts"],
        "href": "Sea_Tale",
        "extract": "Sea Tale is a 1950 film.",
        "thumbnail": "https://upload.wikimedia.org/sea.jpg",
        "thumbnail_width": 220,
    }
    assert only_row(write("movies-1950s.json", json.dumps([film], indent=2))).movie == Movie(
        movie_id="sea-tale-1950",
        title="Sea Tale",
        year=1950,
        genres=["Film-Noir", "Thriller", "Animation"],
        keywords=["martial arts"],
        stars=["Ann Bo", "Cy Do"],
        overview="Sea Tale is a 1950 film.",
        poster="https://upload.wikimedia.org/sea.jpg",
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a b", 'https://a"b', "//elsewhere/p.jpg", "", None]
)
def test_what_is_no_address_of_a_picture_is_no_poster(address: str | None, write: Write) -> None:
    film = only_row(write("a.jsonl", json.dumps({"title": "Sea", "poster": address}))).movie
    assert film and film.poster is None


BASICS = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n" + (
    'tt0000001\tmovie\t"Sea" Tale\tMeer\t0\t1999\t\\N\t81\tDrama,War\n'
    "tt0000002\ttvEpisode\tSea\tSea\t0\t1999\t\\N\t\\N\t\\N\n"
    "tt0000003\ttvMovie\tLamp\tLamp\t0\t\\N\t\\N\t\\N\t\\N\n"
    "tt0000004\tmovie\tBlue\tBlue\t1\t1999\t\\N\t60\tAdult\n"
)
RATINGS = "tconst\taverageRating\tnumVotes\ntt0000001\t7.1\t1200\ntt0000002\t9.0\t5\n"
PRINCIPALS = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n" + "".join(
    f"{film}\t{n}\t{person}\t{role}\t\\N\t\\N\n"
    for film, n, person, role in (
        ("tt0000001", 1, "nm0000007", "actress"),
        ("tt0000001", 2, "nm0000008", "director"),
        ("tt0000001", 3, "nm0000009", "composer"),
        ("tt0000002", 1, "nm0000010", "actor"),
        ("tt0000003", 1, "nm0000007", "actor"),
    )
)
NAMES = "nconst\tprimaryName\tbirthYear\n" + "".join(
    f"nm{n:07}\t{name}\t\\N\n" for n, name in ((7, "Ann Bo"), (8, 'Cy "C" Do'), (9, "Di"), (10, "Ed"))
)


def imdb(folder: Path, files: dict[str, str], *, packed: bool) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.tsv.gz" if packed else f"{name}.tsv")
        path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    return folder


WHOLE = {"title.basics": BASICS, "title.ratings": RATINGS, "title.principals": PRINCIPALS, "name.basics": NAMES}


def turned(text: str) -> str:
    header, *rows = text.splitlines(keepends=True)
    return header + "".join(reversed(rows))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("order", [lambda text: text, turned], ids=["sorted", "not sorted"])
def test_imdbs_own_files_are_read_together(packed: bool, order: object, tmp_path: Path) -> None:
    assert callable(order)
    files = {name: order(text) if "title" in name and name != "title.basics" else text for name, text in WHOLE.items()}
    catalogue = open_catalogue(imdb(tmp_path / "imdb", files, packed=packed))
    sea, episode, lamp, blue = catalogue
    assert catalogue.format == "imdb-tsv"
    assert sea.movie == Movie(
        movie_id="tt0000001",
        imdb_id="tt0000001",
        title='"Sea" Tale',
        aka=["Meer"],
        year=1999,
        genres=["Drama", "War"],
        directors=['Cy "C" Do'],
        stars=["Ann Bo"],
        runtime=81,
        imdb_rating=7.1,
        imdb_votes=1200,
    )
    assert (episode.movie, episode.fault) == (None, None)
    assert lamp.movie and (lamp.movie.stars, lamp.movie.imdb_rating, lamp.fault) == (["Ann Bo"], None, None)
    assert (blue.movie, blue.fault) == (None, "marked as adult, left out")


def test_what_is_not_beside_imdbs_titles_is_told(tmp_path: Path) -> None:
    folder = imdb(tmp_path / "imdb", {"title.basics": BASICS}, packed=True)
    catalogue = open_catalogue(folder / "title.basics.tsv.gz")
    assert [remark.split(" ")[1] for remark in catalogue.remarks] == ["title.ratings.tsv", "title.principals.tsv"]
    assert next(iter(catalogue)).movie is not None


def test_a_packed_file_that_breaks_off_is_refused_with_a_sentence(write: Write) -> None:
    packed = gzip.compress(BASICS.encode())
    with pytest.raises(CatalogueError, match="cannot be read"):
        open_catalogue(write("title.basics.tsv.gz", packed[: len(packed) // 2]))


@needs_data
@pytest.mark.parametrize(("decade", "count"), [(1950, 3151), (1960, 1582), (1990, 2849), (2020, 1153)])
def test_wikipedias_lists_are_read_whole(decade: int, count: int) -> None:
    rows = list(open_catalogue(DATA / "wikipedia_movies" / f"movies-{decade}s.json"))
    assert sum(row.movie is not None for row in rows) == count
    assert sum(bool(row.movie and row.movie.stars) for row in rows) > 0.9 * count
