"""Films described by a chat model: in every kind of store, by real weights, and from the command line."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.catalogue.enrich import Description, enrich
from matinee.catalogue.readers.traits import vocabulary
from matinee.index import Store
from matinee.llm.chat import Chat
from matinee.settings import Settings
from tests.support.command_line import CommandLine, heeding_interrupts
from tests.support.embedded_postgres_store import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import filled, memory_store
from tests.support.films import FILMS, HEAT, MARTIAN, MOON
from tests.support.misbehaving_ollama import Fault, MisbehavingOllama
from tests.support.ollama_emulation import OllamaEmulation
from tests.support.stores import Opener, demand, found, opener, store  # noqa: F401
from tests.support.waiting import comes_true

SMOL = "ollama:smollm2:135m"
WORDS = {"MATINEE_EMBEDDINGS": "tests.support.fakes:WordEmbeddings", "MATINEE_CHAT_CONCURRENCY": "1"}
ANSWERS = [
    json.dumps(
        {
            **{"pace": "slow", "violence": 0, "gore": 0, "sex": 0, "frightening": 0, "sad": 1, "age": age},
            **{"moods": ["eerie", "salty"], "themes": [], "settings": [], "occasions": []},
        }
    )
    for age in range(10)
]


async def test_traits_come_back_from_every_store_and_only_the_next_films_are_asked_about(store: Store) -> None:
    first, second, *others = sorted(FILMS, key=lambda film: -film.votes)
    with MisbehavingOllama(text=ANSWERS) as server:
        chat = Chat(Settings(ollama_url=server.url, chat_concurrency=1))
        report = await enrich(store.movies, chat, limit=2)
    assert (report.films, report.described, report.left) == (len(FILMS), 2, len(others))
    assert await store.movies.undescribed() == [film.movie_id for film in others]
    (stored,) = await store.movies.get([first.movie_id])
    assert (stored.traits.moods, stored.traits.age, stored.traits.provenance) == (["eerie"], 0, "model")
    assert stored == first.described_by(stored.traits)
    assert await found(store, "a film", demand("keywords", "any_of", ["eerie"])) == {first.title, second.title}


async def test_what_real_weights_write_is_in_the_vocabulary(ollama_emulation: OllamaEmulation) -> None:
    store = await filled(memory_store(), [MARTIAN])
    before = len(ollama_emulation.requests)
    report = await enrich(store.movies, Chat(Settings(ollama_url=ollama_emulation.url)), model=SMOL)
    (sent,) = [request["body"] for request in ollama_emulation.requests[before:] if request["path"] == "/api/chat"]
    assert sent["format"] == Description.model_json_schema()
    assert (report.films, report.done, report.gave_up) == (1, 1, None)
    (film,) = await store.movies.get([MARTIAN.movie_id])
    assert (film.traits.provenance == "model") == (report.left == 0)
    for name, terms in vocabulary().items():
        assert set(getattr(film.traits, name)) <= set(terms)


@pytest.fixture
def matinee(tmp_path: Path) -> CommandLine:
    """The command line over an index of three films."""
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("\n".join(film.model_dump_json(exclude_none=True) for film in (MARTIAN, HEAT, MOON)))
    command = CommandLine(tmp_path / "home")
    assert command("ingest", str(catalogue), **WORDS).code == 0
    return command


def chat_with(server: MisbehavingOllama) -> dict[str, str]:
    return {**WORDS, "MATINEE_CHAT_MODEL": "ollama:llama3.1:8b", "MATINEE_OLLAMA_URL": server.url}


def test_the_command_goes_on_where_it_stopped_and_says_what_it_skipped(matinee: CommandLine) -> None:
    with MisbehavingOllama(text=ANSWERS) as server:
        ran = matinee("enrich", "--limit", "1", "--json", **chat_with(server))
        assert (ran.code, ran.document) == (0, {"described": 1, "known": 0, "unknown": 0, "skipped": {}, "left": 2})
    with MisbehavingOllama(text=["The sea, the sea!", ANSWERS[3]]) as server:
        ran = matinee("enrich", **chat_with(server))
    assert (ran.code, ran.out) == (0, "1 described, 1 skipped\n")
    assert "1 film skipped: The chat model wrote no description" in ran.err
    assert "1 film not described yet; run it again to go on." in ran.err


NONSENSE: list[Fault] = ["scripted", "garbage", "empty", "cut_mid_sentence", "looping"]
NO_END: list[Fault] = ["silent", "silent_mid_stream", "endless"]


@pytest.mark.parametrize(("fault", "code"), [*((f, 1) for f in NONSENSE), *((f, 3) for f in NO_END)])
def test_a_model_that_describes_nothing_changes_nothing(matinee: CommandLine, fault: Fault, code: int) -> None:
    with MisbehavingOllama(fault, text="Heat is a film") as server:
        ran = matinee("enrich", MATINEE_GENERATION_TIMEOUT="2", **chat_with(server))
        assert (ran.code, ran.out) == (code, "0 described, 3 skipped\n")
        server.fault, server.text = "scripted", ANSWERS
        assert matinee("enrich", "--json", **chat_with(server)).document["left"] == 0
    assert "3 films not described yet" in ran.err
    assert "Traceback" not in ran.err


def test_no_model_that_answers_is_exit_code_3_with_what_to_do(matinee: CommandLine) -> None:
    with MisbehavingOllama() as server:
        pass
    ran = matinee("enrich", **chat_with(server))
    assert ran.code == 3
    assert "`ollama serve`" in ran.err
    assert matinee("enrich", **WORDS).code == 3  # none is set


def test_an_interrupted_run_keeps_what_it_stored(matinee: CommandLine) -> None:
    with MisbehavingOllama(text=[ANSWERS[0], "waves and " * 500], delay=0.05) as server:
        command = subprocess.Popen(
            [sys.executable, "-m", "matinee_app", "enrich"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=matinee.environment(**chat_with(server)),
            preexec_fn=heeding_interrupts,
            text=True,
        )
        assert asyncio.run(comes_true(lambda: len(server.requests) == 2, 60))
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=10)
    assert (command.returncode, said.splitlines()[-1]) == (130, "Interrupted.")
    with MisbehavingOllama(text=ANSWERS[5:]) as server:
        assert matinee("enrich", "--json", **chat_with(server)).document["described"] == 2
