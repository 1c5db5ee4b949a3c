"""The chat model: opened by name, streamed within time limits, its errors brought to one kind."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, TypeVar, cast

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from pydantic import BaseModel, ValidationError

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.settings import Settings

Parsed = TypeVar("Parsed", bound=BaseModel)


class Chat:
    """Streams answers from the chat model that the run or the settings name.

    `model` replaces what the settings name: any LangChain chat model, as a host application or a test has it.
    """

    def __init__(self, settings: Settings, model: BaseChatModel | None = None) -> None:
        self._settings = settings
        self._given = model

    def name(self, context: Context) -> str:
        """Return the model of this run as `provider:model`, or `none`."""
        if self._given is not None and context.model is None:
            return type(self._given).__name__
        return context.model or self._settings.chat_model

    async def stream(self, messages: Sequence[BaseMessage], context: Context) -> AsyncGenerator[AIMessageChunk, None]:
        """Yield the answer as it is written; closing the iterator closes the model's own stream.

        Raises:
            ChatModelUnavailable: no model is there, it does not begin or go on in time, or it fails.
        """
        model, options = await asyncio.to_thread(self._open, context)
        limits = self._settings
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.generation_timeout
        wait = limits.first_token_timeout
        with _errors_of(self.name(context), limits):
            chunks = cast(AsyncGenerator[AIMessageChunk, None], model.astream(list(messages), **options))
            async with aclosing(chunks) as stream:
                while True:
                    async with asyncio.timeout(max(0.0, min(wait, end - loop.time()))):
                        chunk = await anext(stream, None)
                    if chunk is None:
                        return
                    wait = limits.token_timeout
                    yield chunk

    async def structured(
        self, messages: Sequence[BaseMessage], schema: type[Parsed], context: Context
    ) -> Parsed | None:
        """Return one answer that the schema constrains, or None when it cannot be parsed.

        The call is tagged `nostream`, so that its JSON does not run into the answer's tokens.

        Raises:
            ChatModelUnavailable: as for `stream`.
        """
        model, options = await asyncio.to_thread(self._open, context)
        with _errors_of(self.name(context), self._settings):
            async with asyncio.timeout(self._settings.generation_timeout):
                try:
                    bound = model.with_structured_output(schema, method="json_schema").with_config(tags=["nostream"])
                    found = await bound.ainvoke(list(messages), **options)
                except (NotImplementedError, ValidationError, ValueError):
                    return None  # a truncated or unparsable answer, or a model that has no such mode
        return found if isinstance(found, schema) else None

    def _open(self, context: Context) -> tuple[BaseChatModel, dict[str, Any]]:
        if self._given is not None and context.model is None:
            return self._given, {}
        name = self.name(context)
        provider, _, model = name.partition(":")
        if name == "none":
            raise ChatModelUnavailable("No chat model is set (none).")
        if provider == "ollama" and model:
            from matinee.providers.ollama import ollama_options, open_ollama_chat

            return open_ollama_chat(model, self._settings), {"options": ollama_options(context)}
        from langchain.chat_models import init_chat_model

        try:
            opened = init_chat_model(
                name, temperature=context.temperature, top_p=context.top_p, max_tokens=context.num_predict
            )
        except (ImportError, ValueError) as error:
            raise ChatModelUnavailable(
                f"The chat model {name!r} cannot be opened ({error}); expected provider:model, as ollama:llama3.1:8b."
            ) from error
        return opened, {}


@contextmanager
def _errors_of(name: str, settings: Settings) -> Iterator[None]:
    """Bring whatever a chat model raises to one error; providers have no common root for theirs."""
    try:
        yield
    except ChatModelUnavailable:
        raise
    except TimeoutError as error:
        raise ChatModelUnavailable(
            f"The chat model {name} was silent for too long (limits: {settings.first_token_timeout:g} s to the first "
            f"token, {settings.token_timeout:g} s between tokens, {settings.generation_timeout:g} s in all); "
            "set MATINEE_FIRST_TOKEN_TIMEOUT and its siblings for a slower machine."
        ) from error
    except Exception as error:
        raise ChatModelUnavailable(_explain(name, settings, error)) from error


def _explain(name: str, settings: Settings, error: Exception) -> str:
    provider, _, model = name.partition(":")
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if provider != "ollama":
        return f"The chat model {name} failed: {said}"
    if isinstance(error, ConnectionError | httpx.ConnectError | httpx.ConnectTimeout):
        what_to_do = f"start it with `ollama serve`, then `ollama pull {model}`"
        return f"Ollama at {settings.ollama_url} does not answer; {what_to_do}."
    if getattr(error, "status_code", None) == 404:
        return f"Ollama at {settings.ollama_url} has no model {model!r}; run `ollama pull {model}`."
    if isinstance(error, httpx.TransportError):
        return f"Ollama at {settings.ollama_url} broke off its answer ({said})."
    return f"Ollama at {settings.ollama_url} failed: {said}"
