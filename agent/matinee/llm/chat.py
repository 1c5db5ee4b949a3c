"""The chat model: opened by name, asked in turn, streamed within limits, its errors brought to one kind."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from typing import Any, TypeVar, cast

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt, wait_random_exponential
from tenacity.asyncio import retry_if_exception

from matinee import logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat_errors import (
    CutShort,
    Looping,
    Overlong,
    Silent,
    can_pass,
    errors_of,
    is_dead,
    is_only_loaded,
    is_reachable,
    silence_or_end,
)
from matinee.llm.circuit_breaker import Call, CircuitBreaker, CircuitOpen, breaker_of
from matinee.llm.lag_tolerant_timeout import LagTolerantTimeout
from matinee.llm.opening import open_chat, with_options
from matinee.llm.repetition_detector import RepetitionDetector
from matinee.llm.request_queue import QueueFull, RequestQueue, turns_of
from matinee.llm.work_turns import aside
from matinee.settings import Settings

_log = logs.logger(__name__)

Parsed = TypeVar("Parsed", bound=BaseModel)
Chunks = AsyncGenerator[AIMessageChunk, None]

_ATTEMPTS = 3
_READ_IN = 2.0
_FILM_TOKENS = 110
_FEWEST, _MOST = 5, 15
"""Films that a prompt offers: as many as a model reads in so many seconds, each of about so many tokens."""
_LEAST_MEASURED = 100
_MEASURES = 5
"""Tokens of a prompt whose time says something, and how many such times are kept."""
_SPARE = 16
"""Pieces past `num_predict` after which a server is taken not to know that limit."""


class Chat:
    """Streams answers from the chat model that the run or the settings name.

    `model` replaces what the settings name: any LangChain chat model, as a host application or a test has it.
    """

    def __init__(self, settings: Settings, model: BaseChatModel | None = None) -> None:
        self._settings = settings
        self._given = model
        self._given_breaker = CircuitBreaker(type(model).__name__, settings.service_rest)
        self._given_turns = RequestQueue(settings.chat_concurrency, settings.chat_queue)
        self._speeds: dict[str, deque[float]] = {}

    @property
    def at_once(self) -> int:
        """Return how many answers a model's service is asked for at once."""
        return self._settings.chat_concurrency

    @property
    def rest(self) -> float:
        """Return for how many seconds a service is left alone that kept us waiting."""
        return self._settings.service_rest

    def readable(self, context: Context) -> int:
        """Return how many films the run's model reads in about two seconds, 5 to 15; 5 before anything is measured."""
        measured = self._speeds.get(self.name(context))
        return max(_FEWEST, min(_MOST, int(_READ_IN * min(measured) / _FILM_TOKENS))) if measured else _FEWEST

    async def warm_up(self, messages: Sequence[BaseMessage], context: Context) -> None:
        """Have Ollama load the run's model and read how every prompt begins; nothing is raised where it cannot."""
        if self.name(context).startswith("ollama:"):
            asked = context.model_copy(update={"num_predict": 1})
            with suppress(ChatModelUnavailable):
                async for _ in self.stream(messages, asked, shown=False):
                    pass

    def name(self, context: Context) -> str:
        """Return the model of this run as `provider:model`, or `none`."""
        if self._given is not None and context.model is None:
            return type(self._given).__name__
        return context.model or self._settings.chat_model

    async def stream(self, messages: Sequence[BaseMessage], context: Context, *, shown: bool = True) -> Chunks:
        """Yield the answer as it is written; closing the iterator closes the model's own stream.

        Unless it is to be `shown`, LangGraph's `messages` mode leaves the model's own tokens out.

        Before its first word an answer that failed in a way that can pass is asked for again, within the same time.

        Raises:
            ChatModelUnavailable: no model is there, too many requests wait for it, it does not begin or go on in
                time, it fails, runs past its limits, or repeats itself.
        """
        model, options = await asyncio.to_thread(self._open, context)
        async with self._served(context) as call, AsyncExitStack() as opened:
            loop = asyncio.get_running_loop()
            began, whole = loop.time(), self._settings.generation_timeout
            chunk, stream = await self._begun(model, list(messages), options, opened, shown=shown)
            watch, pieces, ended = RepetitionDetector(), 0, False
            while chunk is not None:
                call.alive()
                pieces += 1
                ended = ended or bool(chunk.response_metadata.get("done"))
                self._measure(self.name(context), chunk.response_metadata)
                yield chunk
                if watch.loops(chunk.text):
                    raise Looping
                if options and pieces > context.num_predict + _SPARE:
                    raise Overlong(f"the {context.num_predict} tokens that it may have")
                try:
                    async with LagTolerantTimeout(min(self._settings.token_timeout, began + whole - loop.time())):
                        chunk = await anext(stream, None)
                except TimeoutError:
                    raise silence_or_end(began, whole) from None
            if options and not ended:
                raise CutShort("without the last line of the answer")

    async def structured(
        self, messages: Sequence[BaseMessage], schema: type[Parsed], context: Context
    ) -> Parsed | None:
        """Return one answer that the schema constrains, or None when it cannot be parsed.

        The call is tagged `nostream`, so that its JSON does not run into the answer's tokens.

        Raises:
            ChatModelUnavailable: as for `stream`.
        """
        model, options = await asyncio.to_thread(self._open, context)
        async with self._served(context):
            loop = asyncio.get_running_loop()
            began, whole = loop.time(), self._settings.generation_timeout
            found: Any = None
            try:
                async with asyncio.timeout(whole):
                    bound = model.with_structured_output(schema, method="json_schema").with_config(tags=["nostream"])
                    async for attempt in self._attempts([], bool(options)):
                        with attempt:
                            found = await bound.ainvoke(list(messages), **options)
            except TimeoutError:
                raise silence_or_end(began, whole) from None
            except (NotImplementedError, ValidationError, ValueError):
                return None  # a truncated or unparsable answer, or a model that has no such mode
        return found if isinstance(found, schema) else None

    def _measure(self, name: str, told: Mapping[str, Any]) -> None:
        """Keep how fast the model read its prompt, as Ollama tells; what its cache held makes it seem faster."""
        tokens, nanoseconds = told.get("prompt_eval_count") or 0, told.get("prompt_eval_duration") or 0
        if tokens >= _LEAST_MEASURED and nanoseconds > 0:
            self._speeds.setdefault(name, deque(maxlen=_MEASURES)).append(tokens / nanoseconds * 1e9)

    @asynccontextmanager
    async def _served(self, context: Context) -> AsyncIterator[Call]:
        """Wait for a turn at the model's service, unless it is known to be dead, and hold it.

        A request that must wait longer for its turn than for a first token does without the model.
        """
        name, limits = self.name(context), self._settings
        breaker, turns = self._service(name)
        try:
            breaker.check()
            async with aside(), AsyncExitStack() as held:
                try:
                    await held.enter_async_context(turns.turn(limits.first_token_timeout))
                except QueueFull:
                    raise ChatModelUnavailable(
                        f"The chat model {name} is busy: {turns.waiting} requests wait for it already; try again in "
                        "a moment, or raise MATINEE_CHAT_QUEUE."
                    ) from None
                except TimeoutError:
                    raise ChatModelUnavailable(
                        f"The chat model {name} is busy: no turn came within {limits.first_token_timeout:g} s; try "
                        "again in a moment, or raise MATINEE_CHAT_CONCURRENCY if its server can do more at once."
                    ) from None
                with breaker.call(is_dead) as call, errors_of(name, limits):
                    yield call
        except CircuitOpen as resting:
            raise ChatModelUnavailable(str(resting)) from None

    async def _begun(
        self,
        model: BaseChatModel,
        messages: list[BaseMessage],
        options: dict[str, Any],
        opened: AsyncExitStack,
        *,
        shown: bool,
    ) -> tuple[AIMessageChunk | None, Chunks]:
        """Return the first piece of the answer (None: there is none) and the rest, which `opened` closes."""
        limit = min(self._settings.first_token_timeout, self._settings.generation_timeout)
        passed: list[BaseException] = []
        config: RunnableConfig = {} if shown else {"tags": ["nostream"]}
        try:
            async with LagTolerantTimeout(limit):
                async for attempt in self._attempts(passed, bool(options)):
                    with attempt:
                        async with AsyncExitStack() as tried:
                            chunks = cast(Chunks, model.astream(messages, config, **options))
                            stream = await tried.enter_async_context(aclosing(chunks))
                            first = await anext(stream, None)
                            opened.push_async_exit(tried.pop_all())
        except TimeoutError:
            raise (passed[-1] if passed else Silent()) from None  # the time may also end between two attempts
        return first, stream

    def _attempts(self, passed: list[BaseException], ours: bool) -> AsyncRetrying:
        """Return the attempts at one call; each error that led to another attempt is put into `passed`."""
        limits = self._settings

        async def may_pass(error: BaseException) -> bool:
            if ours and isinstance(error, httpx.ConnectTimeout):
                # Asked from a thread: on a busy event loop a connection may take too long that is there at once.
                return await asyncio.to_thread(is_reachable, limits.ollama, limits.connect_timeout)
            if ours and not passed and is_only_loaded(error):
                return True
            return can_pass(error)

        def tell(state: RetryCallState) -> None:
            if state.outcome and (error := state.outcome.exception()):
                passed.append(error)
                _log.warning("the chat model failed before its first word (%s); trying again", type(error).__name__)

        return AsyncRetrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.3, max=2.0),
            retry=retry_if_exception(may_pass),
            before_sleep=tell,
            reraise=True,
        )

    def _service(self, name: str) -> tuple[CircuitBreaker, RequestQueue]:
        if self._given is not None and name == type(self._given).__name__:
            return self._given_breaker, self._given_turns
        settings = self._settings
        provider = name.partition(":")[0]
        address = str(settings.ollama) if provider == "ollama" else provider
        return (
            breaker_of(address, settings.service_rest),
            turns_of(address, settings.chat_concurrency, settings.chat_queue),
        )

    def _open(self, context: Context) -> tuple[BaseChatModel, dict[str, Any]]:
        """Return the model and the options of a call to it; of one that a host gave, nothing is known."""
        if self._given is not None and context.model is None:
            return with_options(self._given, context), {}
        return open_chat(self.name(context), context, self._settings)
