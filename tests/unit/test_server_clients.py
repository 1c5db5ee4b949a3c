"""The clients of servers get the address, the user and the password, and show no part of the latter two."""

import httpx
import pytest
from langchain_ollama import ChatOllama

from matinee.addresses import read_qdrant
from matinee.errors import ChatModelUnavailable, UnreadableAddress
from matinee.index import open_store
from matinee.index.pgvector import PgvectorStore
from matinee.index.qdrant import QdrantStore, _server_client
from matinee.llm.ollama import open_ollama_chat, open_ollama_embeddings
from matinee.settings import Settings
from tests.support.fakes import word_embedding

WITH_USER = "http://ann:Hunter%402@example.com:5/path"


def sent_with(client: httpx.Client, url: str) -> httpx.Request:
    """The request as it would go out."""
    assert isinstance(client.auth, httpx.Auth)
    return next(client.auth.sync_auth_flow(client.build_request("GET", url)))


def http_client(chat: ChatOllama) -> httpx.Client:
    client = chat._client._client
    assert isinstance(client, httpx.Client)
    return client


def test_ollamas_client_is_let_in_and_shows_no_password() -> None:
    chat = open_ollama_chat("a model", Settings(ollama_url=WITH_USER))
    request = sent_with(http_client(chat), "/api/chat")
    assert str(request.url) == "http://example.com:5/path/api/chat"
    assert request.headers["Authorization"] == httpx.BasicAuth("ann", "Hunter@2")._auth_header
    shown = f"{chat!r} {chat.model_dump()} {chat.lc_attributes} {chat._get_ls_params()} {request.url}"
    assert [secret for secret in ("ann", "Hunter", request.headers["Authorization"][6:]) if secret in shown] == []


def test_a_password_without_a_user_goes_along_too() -> None:
    chat = open_ollama_chat("a model", Settings(ollama_url="http://:Hunter2@example.com"))
    request = sent_with(http_client(chat), "/api/chat")
    assert request.headers["Authorization"] == httpx.BasicAuth("", "Hunter2")._auth_header


def test_an_address_of_ollama_that_cannot_be_read_leaves_the_run_without_a_chat_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "localhost:port")
    with pytest.raises(ChatModelUnavailable, match="OLLAMA_HOST is 'localhost:port'"):
        open_ollama_chat("a model", Settings())
    with pytest.raises(UnreadableAddress, match="OLLAMA_HOST is 'localhost:port'"):
        open_ollama_embeddings("a model", Settings())


@pytest.mark.parametrize(
    ("text", "uri"),
    {
        "https://example.com/qdrant": "https://example.com:443/qdrant",
        "example.com": "http://example.com:6333",
        "[::1]": "http://[::1]:6333",
        WITH_USER: "http://example.com:5/path",
    }.items(),
)
def test_qdrants_client_asks_at_the_address_and_warns_of_nothing(text: str, uri: str) -> None:
    client = _server_client(read_qdrant(text), "a key", 2)  # a warning would be an error here
    assert client.http.client.host == uri
    client.close()


def test_qdrants_client_is_let_in_and_shows_no_password() -> None:
    client = _server_client(read_qdrant(WITH_USER), None, 2)
    request = sent_with(client.http.client._client, "http://example.com:5/path/collections")
    assert request.headers["Authorization"] == httpx.BasicAuth("ann", "Hunter@2")._auth_header
    assert "Hunter" not in f"{client!r} {client.init_options}"
    client.close()


@pytest.mark.parametrize("backend", ["qdrant", "pgvector"])
async def test_a_store_is_named_with_the_port_that_is_tried_and_without_user_and_password(backend: str) -> None:
    settings = Settings.model_validate(
        {
            "backend": backend,
            "qdrant_url": "https://ann:Hunter2@example.com/qdrant",
            "postgres_dsn": "postgresql://ann:Hunter2@example.com:5432/films",
        }
    )
    store = open_store(settings, word_embedding())
    assert isinstance(store, PgvectorStore | QdrantStore)
    location = store.location
    store.close()
    assert (
        location
        == {
            "qdrant": "https://example.com:443/qdrant",
            "pgvector": "postgresql://example.com:5432/films",
        }[backend]
    )
