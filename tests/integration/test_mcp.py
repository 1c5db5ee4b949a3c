"""The tools for other programs' models, called by the SDK's own client over both of its transports."""

# ruff: noqa: F811  (fixtures are imported and then asked for by name)

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from matinee.index import Store
from matinee.llm.chat import Chat
from matinee.settings import Settings
from matinee_app.mcp import build_mcp
from matinee_app.web.security import Policy
from matinee_app.web.service import Service
from matinee_graphs.parts import Parts, open_parts
from tests.support.command_line import CommandLine
from tests.support.embedded_postgres_store import (
    postgres_dsn,  # noqa: F401
    postgres_folder,  # noqa: F401
    postgres_settings,  # noqa: F401
    store,  # noqa: F401
)
from tests.support.fakes import parts_with, saying
from tests.support.web import app_with, served

TOKEN = "a-long-enough-secret"
REQUEST = {"request": "contemplative science fiction", "limit": 2}


@asynccontextmanager
async def connected(parts: Parts | None = None) -> AsyncIterator[Client]:
    """A client in this process; no fixture, because it must be left by the task that entered it."""
    server = build_mcp(Service(parts or await parts_with(), Settings(chat_model="none")))
    async with Client(server) as client:
        yield client


def text_of(result: Any) -> str:
    assert isinstance(result, CallToolResult)
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def structured(result: Any) -> Any:
    assert isinstance(result, CallToolResult) and not result.is_error, text_of(result)
    return result.structured_content


async def test_tools_say_what_they_take_give_and_do() -> None:
    async with connected() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"recommend", "similar", "find_film", "taste", "remember_taste", "forget_taste"}
    hints = {name: tool.annotations for name, tool in tools.items()}
    assert {name for name, hint in hints.items() if hint and hint.read_only_hint} == {"similar", "find_film", "taste"}
    assert {name for name, hint in hints.items() if hint and hint.destructive_hint} == {"forget_taste"}
    recommend = tools["recommend"]
    assert recommend.input_schema["required"] == ["request"]
    assert recommend.input_schema["properties"]["limit"]["maximum"] == 50
    assert recommend.output_schema and "recommendations" in recommend.output_schema["properties"]


async def test_films_are_recommended_found_and_compared() -> None:
    async with connected() as client:
        picks = structured(await client.call_tool("recommend", REQUEST))
        found = structured(await client.call_tool("find_film", {"title": "arival"}))["result"]
        near = structured(await client.call_tool("similar", {"titles": ["Arrival", "moon"], "limit": 3}))["result"]
    assert len(picks["recommendations"]) == 2
    assert picks["answer"].startswith(picks["recommendations"][0]["title"])
    assert found[0]["title"] == "Arrival"
    assert len(near) == 3
    assert {"Arrival", "Moon"} & {film["title"] for film in near} == set()


async def test_what_a_viewer_tells_is_remembered_heeded_and_forgotten() -> None:
    async with connected() as client:

        async def call(tool: str, **arguments: Any) -> Any:
            return structured(await client.call_tool(tool, {**arguments, "user_id": "ana"}))

        told = await call("remember_taste", kind="seen", said="Arrival")
        assert told["label"] == "Saw Arrival (2016)"
        picks = await call("recommend", request=REQUEST["request"], limit=8)
        assert "Arrival" not in [pick["title"] for pick in picks["recommendations"]]
        assert (await call("taste"))["result"] == [told]
        assert (await call("forget_taste", preference_id=told["preference_id"]))["result"] is True
        assert (await call("taste"))["result"] == []


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("recommend", {"request": "!!!"}, "holds no words"),
        ("recommend", {"request": "a film", "limit": 99}, "less than or equal to 50"),
        ("similar", {"titles": ["No Such Film At All"]}, "No film of the catalogue is called"),
        ("taste", {}, "Nobody is named"),
        ("remember_taste", {"kind": "seen", "said": "Heat", "user_id": "a\nb"}, "printable"),
    ],
)
async def test_what_goes_wrong_is_an_error_of_the_tool_in_a_sentence(
    tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with connected() as client:
        result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult) and result.is_error
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)


async def test_the_catalogue_answers_questions_where_it_is_in_postgresql(store: Store) -> None:
    embedding: Any = store.movies.table
    settings = Settings(chat_model="none")
    said = saying("SELECT title FROM movies; DROP TABLE movies", "SELECT title FROM movies WHERE year < 1996 LIMIT 5")
    parts = open_parts(settings, store=store, embedding=embedding.encoder, chat=Chat(settings, said))
    async with connected(parts) as client:
        hints = {tool.name: tool.annotations for tool in (await client.list_tools()).tools}
        found = structured(await client.call_tool("ask_catalogue", {"question": "which films are the oldest?"}))
    asks = hints["ask_catalogue"]
    assert asks and asks.read_only_hint
    assert (found["columns"], found["rows"]) == (["title"], [["Heat"]])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(asyncio.run(app_with(policy=Policy(token=TOKEN)))) as url:
        yield f"{url}/mcp"


async def test_they_are_called_over_http_by_those_who_have_the_token(address: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        assert len(structured(await client.call_tool("recommend", REQUEST))["recommendations"]) == 2
    async with httpx2.AsyncClient() as http:
        refused = await http.post(address, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        assert refused.status_code == 401
        forged = await http.post(address, json={}, headers={**headers, "Origin": "http://evil.example"})
        assert forged.status_code == 403


async def test_they_are_called_over_standard_input_and_output(matinee: CommandLine) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "matinee_app", "mcp", "--user", "ana"],
        env=matinee.environment(),
    )
    async with Client(command) as client:
        told = structured(await client.call_tool("remember_taste", {"kind": "like", "said": "Arrival"}))
        assert structured(await client.call_tool("taste", {}))["result"] == [told]
        picks = structured(await client.call_tool("recommend", REQUEST))
    assert len(picks["recommendations"]) == 2
