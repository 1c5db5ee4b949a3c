"""PostgreSQL's errors in the viewer's words: what was wrong and what to do, never with a password."""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from matinee.errors import IndexUnavailable
from matinee.redaction import hidden

FAILURES = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What a database call may raise when the server, the network or the statement is at fault."""

_ADVICE = {
    "28P01": "check the user and the password in MATINEE_POSTGRES_DSN",
    "28000": "check the user in MATINEE_POSTGRES_DSN, and that the server's pg_hba.conf lets it in",
    "3D000": "create that database, or name another one in MATINEE_POSTGRES_DSN",
    "53100": "make room on the server's disk; what was stored before is untouched",
    "53200": "give the server more memory, or load in smaller parts",
    "53300": "close other connections, or raise max_connections on the server",
    "57014": "look at what keeps the server busy, or raise MATINEE_STORE_TIMEOUT",
}
_DEAD = ("08", "57P01", "57P02", "57P03")


def cause(error: BaseException) -> BaseException:
    """Return the driver's own error below SQLAlchemy's."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code for what went wrong, or nothing where it did not say it."""
    return str(getattr(cause(error), "sqlstate", None) or "")


def is_passing(error: BaseException) -> bool:
    """Tell whether a new connection may help because the old one died."""
    below = cause(error)
    if isinstance(below, TimeoutError):
        return False
    if isinstance(below, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError):
        return True
    return sqlstate(error).startswith(_DEAD)


def is_dead(error: BaseException) -> bool:
    """Tell whether the error, or what it was raised from, means that the server cannot be reached or is silent."""
    below = cause(error.__cause__ if isinstance(error, IndexUnavailable) and error.__cause__ else error)
    return isinstance(below, OSError | PoolTimeout)  # a TimeoutError is an OSError


def is_outdated(error: BaseException) -> bool:
    """Tell whether the table has other columns or dimensions than the statement was written for."""
    return sqlstate(error) in ("22000", "42703", "42P01")


def explained(error: BaseException, location: str) -> IndexUnavailable:
    """Return the error to raise for what went wrong at a database."""
    below = cause(error)
    code = sqlstate(error)
    said = hidden(" ".join(str(below).split()) or type(below).__name__)
    if isinstance(below, TimeoutError | PoolTimeout):
        return IndexUnavailable(f"PostgreSQL at {location} did not answer in time; {_ADVICE['57014']}.")
    if isinstance(below, OSError) or code.startswith(_DEAD):
        return IndexUnavailable(
            f"PostgreSQL at {location} does not answer ({said}); start it, or unset MATINEE_POSTGRES_DSN to use the "
            "embedded server."
        )
    advice = _ADVICE.get(code, "run `matinee doctor` to see what is reachable")
    return IndexUnavailable(f"PostgreSQL at {location} refused: {said}; {advice}.")
