"""Who may ask what: the token, the Host and Origin headers, how often; and the headers of every response.

Matinee listens on loopback, where every page that a browser shows may send requests, and names may be made to point
(DNS rebinding). So the name that was asked for is checked, and what changes something must come from matinee's own
page or from no page at all. Beyond loopback a token is needed, too.
"""

import hashlib
import hmac
import ipaddress
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matinee.errors import InvalidRequest
from matinee.settings import Settings
from matinee_app.web.errors import error_response

COOKIE = "matinee_session"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, browsers send forms with `Origin: null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_PUBLIC = re.compile(r"/api/(?:health|session)|/sign-in|/static/.*")
"""What is answered without the token: whether it works, how to sign in, and files that anybody may have."""

_UNSTORED = re.compile(r"/(?:api|v1|mcp)(?:/.*)?")
MOST_BYTES = 1 << 20
"""Of a request's body."""
_TOO_LARGE = "The request is too large; a megabyte is the most."
_READING = ("GET", "HEAD", "OPTIONS")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_MOST_CLIENTS = 10_000
_SHORTEST_TOKEN = 16
_YEAR = 365 * 86_400


@dataclass(frozen=True)
class Policy:
    """What is let through."""

    token: str | None = None
    hosts: frozenset[str] = frozenset(_LOOPBACK_NAMES)
    """Names by which it may be asked for."""
    any_address: bool = False
    """Whether it may be asked for by any IP address: no name can be made to point there."""
    per_minute: int = 240
    """Requests that one client may send a minute, beside those that only read."""
    command_token: str | None = None
    """What the machine's own commands send instead; they may do everything."""

    @classmethod
    def of(cls, settings: Settings, host: str) -> "Policy":
        """Return the policy for listening on a host.

        Raises:
            InvalidRequest: it is beyond loopback and there is no token, or the token is too short.
        """
        token = settings.serve_token.get_secret_value() if settings.serve_token else None
        if token and (len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise InvalidRequest(f"MATINEE_SERVE_TOKEN must have {_SHORTEST_TOKEN} or more characters of ASCII.")
        beyond = not is_loopback(host)
        if beyond and not token:
            raise InvalidRequest(
                f"Others can reach {host}, so a token is needed: set MATINEE_SERVE_TOKEN to a long secret, for example "
                "the output of `openssl rand -hex 24`, or listen on 127.0.0.1."
            )
        named = {name.strip().lower() for name in settings.serve_hosts.split(",") if name.strip()}
        if beyond:
            own = socket.gethostname().lower()
            named |= {own, f"{own}.local"}
        return cls(token, frozenset({*_LOOPBACK_NAMES, *named}), beyond, settings.serve_rate)

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names this server."""
        name = _name(host)
        return name is not None and (name in self.hosts or (self.any_address and _is_address(name)))

    def is_own(self, origin: str, host: str) -> bool:
        """Tell whether an Origin header names the server that the Host header names; the scheme may be a proxy's."""
        split = urlsplit(origin)
        return split.scheme in ("http", "https") and split.netloc.lower() == host.lower()

    def admits(self, headers: Headers) -> bool:
        """Tell whether the request carries the token, or the cookie of somebody who has given it; or none is needed."""
        if not self.token or self.is_token(_bearer(headers)) or self.is_command(headers):
            return True
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self.cookie.encode())

    def is_token(self, given: str) -> bool:
        """Tell whether this is the token, in a time that does not depend on where it differs."""
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def is_command(self, headers: Headers) -> bool:
        """Tell whether the request is one of the machine's own commands."""
        token = self.command_token
        return token is not None and hmac.compare_digest(_bearer(headers).encode(), token.encode())

    def sign_in(self, request: Request, response: Response) -> None:
        """Give the cookie to a browser that has sent the token."""
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, self.cookie, max_age=_YEAR, httponly=True, samesite="strict", secure=secure)

    @property
    def cookie(self) -> str:
        """Return the value of the cookie, from which the token cannot be told."""
        return hmac.new((self.token or "").encode(), b"matinee session", hashlib.sha256).hexdigest()


class RateLimit:
    """A bucket of requests for each client, full at first, that fills up again within a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Take one request out; return 0, or the seconds until there is one where none is left."""
        now = self._clock()
        if len(self._left) > _MOST_CLIENTS:
            self._left.clear()
        left, since = self._left.get(client, (float(self._most), now))
        left = min(float(self._most), left + (now - since) * self._most / 60)
        taken = left >= 1
        self._left[client] = (left - 1 if taken else left, now)
        return 0.0 if taken else (1 - left) * 60 / self._most


class Guard:
    """Middleware that refuses what the policy does not let through, and sets the headers of every response."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy
        self._limit = RateLimit(policy.per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if _UNSTORED.fullmatch(scope["path"]):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        read = 0

        async def within_bounds() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                raise HTTPException(413, _TOO_LARGE)
            return message

        answer = self._refusal(scope) or self._app
        await answer(scope, within_bounds, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, policy = Headers(scope=scope), self._policy
        host, changes = headers.get("host", ""), scope["method"] not in _READING
        if not policy.knows(host):
            return error_response(
                421, "This server is not known by the name in the Host header; MATINEE_SERVE_HOSTS lists more names."
            )
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if changes and ((origin and not policy.is_own(origin, host)) or site in ("cross-site", "same-site")):
            return error_response(403, "This request comes from another site's page, which may change nothing here.")
        is_admitted = bool(_PUBLIC.fullmatch(scope["path"])) or policy.admits(headers)
        client = (scope.get("client") or ("?",))[0]
        if (changes or not is_admitted) and (seconds := self._limit.wait(client)):
            after = str(int(seconds) + 1)
            return error_response(
                429, f"Too many requests; the next one may come in {after} s.", headers={"Retry-After": after}
            )
        if int(headers.get("content-length", "0")) > MOST_BYTES:  # the server has refused what is no number
            return error_response(413, _TOO_LARGE)
        if not is_admitted and not changes and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/sign-in", 303)
        if not is_admitted:
            return error_response(
                401,
                "The token is missing or wrong; send MATINEE_SERVE_TOKEN as `Authorization: Bearer ...`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return None


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach what listens on a host."""
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _bearer(headers: Headers) -> str:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _name(host: str) -> str | None:
    try:
        split = urlsplit(f"//{host}")
        is_bare = split.netloc == host and not split.username and (split.port is None or split.port > 0)
        return split.hostname if is_bare else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
