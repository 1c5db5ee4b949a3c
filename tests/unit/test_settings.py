"""Settings keep what is secret to themselves, and read addresses when they are asked for."""

import pytest

from matinee.errors import UnreadableAddress
from matinee.settings import Settings

SECRET = "Hunter2"
WITH_SECRETS = {
    "ollama_url": f"http://ann:{SECRET}@127.0.0.1:11434",
    "qdrant_url": f"https://ann:{SECRET}@example.com/qdrant",
    "qdrant_api_key": SECRET,
    "postgres_dsn": f"postgresql://ann:{SECRET}@example.com/films",
}


def test_nothing_that_settings_print_as_holds_a_secret() -> None:
    settings = Settings.model_validate(WITH_SECRETS)
    shown = [str(settings), repr(settings), settings.model_dump_json(), str(settings.model_dump())]
    shown += [str(settings.ollama), str(settings.qdrant), str(settings.postgres)]
    assert [text for text in shown if SECRET in text] == []


def test_what_clients_need_is_there() -> None:
    settings = Settings.model_validate(WITH_SECRETS)
    assert settings.qdrant is not None
    assert settings.postgres is not None
    assert [settings.ollama.password, settings.qdrant.password, settings.postgres.password] == [SECRET] * 3
    assert settings.qdrant_key == SECRET


def test_ollama_host_is_used_unless_another_address_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "0.0.0.0")
    assert str(Settings().ollama) == "http://0.0.0.0:11434"
    monkeypatch.setenv("MATINEE_OLLAMA_URL", "example.com")
    assert str(Settings().ollama) == "http://example.com:11434"


@pytest.mark.parametrize("variable", ["OLLAMA_HOST", "MATINEE_OLLAMA_URL"])
def test_an_address_that_cannot_be_read_is_named_by_its_variable_once_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "localhost:port")
    settings = Settings()
    with pytest.raises(UnreadableAddress, match=rf"^{variable} is 'localhost:port'"):
        _ = settings.ollama


@pytest.mark.parametrize("blank", ["", " ", '""', "''", "\n"])
def test_a_server_that_is_set_to_nothing_is_none(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    for name in ("QDRANT_URL", "QDRANT_API_KEY", "POSTGRES_DSN"):
        monkeypatch.setenv(f"MATINEE_{name}", blank)
    settings = Settings()
    assert (settings.qdrant, settings.qdrant_key, settings.postgres) == (None, None, None)


def test_a_key_is_used_without_the_line_break_of_the_file_that_it_was_read_from() -> None:
    assert Settings(qdrant_api_key=f"{SECRET}\n").qdrant_key == SECRET


@pytest.mark.parametrize("key", [f"{SECRET}\n{SECRET}", f"{SECRET}é"])
def test_a_key_that_no_header_can_carry_is_refused_without_quoting_it(key: str) -> None:
    with pytest.raises(UnreadableAddress, match="MATINEE_QDRANT_API_KEY") as refused:
        _ = Settings(qdrant_api_key=key).qdrant_key
    assert SECRET not in str(refused.value)
