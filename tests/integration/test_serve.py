"""The API over HTTP: what it answers, what it streams, and whom it refuses."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from matinee.events.schema import Final, parse
from matinee_app.web.security import Policy
from tests.support.event_order import check_order
from tests.support.web import app_with, asked, events_of

TOKEN = "a-long-enough-secret"


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with asked(await app_with()) as client:
        yield client


async def test_a_request_is_answered_as_one_document(client: httpx2.AsyncClient) -> None:
    response = await client.post("/api/recommend", json={"query": "contemplative science fiction", "limit": 2})
    assert response.status_code == 200
    final = Final.model_validate(response.json())
    assert len(final.recommendations) == 2
    assert final.answer.startswith(final.recommendations[0].title)


async def test_a_stream_has_the_typed_events_under_their_names(client: httpx2.AsyncClient) -> None:
    body = {"query": "contemplative science fiction", "limit": 2}
    response = await client.post("/api/recommend", json=body, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    named = events_of(response.text)
    events = [parse(json.loads(data)) for _, data in named]
    check_order(events)
    assert [name for name, _ in named] == [event.event for event in events]
    assert isinstance(events[-1], Final)


async def test_a_thread_goes_on_from_what_it_has_shown(client: httpx2.AsyncClient) -> None:
    async def turn(query: str, thread: str = "evening") -> Final:
        body = {"query": query, "limit": 1, "thread_id": thread}
        return Final.model_validate((await client.post("/api/recommend", json=body)).json())

    first = await turn("science fiction")
    second = await turn("another one")
    assert second.recommendations[0].movie_id != first.recommendations[0].movie_id
    told = await turn("who directed the first?")
    assert (told.reply, told.recommendations) == ("answer", [])
    assert (await turn("another one", "morning")).recommendations[0].movie_id == first.recommendations[0].movie_id


async def test_two_turns_of_one_thread_at_once_are_refused(client: httpx2.AsyncClient) -> None:
    body = {"query": "science fiction", "thread_id": "evening"}
    answers = await asyncio.gather(*(client.post("/api/recommend", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_films_are_found_by_title_and_by_what_is_near(client: httpx2.AsyncClient) -> None:
    found = (await client.get("/api/films", params={"title": "arival"})).json()
    arrival = found["films"][0]
    assert arrival["title"] == "Arrival"
    assert (await client.get(f"/api/films/{arrival['movie_id']}")).json() == arrival
    near = (await client.get("/api/similar", params={"movie_id": arrival["movie_id"], "limit": 3})).json()
    assert len(near) == 3
    assert arrival not in [one["film"] for one in near]
    every = (await client.get("/api/films", params={"limit": 3, "offset": 6})).json()
    assert (every["total"], len(every["films"])) == (8, 2)


async def test_what_a_viewer_says_is_stored_heeded_and_undone(client: httpx2.AsyncClient) -> None:
    async def tell(kind: str) -> dict[str, dict[str, str]]:
        told = await client.post("/api/taste", json={"user_id": "ana", "kind": kind, "title": "moon"})
        assert told.status_code == 201
        document: dict[str, dict[str, str]] = told.json()
        return document

    assert (await tell("like"))["replaced"] is None
    seen = await tell("seen")
    assert seen["replaced"]["kind"] == "like"
    picks = await client.post("/api/recommend", json={"query": "science fiction", "user_id": "ana", "limit": 8})
    assert "Moon" not in [pick["title"] for pick in picks.json()["recommendations"]]
    address = f"/api/taste/{seen['stored']['preference_id']}"
    assert (await client.delete(address, params={"user_id": "tom"})).status_code == 404
    assert (await client.delete(address, params={"user_id": "ana"})).status_code == 204
    assert (await client.get("/api/taste", params={"user_id": "ana"})).json() == []


async def test_without_the_token_only_the_health_is_told() -> None:
    async with asked(await app_with(policy=Policy(token=TOKEN))) as client:
        assert (await client.get("/api/health")).json() == {"ready": True, "todo": []}
        refused = await client.get("/api/films")
        assert (refused.status_code, refused.json()["error"]["type"]) == (401, "unauthorized")
        wrong = {"Authorization": f"Bearer {TOKEN}x"}
        assert (await client.get("/api/films", headers=wrong)).status_code == 401
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.get("/api/films", headers=right)).status_code == 200
        assert (await client.get("/api/health", headers=right)).json()["films"] == 8
        assert (await client.post("/api/session", json={"token": "no"})).status_code == 401
        assert (await client.post("/api/session", json={"token": TOKEN})).status_code == 204
        assert (await client.get("/api/films")).status_code == 200
        await client.delete("/api/session")
        assert (await client.get("/api/films")).status_code == 401
