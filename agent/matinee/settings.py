"""What concerns the process: servers, paths, model names, timeouts. What concerns one run is in `context`.

A flag beats the environment (prefix `MATINEE_`), the environment a `.env` file, that the default.
"""

import os
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from matinee.addresses import HttpAddress, PostgresAddress, read_ollama, read_postgres, read_qdrant, trimmed
from matinee.errors import UnreadableAddress
from matinee.redaction import remember


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("matinee", appauthor=False))


def _default_ollama_url() -> SecretStr:
    return SecretStr(os.environ.get("OLLAMA_HOST", ""))


class Settings(BaseSettings):
    """Where the parts live and which ones to use.

    Addresses may hold passwords, so that they are secrets as a whole; `ollama`, `qdrant` and `postgres` read them.
    """

    model_config = SettingsConfigDict(env_prefix="MATINEE_", env_file=".env", extra="ignore")

    home: Path = Field(default_factory=_default_home, description="data folder")
    backend: Literal["qdrant", "pgvector"] = "qdrant"
    qdrant_url: SecretStr | None = Field(default=None, description="Qdrant server; None: embedded, in the data folder")
    qdrant_api_key: SecretStr | None = None
    postgres_dsn: SecretStr | None = Field(default=None, description="PostgreSQL server; None: embedded")
    ollama_url: SecretStr = Field(default_factory=_default_ollama_url, description="Ollama server; as OLLAMA_HOST")
    chat_model: str = Field(
        default="ollama:llama3.1:8b", description="provider:model, or none: reasons are composed without one"
    )
    embeddings: str = Field(
        default="bge-small",
        description="bge-small or minilm-l6 (packaged; with :hub the hub's), ollama:<model>, or <module>:<attribute> "
        "of any Embeddings",
    )
    compare: str = Field(
        default="bge-small,minilm-l6",
        description="encoders that `similar --compare` puts beside the main one, with commas between them",
    )
    reranker: str = Field(default="minilm", description="minilm (packaged), minilm:hub, or none")
    threads: int = Field(
        default_factory=lambda: min(4, os.cpu_count() or 1), ge=1, description="CPU threads for models"
    )
    log_level: Literal["off", "debug", "info", "warning", "error"] = Field(
        default="off", description="what of its log the command line shows; debug shows requests and preferences, too"
    )
    telemetry: bool | None = Field(default=None, description="OpenTelemetry spans; None: when an OTLP endpoint is set")
    telemetry_texts: bool = Field(default=False, description="spans hold requests, preferences and answers, too")
    data: Path | None = Field(default=None, description="folder of evaluation and benchmark data")
    connect_timeout: float = Field(default=2.0, gt=0, description="seconds to reach a server")
    store_timeout: float = Field(default=10.0, gt=0, description="seconds for one answer of the store")
    first_token_timeout: float = Field(default=60.0, gt=0, description="seconds to the model's first token")
    token_timeout: float = Field(default=20.0, gt=0, description="seconds between two tokens")
    generation_timeout: float = Field(default=300.0, gt=0, description="seconds for the model's whole answer")
    service_rest: float = Field(
        default=30.0, gt=0, description="seconds that a service which kept us waiting is left alone"
    )
    keep_alive: str = Field(default="30m", description="how long Ollama keeps the chat model loaded after an answer")
    chat_concurrency: int = Field(default=4, ge=1, description="answers that a chat service writes at once")
    chat_queue: int = Field(default=32, ge=0, description="requests that may wait for their turn at a chat service")
    serve_token: SecretStr | None = Field(
        default=None, description="what clients of `matinee serve` must send; needed as soon as others can reach it"
    )
    serve_hosts: str = Field(default="", description="more names by which `matinee serve` is reached, with commas")
    serve_rate: int = Field(
        default=240, ge=1, description="requests a minute of one client of `matinee serve`, beside those that only read"
    )

    @property
    def ollama(self) -> HttpAddress:
        """Return the address of Ollama.

        Raises:
            UnreadableAddress: what is set is no address.
        """
        variable = "MATINEE_OLLAMA_URL" if "ollama_url" in self.model_fields_set else "OLLAMA_HOST"
        return read_ollama(self.ollama_url.get_secret_value(), variable)

    @property
    def qdrant(self) -> HttpAddress | None:
        """Return the address of the Qdrant server, if one is set.

        Raises:
            UnreadableAddress: what is set is no address.
        """
        return read_qdrant(self.qdrant_url.get_secret_value()) if self.qdrant_url else None

    @property
    def qdrant_key(self) -> str | None:
        """Return the API key of the Qdrant server, if one is set.

        Raises:
            UnreadableAddress: no HTTP header can carry it.
        """
        key = self.qdrant_api_key.get_secret_value() if self.qdrant_api_key else None
        if key and not (key.isascii() and key.isprintable()):
            raise UnreadableAddress(
                "MATINEE_QDRANT_API_KEY holds a sign that no key has, such as a line break or a letter beyond ASCII; "
                "copy the key again."
            )
        remember(key)
        return key

    @property
    def postgres(self) -> PostgresAddress | None:
        """Return the address of the PostgreSQL server, if one is set.

        Raises:
            UnreadableAddress: what is set is no address.
        """
        return read_postgres(self.postgres_dsn.get_secret_value()) if self.postgres_dsn else None

    @field_validator("qdrant_url", "qdrant_api_key", "postgres_dsn", "serve_token", mode="before")
    @classmethod
    def _none_where_blank(cls, text: Any) -> Any:
        return (trimmed(text) or None) if isinstance(text, str) else text

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, level: Any) -> Any:
        return level.lower() if isinstance(level, str) else level
