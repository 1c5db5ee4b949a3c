"""matinee chat, in a process of its own that is fed lines."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.support.command_line import CommandLine, heeding_interrupts

README = Path(__file__).parents[2] / "README.md"


def chat(matinee: CommandLine, *lines: str, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matinee_app", "chat", *arguments],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=300,
        env=matinee.environment(MATINEE_CHAT_MODEL="none", COLUMNS="100"),
        check=False,
    )


def test_the_readme_s_conversation_goes_as_written(whole_matinee: CommandLine) -> None:
    (block,) = re.findall(r"```\n\$ matinee chat --limit 1\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    lines = block.splitlines()
    said = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
    done = chat(whole_matinee, *said, arguments=("--limit", "1"))
    assert done.returncode == 0, done.stderr
    shown = [line.removeprefix("> ") for line in done.stdout.splitlines() if line.removeprefix("> ").strip(" >")]
    assert shown == [line for line in lines if not line.startswith("> ")]


def test_a_film_of_the_last_list_is_remembered_and_commands_help(matinee: CommandLine) -> None:
    said = ("a heist film from the 70s", "/seen 1", "/why 1", "/help", "/nonsense", "/new", "/quit")
    done = chat(matinee, *said, arguments=("--user", "ana", "--limit", "1"))
    assert done.returncode == 0, done.stderr
    (shown,) = re.findall(r"^(.+ \(197\d\)):", done.stdout, re.M)[:1]
    assert f"Noted: Saw {shown}" in done.stderr
    assert done.stderr.count("/quit") >= 2
    assert "A new conversation." in done.stderr
    assert f"Saw {shown}" in matinee("taste", "list", "--user", "ana").out


def test_nobody_s_verdict_is_stored(matinee: CommandLine) -> None:
    done = chat(matinee, "a heist film from the 70s", "/like 1", "!!!")
    assert done.returncode == 0
    assert "--user NAME" in done.stderr
    assert "holds no words" in done.stderr


def await_line(stream: IO[str], words: str) -> None:
    """Read up to the line that holds these words; a stream that ends without them fails the test."""
    assert any(words in line for line in iter(stream.readline, "")), f"no line held {words!r}"


@pytest.mark.skipif(os.name == "nt", reason="interrupts are POSIX signals")
def test_an_interrupt_does_not_end_the_program(matinee: CommandLine) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "matinee_app", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=matinee.environment(MATINEE_CHAT_MODEL="none"),
        preexec_fn=heeding_interrupts,
    ) as process:
        assert process.stdin and process.stderr
        await_line(process.stderr, "in the mood")
        process.send_signal(signal.SIGINT)
        await_line(process.stderr, "/quit leaves")
        out, err = process.communicate("what is the capital of Norway?\n/quit\n", timeout=120)
    assert process.returncode == 0, err
    assert "cannot help with that" in out
