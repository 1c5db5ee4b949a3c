"""Processes that begin with their imports done: most of a short command's time goes into importing libraries.

A server, one for each process that runs tests, imports what commands import and is forked for each command. What a
command does from its first line of our own on is as in a fresh process; what imports alone do (how long they take, what
they print, what they read from the environment) is left to the commands that tests start cold.
"""

import atexit
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

_IMPORTED = [
    "matinee_app.cli.main",
    "matinee_graphs.recommend",
    "langchain_qdrant",
    "langchain_core.tracers",
    "fastembed",
]
"""None of them starts a thread, which a fork would lose."""


def _forks() -> ForkServerContext | None:
    if sys.platform != "linux":  # elsewhere system libraries do not survive a fork
        return None
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context


FORKS = _forks()


def run_warm(
    context: ForkServerContext,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: Path,
    err: Path,
    *,
    timeout: float,
) -> int:
    """Run `matinee` with its outputs in two files, and return its exit code.

    Raises:
        TimeoutError: it still ran after so many seconds, and was killed.
    """
    process = context.Process(target=_command, args=(list(arguments), dict(environment), str(out), str(err)))
    process.start()
    process.join(timeout)
    if process.is_alive():
        process.kill()
        process.join()
        raise TimeoutError(f"matinee {' '.join(arguments)} still ran after {timeout:g} s")
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def _command(arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    from matinee_app.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  (open until the process ends)
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["matinee", *arguments]
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a forked process ends without
