"""`langgraph dev` serves the graph: forms for input, output and context, and a streamed run."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.copies import copy_home

ROOT = Path(__file__).parents[2]

pytest.importorskip("langgraph_api", reason="the studio extra is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    copy_home(known_home, folder / "home")
    config = json.loads((ROOT / "langgraph.json").read_text())
    config["dependencies"] = [str(ROOT / path) for path in config["dependencies"]]
    (folder / "langgraph.json").write_text(json.dumps(config))
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload", "--port", str(port)]
    environment = {**os.environ, "MATINEE_HOME": str(folder / "home"), "MATINEE_CHAT_MODEL": "none"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/ok", timeout=1).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def schemas(url: str, graph_id: str) -> dict[str, Any]:
    (assistant,) = httpx.post(f"{url}/assistants/search", json={"graph_id": graph_id}, timeout=30).json()
    found: dict[str, Any] = httpx.get(f"{url}/assistants/{assistant['assistant_id']}/schemas", timeout=30).json()
    return found


def test_the_server_has_forms_for_input_output_and_context(server: str) -> None:
    found = schemas(server, "recommend")
    assert set(found["input_schema"]["properties"]) == {"query", "messages", "user_id"}
    assert set(found["output_schema"]["properties"]) == {"recommendations", "messages", "notices", "reply"}
    assert {"limit", "rerank", "temperature", "system_prompt"} <= set(found["context_schema"]["properties"])


def test_the_sql_graph_is_served_too(server: str) -> None:
    found = schemas(server, "sql")
    assert set(found["input_schema"]["properties"]) == {"question", "search", "understanding", "wanted"}
    assert found["input_schema"].get("required", []) in ([], ["question"])
    assert {"sql", "answered_by", "columns", "rows", "notices"} <= set(found["output_schema"]["properties"])


def test_a_run_streams_cards(server: str) -> None:
    run = {
        "assistant_id": "recommend",
        "input": {"query": "thoughtful sci-fi tonight"},
        "context": {"limit": 2},
        "stream_mode": ["custom", "messages", "values"],
    }
    cards, kinds = [], set()
    with httpx.stream("POST", f"{server}/runs/stream", json=run, timeout=60) as response:
        kind = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
                kinds.add(kind.partition("/")[0])
            elif line.startswith("data: ") and kind == "custom":
                event = json.loads(line.removeprefix("data: "))
                if event["event"] == "recommendation":
                    cards.append(event["recommendation"]["title"])
    assert kinds >= {"custom", "messages", "values"}
    assert "error" not in kinds
    assert len(cards) == 2
