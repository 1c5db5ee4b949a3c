"""Addresses are read as the servers' own programs read them, and nothing of a password is ever shown."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matinee import addresses
from matinee.addresses import read_ollama, read_postgres, read_qdrant
from matinee.errors import UnreadableAddress

AS_OLLAMA_READS_IT = {
    "": "http://127.0.0.1:11434",
    "1.2.3.4": "http://1.2.3.4:11434",
    "localhost": "http://localhost:11434",
    "example.com:56789": "http://example.com:56789",
    ":56789": "http://127.0.0.1:56789",
    "0.0.0.0": "http://0.0.0.0:11434",
    "http://1.2.3.4": "http://1.2.3.4:80",
    "https://example.com": "https://example.com:443",
    "HTTPS://example.com:1": "https://example.com:1",
    "example.com/": "http://example.com:11434",
    "example.com:56789/path/": "http://example.com:56789/path",
    "https://example.com/a/b": "https://example.com:443/a/b",
    "::1": "http://[::1]:11434",
    "::": "http://[::]:11434",
    "[::1]": "http://[::1]:11434",
    "[1:2::3]:5/path": "http://[1:2::3]:5/path",
    "https://[::1]": "https://[::1]:443",
    ' "127.0.0.1:11434" ': "http://127.0.0.1:11434",
    "'example.com'": "http://example.com:11434",
    "\texample.com\n": "http://example.com:11434",
    '"example.com': "http://example.com:11434",
    "my_box.local.": "http://my_box.local.:11434",
}


@pytest.mark.parametrize(("text", "url"), AS_OLLAMA_READS_IT.items())
def test_ollamas_address_is_read_as_ollama_reads_it(text: str, url: str) -> None:
    assert read_ollama(text).url == str(read_ollama(text)) == url


@pytest.mark.parametrize(
    ("text", "why"),
    {
        "localhost:port": "its port is no number",
        "localhost:0": "its port is no number",
        "localhost:65536": "its port is no number",
        "::1:11434": "its port is no number",
        "[::1": "no IPv6 address",
        "[::1]11434": "no IPv6 address",
        "a host": "no name of a machine",
        "http://a..b": "no name of a machine",
        "x" * 64: "no name of a machine",
        "xn--a": "no name of a machine",
        "ftp://example.com": "neither http:// nor https://",
        "http://example.com?a=b": "nothing may follow a `?`",
    }.items(),
)
def test_an_address_that_cannot_be_read_is_shown_with_the_reason_and_an_example(text: str, why: str) -> None:
    with pytest.raises(UnreadableAddress) as refused:
        read_ollama(text, "OLLAMA_HOST")
    said = str(refused.value)
    assert said.startswith(f"OLLAMA_HOST is {text!r}, which cannot be read")
    assert why in said
    assert said.endswith("give it as http://127.0.0.1:11434.")


@pytest.mark.parametrize("text", ["localhost:114\x0034", "localhost" + "/path" * 500])
def test_an_address_that_cannot_be_printed_is_not(text: str) -> None:
    with pytest.raises(UnreadableAddress, match=r"^MATINEE_OLLAMA_URL cannot be read as an address: it holds signs"):
        read_ollama(text)


def test_a_name_beyond_ascii_is_asked_for_as_name_servers_know_it() -> None:
    read = read_ollama("http://kino.müller.example")
    assert read.url == "http://kino.xn--mller-kva.example:80"
    assert str(read) == "http://kino.müller.example:80"


def test_windows_is_given_the_machine_itself_in_place_of_every_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "os", SimpleNamespace(name="nt"))
    assert read_ollama("0.0.0.0").url == "http://127.0.0.1:11434"
    assert read_ollama("[::]:5").url == "http://[::1]:5"


@pytest.mark.parametrize(
    ("text", "url"),
    {
        "localhost": "http://localhost:6333",
        "http://example.com": "http://example.com:6333",
        "https://example.com": "https://example.com:6333",
        "https://example.com:443": "https://example.com:443",
        "https://example.com/qdrant/": "https://example.com:443/qdrant",
        "http://example.com/qdrant": "http://example.com:80/qdrant",
        "http://example.com:6333/qdrant": "http://example.com:6333/qdrant",
    }.items(),
)
def test_qdrants_port_is_its_own_unless_a_path_tells_of_a_proxy(text: str, url: str) -> None:
    assert read_qdrant(text).url == str(read_qdrant(text)) == url


@pytest.mark.parametrize("reader", [read_ollama, read_qdrant, read_postgres])
@pytest.mark.parametrize("sign", "@:/?#[]% &+é")
def test_a_password_with_any_sign_works_when_it_is_encoded(reader: object, sign: str) -> None:
    assert callable(reader)
    scheme = "postgresql" if reader is read_postgres else "https"
    read = reader(f"{scheme}://a{quote(sign, safe='')}b:c{quote(sign, safe='')}d@example.com:5/x")
    assert (read.user, read.password) == (f"a{sign}b", f"c{sign}d")


@pytest.mark.parametrize("reader", [read_ollama, read_qdrant, read_postgres])
@pytest.mark.parametrize("sign", "@/?#[] ")
def test_a_sign_that_is_not_encoded_is_named_with_its_code_and_without_the_password(reader: object, sign: str) -> None:
    assert callable(reader)
    scheme = "postgresql" if reader is read_postgres else "https"
    with pytest.raises(UnreadableAddress) as refused:
        reader(f"{scheme}://ann:Hun{sign}ter2@example.com:5/films")
    assert f"`{sign}` as {quote(sign, safe='')}" in str(refused.value)
    assert not {"Hun", "ter2"} & set(str(refused.value).replace(sign, " ").split())


@pytest.mark.parametrize(
    ("text", "dsn"),
    {
        "postgres://h/films": "postgresql://h/films",
        "postgresql+psycopg://ann@h:1/films": "postgresql://ann@h:1/films",
        "postgresql+asyncpg://ann:a:b@h/films?ssl=require": "postgresql://ann:a%3Ab@h/films?sslmode=require",
        "postgresql://h1:1,[::1]:2/films": "postgresql://h1:1,[::1]:2/films",
        "postgresql://%2Ftmp%2Fsocket/films": "postgresql://%2Ftmp%2Fsocket/films",
        "postgresql://ann@/films?host=/tmp/a@b": "postgresql://ann@/films?host=%2Ftmp%2Fa%40b",
        "postgresql://h/films?user=ann&password=p@ss": "postgresql://ann:p%40ss@h/films",
        "postgresql://h/films?application_name=me&channel_binding=require&sslmode=require&pgbouncer=true": (
            "postgresql://h/films?application_name=me&sslmode=require"
        ),
        "postgresql://": "postgresql://",
    }.items(),
)
def test_the_address_of_a_database_reaches_the_driver_in_its_own_words(text: str, dsn: str) -> None:
    assert read_postgres(text).dsn == dsn


def test_quotes_around_an_address_are_dropped_and_those_in_it_kept() -> None:
    read = read_postgres('\' "postgresql://h/films?search_path=public,"more things""\'')
    assert read.search_path == 'public,"more things"'


def test_the_search_path_is_no_part_of_what_a_pooler_is_asked_for() -> None:
    read = read_postgres("postgresql://h/films?search_path=public,extensions&sslmode=prefer")
    assert read.search_path == "public,extensions"
    assert read.dsn == "postgresql://h/films?sslmode=prefer"


@pytest.mark.parametrize(
    "text",
    [
        "mysql://ann:Hunter2@h/films",
        "host=h password=Hunter2",
        "host=h password=Hunter@2",
        "postgresql://ann:Hunter2/films",
        "postgresql://h/films#Hunter2",
        "postgresql://h/films?Hunter2",
        "postgresql://ann:x@h/films?password=Hunter#2",
        "postgresql://a..b/Hunter2",
        "Hunter2",
    ],
)
def test_what_is_no_address_of_a_database_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(UnreadableAddress, match="postgresql://user:password@host:5432/database") as refused:
        read_postgres(text)
    assert "Hunter" not in str(refused.value)


def test_what_is_printed_of_an_address_holds_no_user_password_or_option() -> None:
    read = read_postgres("postgresql://ann:Hunter2@h/films?host=/tmp/socket&sslpassword=Hunter3&sslmode=prefer")
    assert str(read) == repr(read) == "postgresql://h/films?host=/tmp/socket"
    assert f"{[read_qdrant('https://ann:Hunter2@h/q')]}" == "[https://h:443/q]"


_TEXTS = st.text(st.sampled_from("ab1:/@?#[]%.,=&+ \"'\\é\x00-_") | st.characters(), max_size=40)
_WITH_SCHEME = st.tuples(st.sampled_from(["", "http://", "https://", "postgresql://", "ftp://"]), _TEXTS).map("".join)


@given(_WITH_SCHEME)
@example("http://[::1%25]:80")
@example("http://xn--\udcff")
@example("postgresql://[[]]@")
def test_no_text_is_more_than_unreadable(text: str) -> None:
    for reader in (read_ollama, read_qdrant, read_postgres):
        try:
            read = reader(text)
        except UnreadableAddress as error:
            assert str(error).isprintable()
        else:
            assert str(read) == repr(read)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=6, max_size=20), st.booleans())
def test_whatever_a_password_holds_is_not_shown(password: str, encoded: bool) -> None:
    secret = f"§{password}§"  # a sign that no address has, so that no part of one is taken for the password
    written = quote(secret, safe="") if encoded else secret
    for reader, scheme in ((read_ollama, "http"), (read_qdrant, "https"), (read_postgres, "postgresql")):
        try:
            said = str(reader(f"{scheme}://ann:{written}@example.com:5/films"))
        except UnreadableAddress as error:
            said = str(error)
            assert not encoded
        assert "§" not in said
        assert written not in said
