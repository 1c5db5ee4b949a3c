"""The one reader of addresses: Ollama's, Qdrant's and PostgreSQL's, as their own programs read them.

An address may hold a user name and a password. They are for the client that connects: what an address prints as shows
no part of them, and neither does the sentence about one that cannot be read.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from matinee.errors import UnreadableAddress
from matinee.redaction import remember

OLLAMA_PORT = 11434
QDRANT_PORT = 6333
POSTGRES_EXAMPLE = "postgresql://user:password@host:5432/database"

_LONGEST = 2000
_STANDARD_PORTS = {"http": 80, "https": 443}
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What Windows does not connect to, though a server that listens on every interface is named so; others do."""
_RESERVED = re.compile(r"[@:/?#\[\]\s]")
_HOST = re.compile(r"[\w.-]+")
_OTHERS_OPTIONS = frozenset(
    "async_fallback channel_binding connect_timeout connection_limit gssencmode keepalives keepalives_count "
    "keepalives_idle keepalives_interval max_cached_statement_lifetime pgbouncer pool_timeout "
    "prepared_statement_cache_size statement_cache_size tcp_user_timeout".split()
)
"""Options that other clients read from an address; asyncpg would have the server set them, which knows none of them."""
_MAY_HOLD_AT = frozenset(("host", "user", "password", "dbname", "passfile", "sslcert", "sslkey", "sslrootcert"))


@dataclass(frozen=True, repr=False)
class HttpAddress:
    """Where a server answers by HTTP. `path` begins with a slash and ends with none, or is empty."""

    scheme: str
    host: str
    port: int
    path: str = ""
    user: str = ""
    password: str = ""

    @property
    def url(self) -> str:
        """Return the URL for a client, with the port and without user and password."""
        ascii_host = self.host if self.host.isascii() else self.host.encode("idna").decode()
        return f"{self.scheme}://{_bracketed(ascii_host)}:{self.port}{self.path}"

    def __str__(self) -> str:
        """Return the address for people: with the port that is tried, without user and password."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}{self.path}"

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class PostgresAddress:
    """A database on a server. `place` is host and port, of several servers with commas between, or empty."""

    place: str
    database: str
    user: str = ""
    password: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    search_path: str = ""

    @property
    def dsn(self) -> str:
        """Return the address as asyncpg reads it, user and password included; the search path is not part of it."""
        user = quote(self.user, safe="") + (":" + quote(self.password, safe="") if self.password else "")
        database = "/" + quote(self.database, safe="") if self.database else ""
        options = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgresql://{f'{user}@' if user else ''}{self.place}{database}{options}"

    def __str__(self) -> str:
        """Return the address for people: without user, password and options, but for the socket's folder."""
        socket = f"?host={host}" if (host := self.options.get("host")) else ""
        return f"postgresql://{self.place}/{self.database}{socket}"

    __repr__ = __str__


def read_ollama(text: str, variable: str = "MATINEE_OLLAMA_URL") -> HttpAddress:
    """Return the address as Ollama reads OLLAMA_HOST: without a scheme the port is 11434, with one 80 or 443.

    Raises:
        UnreadableAddress: it is none.
    """
    parts = _http_parts(text.strip("\"' "), variable, f"http://127.0.0.1:{OLLAMA_PORT}")
    return parts.address(_STANDARD_PORTS[parts.scheme] if parts.scheme else OLLAMA_PORT)


def read_qdrant(text: str, variable: str = "MATINEE_QDRANT_URL") -> HttpAddress:
    """Return the address of a Qdrant server: the port is 6333, or what is usual for HTTP where there is a path.

    A path means a proxy, and a proxy listens where browsers look.

    Raises:
        UnreadableAddress: it is none.
    """
    parts = _http_parts(text, variable, f"http://127.0.0.1:{QDRANT_PORT}")
    return parts.address(_STANDARD_PORTS[parts.scheme] if parts.scheme and parts.path else QDRANT_PORT)


def read_postgres(text: str, variable: str = "MATINEE_POSTGRES_DSN") -> PostgresAddress:
    """Return the address of a database; SQLAlchemy's driver suffix and other clients' options are dropped.

    Raises:
        UnreadableAddress: it is none.
    """
    reading = _Reading(variable, POSTGRES_EXAMPLE)
    if not re.match(r"postgres(?:ql)?(?:\+\w+)?://", trimmed(text)):
        raise reading.failed("it is no URL of PostgreSQL")
    parts = _split(text, reading, _MAY_HOLD_AT)
    path, _, query = parts.tail.partition("?")
    try:
        options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}
    except ValueError:
        raise reading.failed("what follows its `?` is not name=value, with `&` between") from None
    if "ssl" in options:  # SQLAlchemy's name for it
        options.setdefault("sslmode", options.pop("ssl"))
    remember(options.get("password"), options.get("sslpassword"))
    return PostgresAddress(
        ",".join(_postgres_place(place, reading) for place in parts.place.split(",")),
        unquote(path.removeprefix("/")),
        parts.user or options.pop("user", ""),
        parts.password or options.pop("password", ""),
        {name: value for name, value in options.items() if name not in {*_OTHERS_OPTIONS, "search_path"}},
        options.get("search_path", ""),
    )


def trimmed(text: str) -> str:
    """Return the text without the blanks and quotes that a shell, a service file or a form left around it."""
    text = text.strip()
    while text[:1] in ("'", '"') and text[:1] == text[-1:]:
        text = text[1:-1].strip()
    return text


class _Reading(NamedTuple):
    """What is read, for the sentence about it."""

    variable: str
    example: str

    def failed(self, why: str, shown: str = "") -> UnreadableAddress:
        read = f"is {shown[:100]!r}, which cannot be read as an address" if shown else "cannot be read as an address"
        return UnreadableAddress(f"{self.variable} {read}: {why}; give it as {self.example}.")


class _Parts(NamedTuple):
    scheme: str
    user: str
    password: str
    place: str
    tail: str


class _HttpParts(NamedTuple):
    scheme: str
    host: str
    port: str
    path: str
    user: str
    password: str

    def address(self, port: int) -> HttpAddress:
        host = self.host or "127.0.0.1"
        if os.name == "nt":
            host = _HERE.get(host, host)
        return HttpAddress(self.scheme or "http", host, int(self.port or port), self.path, self.user, self.password)


def _http_parts(text: str, variable: str, example: str) -> _HttpParts:
    reading = _Reading(variable, example)
    parts = _split(text, reading)
    shown = f"{parts.scheme}://{parts.place}{parts.tail}" if parts.scheme else parts.place + parts.tail
    if parts.scheme and parts.scheme not in _STANDARD_PORTS:
        raise reading.failed("it begins with neither http:// nor https://", shown)
    if "?" in parts.tail:
        raise reading.failed("nothing may follow a `?` there", shown)
    try:
        host, port = _host_and_port(parts.place)
    except ValueError as error:
        raise reading.failed(str(error), shown) from None
    path = parts.tail.strip("/")
    found = _HttpParts(parts.scheme, host, port, f"/{path}" if path else "", parts.user, parts.password)
    if not _is_url(found.address(80)):
        raise reading.failed(f"{host!r} is no name of a machine", shown)
    return found


def _is_url(address: HttpAddress) -> bool:
    """Tell whether the HTTP client takes it too; it looks closer at names with letters beyond ASCII."""
    import httpx

    try:
        return bool(httpx.URL(address.url).host)
    except (httpx.InvalidURL, ValueError):
        return False


def _postgres_place(place: str, reading: _Reading) -> str:
    if place.lower().startswith("%2f"):
        return place  # a socket's folder, as libpq has it
    try:
        host, port = _host_and_port(unquote(place))
    except ValueError as error:
        raise reading.failed(str(error)) from None
    return _bracketed(host) + (f":{port}" if port else "")


def _split(text: str, reading: _Reading, may_hold_at: frozenset[str] = frozenset()) -> _Parts:
    """Return the parts of the text, or raise where a sign in the password makes it another address than is meant."""
    text = trimmed(text)
    if len(text) > _LONGEST or not text.isprintable():
        raise reading.failed(f"it holds signs that cannot be printed, or more than {_LONGEST}")
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "", text
    elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        raise reading.failed("what stands before its `://` is no scheme")
    end = re.search(r"[/?#]", rest)
    authority, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    user_info, _, place = authority.rpartition("@")
    unless = ""
    if _goes_on(tail, may_hold_at):
        user_info, unless = rest.rpartition("@")[0], ", or if none is meant, write the `@` as %40"
    user, _, password = user_info.partition(":")
    if signs := list(dict.fromkeys(_RESERVED.findall(user + password.replace(":", "")))):
        named = ", ".join(f"`{sign}` as {quote(sign, safe='')}" for sign in signs)
        raise reading.failed(f"its user name or password holds a sign that must be encoded (write {named}{unless})")
    if "#" in tail:
        raise reading.failed("it holds a `#`, which in a password is written %23")
    remember(unquote(password or user) if scheme.lower() in _STANDARD_PORTS else unquote(password))
    return _Parts(scheme.lower(), unquote(user), unquote(password), place, tail)


def _goes_on(tail: str, may_hold_at: frozenset[str]) -> bool:
    """Tell whether what looks like the end of the host is in the user info: `ann:a/b@host`, `ann:a#b@host`."""
    path, _, query = tail.partition("?")
    odd = [pair for pair in query.split("&") if pair.partition("=")[0] not in may_hold_at]
    return any("@" in part for part in (path, *odd))


def _host_and_port(place: str) -> tuple[str, str]:
    """Return host and port, each empty where it is not given.

    Raises:
        ValueError: with what is wrong, which quotes nothing.
    """
    if place.startswith("["):
        host, bracket, port = place[1:].partition("]")
        if not bracket or (port and not port.startswith(":")) or not _is_ipv6(host):
            raise ValueError("what stands in its brackets is no IPv6 address")
        port = port[1:]
    elif _is_ipv6(place):
        host, port = place, ""
    else:
        host, _, port = place.partition(":")
    if port and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        raise ValueError("its port is no number from 1 to 65535")
    if host and not _is_ipv6(host) and not _is_name(host):
        raise ValueError("its host is no name of a machine")
    return host, port


def _is_name(host: str) -> bool:
    try:
        host.encode("idna")  # as it is done before a name is looked up
    except UnicodeError:
        return False
    return _HOST.fullmatch(host) is not None


def _is_ipv6(host: str) -> bool:
    try:
        return ":" in host and bool(ipaddress.IPv6Address(host))
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
