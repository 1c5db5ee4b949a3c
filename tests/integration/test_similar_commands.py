"""The similar command: neighbours of films, side by side by several encoders and metrics."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.films import ARRIVAL, FILMS, MOON

WORDS = "tests.support.fakes:WordEmbeddings"
COUNTED = "tests.support.fakes:CountedWords"


def test_similar_finds_a_misspelt_title_and_leaves_it_out(matinee: CommandLine) -> None:
    ran = matinee("similar", "incepton", "--limit", "5", "--json")
    assert ran.code == 0
    assert [seed["title"] for seed in ran.document["seeds"]] == ["Inception"]
    assert len(ran.document["neighbours"]) == 5
    assert "Inception" not in {film["title"] for film in ran.document["neighbours"]}
    assert "taken for Inception (2010)" in ran.err


def test_similar_to_an_unknown_title_says_so(matinee: CommandLine) -> None:
    ran = matinee("similar", "qwertyuiop zxcvbnm")
    assert ran.code == 1
    assert "No film of the catalogue" in ran.err


def test_encoders_are_put_side_by_side_with_their_overlap(matinee: CommandLine) -> None:
    first = matinee("similar", "incepton", "--compare", "--limit", "6", MATINEE_COMPARE=WORDS)
    assert first.code == 0, first.err
    assert "Embedding for tests.support.fakes:WordEmbeddings" in first.err
    lines = first.out.splitlines()
    assert lines[0] == "Nearest by plot to Inception (2010):"
    assert "BAAI/bge-small-en-v1.5 (int8)" in lines[1]
    assert WORDS in lines[1]
    assert [line.split()[0] for line in lines[2:8]] == ["1", "2", "3", "4", "5", "6"]

    again = matinee("similar", "Inception", "--compare", "--limit", "6", "--json", MATINEE_COMPARE=WORDS)
    assert again.err == ""  # nothing is embedded twice
    one, other = ([f["movie_id"] for f in e["neighbours"]] for e in again.document["encoders"])
    (overlap,) = again.document["overlap"]
    assert sorted(overlap["common"]) == sorted({*one} & {*other})
    assert f"Overlap: {len(overlap['common'])} of 6" in first.out
    assert first.out.count(" * ") == 2 * len(overlap["common"])


def test_minilm_s_neighbours_stand_beside_the_main_encoder_s_by_default(
    empty_matinee: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "few.jsonl").write_text("".join(film.model_dump_json() + "\n" for film in FILMS), encoding="utf-8")
    assert empty_matinee("ingest", str(tmp_path / "few.jsonl")).code == 0
    ran = empty_matinee("similar", "Arrival", "Moon", "--compare", "--json")
    assert ran.code == 0, ran.err
    assert [encoder["name"] for encoder in ran.document["encoders"]] == [
        "BAAI/bge-small-en-v1.5 (int8)",
        "sentence-transformers/all-MiniLM-L6-v2",
    ]
    for encoder in ran.document["encoders"]:
        titles = [film["title"] for film in encoder["neighbours"]]
        assert titles[0] == "The Martian"
        assert sorted(titles) == sorted(film.title for film in FILMS if film not in (ARRIVAL, MOON))
    report = empty_matinee("doctor", "--json").document
    assert report["encoders_beside"] == [
        {"name": "sentence-transformers/all-MiniLM-L6-v2", "dimension": 384, "films": len(FILMS)}
    ]


def test_the_order_by_l2_differs_only_where_vectors_differ_in_length(matinee: CommandLine) -> None:
    documents = [
        matinee("similar", "Heat", "--compare", "--json", "--metric", metric, MATINEE_COMPARE=COUNTED).document
        for metric in ("cosine", "l2")
    ]
    (bge, counted), (bge_l2, counted_l2) = (
        [[film["title"] for film in encoder["neighbours"]] for encoder in document["encoders"]]
        for document in documents
    )
    assert bge == bge_l2
    assert counted != counted_l2
    distances = [film["distance"] for film in documents[1]["encoders"][1]["neighbours"]]
    assert distances == sorted(distances)
    said = matinee("similar", "Heat", "--compare", "--metric", "l2", MATINEE_COMPARE=COUNTED).out
    assert "BAAI/bge-small-en-v1.5 (int8): all vectors have length 1" in said
    assert f"{COUNTED}: all" not in said


def test_ratings_draw_neighbours_towards_the_film_rated_higher(matinee: CommandLine) -> None:
    def near(*ratings: str) -> list[str]:
        options = [word for rating in ratings for word in ("--rating", rating)]
        ran = matinee("similar", "Inception", "Toy Story", *options, "--json")
        assert ran.code == 0, ran.err
        return [film["title"] for film in ran.document["neighbours"]]

    alone = {
        title: {film["title"] for film in matinee("similar", title, "--json").document["neighbours"]}
        for title in ("Inception", "Toy Story")
    }
    for_inception, for_toy_story = {*near("5", "3")}, {*near("3", "5")}
    assert len(for_inception & alone["Inception"]) > len(for_toy_story & alone["Inception"])
    assert len(for_toy_story & alone["Toy Story"]) > len(for_inception & alone["Toy Story"])
    assert near("5", "5") == near()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--rating", "5"], "2 titles, but 1 ratings"),
        (["--rating", "1", "--rating", "2"], "above 2.5"),
        (["--rating", "5", "--rating", "9"], "less than or equal to 5"),
        (["--metric", "dot"], "dot"),
    ],
)
def test_ratings_and_metrics_that_cannot_be_used_are_refused(
    matinee: CommandLine, options: list[str], says: str
) -> None:
    ran = matinee("similar", "Inception", "Heat", *options)
    assert ran.code == 2
    assert says in ran.err


def test_comparing_an_encoder_with_itself_is_refused(matinee: CommandLine) -> None:
    ran = matinee("similar", "Inception", "--compare", MATINEE_COMPARE="bge-small")
    assert ran.code == 2
    assert "MATINEE_COMPARE" in ran.err
