"""Passwords and keys stand in every setting that takes one; no command prints, logs or traces any part of them."""

import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer

from matinee_app.cli.main import app
from tests.support.command_line import CommandLine, Ran

USER, WORD, KEY = "planteduser", "plantedword", "sk-plantedkey"
PLANTED = [USER, WORD, KEY, b64encode(f"{USER}:{WORD}".encode()).decode()]


def servers(user_info: str, http: str = "127.0.0.1:9") -> dict[str, str]:
    """Every address with this user info, and keys."""
    return {
        "MATINEE_CHAT_MODEL": "ollama:llama3.1:8b",
        "MATINEE_OLLAMA_URL": f"http://{user_info}@{http}/ollama",
        "MATINEE_QDRANT_URL": f"http://{user_info}@{http}/qdrant",
        "MATINEE_QDRANT_API_KEY": KEY,
        "MATINEE_POSTGRES_DSN": f"postgresql://{user_info}@127.0.0.1:9/films?sslpassword={WORD}",
        "OPENAI_API_KEY": f"{KEY}\n",  # the HTTP client's error about the line break quotes the header
    }


DOWN = servers(f"{USER}:{WORD}")
BY_OLLAMA = {"MATINEE_EMBEDDINGS": "ollama:bge-large"}
ENVIRONMENTS = {
    "Qdrant is down": DOWN,
    "PostgreSQL is down": {**DOWN, "MATINEE_BACKEND": "pgvector"},
    "Ollama's embeddings are down": {**DOWN, **BY_OLLAMA},
    "Qdrant's address cannot be read": servers(f"{USER}:{WORD}/{WORD}"),
    "PostgreSQL's address cannot be read": {**servers(f"{USER}:{WORD}@{WORD}"), "MATINEE_BACKEND": "pgvector"},
    "Ollama's address cannot be read": {**servers(f"{USER}:{WORD}#{WORD}"), **BY_OLLAMA},
    "Qdrant's key cannot be sent": {**DOWN, "MATINEE_QDRANT_API_KEY": f"{KEY}\n{KEY}"},
}

COMMANDS = {
    "chat": ["--user", "ana"],
    "recommend": ["a western", "--trace", "{folder}/trace", "--trace-texts"],
    "ingest": [],
    "similar": ["Heat"],
    "sql": ["how many films are there?"],
    "schema": ["events"],
    "eval": ["{folder}/requests"],
    "doctor": [],
    "enrich": [],
    "mcp": [],
    "serve": ["--port", "0"],
    "taste add": ["I like westerns", "--user", "ana"],
    "taste like": ["Heat", "--user", "ana"],
    "taste dislike": ["Heat", "--user", "ana"],
    "taste wish": ["Heat", "--user", "ana"],
    "taste seen": ["Heat", "--user", "ana"],
    "taste import": ["{folder}/ratings", "--user", "ana"],
    "taste export": ["--user", "ana"],
    "taste list": ["--user", "ana"],
    "taste forget": ["--user", "ana", "--all"],
    "ratings ingest": ["{folder}/ratings"],
}


OPENING = ("chat", "recommend", "ingest", "sql", "taste like", "doctor")
"""Between them they open every part in every way that there is."""


def _differ(command: str, environment: str) -> bool:
    """Tell whether the command may meet this fault in a way of its own."""
    return command in OPENING or environment in ("Qdrant is down", "PostgreSQL is down")


def commands_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield before + name, command


EVERY = dict(commands_of(typer.main.get_command(app)))


def seen(ran: Ran, folder: Path) -> list[str]:
    """What of the secrets is in what a command printed, or left in its folder."""
    written = [path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()]
    return [secret for secret in PLANTED if any(secret in text for text in (ran.out, ran.err, *written))]


def run(folder: Path, command: str, environment: Mapping[str, str], *more: str, home: Path | None = None) -> Ran:
    (folder / "requests").write_text('{"request": "a western", "titles": ["Heat"]}\n')
    (folder / "ratings").write_text("title,year,rating\nHeat,1995,5\n")
    arguments = [argument.format(folder=folder) for argument in COMMANDS[command]]
    return CommandLine(home or folder / "home")(
        "--log-level", "debug", *command.split(), *arguments, *more, **environment
    )


def test_no_command_is_left_out() -> None:
    assert sorted(COMMANDS) == sorted(EVERY)


@pytest.mark.parametrize(("command", "environment"), [(c, e) for e in ENVIRONMENTS for c in COMMANDS if _differ(c, e)])
def test_a_command_shows_nothing_of_a_secret(tmp_path: Path, command: str, environment: str) -> None:
    has_json = any("--json" in option.opts for option in EVERY[command].params)
    for more in ([], ["--json"]) if has_json and environment.endswith("down") else ([],):
        ran = run(tmp_path, command, ENVIRONMENTS[environment], *more)
        assert ran.out or ran.err
        assert "Traceback" not in ran.err
        assert seen(ran, tmp_path) == []


class _Quoting(BaseHTTPRequestHandler):
    """A proxy that answers every request with what it was asked by."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = self.headers.get("Authorization", "").removeprefix("Basic ")
        body = f'{{"error": "not let in: {b64decode(sent).decode()} {self.headers.get("api-key", "")}"}}'.encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def quoting() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quoting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("command", ["recommend", "doctor"])
@pytest.mark.parametrize(
    ("part", "says"),
    {"chat model": "failed: not let in", "embeddings": "(not let in", "index": "(403 Forbidden)"}.items(),
)
def test_what_a_server_quotes_of_a_secret_is_hidden(
    matinee: CommandLine, tmp_path: Path, quoting: str, command: str, part: str, says: str
) -> None:
    environment = servers(f":{WORD}", quoting) | (BY_OLLAMA if part == "embeddings" else {})
    if part != "index":
        environment.pop("MATINEE_QDRANT_URL")
    ran = run(tmp_path, command, environment, home=matinee.home)
    written = (tmp_path / "trace").read_text() if (tmp_path / "trace").exists() else ""
    assert [secret for secret in (WORD, KEY) if secret in ran.out + ran.err + written] == []
    assert says in ran.out + ran.err or (command, part) == ("doctor", "chat model")
