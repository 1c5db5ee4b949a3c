"""A pseudo-terminal for commands that tests start, and what it was sent, as it looks in the end."""

import os
import pty
import re
import select
import termios
import time
from typing import Self

from rich.cells import cell_len


def looks(shown: str) -> list[str]:
    """Return the lines that a terminal, wide enough for them, has in the end; colours are left out."""
    lines: list[list[str]] = [[]]
    column = 0
    for char in re.sub(r"\x1b\[[\d;]*m", "", shown).replace("\r\n", "\n"):
        if char == "\n":
            lines.append([])
            column = 0
        elif char == "\b":
            column = max(column - 1, 0)
        else:
            cells = [char, *[""] * (cell_len(char) - 1)]  # a wide letter takes two
            lines[-1][column : column + len(cells)] = cells
            column += len(cells)
    return ["".join(line).rstrip() for line in lines]


class Terminal:
    """A pseudo-terminal that a command writes to."""

    def __init__(self) -> None:
        self.ours, self.its = pty.openpty()
        self.before = termios.tcgetattr(self.its)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.ours)
        os.close(self.its)

    def read_until(self, text: str, within: float = 60) -> None:
        """Read until the text is shown; fail if that takes so many seconds."""
        end = time.monotonic() + within
        while text not in self.shown:
            ready, _, _ = select.select([self.ours], [], [], max(end - time.monotonic(), 0))
            assert ready, self.shown
            self.shown += os.read(self.ours, 65_536).decode(errors="replace")

    def drain(self) -> None:
        os.set_blocking(self.ours, False)
        try:
            while data := os.read(self.ours, 65_536):
                self.shown += data.decode(errors="replace")
        except OSError:
            pass

    @property
    def restored(self) -> bool:
        """Whether settings, cursor and colours are as they were."""
        cursor = re.findall(r"\x1b\[\?25[lh]", self.shown)
        colours = re.findall(r"\x1b\[([\d;]*)m", self.shown)
        return (
            termios.tcgetattr(self.its) == self.before
            and cursor[-1:] in ([], ["\x1b[?25h"])
            and colours[-1:] in ([], ["0"], [""])
        )
