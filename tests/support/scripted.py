"""Chat models that follow a script: word by word, counting what was drawn from them, noting when they were closed."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from matinee_prompts import render

Script = Callable[[Sequence[BaseMessage], int], str]
"""Gives the text for the messages; the number counts the calls from 0."""


def pieces(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def asks_for_films(messages: Sequence[BaseMessage]) -> bool:
    """Tell whether a model is asked which films come to mind, before it is asked to write of those found."""
    return messages[0].text == render("suggest_system")


class ScriptedChat(BaseChatModel):
    """Answers as the script says. `drawn` holds what was streamed in each call, `closed` whether it was let go of.

    Asked which films come to mind it says `suggestions`, and that call counts nowhere.
    """

    script: Script
    suggestions: str = "Nothing comes to mind."
    _drawn: list[str] = PrivateAttr(default_factory=list)
    _closed: list[bool] = PrivateAttr(default_factory=list)
    _prompts: list[str] = PrivateAttr(default_factory=list)

    @property
    def drawn(self) -> list[str]:
        return self._drawn

    @property
    def closed(self) -> list[bool]:
        return self._closed

    @property
    def prompts(self) -> list[str]:
        return self._prompts

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _text(self, messages: Sequence[BaseMessage]) -> str:
        if asks_for_films(messages):
            return self.suggestions
        self._prompts.append("\n\n".join(message.text for message in messages))
        self._drawn.append("")
        self._closed.append(False)
        return self.script(messages, len(self._prompts) - 1)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._text(messages)))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in pieces(self._text(messages)):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        text, counts = self._text(messages), not asks_for_films(messages)
        call = len(self._drawn) - 1
        try:
            for piece in pieces(text):
                if counts:
                    self._drawn[call] += piece
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
                if run_manager:
                    await run_manager.on_llm_new_token(piece, chunk=chunk)
                yield chunk
        finally:
            if counts:
                self._closed[call] = True


def saying_in_turn(*answers: str) -> ScriptedChat:
    """A model that gives these answers in turn, then the last one again."""
    return ScriptedChat(script=lambda _, call: answers[min(call, len(answers) - 1)])
