"""What chat programs get from the endpoint that speaks as OpenAI's does, asked by OpenAI's own client."""

import json
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from matinee.ratings.preferences import verdict
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL
from tests.support.web import app_with, asked

REQUEST = "contemplative science fiction"
TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: a heist film from the 90s, please
ASSISTANT: Heat (1995): A careful thief.
</chat_history>"""
PLAIN_TITLE = """Provide a concise, 5-word-or-less title for the conversation, using its same language.

Conversation:
User: a heist film
AI: Heat (1995)"""


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with asked(await app_with()) as client:
        yield client


@pytest.fixture
def client(http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url="http://localhost/v1", api_key="none", http_client=http, max_retries=0)


def said(*turns: str) -> list[ChatCompletionMessageParam]:
    """The messages of a conversation that begins with the viewer."""
    messages: list[ChatCompletionMessageParam] = []
    for number, text in enumerate(turns):
        if number % 2:
            messages.append({"role": "assistant", "content": text})
        else:
            messages.append({"role": "user", "content": text})
    return messages


async def answer(client: openai.AsyncOpenAI, *turns: str, model: str = "matinee") -> str:
    done = await client.chat.completions.create(model=model, messages=said(*turns))
    return done.choices[0].message.content or ""


async def test_an_answer_has_films_the_reason_for_its_end_and_usage(client: openai.AsyncOpenAI) -> None:
    done = await client.chat.completions.create(model="matinee", messages=said(REQUEST), temperature=0.2, max_tokens=9)
    text = done.choices[0].message.content or ""
    assert text.startswith("**")
    assert text.count("):** ") == text.count(" min · IMDb") == 3
    assert done.choices[0].finish_reason == "stop"
    assert done.usage and done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 50


async def test_a_stream_says_the_same_piece_by_piece(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="matinee", messages=said(REQUEST), stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == await answer(client, REQUEST)
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage and chunks[-1].usage.completion_tokens > 50


async def test_the_messages_are_the_memory(client: openai.AsyncOpenAI) -> None:
    first = await answer(client, REQUEST)
    assert "Arrival (2016)" in first
    assert "Denis Villeneuve" in await answer(client, REQUEST, first, "who directed Arrival?")
    more = await answer(client, REQUEST, first, "another one")
    assert "Arrival (2016)" not in more
    assert "no chat model is set" in first
    assert "no chat model is set" not in more  # it was said before


async def test_the_viewer_is_part_of_the_model_s_name() -> None:
    parts = await parts_with()
    await parts.store.preferences.add(verdict("ana", "seen", ARRIVAL))
    async with asked(await app_with(parts=parts)) as http:
        client = openai.AsyncOpenAI(base_url="http://localhost/v1", api_key="none", http_client=http, max_retries=0)
        assert "Arrival (2016)" in await answer(client, REQUEST)
        assert "Arrival (2016)" not in await answer(client, REQUEST, model="matinee:ana")


async def test_models_are_listed_and_others_are_refused(client: openai.AsyncOpenAI) -> None:
    assert [model.id for model in (await client.models.list()).data] == ["matinee"]
    assert (await client.models.retrieve("matinee:ana")).id == "matinee:ana"
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-4'") as refused:
        await answer(client, REQUEST, model="gpt-4")
    assert refused.value.code == "model_not_found"


async def test_prompts_for_a_title_tags_or_questions_are_answered_without_a_search(client: openai.AsyncOpenAI) -> None:
    assert json.loads(await answer(client, TITLE)) == {"title": "A heist film from the 90s"}
    assert await answer(client, PLAIN_TITLE) == "A heist film"
    assert (
        await answer(client, "a quiet film", "Moon (2009)", "Generate a title for this conversation") == "A quiet film"
    )
    tags = "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history"
    assert json.loads(await answer(client, tags))["tags"][0] == "Films"
    asks = "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next"
    assert "Another one" in json.loads(await answer(client, asks))["follow_ups"]
    searches = "### Task:\nAnalyze the chat history to determine the necessity of generating search queries"
    assert json.loads(await answer(client, searches)) == {"queries": []}


@pytest.mark.parametrize(
    "request_of_a_viewer",
    [
        "Suggest a film about a chat that goes wrong",
        "give me something with a short title",
        "write me a list of thrillers",
    ],
)
async def test_a_viewer_s_own_words_are_not_taken_for_such_a_prompt(
    client: openai.AsyncOpenAI, request_of_a_viewer: str
) -> None:
    assert " min · IMDb" in await answer(client, request_of_a_viewer)


async def test_what_cannot_be_read_is_refused_in_a_sentence(
    client: openai.AsyncOpenAI, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(openai.BadRequestError, match="role `user`"):
        await client.chat.completions.create(model="matinee", messages=[{"role": "system", "content": "Be brief."}])
    with pytest.raises(openai.BadRequestError, match="holds no words"):
        await client.chat.completions.create(model="matinee", messages=said("???"), stream=True)
    for messages in ([], "text", [{"role": "user", "content": 5}], [{"role": "king", "content": "a film"}]):
        refused = await http.post("/v1/chat/completions", json={"model": "matinee", "messages": messages})
        assert (refused.status_code, set(refused.json())) == (422, {"error"})
    pictures: list[ChatCompletionMessageParam] = [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
                {"type": "text", "text": REQUEST},
            ],
        }
    ]
    done = await client.chat.completions.create(model="matinee", messages=pictures)
    assert "IMDb" in (done.choices[0].message.content or "")
