"""Remembers which service is dead, so that the next request does not wait for it again.

One breaker a service address and process, shared by every event loop and thread. It opens at the first call that was
kept waiting in vain (what counts as such is the caller's to decide), lets nobody through for `rest` seconds, then one
call to try, while the others are still refused; that call's outcome closes it or opens it again, and one that was
cancelled leaves the try to the next. A refusal that comes at once is not remembered: asking again costs nobody
anything, and the viewer may just have started the service.

The libraries that exist do not fit, as read and tried: `purgatory` (3.0.1) and `aiobreaker` (1.2.0) measure by the wall
clock, so that a clock set back keeps a service shut out; a call that was cancelled counts as failed with `purgatory`,
as answered with `circuitbreaker` (2.1.3); and when the rest is over, all three let every waiting call through at once.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from matinee import logs

_log = logs.logger(__name__)

REST = 30.0
"""Seconds that a dead service is left alone."""


class CircuitOpen(Exception):
    """The service was found dead a moment ago and is not asked again yet.

    `said` is what was found wrong then; `seconds` are left until somebody may try.
    """

    def __init__(self, said: str, seconds: float) -> None:
        super().__init__(said)
        self.said = said
        self.seconds = seconds

    def __str__(self) -> str:
        """Return what was wrong, and when it is tried again, as one sentence."""
        again = f"{max(1, round(self.seconds))} s" if self.seconds > 0 else "a moment"
        return f"{self.said.removesuffix('.')} (so it was a moment ago; it is asked again in {again})."


class CircuitBreaker:
    """The memory of one service. `clock` gives seconds that never go back."""

    def __init__(
        self, address: str = "service", rest: float = REST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = address
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._until: float | None = None  # None: closed
        self._trying = False
        self._said = ""
        self._alive_at = float("-inf")

    @contextmanager
    def call(self, dead: Callable[[BaseException], bool]) -> Iterator["Call"]:
        """Guard one call: `dead` tells which of its errors mean that the service is.

        The call that gets through tells of the service's first sign of life by `Call.alive`; one that ends without
        an error is taken as one.

        Raises:
            CircuitOpen: the service is left alone; nothing was asked of it.
        """
        call = self._enter()
        try:
            yield call
        except Exception as error:
            if dead(error) and not was_refused(error):
                self._failed(call, str(error))
            else:
                call.alive()  # it, or the machine that it should run on, has answered, however badly
            raise
        except BaseException:
            self._gave_up(call)
            raise
        else:
            call.alive()

    def check(self) -> None:
        """Refuse as `call` would, without beginning a call.

        Raises:
            CircuitOpen: the service is left alone.
        """
        with self._lock:
            self._refuse()

    def _enter(self) -> "Call":
        with self._lock:
            self._refuse()
            self._trying = trying = self._until is not None
            return Call(self, self._clock(), trying)

    def _refuse(self) -> None:
        if self._until is not None:
            left = self._until - self._clock()
            if left > 0 or self._trying:
                raise CircuitOpen(self._said, left)

    def _lives(self, call: "Call") -> None:
        with self._lock:
            self._alive_at = self._clock()
            self._until, self._trying = None, False
            call.trying = False

    def _failed(self, call: "Call", said: str) -> None:
        with self._lock:
            self._end_try(call)
            now = self._clock()
            if self._alive_at > call.began:
                return  # it served others meanwhile: busy, not dead
            self._until, self._said = now + self._rest, said
        _log.warning("%s is left alone for %g s", self._address, self._rest)
        _log.debug("%s: %s", self._address, said)

    def _gave_up(self, call: "Call") -> None:
        with self._lock:
            self._end_try(call)

    def _end_try(self, call: "Call") -> None:
        if call.trying:
            self._trying = call.trying = False


class Call:
    """A call that got through; `began` is in the breaker's seconds, `trying` tells that others wait for its outcome."""

    def __init__(self, breaker: CircuitBreaker, began: float, trying: bool) -> None:
        self.began = began
        self.trying = trying
        self._breaker = breaker

    def alive(self) -> None:
        """Tell that the service has answered something."""
        self._breaker._lives(self)


def was_refused(error: BaseException | None) -> bool:
    """Tell whether the machine answered that nobody listens there, which it does at once."""
    while error is not None:
        if isinstance(error, ConnectionRefusedError):
            return True
        error = error.__cause__ or error.__context__
    return False


_lock = threading.Lock()
_breakers: dict[str, CircuitBreaker] = {}


def breaker_of(address: str, rest: float = REST) -> CircuitBreaker:
    """Return the breaker of a service; the first caller's `rest` holds."""
    with _lock:
        return _breakers.setdefault(address, CircuitBreaker(address, rest))


def forget_services() -> None:
    """Forget what is known of every service: the next call to each goes through."""
    with _lock:
        _breakers.clear()
