"""Prints text that comes in pieces, wrapped at words; on a terminal a sign shows that more is on its way."""

import re

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

_SIGN = "\u2026"
_PARTS = re.compile(r"\s+|\S+")


class WrappedText:
    """Lines of words, the same however the text was cut into pieces.

    The last word may go on in the next piece, and so not fit on its line any more. A terminal shows it all the same,
    with the sign after it, and both are taken back when more comes; elsewhere it is printed when it is whole.

    Attributes:
        waits: whether more text is on its way.
    """

    def __init__(self, console: Console) -> None:
        self.waits = False
        self._console = console
        self._column = 0
        self._word = ""
        self._style = ""
        self._unsettled = 0  # cells before the cursor that will be taken back

    def write(self, text: str, style: str = "") -> None:
        """Print a piece of text."""
        self._take_back()
        for part in _PARTS.findall(text):
            if part.isspace():
                self._settle()
            else:
                self._style = self._style if self._word else style
                self._word += part
        self.show_sign()

    def fresh_line(self) -> None:
        """End the last word and its line."""
        self._take_back()
        self._settle()
        if self._column:
            self._end_line()

    def show_sign(self) -> None:
        """Show, on a terminal, what may still change: the last word, and the sign if more is on its way."""
        if self._unsettled or not (self._console.file.isatty() and not self._console.is_dumb_terminal):
            return
        if self._word:
            self._make_room()
            self._print(self._gap + self._word, self._style)
        self._unsettled = cell_len(self._gap + self._word) if self._word else 0
        sign = f" {_SIGN}" if self._column or self._word else _SIGN
        if self.waits and self._column + self._unsettled + cell_len(sign) <= self._width:
            self._print(sign)
            self._unsettled += cell_len(sign)

    @property
    def _width(self) -> int:
        # After a sign in the last column terminals differ in where the cursor is.
        return max(self._console.width - 1, 2)

    @property
    def _gap(self) -> str:
        return " " if self._column else ""

    def _settle(self) -> None:
        if not self._word:
            return
        self._make_room()
        self._print(self._gap + self._word, self._style)
        self._column += cell_len(self._gap + self._word)
        self._word = ""

    def _make_room(self) -> None:
        """Begin a new line if the word has no room on this one; what is longer than a line is cut."""
        if self._column and self._column + 1 + cell_len(self._word) > self._width:
            self._end_line()
        if not self._column:
            *full, self._word = chop_cells(self._word, self._width)
            for line in full:
                self._print(line, self._style)
                self._end_line()

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), end="", soft_wrap=True)

    def _end_line(self) -> None:
        self._console.print()
        self._column = 0

    def _take_back(self) -> None:
        if self._unsettled:
            back = "\b" * self._unsettled
            self._console.file.write(f"{back}{' ' * self._unsettled}{back}")
            self._console.file.flush()
            self._unsettled = 0
