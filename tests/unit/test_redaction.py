"""What a server, a proxy or a client quotes of a secret is hidden."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from matinee import logs
from matinee.addresses import read_ollama, read_postgres
from matinee.index import pgvector_errors, qdrant_connection
from matinee.llm import chat_errors
from matinee.observability.trace import Trace
from matinee.redaction import hidden
from matinee.settings import Settings

SECRET = "Hunter-of-2"


def test_every_form_of_a_secret_that_was_read_is_hidden_in_what_others_say() -> None:
    read_postgres("postgresql://ann:%C2%A7a%40b@h/films?sslpassword=k%C2%A7ys")
    read_ollama("https://tok%C2%A7n@h")
    assert hidden("§a@b, %C2%A7a%40b, k§ys and tok§n, ann") == "***, ***, *** and ***, ann"


def test_a_providers_key_is_hidden_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-of-a-provider\n")
    monkeypatch.setenv("KEYS", "2")
    assert hidden("Illegal header value b'Bearer sk-of-a-provider\\n', 2 times") == (
        "Illegal header value b'Bearer ***\\n', 2 times"
    )


def test_a_secret_too_short_to_be_one_is_not_given_away_by_the_gaps_that_it_leaves() -> None:
    read_postgres("postgresql://ann:abc@h/films")
    assert hidden("an abc of films") == "an abc of films"


def test_errors_of_every_service_are_told_without_the_secrets_that_they_quote() -> None:
    settings = Settings(ollama_url=f"http://ann:{SECRET}@h", qdrant_url=f"http://:{SECRET}@h", qdrant_api_key=SECRET)
    assert (settings.ollama.password, settings.qdrant_key) == (SECRET, SECRET)
    quoting = ConnectionError(f"not let in: {SECRET}")
    told = [
        chat_errors.explained("openai:gpt", settings, quoting),
        chat_errors.explained("ollama:llama3.1:8b", settings, ValueError(str(quoting))),
        str(qdrant_connection.explained(quoting, "http://h")),
        str(pgvector_errors.explained(quoting, "postgresql://h")),
    ]
    assert [said for said in told if "not let in: ***" not in said] == []
    assert SECRET not in "".join(told)


def test_a_logged_traceback_quotes_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    read_ollama(f"http://ann:{SECRET}@h")
    try:
        raise ConnectionError(f"not let in: {SECRET}")
    except ConnectionError:
        logs.logger("matinee.test").error("it failed", exc_info=True)
    assert "ConnectionError: not let in: ***" in caplog.text
    assert SECRET not in caplog.text


def test_a_trace_with_texts_quotes_no_secret(tmp_path: Path) -> None:
    read_ollama(f"http://ann:{SECRET}@h")
    trace, run = Trace(tmp_path / "trace", texts=True), uuid4()
    trace.on_chain_start({}, {}, run_id=run, name="graph")
    trace.on_chain_error(ConnectionError(f"not let in: {SECRET}"), run_id=run)
    trace.close()
    last = json.loads((tmp_path / "trace").read_text().splitlines()[-1])
    assert last["error"]["message"] == "not let in: ***"
