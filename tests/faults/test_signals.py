"""SIGINT and SIGTERM in mid-stream: the terminal as before, upstream closed, nothing half-written."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, heeding_interrupts
from tests.support.films import FILMS
from tests.support.misbehaving_ollama import MisbehavingOllama
from tests.support.starter_films import well_known_movies
from tests.support.terminal import Terminal
from tests.support.waiting import comes_true

LONG = (
    "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors. She listens to them, "
    + "and to other visitors, " * 1000
)
WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings", "MATINEE_RERANKER": "none"}
SIGNALS = [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated.")]


@pytest.fixture
def matinee(tmp_path: Path) -> CommandLine:
    """The command line over an index of the test films."""
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("\n".join(film.model_dump_json(exclude_none=True) for film in FILMS))
    command = CommandLine(tmp_path / "home")
    done = command("ingest", str(catalogue), **WORDS)
    assert done.code == 0, done.err
    return command


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal() as opened:
        yield opened


def started(matinee: CommandLine, *arguments: str, out: Any, err: Any, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "matinee_app", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        env=matinee.environment(**{**WORDS, "TERM": "xterm-256color", **environment}),
        preexec_fn=heeding_interrupts,
    )


def chat_with(server: MisbehavingOllama) -> dict[str, str]:
    return {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": server.url}


@pytest.mark.parametrize(("sent", "code", "says"), SIGNALS)
def test_a_signal_in_mid_stream_ends_the_command_in_order(
    matinee: CommandLine, terminal: Terminal, sent: signal.Signals, code: int, says: str
) -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.02) as server:
        command = started(
            matinee,
            "recommend",
            "--no-suggest",
            "the language of visitors",
            out=terminal.its,
            err=terminal.its,
            **chat_with(server),
        )
        terminal.read_until("linguist")
        command.send_signal(sent)
        assert command.wait(30) == code
        assert asyncio.run(comes_true(lambda: server.closed_by_client == 1))
    terminal.drain()
    assert terminal.restored
    assert re.search(rf"\n{re.escape(says)}\r?\n$", terminal.shown)
    assert "Traceback" not in terminal.shown


@pytest.mark.parametrize(("sent", "code", "says"), SIGNALS)
def test_a_signal_leaves_no_half_document_and_no_locked_index(
    matinee: CommandLine, sent: signal.Signals, code: int, says: str
) -> None:
    with MisbehavingOllama("scripted", text=LONG, delay=0.02) as server:
        pipe = subprocess.PIPE
        command = started(
            matinee,
            "recommend",
            "--no-suggest",
            "a film about visitors",
            "--json",
            out=pipe,
            err=pipe,
            **chat_with(server),
        )
        assert asyncio.run(comes_true(lambda: server.open_streams == 1, within=60))  # a command has to start first
        command.send_signal(sent)
        out, err = command.communicate(timeout=30)
    assert (command.returncode, out) == (code, b"")
    assert err.decode().strip().endswith(says)
    again = matinee("recommend", "a film about visitors", "--json", **WORDS)
    assert again.code == 0
    assert json.loads(again.out)["recommendations"]


def test_an_ingest_that_is_terminated_shows_the_cursor_again_and_goes_on_later(
    tmp_path: Path, terminal: Terminal
) -> None:
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("\n".join(film.model_dump_json() for film in well_known_movies(300)))
    matinee = CommandLine(tmp_path / "home")
    slow = {"MATINEE_EMBEDDINGS": "tests.support.misbehaving_embeddings:SlowEmbeddings"}
    command = started(matinee, "ingest", str(catalogue), out=terminal.its, err=terminal.its, **slow)
    terminal.read_until("\x1b[?25l")
    command.send_signal(signal.SIGTERM)
    assert command.wait(30) == 143
    terminal.drain()
    assert terminal.restored
    done = matinee("ingest", str(catalogue), "--json", **slow)
    assert done.code == 0
    assert done.document["added"] + done.document["unchanged"] == done.document["read"]


def test_a_first_start_that_is_killed_is_made_good_by_the_next(tmp_path: Path) -> None:
    matinee = CommandLine(tmp_path / "home")
    words = {**WORDS, "MATINEE_EMBEDDINGS": "tests.support.misbehaving_embeddings:DyingEmbeddings"}
    killed = matinee("recommend", "a film", "--json", **words, DIES_AT_BATCH="4")
    assert killed.code == -signal.SIGKILL
    assert 0 < matinee("doctor", "--json", **words).document["films"] < 686
    again = matinee("recommend", "a film", "--json", **words)
    assert again.code == 0, again.err
    assert "storing the rest" in again.err
    whole = matinee("ingest", "--json", **words).document
    assert (whole["added"], whole["unchanged"]) == (0, whole["read"])
    assert "storing" not in matinee("recommend", "a film", "--json", **words).err


def test_a_catalogue_of_one_s_own_is_not_taken_for_a_part_of_the_starter_catalogue(matinee: CommandLine) -> None:
    ran = matinee("recommend", "a film", "--json", **WORDS)
    assert "starter" not in ran.err
