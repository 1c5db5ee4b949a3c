"""Ratings on the command line: learned from, brought by a viewer, exported, forgotten; and what is refused."""

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, heeding_interrupts
from tests.support.copies import copy_home
from tests.support.damage import flip
from tests.support.embedded_postgres_store import open_folder, servers_of
from tests.support.ratings import SEA, TALES, number, write_old_ratings, write_ratings

LETTERBOXD = "Date,Name,Year,Rating\n2024-01-02,Arrival,2016,5\n2024-01-03,Her,2013,4.5\n2024-01-04,Up,2009,\n"
WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings"}


@pytest.fixture(scope="module")
def tales_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the films of the data set; tests work on copies of it."""
    home = tmp_path_factory.mktemp("tales")
    films = home / "films.jsonl"
    films.write_text("\n".join(film.model_dump_json(include={"title", "year", "imdb_id"}) for film in TALES))
    ran = CommandLine(home)("ingest", str(films), **WORDS)
    assert ran.code == 0, ran.err
    return home


@pytest.fixture
def tales(tales_home: Path, tmp_path: Path) -> CommandLine:
    copy_home(tales_home, tmp_path / "home")
    return CommandLine(tmp_path / "home")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_ratings(tmp_path / "ml-tales")


def test_a_folder_is_learned_from_and_the_doctor_tells(tales: CommandLine, data: Path) -> None:
    ran = tales("ratings", "ingest", str(data), "--json", **WORDS)
    assert ran.code == 0, ran.err
    told = ran.document
    assert (told["ratings"], told["films"], told["viewers"]) == (60, 10, 12)
    assert (told["in_catalogue"], told["unchanged"], told["film_files"]) == (10, False, ["movies.csv", "links.csv"])
    assert "rows read" in ran.err
    assert tales("ratings", "ingest", str(data), "--json", **WORDS).document["unchanged"]
    report = tales("doctor", "--json", **WORDS).document
    assert report["ratings"]["source"] == "ml-tales"
    (check,) = [service for service in report["services"] if service["name"] == "ratings"]
    assert check["ok"]
    assert "60 ratings of 10 films (10 in the catalogue) by 12 viewers, 10 films learned" in check["what"]


def test_the_doctor_tells_how_to_get_a_model(tales: CommandLine) -> None:
    (check,) = [s for s in tales("doctor", "--json", **WORDS).document["services"] if s["name"] == "ratings"]
    assert (check["ok"], check["needed"]) == (False, False)
    assert "matinee ratings ingest" in check["todo"]


def test_a_damaged_model_is_told_in_a_notice_and_by_the_doctor(tales: CommandLine, data: Path) -> None:
    assert tales("ratings", "ingest", str(data), **WORDS).code == 0
    (weights,) = (tales.home / "ratings").rglob("*weights.npy")
    flip(weights)
    ran = tales("recommend", f"like {SEA[0].title}", "--json", **WORDS)
    assert any("run `matinee ratings ingest` again" in notice for notice in ran.document["notices"])
    (check,) = [s for s in tales("doctor", "--json", **WORDS).document["services"] if s["name"] == "ratings"]
    assert (check["ok"], "is not as it was written" in check["todo"]) == (False, True)
    refused = tales("similar", SEA[0].title, "--by", "taste", **WORDS)
    assert (refused.code, "run `matinee ratings ingest` again" in refused.err) == (3, True)


def test_numbers_that_no_file_names_are_told_to_be_without_effect(tales: CommandLine, tmp_path: Path) -> None:
    ran = tales("ratings", "ingest", str(write_old_ratings(tmp_path / "ml-old", films=False)), **WORDS)
    assert ran.code == 0
    assert "0 films of the catalogue have ratings" in ran.out
    assert "u.item" in ran.err
    named = tales("ratings", "ingest", str(write_old_ratings(tmp_path / "ml-named")), **WORDS)
    assert "10 films of the catalogue have ratings" in named.out


def test_a_download_that_broke_off_is_learned_from_and_told(tales: CommandLine, data: Path) -> None:
    whole = (data / "ratings.csv").read_bytes()
    (data / "ratings.csv").write_bytes(whole[: whole.rindex(b",")])
    ran = tales("ratings", "ingest", str(data), "--json", **WORDS)
    assert ran.code == 0
    assert (ran.document["ratings"], ran.document["rows"]["unreadable"]) == (59, 1)
    assert "line 61: 3 columns instead of 4: the line breaks off" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ratings.csv", b"", "is empty"),
        ("ratings.csv", b"userId,movieId,rating,timestamp\n", "no rating after it"),
        ("ratings.csv", b"userId,movieId,rating,timestamp\n1,2,11,3\n", "rating 11 is outside 0.5..5"),
        ("ratings.csv", b"PK\x03\x04....", "unpack it"),
        ("notes.txt", b"nothing of the kind\n", "has no ratings.csv"),
    ],
)
def test_what_is_no_folder_of_ratings_is_refused_and_the_former_model_stays(
    tales: CommandLine, data: Path, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    assert tales("ratings", "ingest", str(data), **WORDS).code == 0
    before = (tales.home / "ratings" / "current.json").read_bytes()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / name).write_bytes(content)
    ran = tales("ratings", "ingest", str(tmp_path / "bad"), **WORDS)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert (tales.home / "ratings" / "current.json").read_bytes() == before


def test_a_folder_that_is_not_there_is_refused(tales: CommandLine, tmp_path: Path) -> None:
    ran = tales("ratings", "ingest", str(tmp_path / "nowhere"), **WORDS)
    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_an_interrupt_ends_a_reading_and_leaves_the_former_model(
    tales: CommandLine, data: Path, tmp_path: Path
) -> None:
    assert tales("ratings", "ingest", str(data), **WORDS).code == 0
    before = (tales.home / "ratings" / "current.json").read_bytes()
    endless = tmp_path / "ratings.csv"
    os.mkfifo(endless)  # a reading that does not come to its end
    process = subprocess.Popen(
        [sys.executable, "-m", "matinee_app", "ratings", "ingest", str(endless)],
        env=tales.environment(**WORDS),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding_interrupts,
    )
    with endless.open("w") as writing:  # goes on when the process has opened it to recognise its form
        writing.write("userId,movieId,rating,timestamp\n1,2,3,4\n")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted." in err
    assert (tales.home / "ratings" / "current.json").read_bytes() == before
    assert tales("ratings", "ingest", str(data), "--json", **WORDS).document["unchanged"]


def test_a_viewers_ratings_are_brought_listed_exported_and_forgotten(
    tales: CommandLine, data: Path, tmp_path: Path
) -> None:
    assert tales("ratings", "ingest", str(data), **WORDS).code == 0
    export = tmp_path / "mine.csv"
    rows = [f"9,{number(film)},{stars},1" for film, stars in zip(SEA, (5, 4, 5, 6, 2), strict=True)]
    export.write_text("\n".join(["userId,movieId,rating,timestamp", *rows, "9,999,3,1", f"9,{number(SEA[0])},3.5,2"]))
    ran = tales("taste", "import", str(export), "--user", "ana", **WORDS)
    assert ran.code == 0
    assert "5 ratings of ana read (movielens): 5 new" in ran.out
    assert "1 out of range, 1 rated again later" in ran.out
    assert "line 5: rating 6 is outside 0.5..5" in ran.err
    assert "line 7: film 999" in ran.err
    listed = tales("taste", "list", "--user", "ana", **WORDS)
    assert "5 ratings, 4 of them of films in the catalogue" in listed.out
    document = tales("taste", "export", "--user", "ana", **WORDS).document
    assert {r["movie_id"]: r["rating"] for r in document["ratings"]}[SEA[0].imdb_id] == 3.5
    table = list(csv.DictReader(io.StringIO(tales("taste", "export", "--user", "ana", "--format", "csv", **WORDS).out)))
    assert [(row["kind"], row["title"]) for row in table][:2] == [("rating", SEA[1].title), ("rating", SEA[2].title)]
    assert tales("taste", "forget", "--all", "--user", "ana", **WORDS).code == 0
    assert tales("taste", "list", "--user", "ana", **WORDS).code == 1
    assert tales("taste", "export", "--user", "ana", **WORDS).document["ratings"] == []


def test_without_a_model_ratings_are_kept_and_it_says_what_is_missing(matinee: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "letterboxd.csv").write_text(LETTERBOXD)
    ran = matinee("taste", "import", str(tmp_path / "letterboxd.csv"), "--user", "ana", "--json")
    assert ran.code == 0
    assert (ran.document["matched"], ran.document["unknown"], ran.document["rows"]["unrated"]) == (2, 0, 1)
    assert "matinee ratings ingest" in ran.err


def test_watched_films_wishes_and_named_columns_are_brought_listed_and_exported(
    whole_matinee: CommandLine, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "letterboxd.zip", "w") as archive:
        archive.writestr("ratings.csv", "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Arrival,2016,u,5\n")
        archive.writestr("watched.csv", "Date,Name,Year,Letterboxd URI\n2024-01-03,Her,2013,u\n")
    ran = whole_matinee("taste", "import", str(tmp_path / "letterboxd.zip"), "--user", "ana")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "1 rating, 1 film seen of ana read (letterboxd): 2 new")
    (tmp_path / "filme.csv").write_text("Filmtitel;Jahr;Note\nUp;2009;8\n")
    named = ("--columns", "title=Filmtitel,year=Jahr,rating=Note", "--user", "ana")
    assert whole_matinee("taste", "import", str(tmp_path / "filme.csv"), *named).code == 0
    (tmp_path / "wanted.csv").write_text("Title,Year\nMoon,2009\n")
    assert whole_matinee("taste", "import", str(tmp_path / "wanted.csv"), "--as", "wish", "--user", "ana").code == 0
    assert whole_matinee("taste", "wish", "Paddington 2", "--user", "ana").code == 0
    listed = whole_matinee("taste", "list", "--user", "ana").out
    assert "wish       Wants to see Paddington 2" in listed
    assert "2 ratings, 1 film seen, 1 wish, 4 of them of films in the catalogue" in listed
    table = csv.DictReader(io.StringIO(whole_matinee("taste", "export", "--user", "ana", "--format", "csv").out))
    assert {row["title"]: (row["kind"], row["rating"]) for row in table if not row["text"]} == {
        "Arrival": ("rating", "5.0"),
        "Her": ("seen", ""),
        "Up": ("rating", "4.0"),
        "Moon": ("wish", ""),
    }


@pytest.mark.parametrize("columns", ["title", "title=", "=Name,year=Jahr", "name=Title"])
def test_columns_that_cannot_be_read_are_a_usage_error(columns: str, matinee: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("Title,Rating\nUp,5\n")
    ran = matinee("taste", "import", str(tmp_path / "mine.csv"), "--columns", columns, "--user", "ana")
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1


def test_neighbours_by_taste_are_labelled_as_such(tales: CommandLine, data: Path) -> None:
    asked = ("similar", SEA[0].title, "--by", "taste", "--limit", "4")
    before = tales(*asked, **WORDS)
    assert before.code == 3
    assert "matinee ratings ingest" in before.err
    assert tales("ratings", "ingest", str(data), **WORDS).code == 0
    ran = tales(*asked, "--json", **WORDS)
    assert ran.document["near"] == "taste"
    assert {film["title"] for film in ran.document["neighbours"]} == {film.title for film in SEA[1:]}
    assert tales(*asked, **WORDS).out.startswith(f"Nearest by taste to {SEA[0].label}:")
    assert tales(*asked, "--metric", "l2", **WORDS).code == 2
    assert tales(*asked, "--rating", "5", "--rating", "4", **WORDS).code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("Name,Year,Rating\n", "no rating after it"),
        ("userId,movieId,rating\n1,2,3\n2,2,4\n", "several viewers"),
        ("colour,size\nred,3\n", "names no films that can be told"),
    ],
)
def test_an_export_that_cannot_be_used_is_refused(tales: CommandLine, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "export.csv").write_text(text)
    ran = tales("taste", "import", str(tmp_path / "export.csv"), "--user", "ana", **WORDS)
    assert ran.code == 2
    assert says in ran.err


@pytest.fixture
def postgres_home() -> Iterator[Path]:
    folder = open_folder()
    yield folder
    for process in servers_of(folder):
        process.kill()
    shutil.rmtree(folder)


def test_the_pgvector_home_does_the_same(postgres_home: Path, data: Path, tmp_path: Path) -> None:
    matinee = CommandLine(postgres_home)
    pgvector = {"MATINEE_BACKEND": "pgvector", **WORDS}
    films = tmp_path / "films.jsonl"
    films.write_text("\n".join(film.model_dump_json(include={"title", "year", "imdb_id"}) for film in TALES))
    assert matinee("ingest", str(films), **pgvector).code == 0
    ran = matinee("ratings", "ingest", str(data), "--json", **pgvector)
    assert ran.code == 0, ran.err
    assert ran.document["in_catalogue"] == 10
    (tmp_path / "mine.csv").write_text(f"Name,Year,Rating\n{SEA[0].title},{SEA[0].year},5\n")
    brought = matinee("taste", "import", str(tmp_path / "mine.csv"), "--user", "ana", "--json", **pgvector)
    assert brought.document["told"]
    assert "1 rating, 1 of them" in matinee("taste", "list", "--user", "ana", **pgvector).out
