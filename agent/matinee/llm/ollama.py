"""Ollama's models through langchain-ollama, with our time limits and options.

User and password go along by `auth`: in the URL or in a header, a client's repr and its errors would show them.
"""

import os
from functools import lru_cache
from typing import Any

import httpx
from langchain_core.embeddings import Embeddings

from matinee.addresses import HttpAddress
from matinee.errors import ChatModelUnavailable, EmbeddingsUnavailable, UnreadableAddress
from matinee.llm.circuit_breaker import CircuitOpen, breaker_of
from matinee.redaction import hidden
from matinee.settings import Settings

# ollama 0.6.3 opens a client as it is imported, and cannot be where OLLAMA_HOST is one that it does not read (`::1`).
_host = os.environ.pop("OLLAMA_HOST", None)
try:
    from langchain_ollama import ChatOllama, OllamaEmbeddings
finally:
    if _host is not None:
        os.environ["OLLAMA_HOST"] = _host

# A kept connection belongs to the event loop that made it, which a model may outlive, and nothing closes it.
_NOT_KEPT = httpx.Limits(max_keepalive_connections=0)


def open_ollama_chat(model: str, settings: Settings, *, thinks: bool = False) -> ChatOllama:
    """Return the chat model, asked to think first or not to; nothing is asked of the server yet.

    gpt-oss cannot do without thinking, and is asked for the least of it.

    Raises:
        ChatModelUnavailable: the address that is set for Ollama cannot be read.
    """
    try:
        reasoning = "low" if model.startswith("gpt-oss") and not thinks else thinks
        return _chat(model, settings.ollama, settings.connect_timeout, settings.keep_alive, reasoning)
    except UnreadableAddress as error:
        raise ChatModelUnavailable(str(error)) from None


@lru_cache(maxsize=8)
def _chat(
    model: str, address: HttpAddress, connect_timeout: float, keep_alive: str, reasoning: bool | str
) -> ChatOllama:
    limit = httpx.Timeout(None, connect=connect_timeout)  # the stream has limits of its own
    return ChatOllama(
        model=model,
        base_url=address.url,
        keep_alive=keep_alive,
        reasoning=reasoning,
        client_kwargs=_client_options(address, limit),
    )


def _client_options(address: HttpAddress, limit: httpx.Timeout) -> dict[str, Any]:
    auth = httpx.BasicAuth(address.user, address.password) if address.user or address.password else None
    return {"timeout": limit, "limits": _NOT_KEPT, "auth": auth}


async def ollama_models(settings: Settings) -> list[str]:
    """Return the names of the models that Ollama has, sorted.

    Raises:
        UnreadableAddress: what is set for Ollama is no address.
        httpx.HTTPError: it does not answer.
        ValueError: what answers is not Ollama.
    """
    address = settings.ollama
    async with httpx.AsyncClient(**_client_options(address, httpx.Timeout(settings.connect_timeout))) as client:
        found = (await client.get(f"{address.url}/api/tags")).raise_for_status().json()
    try:
        return sorted(str(entry["name"]) for entry in found["models"])
    except (KeyError, TypeError) as error:
        raise ValueError("an answer without a list of models") from error


def open_ollama_embeddings(model: str, settings: Settings) -> Embeddings:
    """Return the embedding model behind our errors; nothing is asked of the server yet.

    Raises:
        UnreadableAddress: what is set for Ollama is no address.
    """
    address = settings.ollama
    limit = httpx.Timeout(settings.first_token_timeout, connect=settings.connect_timeout)
    inner = OllamaEmbeddings(model=model, base_url=address.url, client_kwargs=_client_options(address, limit))
    return _Explained(inner, model, str(address), settings.service_rest)


class _Explained(Embeddings):
    """Ollama's embeddings with our errors; a service that kept us waiting in vain is left alone for a while."""

    def __init__(self, inner: OllamaEmbeddings, model: str, server: str, rest: float) -> None:
        self._inner = inner
        self._model = model
        self._server = server
        self._breaker = breaker_of(f"{server} {model}", rest)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        try:
            with self._breaker.call(_is_dead):
                try:
                    return self._inner.embed_documents(texts)
                except Exception as error:
                    raise EmbeddingsUnavailable(self._explained(error)) from error
        except CircuitOpen as resting:
            raise EmbeddingsUnavailable(str(resting)) from None

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def _explained(self, error: Exception) -> str:
        instead = "or set MATINEE_EMBEDDINGS=bge-small and run `matinee ingest --rebuild`"
        if isinstance(error, httpx.TimeoutException):
            return (
                f"The embedding model {self._model} on Ollama at {self._server} did not answer in time; look at what "
                f"keeps it busy, raise MATINEE_FIRST_TOKEN_TIMEOUT, {instead}."
            )
        said = hidden(" ".join(str(error).split()) or type(error).__name__)
        return (
            f"The embedding model on Ollama at {self._server} does not answer ({said}); start it with `ollama serve`, "
            f"then `ollama pull {self._model}`, {instead}."
        )


def _is_dead(error: BaseException) -> bool:
    return isinstance(error.__cause__, ConnectionError | httpx.ConnectError | httpx.TimeoutException)
