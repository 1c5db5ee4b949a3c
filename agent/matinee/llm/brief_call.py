"""A call beside the answer itself, which may take seconds and no more: what has come by then counts."""

from collections.abc import Callable, Sequence
from contextlib import aclosing

from langchain_core.messages import BaseMessage

from matinee import logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat import Chat
from matinee.llm.circuit_breaker import CircuitOpen, breaker_of
from matinee.llm.lag_tolerant_timeout import LagTolerantTimeout

_log = logs.logger(__name__)


async def brief_call(
    chat: Chat, messages: Sequence[BaseMessage], context: Context, *, tokens: int, read: Callable[[str], bool]
) -> str:
    """Have an answer read as it streams, for `context.suggest_seconds` at most; return what kept it from ending.

    A model that did not even begin in that time is not asked for anything so brief again for a while. Nothing is raised
    where it does not answer.

    Args:
        chat: the model.
        messages: what it is asked.
        context: the options of the run.
        tokens: how many the answer may have.
        read: takes a piece of it, and tells whether more is wanted.
    """
    asked = context.model_copy(update={"num_predict": min(context.num_predict, tokens)})
    breaker = breaker_of(f"brief calls of {chat.name(context)}", chat.rest)
    try:
        with breaker.call(lambda error: isinstance(error, TimeoutError)) as call:
            async with (
                LagTolerantTimeout(context.suggest_seconds),
                aclosing(chat.stream(messages, asked, shown=False)) as stream,
            ):
                async for chunk in stream:
                    call.alive()
                    if not read(chunk.text):
                        break
    except CircuitOpen:
        return "the chat model was not asked: it did not begin in time a moment ago"
    except TimeoutError:
        return f"the chat model took longer than {context.suggest_seconds:g} s"
    except ChatModelUnavailable as error:
        _log.warning("brief call: %s", logs.kinds(error))
        return "the chat model does not answer"
    return ""
