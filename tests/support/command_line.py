"""Runs the command line as a user does: in a process of its own, with its own environment and outputs."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.warm_start import FORKS, run_warm


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def heeding_interrupts() -> None:
    """Take interrupts in a process just started, also where the tests run in the background, which ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class CommandLine:
    """`matinee` with a data folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, **environment: str) -> Ran:
        """Run a command to its end, forked from a process that has imported what commands import, where that can be."""
        if FORKS is None:
            return self.cold(*arguments, **environment)
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            code = run_warm(FORKS, arguments, self.environment(**environment), out, err, timeout=_PATIENCE)
            return Ran(code, out.read_text(), err.read_text())

    def cold(self, *arguments: str, **environment: str) -> Ran:
        """Run a command to its end, with a Python of its own that imports everything anew."""
        done = subprocess.run(
            [sys.executable, "-m", "matinee_app", *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            env=self.environment(**environment),
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
        own = {"MATINEE_HOME": str(self.home), "MATINEE_CHAT_MODEL": "none", "PYTHONPATH": _PATH}
        return {**kept, **own, **_ALONE, **more}


_PATIENCE = 120

_ALONE = {"MATINEE_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Tests run side by side, one on each processor: a command that takes them all would make every other wait."""

_CHECKOUT = Path(__file__).parents[2]
_PATH = os.pathsep.join(str(_CHECKOUT / root) for root in ("", "agent", "graphs", "prompts"))
"""This checkout's code, whichever is installed, and its tests, so that a setting can name an embedding of theirs."""
