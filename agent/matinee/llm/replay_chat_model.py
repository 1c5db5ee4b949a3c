"""A chat model that says a text that it is given, piece by piece as the pieces come.

The answer that a viewer reads is not the model's own stream but what of it stands. It reaches the consumers of a stream
through this model, as the tokens of any model would, under one message id.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, SkipValidation

ANSWER_TAG = "matinee:answer"
"""The tag of its runs, by which a trace tells it from models that think."""


class ReplayChatModel(BaseChatModel):
    """Says `pieces`, whatever it is asked; all its messages have the id `answer_id`."""

    tags: list[str] | None = Field(default=[ANSWER_TAG], exclude=True)
    pieces: SkipValidation[AsyncIterator[str]] = Field(exclude=True)
    answer_id: str

    @property
    def _llm_type(self) -> str:
        return "replay"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("The pieces come asynchronously; use astream.")

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        raise NotImplementedError("The pieces come asynchronously; use astream.")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join([piece async for piece in self.pieces])
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text, id=self.answer_id))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for piece in self.pieces:
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece, id=self.answer_id))
            if run_manager:
                await run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        # Without a last chunk of ours LangChain adds one, under another id.
        end = ChatGenerationChunk(message=AIMessageChunk(content="", id=self.answer_id, chunk_position="last"))
        if run_manager:
            await run_manager.on_llm_new_token("", chunk=end)
        yield end


async def replay(pieces: AsyncIterator[str], answer_id: str) -> None:
    """Say the pieces as they come; what they raise is raised.

    A model must say something: without a piece none is asked.
    """
    first = await anext(pieces, None)
    if first is not None:
        model = ReplayChatModel(pieces=_with_first(first, pieces), answer_id=answer_id)
        async for _ in model.astream([], {"run_name": "answer"}):
            pass


async def _with_first(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in rest:
        yield piece
