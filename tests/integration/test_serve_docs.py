"""What docs/serve.md shows runs as written, against `matinee serve` as a user starts it."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.command_line import CommandLine, heeding_interrupts
from tests.support.copies import copy_home
from tests.support.web import events_of

PAGE = (Path(__file__).parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def served_home(known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(known_home, tmp_path_factory.mktemp("served") / "copy")


@pytest.fixture(scope="module")
def address(served_home: Path) -> Iterator[str]:
    """Where `matinee serve` listens; ended as a service manager does."""
    matinee = CommandLine(served_home)
    with subprocess.Popen(
        [sys.executable, "-m", "matinee_app", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=matinee.environment(),
        preexec_fn=heeding_interrupts,
    ) as process:
        assert process.stderr
        said = ""
        while not (found := re.search(r"http://(\S+);", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        yield found[1]
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    assert (process.returncode, rest) == (143, "Terminated.\n")
    assert not (served_home / "serve.json").exists()


def blocks(language: str, address: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    return [block.replace("127.0.0.1:8000", address) for block in found]


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_curl_commands_are_answered(address: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    commands = [
        command.replace("curl ", "curl -sS --fail-with-body ", 1)
        for block in blocks("sh", address)
        for command in re.findall(r"^curl (?:.*\\\n)*.*", block, re.M)
    ]
    said = [ran("sh", "-c", command) for command in commands]
    first, streamed, older, found, near, told, taste, health = said
    assert len(json.loads(first)["recommendations"]) == 2
    assert [name for name, _ in events_of(streamed)][-1] == "final"
    assert json.loads(older)["recommendations"] and "going on from" in older
    assert json.loads(found)["films"][0]["title"] == "The Matrix"
    assert len(json.loads(near)) == 3
    assert [one["title"] for one in json.loads(taste)] == [json.loads(told)["stored"]["title"]]
    assert json.loads(health)["ready"] is True


def test_the_transcript_of_the_openai_client_holds(address: str) -> None:
    script, _ = blocks("python", address)
    said = ran(sys.executable, "-c", script)
    assert len(re.findall(r"^\*\*.+ \(\d{4}\):\*\* \S", said, re.M)) == 6
    assert re.search(r"^“.+” \(\d{4}\) was directed by .+", said, re.M)


def test_the_transcript_of_the_mcp_client_holds(address: str) -> None:
    _, script = blocks("python", address)
    tools, *picks = ran(sys.executable, "-c", script).strip().split("\n")
    assert tools.split()[:2] == ["recommend", "similar"]
    assert [bool(re.match(r".+ \(199\d\): \S", pick)) for pick in picks] == [True, True]
    table = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M))
    assert table == {*tools.split(), "ask_catalogue"}


def test_the_page_lists_every_address_of_the_api(address: str) -> None:
    document = httpx2.get(f"http://{address}/api/openapi.json").json()
    named = set(re.findall(r"/(?:api|v1)/[\w/{}.]+", PAGE))
    assert {path for path in document["paths"] if path != "/v1/models/{model}"} <= named


def test_the_recommend_command_asks_the_server_that_holds_its_index(address: str, served_home: Path) -> None:
    announced = served_home / "serve.json"
    assert announced.stat().st_mode & 0o777 == 0o600
    matinee = CommandLine(served_home)
    asked = matinee("recommend", "a heist film", "--limit", "2", "--rerank", "imdb", "--json")
    assert asked.code == 0, asked.err
    assert len(asked.document["recommendations"]) == 2
    refused = matinee("recommend", "a film", "--model", "nothing")
    assert refused.code == 3 and "nothing" in refused.err and "Traceback" not in refused.err
    server = json.loads(announced.read_text())
    body: dict[str, dict[str, str]] = {"given": {"query": "a film"}, "context": {}}
    others = httpx2.post(f"{server['url']}/api/run", json=body)
    assert others.status_code == 403
