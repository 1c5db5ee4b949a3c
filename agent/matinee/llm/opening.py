"""Opens the chat model of a run: a host application's, Ollama's, or any that LangChain knows by name."""

from typing import Any

from langchain_core.language_models import BaseChatModel

from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.redaction import hidden
from matinee.settings import Settings

_SAMPLING = (
    *("temperature", "top_p", "top_k", "num_predict", "num_ctx", "seed"),
    *("repeat_penalty", "frequency_penalty", "presence_penalty"),
)
"""The options of sampling, under Ollama's names."""
_COMMON = {"temperature": "temperature", "top_p": "top_p", "num_predict": "max_tokens"}
"""Those that every provider has, with LangChain's names."""


def open_chat(name: str, context: Context, settings: Settings) -> tuple[BaseChatModel, dict[str, Any]]:
    """Return the model of that name, and for Ollama's the options of a call to it; nothing is asked of it yet.

    Another provider's gets the options that the run sets, and for all else has its own defaults: some refuse two
    options together.

    Raises:
        ChatModelUnavailable: there is no such model or provider, or its own client cannot be made, as without a key.
    """
    provider, _, model = name.partition(":")
    if name == "none":
        raise ChatModelUnavailable("No chat model is set (none).")
    if provider == "ollama" and model:
        from matinee.llm.ollama import open_ollama_chat

        # With each call: `ChatOllama` has no fields for the frequency and presence penalties.
        return open_ollama_chat(model, settings, thinks=context.reasoning), {"options": _sampling(context)}
    from langchain.chat_models import init_chat_model

    given = _set_by(context)
    common = {theirs: given[ours] for ours, theirs in _COMMON.items() if ours in given}
    try:
        if ":" in name and not (provider and model):
            raise ValueError("it lacks a provider or a model")
        return with_options(init_chat_model(name, **common), context), {}
    except Exception as error:  # each provider has errors of its own
        said = " ".join(hidden(str(error)).split()) or type(error).__name__
        raise ChatModelUnavailable(
            f"The chat model {name!r} cannot be opened ({said[:300]}); expected provider:model, as ollama:llama3.1:8b, "
            "with the provider's package installed and its key set."
        ) from error


def with_options(model: BaseChatModel, context: Context) -> BaseChatModel:
    """Return the model with those options of sampling that the run sets and that it has."""
    fields = type(model).model_fields
    known = {
        field: value
        for option, value in _set_by(context).items()
        if (field := next((one for one in (option, _COMMON.get(option)) if one in fields), None))
    }
    return model.model_copy(update=known) if known else model


def _set_by(context: Context) -> dict[str, Any]:
    """Return the options of sampling that somebody set, without those that are defaults."""
    return {name: value for name, value in _sampling(context).items() if name in context.model_fields_set}


def _sampling(context: Context) -> dict[str, Any]:
    """Return the options of sampling that have a value."""
    return {name: value for name in _SAMPLING if (value := getattr(context, name)) is not None}
