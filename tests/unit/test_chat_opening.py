"""Chat models opened by name or given by a host: which options reach them, and what is said where there is none."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_ollama import ChatOllama

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat import Chat
from matinee.llm.opening import open_chat, with_options
from matinee.settings import Settings
from tests.support.scripted import ScriptedChat

ASKED = [HumanMessage("a film")]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What `init_chat_model` is called with; it gives a model without any option."""
    calls: list[dict[str, Any]] = []

    def init(name: str, **options: Any) -> ScriptedChat:
        calls.append({"name": name, **options})
        return ScriptedChat(script=lambda *_: "")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", init)
    return calls


@pytest.mark.parametrize(
    ("context", "options"),
    [
        (Context(), {}),
        (Context(limit=3, top_p=0.5), {"top_p": 0.5}),
        (Context(temperature=0.7, num_predict=300), {"temperature": 0.7, "max_tokens": 300}),
        (Context.of({"seed": None, "temperature": 0.0}), {"temperature": 0.0}),
    ],
)
def test_another_provider_s_model_gets_the_options_that_were_set_and_no_other(
    opened: list[dict[str, Any]], context: Context, options: dict[str, Any]
) -> None:
    open_chat("anthropic:claude", context, Settings())
    assert opened == [{"name": "anthropic:claude", **options}]


@pytest.mark.parametrize("error", [RuntimeError("no api_key=sk-123 is set"), KeyError("OPENAI"), TypeError("odd\ntwo")])
def test_whatever_goes_wrong_while_opening_is_one_sentence(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def init(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("langchain.chat_models.init_chat_model", init)
    with pytest.raises(ChatModelUnavailable, match=r"'openai:gpt' cannot be opened.*expected provider:model") as raised:
        open_chat("openai:gpt", Context(), Settings())
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nonsense", "nobody:at-home", "ollama:", ":"])
def test_a_name_that_names_no_model_is_told(name: str) -> None:
    with pytest.raises(ChatModelUnavailable, match="expected provider:model"):
        open_chat(name, Context(), Settings())


def test_a_host_s_model_gets_the_options_that_it_has_and_stays_as_it_was() -> None:
    own = ChatOllama(model="llama3.1:8b", temperature=0.1)
    changed = with_options(own, Context(num_predict=50, seed=3, limit=2))
    assert isinstance(changed, ChatOllama)
    assert (changed.num_predict, changed.seed, changed.temperature) == (50, 3, 0.1)
    assert (own.num_predict, own.seed) == (None, None)
    without = ScriptedChat(script=lambda *_: "")
    assert with_options(without, Context(num_predict=50)) is without


@pytest.mark.parametrize(
    ("name", "thinks", "asked"),
    [
        ("qwen3:8b", False, False),
        ("qwen3:8b", True, True),
        ("gpt-oss:20b", False, "low"),
        ("llama3.1:8b", False, False),
    ],
)
def test_a_model_of_ollama_s_is_asked_not_to_think_unless_that_is_wanted(
    name: str, thinks: bool, asked: bool | str
) -> None:
    model, _ = open_chat(f"ollama:{name}", Context(reasoning=thinks), Settings(keep_alive="5m"))
    assert isinstance(model, ChatOllama)
    assert (model.reasoning, model.keep_alive) == (asked, "5m")


class Ollama(ScriptedChat):
    """Ends as Ollama does, after `loads` answers in which it only loaded; `read` tells of tokens and nanoseconds."""

    loads: int = 0
    read: tuple[int, int] = (0, 0)

    async def _astream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        self._prompts.append("asked")
        if len(self._prompts) > self.loads:
            ended = {"done": True, "prompt_eval_count": self.read[0], "prompt_eval_duration": self.read[1]}
            yield ChatGenerationChunk(message=AIMessageChunk(content="a word", response_metadata=ended))


class OllamaChat(Chat):
    """A chat whose model is taken for one of Ollama's."""

    def _open(self, context: Context) -> Any:
        return self._given, {"options": {}}


async def said(chat: Chat) -> str:
    return "".join([chunk.text async for chunk in chat.stream(ASKED, Context())])


async def test_an_answer_that_only_loaded_the_model_is_asked_for_once_more() -> None:
    model = Ollama(script=lambda *_: "", loads=1)
    assert await said(OllamaChat(Settings(), model)) == "a word"
    again = Ollama(script=lambda *_: "", loads=5)
    with pytest.raises(ChatModelUnavailable):
        await said(OllamaChat(Settings(), again))
    assert len(again.prompts) == 2


@pytest.mark.parametrize(
    ("tokens", "seconds", "films"),
    [(1000, 1.0, 15), (1000, 2.0, 9), (1000, 10.0, 5), (20, 0.001, 5), (0, 0.0, 5)],
)
async def test_as_many_films_are_offered_as_the_model_reads_in_two_seconds(
    tokens: int, seconds: float, films: int
) -> None:
    chat = OllamaChat(Settings(), Ollama(script=lambda *_: "", read=(tokens, int(seconds * 1e9))))
    assert chat.readable(Context()) == 5
    await said(chat)
    assert chat.readable(Context()) == films


async def test_warming_up_asks_ollama_alone_and_raises_nothing() -> None:
    broken = Ollama(script=lambda *_: "", loads=5)
    chat = OllamaChat(Settings(), broken)
    await chat.warm_up(ASKED, Context())
    assert broken.prompts == []  # a host's own model is not asked
    await chat.warm_up(ASKED, Context(model="ollama:llama3.1:8b"))
    assert broken.prompts
