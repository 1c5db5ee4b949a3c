"""`matinee eval` as a user runs it: a catalogue, ratings and a report of their own, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.ratings import CITY, SEA, TALES, number, write_ratings

WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings", "MATINEE_RERANKER": "none"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    rows = [{"title": m.title, "year": m.year, "imdb_id": m.imdb_id, "movielens_id": str(number(m))} for m in TALES]
    path = tmp_path / "tales.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    rows = [
        {
            "id": circle[0].title,
            "query": f"I loved {circle[0].title} and {circle[1].title}, what else?",
            "gold_movieId": [str(number(m)) for m in circle[2:]],
            "mentioned": [f"{m.title} ({m.year})" for m in circle[:2]],
        }
        for circle in (SEA, CITY)
    ]
    path = tmp_path / "dev.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_catalogue_is_judged_by_ratings_of_its_own_and_drawn(
    empty_matinee: CommandLine, catalogue: Path, requests: Path, tmp_path: Path
) -> None:
    report, data = tmp_path / "report.html", write_ratings(tmp_path / "ratings")
    ran = empty_matinee(
        *("eval", str(requests), "--catalogue", str(catalogue), "--ratings", str(data)),
        *("--json", "--report", str(report)),
        **WORDS,
    )
    assert ran.code == 0, ran.err
    found = ran.document
    assert (found["requests"], found["skipped"]) == (2, 0)
    assert found["metrics"]["recall@10"] == 1.0
    assert found["intervals"]["recall@10"] == [1.0, 1.0]
    # Viewers agree on the films of their circle, whose texts tell nothing of it.
    assert found["metrics"]["mrr"] == 1.0
    assert found["signals_off"]["collaborative"]["ndcg@10"] < found["metrics"]["ndcg@10"]
    assert found["command"].startswith("matinee eval dev.jsonl --catalogue tales.jsonl")
    assert str(tmp_path) not in ran.out
    assert "<svg" in report.read_text("utf-8")


def test_the_viewer_s_own_index_stays_as_it_is(empty_matinee: CommandLine, catalogue: Path, requests: Path) -> None:
    ran = empty_matinee("eval", str(requests), "--catalogue", str(catalogue), "--no-breakdown", **WORDS)
    assert ran.code == 0, ran.err
    assert "recall@10" in ran.out
    assert empty_matinee("doctor", "--json", **WORDS).document["films"] == 0


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ('{"id": "1", "query": "a film", "gold": ["nowhere"]}', 1, "None of the requests' answers"),
        ('{"id": "1", "query": "a film"}', 2, "line 1"),
        ("", 2, "holds no requests"),
    ],
)
def test_what_cannot_be_judged_is_told(
    empty_matinee: CommandLine, catalogue: Path, requests: Path, content: str, code: int, says: str
) -> None:
    requests.write_text(content)
    ran = empty_matinee("eval", str(requests), "--catalogue", str(catalogue), "--json", **WORDS)
    assert (ran.code, ran.out) == (code, "")
    assert says in " ".join(ran.err.split())
    assert "Traceback" not in ran.err
