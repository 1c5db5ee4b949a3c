"""OpenAI's chat completions over the recommend graph, so that chat programs can have matinee as a model.

The whole conversation comes in `messages`, which the graph reads; nothing is kept here. How the model samples is
matinee's own affair: `temperature`, `max_tokens`, tools and the like are taken and ignored.
"""

import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Path, Response
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from pydantic import BaseModel, ConfigDict, Field

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.events.schema import Final, Recommendation, Reply, Token
from matinee.models import MovieRecommendation
from matinee.query.followup import GOES_ON
from matinee.ratings.preferences import checked_user
from matinee_app.web.chat_tasks import task_answer, task_of
from matinee_app.web.errors import error_body, error_response
from matinee_app.web.service import Service, Serving
from matinee_app.web.streaming import Computed, EventStream, sse

router = APIRouter(prefix="/v1", tags=["chat programs"])

MODEL = "matinee"
_LIMIT = 3
"""Films at a time."""
_CHARACTERS_PER_TOKEN = 4


class Model(BaseModel):
    """A model, as OpenAI describes one."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class Models(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[Model]


class Part(BaseModel):
    """A part of a message; those that are no text are passed over."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Return its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream has besides the answer."""

    include_usage: bool = False


class ChatBody(BaseModel):
    """A conversation whose last turn is to be answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "a heist film from the 90s"}]}]
        }
    )

    model: str = Field(default=MODEL, description="`matinee`, or `matinee:ana` for what ana likes and has seen")
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None


@router.get("/models")
async def models() -> Models:
    """Return the one model."""
    return Models(data=[Model(id=MODEL)])


@router.get("/models/{model}", response_model=Model)
async def model(model: Annotated[str, Path()]) -> Model | Response:
    """Return the model of this name."""
    return Model(id=model) if _is_known(model) else _unknown(model)


@router.post("/chat/completions", response_model=None)
async def chat_completions(body: ChatBody, service: Serving) -> Response:
    """Answer the last turn of a conversation, whole or as a stream; closing the connection ends the run."""
    if not _is_known(body.model):
        return _unknown(body.model)
    answer = _Answer(service, body)
    if body.stream:
        return EventStream(answer.chunks(), _failed)
    return Computed(answer.whole)


@dataclass
class _Answer:
    """The answer to one request, in OpenAI's shapes."""

    service: Service
    body: ChatBody
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    async def whole(self) -> dict[str, Any]:
        """Return the whole answer as one document."""
        async with aclosing(self._pieces()) as pieces:
            text = "".join([piece async for piece in pieces])
        message = {"role": "assistant", "content": text}
        return {
            **self._head("chat.completion"),
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": self._usage(text),
        }

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer as events of a stream."""
        text, role = "", {"role": "assistant"}
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                yield self._chunk([{"index": 0, "delta": {**role, "content": piece}, "finish_reason": None}])
                text, role = text + piece, {}
        yield self._chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])
        if self.body.stream_options and self.body.stream_options.include_usage:
            yield self._chunk([], usage=self._usage(text))
        yield b"data: [DONE]\n\n"

    async def _pieces(self) -> AsyncGenerator[str, None]:
        """Yield the text piece by piece; the first is empty, and comes when the turn has been read."""
        spoken = [message.text for message in self.body.messages if message.role == "user"]
        prompts = [message.text for message in self.body.messages if message.role in ("system", "developer")]
        for prompt in (*spoken[-1:], *prompts[:1]):
            if task := task_of(prompt):
                yield task_answer(task, prompt, spoken[:-1] if prompt in spoken else spoken)
                return
        _, _, name = self.body.model.partition(":")
        context = Context(limit=_LIMIT, user_id=checked_user(name) if name else None)
        said = _messages(self.body.messages)
        if not spoken:
            raise InvalidRequest("`messages` holds no message of the role `user`; the last of them is answered.")
        async with aclosing(self.service.run({"messages": said}, context)) as events:
            text, has_begun, is_heading = "", False, False
            async for event in events:
                piece = ""
                match event:
                    case Reply():
                        is_heading = event.kind == "films"
                    case Token():
                        piece = _bold(event.text) if is_heading else event.text
                        is_heading = False
                    case Recommendation():
                        piece, is_heading = _beside(event.recommendation), True
                    case Final():
                        piece = _end(event, text, said)
                if piece or not has_begun:
                    text, has_begun = text + piece, True
                    yield piece

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.body.model}

    def _chunk(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        return sse(_json({**self._head("chat.completion.chunk"), "choices": choices, **more}))

    def _usage(self, answer: str) -> dict[str, int]:
        """Return the tokens of the conversation and the answer, estimated from their characters."""
        asked = -(-sum(len(message.text) for message in self.body.messages) // _CHARACTERS_PER_TOKEN)
        answered = -(-len(answer) // _CHARACTERS_PER_TOKEN)
        return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _is_known(model: str) -> bool:
    return model == MODEL or model.startswith(f"{MODEL}:")


def _unknown(model: str) -> Response:
    sentence = f"There is no model {model[:100]!r}; `matinee` and `matinee:NAME` of a viewer are there."
    return error_response(404, sentence, code="model_not_found")


def _messages(messages: Sequence[Message]) -> list[AnyMessage]:
    """Return what the viewer and matinee have said."""
    roles: dict[str, type[HumanMessage | AIMessage]] = {"user": HumanMessage, "assistant": AIMessage}
    return [roles[message.role](message.text) for message in messages if message.role in roles]


def _bold(heading: str) -> str:
    text = heading.strip()
    return heading.replace(text, f"**{text}**") if text else heading


def _beside(pick: MovieRecommendation) -> str:
    """Return what stands under the reason of a pick: what it is about, unless a model has told it, and facts."""
    facts = [
        ", ".join(pick.genres),
        f"{pick.runtime} min" if pick.runtime else "",
        f"IMDb {pick.imdb_rating}" if pick.imdb_rating else "",
    ]
    line = " · ".join(filter(None, facts))
    told = pick.description if pick.reasoning_kind == "facts" else ""
    return "".join(f"\n\n{part}" for part in (told, f"*{line}*" if line else "") if part)


def _end(final: Final, text: str, said: Sequence[AnyMessage]) -> str:
    """Return what is left to say: an answer that did not stream, and the notices that were not given before."""
    rest = "" if text else final.answer
    known = "\n".join([text, rest, *(message.text for message in said)])
    notices = [f"*{notice}*" for notice in final.notices if not (notice in known or notice.startswith(GOES_ON))]
    told = "\n\n".join(filter(None, [rest, *notices]))
    return f"\n\n{told}" if text and told else told


def _failed(status: int, message: str) -> bytes:
    return sse(_json(error_body(status, message)))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
