"""The way to a PostgreSQL server: opened at first use, kept on an event loop of its own, opened again when it breaks.

Command lines run one event loop after the other and LangChain tools run coroutines in other threads, while a
connection belongs to the loop that made it: all database work therefore happens on one background loop.

A pooler in transaction mode (PgBouncer) gives each transaction another session of the server. No statement is
therefore prepared by name, and what is set is set for the transaction.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

import asyncpg
from langchain_postgres import PGEngine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from matinee.errors import IndexUnavailable
from matinee.index.pgvector_errors import FAILURES, explained, is_dead, is_passing
from matinee.index.pgvector_workarounds import set_in_transactions
from matinee.llm.circuit_breaker import REST, CircuitOpen, breaker_of
from matinee.redaction import hidden

T = TypeVar("T")
Work = Callable[[AsyncEngine], Awaitable[T]]


class Postgres:
    """A pool of connections to one database.

    Args:
        start: returns the address of a server that runs; called again when the connection broke.
        stop: called when the store closes.
        location: the address or folder as messages show it.
        search_path: the schemas to search, if they are not to be the server's choice.
        connect_timeout: seconds to reach the server, and to reach it again after it went away.
        store_timeout: seconds for one answer, unless the work is a long one.
        rest: seconds that a part which kept us waiting in vain is left alone.
    """

    def __init__(  # noqa: PLR0913  (a constructor)
        self,
        start: Callable[[], str],
        stop: Callable[[], None],
        *,
        location: str,
        search_path: str = "",
        connect_timeout: float,
        store_timeout: float,
        rest: float = REST,
    ) -> None:
        self.location = location
        self._search_path = search_path
        self._rest = rest
        self._start = start
        self._stop = stop
        self._connect_timeout = connect_timeout
        self._store_timeout = store_timeout
        self._opening = threading.Lock()
        self._dsn: str | None = None
        self._engine: PGEngine | None = None
        self._pool: AsyncEngine | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._worked = False
        self._closing = False

    @property
    def engine(self) -> PGEngine:
        """Return LangChain's view of the pool, for work that is running."""
        assert self._engine is not None
        return self._engine

    async def run(self, work: Work[T], *, long: bool = False, part: str = "") -> T:
        """Return what the work gives; it runs on the background loop and runs again if the connection was dead.

        A `part` of the database (a table) that kept us waiting in vain is left alone for a while.

        Raises:
            IndexUnavailable: the server cannot be reached, refuses, takes too long, or is left alone.
        """
        try:
            with breaker_of(f"{self.location} {part}", self._rest).call(is_dead):
                if self._engine is None:
                    await asyncio.to_thread(self._open)
                assert self._loop is not None
                done = asyncio.run_coroutine_threadsafe(self._lasting(work, long), self._loop)
                return await asyncio.wrap_future(done)
        except CircuitOpen as resting:
            raise IndexUnavailable(str(resting)) from None

    async def transaction(
        self, work: Callable[[AsyncConnection], Awaitable[T]], *, long: bool = False, part: str = ""
    ) -> T:
        """Return what the work gives within a transaction; otherwise as `run`."""

        async def within(pool: AsyncEngine) -> T:
            async with pool.begin() as connection:
                return await work(connection)

        return await self.run(within, long=long, part=part)

    def close(self) -> None:
        """Close the connections and stop the loop; the next use opens them again.

        Work in progress ends with `IndexUnavailable`.
        """
        with self._opening:
            self._closing = True
            loop, thread = self._loop, self._thread
            if loop is not None and thread is not None:
                with suppress(*FAILURES):  # what cannot be closed in order is gone already
                    asyncio.run_coroutine_threadsafe(self._disposed(), loop).result(self._store_timeout)
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
                loop.close()
            self._engine = self._pool = self._loop = self._thread = None
            self._worked = self._closing = False
            self._stop()

    async def _disposed(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._pool is not None:
            await self._pool.dispose()
        await asyncio.get_running_loop().shutdown_default_executor()

    def _open(self) -> None:
        with self._opening:
            if self._engine is not None:
                return
            self._dsn = self._start()
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="matinee-postgres", daemon=True)
            self._thread.start()
            # SQLAlchemy's cache would keep what a statement returned, though the table may be another since.
            connecting = {"async_creator_fn": self._connect, "prepared_statement_cache_size": 0}
            self._pool = create_async_engine("postgresql+asyncpg://", connect_args=connecting)
            set_in_transactions(self._pool, self._search_path)
            self._engine = PGEngine.from_engine(self._pool, self._loop)

    async def _connect(self) -> Any:
        try:
            return await asyncpg.connect(self._dsn, timeout=self._connect_timeout, statement_cache_size=0)
        except TimeoutError as error:
            raise ConnectionError(f"no connection within {self._connect_timeout:g} s") from error
        except (asyncpg.ClientConfigurationError, ValueError, TypeError) as error:
            raise IndexUnavailable(
                f"PostgreSQL at {self.location} cannot be asked ({hidden(str(error))}); correct the "
                "options in MATINEE_POSTGRES_DSN."
            ) from None

    async def _lasting(self, work: Work[T], long: bool) -> T:
        assert self._pool is not None
        deadline: float | None = None
        while not self._closing:
            try:
                async with asyncio.timeout(None if long else self._store_timeout):
                    result = await work(self._pool)
                self._worked = True
                return result
            except asyncio.CancelledError:
                if not self._closing:
                    raise
                break
            except FAILURES as error:
                if not self._worked or not is_passing(error) or (deadline and monotonic() > deadline):
                    raise explained(error, self.location) from error
            with suppress(*FAILURES):
                await self._pool.dispose()
            self._dsn = await asyncio.to_thread(self._start)
            deadline = deadline or monotonic() + self._connect_timeout
            await asyncio.sleep(0.05)
        raise IndexUnavailable(f"PostgreSQL at {self.location} was closed while in use; ask again to open it again.")
