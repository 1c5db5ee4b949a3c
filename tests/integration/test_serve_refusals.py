"""What the web app makes of forged headers, hostile bodies, clients that vanish, and too many requests."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from matinee.errors import IndexUnavailable, InvalidRequest
from matinee.index import edge_folder
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_app.cli.serve import CannotListen, serve
from matinee_app.local_server import find_server
from matinee_app.web.security import Policy, RateLimit
from tests.support.command_line import CommandLine
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL
from tests.support.scripted import ScriptedChat, asks_for_films
from tests.support.waiting import comes_true
from tests.support.web import app_with, asked, events_of, served

TOKEN = "a-long-enough-secret"
BODY = {"query": "contemplative science fiction", "limit": 1}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with asked(await app_with()) as client:
        yield client


def assert_refused(response: httpx2.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    (sentence,) = [fault["message"] for fault in response.json().values()]
    assert sentence.endswith(".") and "Traceback" not in sentence and len(sentence) <= 400


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil@localhost", "10.0.0.1", "localhost:x", "[::1", "localhost/"],
)
async def test_another_name_in_the_host_header_is_refused(client: httpx2.AsyncClient, host: str) -> None:
    assert_refused(await client.get("/api/films", headers={"Host": host}), 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "[::1]:8000"])
async def test_the_names_of_this_machine_are_known(client: httpx2.AsyncClient, host: str) -> None:
    assert (await client.get("/api/films", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "file://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_pages_of_other_sites_change_nothing_and_read_nothing(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    told = {"user_id": "ana", "kind": "seen", "title": "Arrival"}
    assert_refused(await client.post("/api/taste", json=told, headers=headers), 403)
    assert_refused(await client.delete("/api/taste/1", params={"user_id": "ana"}, headers=headers), 403)
    assert_refused(await client.post("/v1/chat/completions", json={}, headers=headers), 403)
    read = await client.get("/api/films", headers=headers)
    asked_before = await client.options("/api/taste", headers={**headers, "Access-Control-Request-Method": "POST"})
    for response in (read, asked_before):
        assert not [name for name in response.headers if name.startswith("access-control")]
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/api/taste", json=told, headers=own)).status_code == 201


@pytest.mark.parametrize("path", ["/api/films", "/api/films/%3Cscript%3E", "/nothing", "/api/recommend"])
async def test_every_response_forbids_scripts_of_others(client: httpx2.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers.get("cache-control") == (None if path == "/nothing" else "no-store")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/../etc/passwd", "/api/films/..%2f..%2fetc%2fpasswd", "/api//films", "/api/films/", "/API/films"),
        *("/api/films/%00", "/api/films/%E2%80%AE", "/static/%2e%2e/api/films", "/docs"),
    ],
)
async def test_odd_paths_lead_nowhere(path: str) -> None:
    async with asked(await app_with(policy=Policy(token=TOKEN))) as client:
        assert_refused(await client.get(path), 401, 404)
        assert_refused(await client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}), 404)


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"query": 5}, {"query": None}, {"query": ["a"]}, {"query": ""}, {"query": "x" * 20_001}),
        *({"query": "   "}, {"query": "!!!"}, {"query": "\x00"}, {"query": "\ud800"}, [], "text", 1),
        *({**BODY, "limit": 51}, {**BODY, "limit": -1}, {**BODY, "limit": "many"}, {**BODY, "diversity": 2}),
        *({**BODY, "spoilers": "all"}, {**BODY, "model": "openai:gpt"}, {**BODY, "system_prompt": "Lie."}),
        *({**BODY, "user_id": "a\nb"}, {**BODY, "user_id": "x" * 101}, {**BODY, "thread_id": "../x"}),
    ],
)
async def test_requests_that_are_none_are_refused_in_a_sentence(client: httpx2.AsyncClient, body: Any) -> None:
    content = json.dumps(body)
    for headers in ({}, STREAM):
        kind = {"Content-Type": "application/json", **headers}
        assert_refused(await client.post("/api/recommend", content=content, headers=kind), 400, 422)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (json.dumps(BODY), "text/plain", 422),
        (json.dumps(BODY), "application/x-www-form-urlencoded", 422),
        ("query=a+film", "application/x-www-form-urlencoded", 422),
        ("{", "application/json", 422),
        ("[" * 100_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 422),
        (b" " * 10_000_000, "application/json", 413),
    ],
)
async def test_bodies_of_another_kind_or_size_are_refused(
    client: httpx2.AsyncClient, content: str | bytes, kind: str, status: int
) -> None:
    assert_refused(await client.post("/api/recommend", content=content, headers={"Content-Type": kind}), status)


async def test_a_body_that_does_not_tell_its_length_is_cut_off(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    kind = {"Content-Type": "application/json"}
    assert_refused(await client.post("/api/recommend", content=endless(), headers=kind), 413)


async def test_markup_in_what_is_asked_comes_back_as_data(client: httpx2.AsyncClient) -> None:
    script = "<script>alert(1)</script>"
    told = {"user_id": script, "kind": "statement", "text": f"I like {script} noir"}
    stored = await client.post("/api/taste", json=told)
    assert stored.headers["content-type"] == "application/json"
    assert stored.json()["stored"]["text"] == "I like noir"
    assert_refused(await client.post("/api/taste", json={"user_id": "ana", "kind": "seen", "title": script * 5}), 404)


async def test_requests_beyond_the_limit_wait_and_reading_is_free() -> None:
    async with asked(await app_with(policy=Policy(per_minute=2))) as client:
        answers = [await client.post("/api/recommend", json={}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [422, 422, 429]
        assert_refused(answers[-1], 429)
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 31
        assert [(await client.get("/api/films")).status_code for _ in range(4)] == [200] * 4


async def test_guessing_the_token_is_slow() -> None:
    async with asked(await app_with(policy=Policy(token=TOKEN, per_minute=3))) as client:
        guesses = [await client.get("/api/films", headers={"Authorization": f"Bearer {n}"}) for n in range(5)]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429, 429]


def test_a_client_may_ask_again_after_a_while_and_others_are_not_held_up() -> None:
    now = [0.0]
    limit = RateLimit(60, lambda: now[0])
    assert [limit.wait("ana") for _ in range(60)] == [0.0] * 60
    assert limit.wait("ana") == pytest.approx(1)
    assert limit.wait("tom") == 0
    now[0] = 2
    assert [limit.wait("ana") == 0 for _ in range(3)] == [True, True, False]


def test_beyond_loopback_a_token_is_needed_and_more_names_are_known() -> None:
    with pytest.raises(InvalidRequest, match="a token is needed: set MATINEE_SERVE_TOKEN"):
        Policy.of(Settings(), "0.0.0.0")
    with pytest.raises(InvalidRequest, match="16 or more characters"):
        Policy.of(Settings(serve_token="short"), "::")
    settings = Settings(serve_token=TOKEN, serve_hosts="films.example, ")
    beyond = Policy.of(settings, "0.0.0.0")
    assert [beyond.knows(host) for host in ("192.168.1.5:8000", "films.example", "evil.example", "")] == [1, 1, 0, 0]
    assert not Policy.of(settings, "127.0.0.1").knows("192.168.1.5")


class Hanging(ScriptedChat):
    """Writes the beginning of an answer and then nothing more, until nobody waits for it."""

    begun: threading.Event
    left: threading.Event

    async def _astream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        if asks_for_films(messages):
            return
        try:
            yield ChatGenerationChunk(message=AIMessageChunk(content="Arrival (2016): A linguist learns a language. "))
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            self.left.set()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/recommend", {"query": BODY["query"]}),
        ("/v1/chat/completions", {"stream": True, "messages": [{"role": "user", "content": BODY["query"]}]}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": BODY["query"]}]}),
    ],
)
async def test_a_client_that_vanishes_ends_the_run_and_the_model_s_stream(path: str, body: dict[str, Any]) -> None:
    model = Hanging(script=lambda *_: "", begun=threading.Event(), left=threading.Event())
    settings = Settings(chat_model="none")
    parts = replace(await parts_with(settings=settings), chat=Chat(settings, model))
    with served(await app_with(parts=parts)) as url:
        port = int(url.rpartition(":")[2])
        sent = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode() + sent)
            assert await comes_true(model.begun.is_set)
            assert not model.left.is_set()
        assert await comes_true(model.left.is_set)


async def test_what_fails_in_mid_stream_ends_it_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = await parts_with(films=[ARRIVAL])

    async def dead(*_: Any, **__: Any) -> Sequence[Any]:
        raise IndexUnavailable("The store does not answer; start it.")

    monkeypatch.setattr(parts.store.movies.table, "nearest", dead)
    monkeypatch.setattr(parts.store.movies.table, "by_words", dead)
    async with asked(await app_with(parts=parts)) as client:
        events = events_of((await client.post("/api/recommend", json=BODY, headers=STREAM)).text)
        assert json.loads(events[-1][1]) == {
            "event": "error",
            "message": "The store does not answer; start it.",
            "status": 503,
        }
        assert_refused(await client.post("/api/recommend", json=BODY), 503)
        chat = {"stream": True, "messages": [{"role": "user", "content": "a film"}]}
        streamed = events_of((await client.post("/v1/chat/completions", json=chat)).text)
        assert json.loads(streamed[-1][1])["error"]["type"] == "unavailable"


async def test_a_port_in_use_or_an_address_of_another_machine_is_said_in_a_sentence() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(CannotListen, match="is in use; end what uses it"),
    ):
        await serve(Settings(), "127.0.0.1", taken.getsockname()[1])
    with pytest.raises(CannotListen, match="give an address of this machine"):
        await serve(Settings(serve_token=TOKEN), "192.0.2.1", 0)


def test_an_index_that_another_process_holds_is_said_in_a_sentence(empty_matinee: CommandLine) -> None:
    folder = edge_folder.hold(empty_matinee.home / "qdrant")
    try:
        refused = empty_matinee("serve", "--port", "0")
    finally:
        edge_folder.release(folder)
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "is open in another process" in refused.err


@pytest.mark.parametrize(
    "said", ["", "[]", '{"url": "http://127.0.0.1:9", "token": "x"}', '{"url": "?", "token": "x"}']
)
async def test_a_server_that_is_gone_without_a_word_is_not_asked(tmp_path: Path, said: str) -> None:
    (tmp_path / "serve.json").write_text(said)
    assert await find_server(Settings(home=tmp_path)) is None
