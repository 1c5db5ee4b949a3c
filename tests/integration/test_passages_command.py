"""Long plots, reviews and tags from the file to the answer, with the real encoder, as a user meets them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.misbehaving_ollama import MisbehavingOllama

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

FILMS: list[dict[str, Any]] = [
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


def told_by_a_model(text: str, matinee: CommandLine, *request: str, **environment: str) -> dict[str, Any]:
    """Return the pick of a run whose chat model answers with the text."""
    with MisbehavingOllama("scripted", text=text) as server:
        model = {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": server.url}
        ran = matinee("recommend", *request, "--json", "--limit", "1", **model, **environment)
    assert ran.code == 0, ran.err
    (pick,) = ran.document["recommendations"]
    found: dict[str, Any] = pick
    return found


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

    pick = told_by_a_model(f"**Salt Ferry (1987)**: {SCENE}", matinee, ASKED, MATINEE_BACKEND=backend)
    assert (pick["title"], pick["reasoning"], pick["reasoning_kind"]) == ("Salt Ferry", SCENE, "model")
    assert ("plot", SCENE) in [(e["source"], e["quote"]) for e in pick["evidence"]]

    strict = told_by_a_model(
        f"**Salt Ferry (1987)**: {SCENE}", matinee, ASKED, "--no-spoilers", MATINEE_BACKEND=backend
    )
    assert (strict["title"], strict["reasoning_kind"]) == ("Salt Ferry", "facts")
    assert all(e["source"] != "plot" for e in strict["evidence"])

    shorter = [{**film, "plot": FILLER[0]} if film["title"] == "Salt Ferry" else film for film in FILMS]
    path.write_text("\n".join(map(json.dumps, shorter)))
    matinee("ingest", str(path), MATINEE_BACKEND=backend)
    assert matinee("doctor", "--json", MATINEE_BACKEND=backend).document["passages"] == 3


def test_a_review_is_quoted_where_a_model_says_what_it_says(told: tuple[CommandLine, str, Path]) -> None:
    matinee, backend, path = told
    matinee("ingest", str(path), MATINEE_BACKEND=backend)
    request = "something foggy with hypnotic pacing and dreamlike photography"
    said = "Hypnotic pacing and foggy photography make it like a dream of drowning."
    pick = told_by_a_model(f"**Cold Pier (2001)**: {said}", matinee, request, MATINEE_BACKEND=backend)
    assert (pick["title"], pick["reasoning"]) == ("Cold Pier", said)
    quoted = {e["source"]: e["quote"] for e in pick["evidence"]}
    assert quoted["review"] in FILMS[2]["reviews"]


def test_ingest_says_how_many_passages_it_stored(told: tuple[CommandLine, str, Path]) -> None:
    matinee, backend, path = told
    path.write_text(json.dumps({**FILMS[1], "reviews": ["Fine.", "Dull."]}))
    assert "2 passages" in matinee("ingest", str(path), MATINEE_BACKEND=backend).out
    assert "passages" not in matinee("ingest", str(path), MATINEE_BACKEND=backend).out
    assert "films 1, passages 2" in matinee("doctor", MATINEE_BACKEND=backend).out
