"""Long plots, reviews and tags from the file to the answer, with the real encoder, as a user meets them."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

FILLER = [
    "The town council argues about the harbour wall, and the ferry is late again.",
    "Her sister writes from the city, and nobody answers the letters for a month.",
    "The baker repairs the clock, and the schoolteacher counts the boats at dusk.",
    "A storm takes two roofs, and the choir rehearses in the cold hall all the same.",
]
SCENE = "In the empty swimming pool behind the hotel, a boy teaches a blind goat to play chess by candlelight."
DAYS = [f"On day {n}, {FILLER[n % 4][0].lower()}{FILLER[n % 4][1:]}" for n in range(1, 601)]
PLOT = " ".join([*DAYS[:140], SCENE, *DAYS[140:]])
ASKED = "what was that movie where a boy teaches a blind goat to play chess in an empty swimming pool?"

FILMS = [
    {
        "title": "Salt Ferry",
        "year": 1987,
        "genres": ["Drama"],
        "overview": "A widow keeps a ferry running.",
        "plot": PLOT,
    },
    {"title": "Chess Night", "year": 1991, "genres": ["Comedy"], "overview": "Two clerks wager on a match."},
    {
        "title": "Cold Pier",
        "year": 2001,
        "genres": ["Crime"],
        "overview": "A harbour detective searches a drowned village.",
        "reviews": ["The film has hypnotic pacing and foggy photography, like a dream of drowning."],
        "tags": ["foggy", "slow burn"],
    },
    *({"title": f"Film {n}", "year": 1960 + n, "overview": f"A farmer keeps {n} cows."} for n in range(20)),
]


@pytest.fixture(params=["qdrant", "pgvector"])
def told(request: pytest.FixtureRequest, empty_matinee: CommandLine, tmp_path: Path) -> tuple[CommandLine, str, Path]:
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(map(json.dumps, FILMS)))
    return empty_matinee, request.param, path


def test_a_film_is_found_and_explained_by_a_scene_deep_in_a_plot_of_ten_thousand_words(
    told: tuple[CommandLine, str, Path],
) -> None:
    matinee, backend, path = told
    assert len(PLOT.split()) > 9_500
    first = matinee("ingest", str(path), "--json", MATINEE_BACKEND=backend).document
    assert (first["added"], first["passages"] > 40) == (23, True)
    again = matinee("ingest", str(path), "--json", MATINEE_BACKEND=backend).document
    assert (again["unchanged"], again["passages"]) == (23, 0)
    report = matinee("doctor", "--json", MATINEE_BACKEND=backend).document
    assert (report["films"], report["passages"]) == (23, first["passages"])

    found = matinee("recommend", ASKED, "--json", "--limit", "2", MATINEE_BACKEND=backend).document
    pick = found["recommendations"][0]
    assert pick["title"] == "Salt Ferry"
    assert SCENE in pick["reasoning"]
    assert ("plot", SCENE) in [(e["source"], e["quote"]) for e in pick["evidence"]]

    strict = matinee("recommend", ASKED, "--json", "--no-spoilers", MATINEE_BACKEND=backend).document
    assert all(e["source"] != "plot" for one in strict["recommendations"] for e in one["evidence"])

    shorter = [{**film, "plot": FILLER[0]} if film["title"] == "Salt Ferry" else film for film in FILMS]
    path.write_text("\n".join(map(json.dumps, shorter)))
    matinee("ingest", str(path), MATINEE_BACKEND=backend)
    assert matinee("doctor", "--json", MATINEE_BACKEND=backend).document["passages"] == 3


def test_reviews_and_tags_are_quoted_where_the_request_speaks_of_them(told: tuple[CommandLine, str, Path]) -> None:
    matinee, backend, path = told
    matinee("ingest", str(path), MATINEE_BACKEND=backend)
    request = "something foggy with hypnotic pacing and dreamlike photography"
    (pick, *_) = matinee("recommend", request, "--json", MATINEE_BACKEND=backend).document["recommendations"]
    assert pick["title"] == "Cold Pier"
    quoted = {e["source"]: e["quote"] for e in pick["evidence"]}
    assert quoted.keys() & {"review", "tags"}
    assert all(quoted[name] in json.dumps(FILMS[2]) for name in quoted.keys() & {"review", "tags"})


def test_ingest_says_how_many_passages_it_stored(told: tuple[CommandLine, str, Path]) -> None:
    matinee, backend, path = told
    path.write_text(json.dumps({**FILMS[1], "reviews": ["Fine.", "Dull."]}))
    assert "2 passages" in matinee("ingest", str(path), MATINEE_BACKEND=backend).out
    assert "passages" not in matinee("ingest", str(path), MATINEE_BACKEND=backend).out
    assert "films 1, passages 2" in matinee("doctor", MATINEE_BACKEND=backend).out
