"""Hours of hostile statements against the guard and the runner, on the embedded server that viewers run."""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import strategies as st

from matinee.index.postgres_server import EmbeddedServer, server_folder
from matinee.sql.guard import Verdict, check
from matinee.sql.runner import Limits, Rows, SqlRunner, plain
from matinee.sql.unwrapping import statement_in
from tests.support.fuzzing import HANG, MEMORY, SECONDS, batches, memory
from tests.support.hostile_statements import keys, mutations, wrapped, written
from tests.support.leftovers import new_folder
from tests.support.movie_table import fill

STATEMENT = 0.5
"""Seconds that a statement may run."""
VECTOR = [0.5, -0.25, 0.125, 1.0] * 96


class Fuzzed:
    """The embedded server with films in it, and one connection, whose backend's memory is watched."""

    def __init__(self) -> None:
        self._home = new_folder()
        self._home.chmod(0o755)
        self._server = EmbeddedServer(server_folder(self._home), self._home)
        self._loop = asyncio.Runner()
        self._uri = self._server.start()
        self._connection: Any = None
        self.run(self._filled())
        self.runner = SqlRunner(self._connected, limits=Limits(seconds=STATEMENT))
        self.run(self.runner.run("SELECT * FROM movies LIMIT 200"))
        self._before = self.memory()

    def run(self, work: Any) -> Any:
        async def awaited() -> Any:
            return await work

        return self._loop.run(awaited())

    async def _filled(self) -> None:
        connection = await asyncpg.connect(self._uri)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS vector; CREATE EXTENSION IF NOT EXISTS pg_trgm")
        await connection.close()
        await fill(self._uri)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._uri, statement_cache_size=0)
        yield self._connection

    def memory(self) -> tuple[int, int]:
        """Return the bytes that this process has and that the backend has had at most."""
        pid = self._connection.get_server_pid()
        status = Path(f"/proc/{pid}/status")
        peak = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
        return memory(), int(peak.split()[1]) << 10

    def grown(self) -> list[int]:
        """Return by how many bytes this process and the backend have grown."""
        return [now - before for now, before in zip(self.memory(), self._before, strict=True)]

    def close(self) -> None:
        self.run(self._connection.close())
        self._loop.close()
        self._server.stop()
        shutil.rmtree(self._home, ignore_errors=True)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Fuzzed]:
    fuzzed = Fuzzed()
    yield fuzzed
    fuzzed.close()


def values(verdict: Verdict) -> list[Any]:
    return [VECTOR if n in verdict.vectors else "Film 1" for n in sorted(verdict.parameters)]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the backend's memory is read from /proc")
def test_no_statement_raises_hangs_or_fills_the_memory(fuzzed: Fuzzed) -> None:
    ran = 0

    def tried(answer: str) -> None:
        nonlocal ran
        start = time.monotonic()
        sql = statement_in(answer)
        verdict = check(sql)
        assert time.monotonic() - start < HANG, sql
        result = fuzzed.run(fuzzed.runner.run(sql, values(verdict)))
        assert time.monotonic() - start < STATEMENT + HANG, sql
        if isinstance(result, Rows):
            ran += 1
            shown = json.dumps([plain(row) for row in result.rows], allow_nan=False)
            assert len(shown) < 10 * fuzzed.runner.limits.bytes
        else:
            assert result.reason
            assert result.code
        assert max(fuzzed.grown()) < MEMORY, sql

    batches(wrapped(st.one_of(written(), mutations())), tried)
    assert ran > 10


def test_no_order_that_passes_puts_the_farthest_films_first(fuzzed: Fuzzed) -> None:
    passed = 0

    def tried(key: str) -> None:
        nonlocal passed
        for way in ("", " DESC"):
            shown = f"embedding <=> $1 AS d, embedding <-> $1 AS l, {key} AS k"
            sql = f"SELECT {shown} FROM movies ORDER BY {key}{way} LIMIT 200"
            verdict = check(sql)
            if not verdict.ok:
                assert verdict.code in {"direction", "arguments", "operand", "size", "depth", "type"}, verdict
                continue
            result = fuzzed.run(fuzzed.runner.run(sql, [VECTOR]))
            if not isinstance(result, Rows) or len({row[2] for row in result.rows}) < len(result.rows):
                continue  # an error of arithmetic, or films that the key does not tell apart
            passed += 1
            by_cosine, by_length = ([row[place] for row in result.rows] for place in (0, 1))
            assert by_cosine == sorted(by_cosine) or by_length == sorted(by_length) or _rises(by_cosine), sql

    batches(keys(), tried, SECONDS / 2)
    assert passed > 10


def _rises(distances: list[float]) -> bool:
    """Tell whether near films come first on the whole, as by the sum of two distances."""
    half = len(distances) // 2
    return sum(distances[:half]) / half < sum(distances[half:]) / (len(distances) - half)
