"""Reads picks out of the rows of a Markdown table while they are being written."""

import re

from matinee.reasons.headings import Head, plain_title, read_head
from matinee.reasons.labels import Kind, label_kind
from matinee.reasons.pick_builder import PickBuilder
from matinee.reasons.sentence_text import confidence_value, plain_text

_CELL_MAX = 400
_CELLS_MAX = 30
_RULE = re.compile(r"\s*:?-+:?\s*")
_YEAR = re.compile(r"\D{0,3}((?:18|19|20)\d\d)\D{0,3}")
_NUMBER = re.compile(r"\D{0,3}(\d{1,3})\D{0,3}")


class TableReader:
    """Takes in rows, character by character. What a column holds is told by its head, or else by its cells."""

    def __init__(self, picks: PickBuilder, columns: list[Kind | None] | None = None) -> None:
        self._picks = picks
        self._columns = columns
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._begun = False

    def read(self, char: str) -> None:
        """Take in a character of a row."""
        if not self._begun:
            self._begun = True
            if self._columns:
                self._picks.begin_record()
            if char == "|":
                return
        if char == "|":
            self._end_cell()
        elif self._columns and self._kind == "reason":
            self._picks.text(char)
        elif len(self._cell) < _CELL_MAX:
            self._cell.append(char)

    def end_row(self) -> None:
        """Take in the end of a row."""
        if self._cell or (self._columns and self._kind == "reason"):
            self._end_cell()
        if not self._columns:
            self._read_unknown()
        self._picks.close()
        self._cells, self._cell, self._begun = [], [], False

    @property
    def _kind(self) -> Kind | None:
        place = len(self._cells)
        return self._columns[place] if self._columns and place < len(self._columns) else None

    def _end_cell(self) -> None:
        text = "".join(self._cell)
        if self._kind == "reason":
            self._picks.end_sentence()
        elif self._kind is not None and not _RULE.fullmatch(text):
            self._set(self._kind, text)
        if len(self._cells) < _CELLS_MAX:
            self._cells.append(text)
        self._cell = []

    def _set(self, kind: Kind, cell: str) -> None:
        bare = plain_text(cell)
        if kind == "title":
            head = read_head(cell, over=True)
            if isinstance(head, Head) and head.heading.title:
                named = head.heading
                self._picks.set(number=named.number, numbered=named.numbered, title=named.title, year=named.year)
            else:
                self._picks.set(title=plain_title(bare))
        elif kind == "year" and (year := _YEAR.fullmatch(bare)):
            self._picks.set(year=int(year[1]))
        elif kind in ("number", "rank") and (number := _NUMBER.fullmatch(bare)):
            self._picks.set(number=int(number[1]), numbered="bracket" if "[" in bare else "list")
        elif kind == "confidence" and (share := confidence_value(bare)) is not None:
            self._picks.set(confidence=share)

    def _read_unknown(self) -> None:
        """Read a row whose columns are not known: the head, the rule below it, or cells that tell what they are."""
        cells = [cell for cell in self._cells if cell.strip()]
        if not cells or all(_RULE.fullmatch(cell) for cell in cells):
            return
        if columns := columns_of(self._cells):
            self._columns = columns
            return
        self._picks.begin_record()
        texts = []
        for cell in cells:
            bare = plain_text(cell)
            if _YEAR.fullmatch(bare):
                self._set("year", cell)
            elif _NUMBER.fullmatch(bare):
                self._set("number", cell)
            else:
                texts.append(cell)
        if texts:
            self._set("title", texts[0])
            self._picks.text(max(texts[1:], key=len, default=""))


def columns_of(cells: list[str]) -> list[Kind | None] | None:
    """Return what the columns hold if the cells are the head of a table with a column of titles."""
    kinds = [label_kind(cell) for cell in cells]
    return kinds if "title" in kinds and len(kinds) > 1 else None
