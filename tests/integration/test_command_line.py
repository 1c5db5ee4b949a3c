"""The command line over the real models and the starter catalogue, each command in a process of its own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from matinee.index.edge import EdgeClient
from matinee.models import MovieRecommendation
from tests.support.command_line import CommandLine
from tests.support.misbehaving_ollama import MisbehavingOllama

CRIME = "a 90s crime thriller under two hours, not too violent"
DOWN = "http://127.0.0.1:9"


def picks_of(document: dict[str, Any]) -> list[MovieRecommendation]:
    return [MovieRecommendation.model_validate(pick) for pick in document["recommendations"]]


def test_recommend_prints_one_document_with_picks_within_the_demands(matinee: CommandLine) -> None:
    ran = matinee("recommend", CRIME, "--limit", "4", "--json")
    assert ran.code == 0, ran.err
    assert len(ran.document["recommendations"]) == 4
    for pick in picks_of(ran.document):
        assert 1990 <= (pick.year or 0) <= 1999
        assert (pick.runtime or 999) <= 120
        assert pick.title
        assert pick.description
        assert pick.reasoning
        assert pick.movie_id
        assert pick.evidence
        assert pick.receipt
        assert 0 < pick.confidence <= 1


def test_recommend_shows_steps_on_standard_error_and_the_answer_on_standard_output(matinee: CommandLine) -> None:
    ran = matinee("recommend", "thoughtful sci-fi tonight", "--why")
    assert ran.code == 0
    for step in ("understand", "embed_query", "retrieve", "rerank", "generate", "validate"):
        assert step in ran.err
        assert f"  {step} " not in ran.out
    assert len(re.findall(r"^\S.* \(\d{4}\): \S", ran.out, re.M)) == 4
    assert "confidence" not in ran.out
    assert max(map(len, re.findall(r"^\S.*", ran.out, re.M))) < 80  # wrapped; the cards' lines are indented


@pytest.mark.parametrize(
    ("arguments", "says"), [(("a film", "--retrieval", "sql"), "--backend pgvector"), (("  ",), "request is empty")]
)
def test_what_cannot_be_asked_is_refused_before_films_are_stored(
    empty_matinee: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    ran = empty_matinee("recommend", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "storing" not in ran.err
    assert not (empty_matinee.home / "qdrant").exists()


def test_a_first_recommendation_stores_the_starter_catalogue_by_itself(empty_matinee: CommandLine) -> None:
    ran = empty_matinee("recommend", "something warm", "--json")
    assert ran.code == 0
    assert len(ran.document["recommendations"]) == 4
    assert "starter catalogue" in ran.err


def test_preferences_are_cited_and_a_named_film_stays_out(matinee: CommandLine) -> None:
    for text in ("I like sci-fi with good characters", "Feel-good films about friendship", "Stories about language"):
        assert matinee("taste", "add", text, "--user", "ana").code == 0
    ran = matinee("recommend", "like Arrival but more upbeat", "--user", "ana", "--json")
    picks = picks_of(ran.document)
    assert "Arrival" not in {pick.title for pick in picks}
    sources = {evidence.source for pick in picks for evidence in pick.evidence}
    assert any(source.startswith("preference:") for source in sources)


def test_a_seen_film_never_comes_back(matinee: CommandLine) -> None:
    first = matinee("recommend", "thoughtful sci-fi tonight", "--user", "ana", "--json").document
    title = first["recommendations"][0]["title"]
    assert matinee("taste", "seen", title, "--user", "ana").code == 0
    second = matinee("recommend", "thoughtful sci-fi tonight", "--user", "ana", "--json").document
    assert title not in {pick["title"] for pick in second["recommendations"]}


def test_taste_lists_and_forgets(matinee: CommandLine) -> None:
    matinee("taste", "add", "I like quiet films", "--user", "ana")
    matinee("taste", "dislike", "The Matrix", "--user", "ana")
    listed = matinee("taste", "list", "--user", "ana", "--json").document
    assert [(p["kind"], p["title"]) for p in listed] == [("statement", None), ("dislike", "The Matrix (1999)")]
    assert matinee("taste", "forget", listed[0]["preference_id"], "--user", "ana").code == 0
    assert len(matinee("taste", "list", "--user", "ana", "--json").document) == 1
    assert matinee("taste", "forget", "--all", "--user", "ana").code == 0
    assert matinee("taste", "list", "--user", "ana").code == 1


def test_doctor_reports_what_is_there(matinee: CommandLine) -> None:
    ran = matinee("doctor", "--json", MATINEE_CHAT_MODEL="ollama:llama3.1:8b", MATINEE_OLLAMA_URL=DOWN)
    report = ran.document
    assert ran.code == 0
    assert report["films"] >= 500
    assert report["preferences"] == 0
    assert report["backend"] == "qdrant (embedded)"
    assert report["embedding"] == {"name": "BAAI/bge-small-en-v1.5 (int8)", "dimension": 384}
    checks = {check["name"]: check for check in report["services"]}
    assert checks["embedding"]["ok"]
    assert checks["index"]["ok"]
    assert checks["cross-encoder"]["ok"]
    assert not checks["chat model"]["ok"]
    assert "ollama serve" in checks["chat model"]["todo"]


def test_doctor_knows_a_server_without_the_model(matinee: CommandLine) -> None:
    with MisbehavingOllama("scripted") as server:
        ran = matinee("doctor", "--json", MATINEE_CHAT_MODEL="ollama:mistral:7b", MATINEE_OLLAMA_URL=server.url)
    (chat,) = [check for check in ran.document["services"] if check["name"] == "chat model"]
    assert "ollama pull mistral:7b" in chat["todo"]


@pytest.mark.parametrize("before", ["", "http://ana:Hunter2@"])
def test_doctor_and_recommend_read_an_address_alike(matinee: CommandLine, before: str) -> None:
    with MisbehavingOllama("scripted") as server:
        address = before + server.url.removeprefix("http://") + "/"
        environment = {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": address}
        checked = matinee("doctor", "--json", **environment)
        asked = matinee("recommend", CRIME, "--limit", "1", "--json", **environment)
        assert {"/api/tags", "/api/chat"} <= {request["path"] for request in server.requests}
    (chat,) = [check for check in checked.document["services"] if check["name"] == "chat model"]
    assert chat["ok"]
    assert "Hunter2" not in checked.out + asked.out + asked.err


@pytest.mark.parametrize(
    ("host", "says"),
    [("::1", "Ollama at http://[::1]:11434 does not answer"), ("localhost:port", "OLLAMA_HOST is 'localhost:port'")],
)
def test_an_ollama_host_that_helps_nobody_is_a_notice_in_one_sentence(
    matinee: CommandLine, host: str, says: str
) -> None:
    environment = {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "OLLAMA_HOST": host}
    asked = matinee.cold("recommend", CRIME, "--limit", "1", "--json", **environment)
    assert asked.code == 0
    assert [notice for notice in asked.document["notices"] if notice.startswith(says)]
    named = matinee.cold("recommend", CRIME, "--model", "ollama:llama3.1:8b", **environment)
    assert named.code == 3
    assert "Traceback" not in asked.err + named.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["recommend", ""], "empty"),
        (["recommend", "   "], "empty"),
        (["recommend", "🎬🍿"], "no words"),
        (["recommend", "a film", "--limit", "0"], "limit"),
        (["recommend", "a film", "--limit", "-1"], "limit"),
        (["recommend", "a film", "--limit", "1000"], "limit"),
        (["recommend", "a film", "--temperature", "9"], "temperature"),
        (["recommend", "a film", "--rerank", "magic"], "magic"),
        (["recommend", "a film", "--user", "   "], "viewer"),
        (["taste", "add", "   ", "--user", "ana"], "1 to 500 characters"),
        (["taste", "forget", "--user", "ana"], "--all"),
        (["ingest", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_wrong_usage_is_one_clear_sentence_and_exit_code_2(
    matinee: CommandLine, arguments: list[str], says: str
) -> None:
    ran = matinee(*arguments)
    assert ran.code == 2, ran.err
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_a_wrong_setting_is_named(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", MATINEE_THREADS="0")
    assert ran.code == 2
    assert "threads" in ran.err


def test_a_long_request_is_read_in_part(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a quiet film about the sea " * 741, "--json")
    assert ran.code == 0
    assert any("were read" in notice for notice in ran.document["notices"])


@pytest.mark.parametrize("request_text", ["un film sur l'amour", "ein ruhiger Film über Freundschaft", "静かな映画"])
def test_a_request_in_another_language_gets_films(matinee: CommandLine, request_text: str) -> None:
    ran = matinee("recommend", request_text, "--json")
    assert ran.code == 0
    assert len(ran.document["recommendations"]) == 4


def test_a_named_model_that_does_not_answer_is_exit_code_3(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", "--model", "ollama:llama3.1:8b", MATINEE_OLLAMA_URL=DOWN)
    assert ran.code == 3
    assert "ollama serve" in ran.err
    assert "Traceback" not in ran.err


def test_a_default_model_that_does_not_answer_is_a_notice(matinee: CommandLine) -> None:
    environment = {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": DOWN}
    ran = matinee("recommend", "a film", "--json", **environment)
    assert ran.code == 0
    assert any("ollama serve" in notice for notice in ran.document["notices"])


def test_a_qdrant_url_that_does_not_answer_is_exit_code_3(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", MATINEE_QDRANT_URL=DOWN)
    assert ran.code == 3
    assert "docker compose up -d qdrant" in ran.err
    assert "Traceback" not in ran.err


def test_doctor_says_that_a_qdrant_url_does_not_answer(matinee: CommandLine) -> None:
    ran = matinee("doctor", "--json", MATINEE_QDRANT_URL=DOWN)
    assert ran.code == 1
    (index,) = [check for check in ran.document["services"] if check["name"] == "index"]
    assert "docker compose up -d qdrant" in index["todo"]


def test_an_index_of_another_embedding_is_exit_code_3_with_what_to_do(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", MATINEE_EMBEDDINGS="tests.support.fakes:WordEmbeddings")
    assert ran.code == 3
    assert "matinee ingest --rebuild" in ran.err


def test_rebuilding_moves_the_index_to_another_embedding(empty_matinee: CommandLine, tmp_path: Path) -> None:
    catalogue = tmp_path / "two.jsonl"
    films = [{"title": "Sea Wind", "year": 2001, "overview": "Sailors."}, {"title": "Night Train", "year": 2002}]
    catalogue.write_text("\n".join(json.dumps(film) for film in films))
    assert empty_matinee("ingest", str(catalogue)).code == 0
    assert empty_matinee("taste", "add", "I like ships", "--user", "ana").code == 0
    words = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings"}
    assert empty_matinee("ingest", "--rebuild", "--json", **words).document == {"films": 2}
    report = empty_matinee("doctor", "--json", **words).document
    assert (report["films"], report["preferences"]) == (2, 1)
    assert report["index_embedding"] == {"name": "tests.support.fakes:WordEmbeddings", "dimension": 64}


def test_an_unknown_embedding_is_answered_with_the_known_ones(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", MATINEE_EMBEDDINGS="nonsense")
    assert ran.code == 3
    assert "bge-small" in ran.err


def test_a_second_process_on_the_embedded_index_is_exit_code_3(matinee: CommandLine) -> None:
    holder = EdgeClient(matinee.home / "qdrant")
    ran = matinee("recommend", "a film")
    holder.close()
    assert ran.code == 3
    assert "open in another process" in ran.err


def test_titles_with_terminal_escapes_reach_the_terminal_plain(empty_matinee: CommandLine, tmp_path: Path) -> None:
    catalogue = tmp_path / "evil.jsonl"
    film = {"title": "Evil\x1b[31m Film\x07", "year": 2001, "overview": "A plain story\x1b]0;owned\x07 about the sea."}
    catalogue.write_text(json.dumps(film))
    assert empty_matinee("ingest", str(catalogue)).code == 0
    ran = empty_matinee("recommend", "the sea", "--limit", "1")
    assert "\x1b" not in ran.out + ran.err
    assert "\x07" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("columns.csv", b"Genre,Country\nCrime,France\n", "title"),
        ("nothing.txt", b"just some words\n", "format"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(
    empty_matinee: CommandLine, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = empty_matinee("ingest", str(path))
    assert ran.code == 2
    assert says in ran.err


def test_a_torn_last_line_is_skipped_with_its_number_and_the_rest_kept(
    empty_matinee: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_text('{"title": "Sea Wind", "year": 2001}\n{"title": "Night Tra')
    ran = empty_matinee("ingest", str(path), "--json")
    assert ran.code == 0
    assert (ran.document["added"], ran.document["skipped"]) == (1, 1)
    assert ran.document["remarks"][0].startswith("line 2")


def test_every_command_explains_itself(empty_matinee: CommandLine) -> None:
    for command in ("recommend", "ingest", "similar", "taste", "sql", "doctor"):
        ran = empty_matinee(command, "--help")
        assert ran.code == 0
        assert "Usage" in ran.out


@pytest.mark.parametrize(
    ("statement", "code", "says"),
    [
        ("SELECT title FROM movies; DROP TABLE movies", 1, "DROP TABLE movies"),
        ("SELECT ratings FROM movies LIMIT 5", 1, "did you mean `imdb_rating`"),
        ("SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 10", 0, ""),
    ],
)
def test_a_statement_can_be_checked_alone(matinee: CommandLine, statement: str, code: int, says: str) -> None:
    ran = matinee("sql", "--check", statement)
    assert ran.code == code
    assert says in ran.err
    as_document = matinee("sql", "--check", statement, "--json")
    assert (as_document.code, as_document.document["ok"]) == (code, code == 0)


def test_the_pgvector_home_gives_the_same_form_within_the_same_demands(empty_matinee: CommandLine) -> None:
    ran = empty_matinee("recommend", CRIME, "--json", MATINEE_BACKEND="pgvector")
    assert ran.code == 0, ran.err
    assert len(ran.document["recommendations"]) == 4
    for pick in picks_of(ran.document):
        assert 1990 <= (pick.year or 0) <= 1999
        assert (pick.runtime or 999) <= 120
    asked = empty_matinee("sql", "westerns from the 60s", "--json")
    assert asked.code == 0, asked.err
    assert asked.document["answered_by"] == "parametrised query"
    assert asked.document["rows"]
