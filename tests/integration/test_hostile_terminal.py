"""What a real terminal is sent by the command line when rows, preferences, requests and the model are hostile."""

import asyncio
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pytest

from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import open_embeddings
from matinee.index import Entry, open_store
from matinee.settings import Settings
from tests.support.command_line import CommandLine
from tests.support.films import FILMS
from tests.support.injections import Injection, injections
from tests.support.misbehaving_ollama import MisbehavingOllama
from tests.support.terminal import Terminal

WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings", "MATINEE_RERANKER": "none"}
CASES = injections()
UNPRINTABLE = [case for case in CASES if not case.text.replace("\n", "").isprintable()]
OWN_COLOURS = {"", "0", "1", "2", "36", "90", "2;36"}
"""The colours of matinee's own lines; no hostile text asks for one of them."""


def _stored(home: Path) -> None:
    """Store rows and preferences as somebody may have who never passed our readers: every case in some film."""
    settings = Settings(home=home, embeddings=WORDS["MATINEE_EMBEDDINGS"], reranker="none")
    films = list(FILMS)
    places = cycle(range(len(films)))
    for case in CASES:
        if case.where in ("overview", "title", "keywords", "tagline") and len(case.text) < 2000:
            place = next(places)
            films[place] = case.row(films[place])
    told = [case.preference("ana") for case in CASES if case.where == "preference" and len(case.text) < 2000]

    async def store() -> None:
        opened = open_store(settings, open_embeddings(settings))
        await opened.movies.add([Entry(film, embedding_text(film)) for film in films])
        for number, preference in enumerate(filter(None, told)):
            await opened.preferences.add(preference.model_copy(update={"preference_id": f"p{number}"}))
        opened.close()

    asyncio.run(store())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    home = tmp_path_factory.mktemp("hostile")
    _stored(home)
    return CommandLine(home)


def on_a_terminal(matinee: CommandLine, *arguments: str, **environment: str) -> str:
    """Run a command whose output and errors go to a pseudo-terminal; return all that the terminal was sent."""
    terminal = Terminal()
    with terminal:
        command = subprocess.Popen(
            [sys.executable, "-m", "matinee_app", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=terminal.its,
            stderr=terminal.its,
            env=matinee.environment(**{**WORDS, "TERM": "xterm-256color", **environment}),
        )
        ended = threading.Thread(target=command.wait)
        ended.start()
        while ended.is_alive():
            terminal.drain()
            ended.join(0.02)
        terminal.drain()
    assert command.returncode in (0, 1), terminal.shown
    return terminal.shown


SEARCHING = r"\r?(?:\x1b\[2K)?\x1b\[2m.\x1b\[0m Looking for films \.\.\."
OWN_SIGNS = [
    re.compile(rf"\x1b\[\?25l(?:{SEARCHING})*\r?\n?\x1b\[\?25h(?:\r\x1b\[1A\x1b\[2K)?"),
    re.compile(
        r"\x1b\]8;id=\d+;https://www\.imdb\.com/title/tt\d+/\x1b\\(?:\x1b\[36m)?IMDb [\d.]+(?:\x1b\[0m)?\x1b\]8;;\x1b\\"
    ),
]
"""That films are looked for, in a line that is taken back, and a rating that leads to the film's page."""


def raw(shown: str) -> list[str]:
    """Return what a terminal would act on, or a reader not see, beyond line ends and our own colours and signs."""
    for sign in OWN_SIGNS:
        shown = sign.sub("", shown)
    colours = set(re.findall(r"\x1b\[([\d;]*)m", shown))
    rest = re.sub(r"\x1b\[[\d;]*m", "", shown).replace("\r\n", "").replace("\n", "")
    rest = re.sub("(\b+)( +)(\b+)", lambda m: m[0] * (len({len(part) for part in m.groups()}) > 1), rest)
    return [*(colours - OWN_COLOURS), *(char for char in rest if not char.isprintable())]


def argument(case: Injection) -> str:
    return f"quiet science fiction {case.text}".replace("\0", "")  # no process can be given a NUL


@pytest.mark.parametrize(
    "arguments",
    [
        ("recommend", "quiet science fiction", "--user", "ana", "--limit", "9"),
        ("recommend", "quiet science fiction", "--user", "ana", "--limit", "9", "--json"),
        ("taste", "list", "--user", "ana"),
        ("taste", "export", "--user", "ana"),
        ("similar", "Moon"),
    ],
    ids=" ".join,
)
def test_a_hostile_index_sends_a_terminal_nothing_to_act_on(hostile: CommandLine, arguments: Sequence[str]) -> None:
    shown = on_a_terminal(hostile, *arguments)
    assert "zqmark" in shown  # a hostile text did get there, as text
    assert raw(shown) == []


@pytest.mark.parametrize(
    "case", [case for case in UNPRINTABLE if case.where == "request"], ids=lambda case: f"{case.id}-{case.kind}"
)
def test_a_hostile_request_sends_a_terminal_nothing_to_act_on(hostile: CommandLine, case: Injection) -> None:
    assert raw(on_a_terminal(hostile, "recommend", argument(case))) == []


def test_a_hostile_preference_is_told_and_listed_as_text_alone(hostile: CommandLine) -> None:
    for case in (case for case in UNPRINTABLE if case.where == "preference"):
        told = case.text.replace("\0", "")
        assert raw(on_a_terminal(hostile, "taste", "add", f"I like trains. {told}", "--user", "ben")) == []
    shown = on_a_terminal(hostile, "taste", "list", "--user", "ben")
    assert "I like trains." in shown
    assert raw(shown) == []


def test_a_hostile_model_s_words_stream_as_text_alone(hostile: CommandLine) -> None:
    text = " ".join(f"[{n}] Moon (2009): {case.text[:200]}\n\n" for n, case in enumerate(UNPRINTABLE, start=1))
    with MisbehavingOllama("scripted", text=text) as server:
        environment = {"MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": server.url}
        shown = on_a_terminal(hostile, "recommend", "quiet science fiction", **environment)
    assert "zqmark" in shown
    assert raw(shown) == []


def test_what_is_taken_for_raw_is(tmp_path: Path) -> None:
    assert raw("plain\r\n\x1b[2mdim\x1b[0m") == []
    assert raw("\x1b[31mred\x1b[0m") == ["31"]
    assert raw("\x1b]0;title\x07") == ["\x1b", "\x07"]
    assert raw("\x1b[2K") == ["\x1b"]
    assert raw("A film \u2026\b\b  \b\b for you") == []
    assert raw("A film\b\b\b  \b\b") == list("\b\b\b\b\b")
    assert raw("back\x08, \u202eturned") == ["\x08", "\u202e"]
    assert os.linesep not in raw("a\r\nb")
