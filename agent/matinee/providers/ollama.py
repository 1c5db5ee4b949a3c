"""Ollama's models through langchain-ollama, with our time limits and options."""

from functools import lru_cache
from typing import Any

import httpx
from langchain_core.embeddings import Embeddings
from langchain_ollama import ChatOllama, OllamaEmbeddings

from matinee.context import Context
from matinee.errors import EmbeddingsUnavailable
from matinee.providers.breaker import Resting, breaker_of
from matinee.settings import Settings

# A kept connection belongs to the event loop that made it, which a model may outlive, and nothing closes it.
_NOT_KEPT = httpx.Limits(max_keepalive_connections=0)


def open_ollama_chat(model: str, settings: Settings) -> ChatOllama:
    """Return the chat model; nothing is asked of the server yet."""
    return _chat(model, settings.ollama_url, settings.connect_timeout)


@lru_cache(maxsize=8)
def _chat(model: str, url: str, connect_timeout: float) -> ChatOllama:
    return ChatOllama(
        model=model,
        base_url=url,
        client_kwargs={
            "timeout": httpx.Timeout(None, connect=connect_timeout),  # the stream has limits of its own
            "limits": _NOT_KEPT,
        },
    )


def ollama_options(context: Context) -> dict[str, Any]:
    """Return the run's sampling options under Ollama's names.

    They go with each call: `ChatOllama` has no fields for the frequency and presence penalties.
    """
    options = {
        "temperature": context.temperature,
        "top_p": context.top_p,
        "top_k": context.top_k,
        "num_predict": context.num_predict,
        "num_ctx": context.num_ctx,
        "repeat_penalty": context.repeat_penalty,
        "frequency_penalty": context.frequency_penalty,
        "presence_penalty": context.presence_penalty,
        "seed": context.seed,
    }
    return {name: value for name, value in options.items() if value is not None}


def open_ollama_embeddings(model: str, settings: Settings) -> Embeddings:
    """Return the embedding model behind our errors; nothing is asked of the server yet."""
    return _Explained(
        OllamaEmbeddings(
            model=model,
            base_url=settings.ollama_url,
            client_kwargs={
                "timeout": httpx.Timeout(settings.first_token_timeout, connect=settings.connect_timeout),
                "limits": _NOT_KEPT,
            },
        ),
        model,
        settings,
    )


class _Explained(Embeddings):
    """Ollama's embeddings with our errors; a service that kept us waiting in vain is left alone for a while."""

    def __init__(self, inner: OllamaEmbeddings, model: str, settings: Settings) -> None:
        self._inner = inner
        self._model = model
        self._url = settings.ollama_url
        self._breaker = breaker_of(f"{self._url} {model}", settings.service_rest)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        try:
            with self._breaker.call(_is_dead):
                try:
                    return self._inner.embed_documents(texts)
                except Exception as error:
                    raise EmbeddingsUnavailable(self._explained(error)) from error
        except Resting as resting:
            raise EmbeddingsUnavailable(str(resting)) from None

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def _explained(self, error: Exception) -> str:
        instead = "or set MATINEE_EMBEDDINGS=bge-small and run `matinee ingest --rebuild`"
        if isinstance(error, httpx.TimeoutException):
            return (
                f"The embedding model {self._model} on Ollama at {self._url} did not answer in time; look at what "
                f"keeps it busy, raise MATINEE_FIRST_TOKEN_TIMEOUT, {instead}."
            )
        said = " ".join(str(error).split()) or type(error).__name__
        return (
            f"The embedding model on Ollama at {self._url} does not answer ({said}); start it with `ollama serve`, "
            f"then `ollama pull {self._model}`, {instead}."
        )


def _is_dead(error: BaseException) -> bool:
    return isinstance(error.__cause__, ConnectionError | httpx.ConnectError | httpx.TimeoutException)
