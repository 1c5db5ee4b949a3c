"""Runs what the guard lets through: as the reader role, read-only, within limits of time, rows and bytes.

Neither half is enough alone. The role keeps a statement that slips past the guard from writing and from reading other
tables; the guard keeps out what the role still could do: sleep, change settings, fill memory.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from time import perf_counter
from typing import Any

import asyncpg
from pydantic_core import to_jsonable_python

from matinee.errors import IndexUnavailable
from matinee.sql.guard import DEFAULT, Schema, Verdict, check
from matinee.sql.rejection import shorten
from matinee.sql.roles import READER, missing
from matinee.sql.schema import quoted
from matinee.sql.values import VECTORS

Connect = Callable[[], AbstractAsyncContextManager[Any]]

MAX_TEXT = 2_000
MAX_ELEMENTS = 200
_UNAVAILABLE = frozenset({"08", "28", "3D", "57"})  # connection, authorization, catalogue, operator intervention
# cancelled, lock not available, idle in transaction, transaction timeout
_TOO_LATE = frozenset({"57014", "55P03", "25P03", "25P04"})
_TOO_LARGE = frozenset({"53200", "53400", "54000"})  # out of memory, of temporary files, a value beyond 1 GB


@dataclass(frozen=True)
class Limits:
    """What one statement may take."""

    seconds: float = 5.0
    lock_seconds: float = 0.5
    connect_seconds: float = 2.0
    rows: int = 200
    bytes: int = 1_000_000
    work_memory: str = "16MB"
    temporary_files: str = "256MB"


@dataclass(frozen=True)
class Rows:
    """What a statement returned; `truncated` when the row or byte cap cut it, `milliseconds` in the database.

    `ran` is the text that ran: the statement with the columns for each `*` and NULLS LAST.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool
    milliseconds: float
    ran: str = ""


class SqlRunner:
    """Runs guarded statements.

    `database` is a DSN, or a callable whose async context manager gives an asyncpg connection (a pool's `acquire`).
    A DSN is connected to anew for each statement, so that a restarted server is no matter. `settings` are set for the
    statement's transaction besides those that keep it safe (`{"hnsw.iterative_scan": "relaxed_order"}`).
    """

    def __init__(
        self,
        database: str | Connect,
        schema: Schema = DEFAULT,
        *,
        role: str = READER,
        limits: Limits | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.schema = schema
        self.role = role
        self.limits = limits or Limits()
        self._connect = database if callable(database) else self._to(database)
        self._settings = dict(settings or {})

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows | Verdict:
        """Return the rows, or why there are none: the guard's refusal, or PostgreSQL's own error as one.

        `values` are bound to $1, $2, ... in order; a vector is a sequence of floats. A refusal of the guard never
        reaches the database.

        Raises:
            ReaderRoleMissing: the role is not there; the message says what to run.
            IndexUnavailable: the server does not answer.
        """
        verdict = check(sql, self.schema, vector_dimension=_dimension(values))
        if not verdict.ok:
            return verdict
        fault = _unbindable(verdict, values)
        if fault:
            return Verdict(False, fault, "parameter", sql)
        try:
            seconds = self.limits.seconds + self.limits.connect_seconds
            async with asyncio.timeout(seconds), self._connect() as connection:
                return await self._run(connection, verdict, values)
        except (
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            OSError,
            ValueError,
            OverflowError,
        ) as error:
            code, reason = _told(error, self.limits)
            return Verdict(False, reason, code, sql)

    async def _run(self, connection: Any, verdict: Verdict, values: Sequence[Any]) -> Rows:
        async with connection.transaction(readonly=True):
            await self._confine(connection)
            start = perf_counter()
            statement = await connection.prepare(_measured(verdict.runs, self.limits))
            records = await statement.fetch(*_bound(statement, values))
            rows = [tuple(record.values())[1:] for record in records if record[0] <= self.limits.bytes]
            columns = tuple(attribute.name for attribute in statement.get_attributes()[1:])
            kept = rows[: self.limits.rows]
            return Rows(columns, kept, len(kept) < len(records), (perf_counter() - start) * 1e3, verdict.runs)

    async def _confine(self, connection: Any) -> None:
        """Set the transaction's limits, then take the role on."""
        limits = self.limits
        settings = {
            **self._settings,
            "statement_timeout": f"{limits.seconds * 1e3:.0f}",
            "lock_timeout": f"{limits.lock_seconds * 1e3:.0f}",
            "idle_in_transaction_session_timeout": f"{limits.seconds * 2e3:.0f}",
            # pg_temp last: named nowhere, it would come first for tables.
            "search_path": ", ".join(["pg_catalog", *map(quoted, self.schema.schemas), "pg_temp"]),
            "standard_conforming_strings": "on",
            "work_mem": limits.work_memory,
            "hash_mem_multiplier": "1",
            "max_parallel_workers_per_gather": "0",
            "jit": "off",
        }
        version = connection.get_server_version().major
        if version >= 17:
            settings["transaction_timeout"] = f"{limits.seconds * 1e3 + 500:.0f}"
        if version >= 15 and await connection.fetchval(
            "SELECT has_parameter_privilege(current_user, 'temp_file_limit', 'SET')"
        ):
            settings["temp_file_limit"] = limits.temporary_files
        await connection.execute(
            "SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS s(name, value)",
            list(settings),
            list(settings.values()),
        )
        try:
            await connection.execute(f"SET LOCAL ROLE {quoted(self.role)}")
        except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError) as error:
            raise missing(self.schema, self.role, "<the user of the DSN>", str(error)) from error

    def _to(self, dsn: str) -> Connect:
        @asynccontextmanager
        async def connected() -> AsyncIterator[Any]:
            try:
                connection = await asyncpg.connect(dsn, timeout=self.limits.connect_seconds, statement_cache_size=0)
            except TimeoutError as error:
                limit = f"{self.limits.connect_seconds:g} s"
                raise IndexUnavailable(f"PostgreSQL does not answer within {limit}. Is the server running?") from error
            try:
                yield connection
            finally:
                try:
                    await connection.close(timeout=1)
                except (TimeoutError, OSError, asyncpg.PostgresError):
                    connection.terminate()

        return connected


def _measured(sql: str, limits: Limits) -> str:
    """Return the statement with the bytes of its rows so far before each row.

    The rows beyond the cap come without their values: the driver would take any number of bytes into memory before
    it could be told to stop.
    """
    row = next(name for n in count() if (name := f"row{n}") not in sql.lower())
    return (
        f"SELECT sized.bytes, shown.* FROM (SELECT {row}, sum(octet_length({row}::text)) OVER (ROWS UNBOUNDED "
        f"PRECEDING) AS bytes FROM (\n{sql}\n) AS {row} LIMIT {limits.rows + 1}) AS sized "
        f"LEFT JOIN LATERAL (SELECT (sized.{row}).*) AS shown ON sized.bytes <= {limits.bytes}"
    )


def _told(error: Exception, limits: Limits) -> tuple[str, str]:
    """Return what went wrong with a statement, as a verdict's code and reason.

    Raises:
        IndexUnavailable: it was the server or the connection.
    """
    state = getattr(error, "sqlstate", None) or ""
    said = shorten(str(error), 300)
    if isinstance(error, TimeoutError) or state in _TOO_LATE:
        return "timeout", f"the statement ran longer than {limits.seconds:g} s: make it simpler"
    if state in _TOO_LARGE:
        return "memory", "the statement needs too much memory or disk: make it simpler"
    if state == "53300" or state[:2] in _UNAVAILABLE:
        raise IndexUnavailable(f"PostgreSQL cannot run the statement: {error}") from error
    if isinstance(error, asyncpg.PostgresError):
        return "database", f"PostgreSQL: {said}"
    if isinstance(error, ValueError | OverflowError):
        # asyncpg's word for a value that it cannot bind is both; Python's dates end with the years 1 and 9999.
        bound = isinstance(error, asyncpg.InterfaceError)
        return "database", f"a value cannot be {'bound' if bound else 'read: cast it to text'} ({said})"
    raise IndexUnavailable(f"PostgreSQL does not answer: {error}. Is the server running?") from error


def _dimension(values: Sequence[Any]) -> int | None:
    sizes = {len(v) for v in values if _is_vector(v)}
    return sizes.pop() if len(sizes) == 1 else None


def _is_vector(value: Any) -> bool:
    return not isinstance(value, str | bytes) and isinstance(value, Sequence) and all(type(v) is float for v in value)


def _unbindable(verdict: Verdict, values: Sequence[Any]) -> str | None:
    if len(values) != len(verdict.parameters):
        return f"the statement has {len(verdict.parameters)} parameters, but {len(values)} values are bound"
    for number, value in enumerate(values, 1):
        if number in verdict.vectors:
            if not _is_vector(value):
                return f"${number} stands beside a vector: bind a sequence of floats"
        elif isinstance(value, str):
            if len(value) > MAX_TEXT or "\0" in value:
                return f"the text bound to ${number} is longer than {MAX_TEXT} characters or contains a NUL"
        elif isinstance(value, Sequence) and len(value) > MAX_ELEMENTS:
            return f"the array bound to ${number} has {len(value)} elements; at most {MAX_ELEMENTS} are allowed"
    return None


def _bound(statement: Any, values: Sequence[Any]) -> list[Any]:
    """Return the values as asyncpg takes them: vectors as pgvector's text."""
    kinds = [parameter.name for parameter in statement.get_parameters()]
    return [_vector_text(v, k) if k in VECTORS else v for v, k in zip(values, kinds, strict=True)]


def _vector_text(value: Sequence[float], kind: str) -> str:
    if kind == "sparsevec":
        entries = ",".join(f"{n}:{v!r}" for n, v in enumerate(value, 1) if v)
        return f"{{{entries}}}/{len(value)}"
    return "[" + ",".join(map(repr, value)) + "]"


def plain(value: Any) -> Any:
    """Return a value of a row as None, a boolean, a number, a text, or a list or dict of these.

    NaN and infinity become None, which strict JSON needs. A numeric becomes a number where that keeps each of its
    digits, else a text; dates, times and intervals become texts by ISO 8601.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return None if _is_infinite(value) else to_jsonable_python(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "as_string"):  # asyncpg's bit strings
        return value.as_string()
    return to_jsonable_python(value, timedelta_mode="iso8601", bytes_mode="base64", fallback=str)


def _is_infinite(value: date) -> bool:
    """Tell whether it is what asyncpg makes of PostgreSQL's infinity: the last or the first that Python knows."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None) in (datetime.max, datetime.min)
    return value in (date.max, date.min)


def _number(value: Decimal) -> int | float | str | None:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and value.adjusted() < 18:
        return int(value)
    short = float(value)
    return short if math.isfinite(short) and Decimal(repr(short)) == value else str(value)
