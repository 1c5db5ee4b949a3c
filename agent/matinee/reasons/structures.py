"""Turns JSON objects and tables within a text into lines of one form, `Title: Up`, while they are being written."""

import re
from collections.abc import Generator
from functools import cache

from matinee.reasons.sentence_text import Kind, label_kind, label_names
from matinee.reasons.shown_text import RECORD

_OBJECT = re.compile(r"\{\s*(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}')\s*:")
_MAY_BE_OBJECT = re.compile(r"\{\s{0,40}(?:(?:\"[^\"\n]{0,80}|'[^'\n]{0,80})[\"']?\s{0,40})?")
_NUMBER_CELL = re.compile(r"^\|\s*(\d{1,2})\s*\|")
_TITLE_AND_YEAR = re.compile(r".+\((?:18|19|20)\d\d\)")
_ESCAPED = {"n": " ", "t": " ", "r": " ", "b": "", "f": ""}
_ROW_MAX = 400


class Structures:
    """Takes in text piece by piece and returns it with lines in place of objects and rows."""

    def __init__(self) -> None:
        self._held = ""  # what may become an object or the head of a table
        self._new_line = True
        self._object: Generator[str, str, tuple[str, str]] | None = None
        self._columns: list[Kind | None] = []
        self._column = -1  # of the row that is read; -1: none is
        self._outer = True  # rows begin with a line

    def feed(self, text: str) -> str:
        """Return the text that came in, but for what may still become something else."""
        return "".join(map(self._read, text))

    def finish(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return self._row(held)

    def _read(self, char: str) -> str:
        if self._object is not None:
            return self._in_object(char)
        if self._columns and (self._new_line or self._column >= 0):
            return self._in_table(char)
        self._held = held = self._held + char
        if _OBJECT.fullmatch(held):
            self._held, self._object = "", _read_object()
            next(self._object)
            return "".join(map(self._in_object, held))
        if _MAY_BE_OBJECT.fullmatch(held) or (self._new_line and char != "\n" and _may_be_row(held)):
            return ""
        self._held = ""
        if char == "\n":
            row, self._new_line = self._row(held) if self._new_line else held, True
            return row
        self._new_line = False
        return held[:-1] + (self._read(char) if len(held) > 1 else char)

    def _in_object(self, char: str) -> str:
        assert self._object is not None
        try:
            return self._object.send(char)
        except StopIteration as ended:
            self._object, self._new_line = None, False
            out, rest = ended.value
            return f"{out}{RECORD}" + self.feed(rest)

    def _row(self, line: str) -> str:
        """Return what a whole line stands for that may be the head of a table, or a row of one that has no head."""
        kinds = [label_kind(cell) for cell in line.strip().strip("|").split("|")]
        if "title" in kinds and len(kinds) > 1:
            self._columns, self._outer = kinds, line.lstrip().startswith("|")
            return "\n"
        return _NUMBER_CELL.sub(r"\1. ", line)

    def _in_table(self, char: str) -> str:
        begins, self._new_line = self._new_line, char == "\n"
        if begins and (char == "\n" or (self._outer and char != "|")):
            self._columns = []
            return RECORD + self._read(char)
        if char == "\n":
            self._column = -1
            return char
        if char != "|" and not begins:
            return char
        self._column += 1
        kind = self._columns[self._column] if self._column < len(self._columns) else None
        return RECORD * begins + _label(kind) + char.strip("|")


def _may_be_row(line: str) -> bool:
    first, more, _ = line.partition("|")
    return len(line) <= _ROW_MAX and first.strip(" *").casefold() in _beginnings(whole=bool(more))


@cache
def _beginnings(*, whole: bool) -> frozenset[str]:
    """Return what the first cell of a table's head may hold, or begin with."""
    names = ("", *label_names())
    return frozenset(name[:size] for name in names for size in range(len(name) * whole, len(name) + 1))


def _label(kind: Kind | None) -> str:
    return f"\n{(kind or 'fact').capitalize()}: "


def _read_object() -> Generator[str, str, tuple[str, str]]:
    """Read an object: receive its characters, yield lines; return the last of them, and a character behind it.

    It is no validator: commas may be missing or too many, and quotes within strings need not be escaped. At a character
    that JSON has no place for outside of strings, or an empty line behind one, it gives up: the rest is text.
    """
    levels: list[tuple[str, str, bool, bool]] = []  # bracket, its key, whether it is a pick, whether it is left out
    key, expects_key, titled, left_out, in_number = "", False, False, False, False
    char, out = (yield ""), ""
    while True:
        kind, went_on, in_number = label_kind(key), in_number, False
        if char in "\"'":
            if kind is None and not expects_key and _TITLE_AND_YEAR.fullmatch(key):
                kind, out = "reason", f"{RECORD}Title: {key}"  # {"Up (2009)": "A house flies."}
            shown = not (expects_key or left_out)
            titled = titled or (shown and kind == "title")
            text, char = yield from _read_string(char, out + _label(kind) * shown, shown=shown)
            key, expects_key, out = text if expects_key else key, False, ""
            continue
        if char.isdigit() or (went_on and char in ".%eE+-"):
            out = "" if left_out else char if went_on else _label(kind) + char
            in_number = True
        elif char in "{[":
            left_out = left_out or kind == "fact"  # "cast": [{"name": ...}]
            expects_key = char == "{"
            begins = expects_key and not (left_out or titled or kind == "title")
            levels.append((char, key, begins, left_out))
            if begins:
                named = _label("rank") if key.isdecimal() else _label("title") if _TITLE_AND_YEAR.fullmatch(key) else ""
                out = RECORD + (named and named + key)
        elif char in "}]":
            _, key, begins, _ = levels.pop()
            left_out, expects_key = bool(levels) and levels[-1][3], False
            out, titled = (RECORD, False) if begins else ("", titled)
            if not levels:
                return out, ""
        elif char == ",":
            expects_key = levels[-1][0] == "{"
        elif not (char.isalpha() or char.isspace() or char in ":-_"):
            return "", char
        char, out = (yield out), ""


def _read_string(quote: str, out: str, *, shown: bool) -> Generator[str, str, tuple[str, str]]:
    """Read a string behind its quote; return it, and what comes behind it."""
    text, char, out = "", (yield out), ""
    while True:
        if char == quote:
            gap, behind, out = "", (yield out), ""
            while behind.isspace() and gap.count("\n") < 2 and behind != RECORD:
                gap, behind = gap + behind, (yield "")
            if gap.count("\n") > 1 or behind in f":,}}]{RECORD}" or (gap and behind in "\"'"):
                return text, "\n" * (gap.count("\n") > 1) + behind
            piece, char = quote + gap.replace("\n", " "), behind
            out = piece if shown else ""
        else:
            piece = (yield from _read_escape()) if char == "\\" else char.replace("\n", " ")
            char, out = (yield out + piece if shown else ""), ""
        text = (text + piece)[:_ROW_MAX]


def _read_escape() -> Generator[str, str, str]:
    char = yield ""
    if char != "u":
        return _ESCAPED.get(char, char)
    digits = ""
    while len(digits) < 4:
        digits += yield ""
    code = int(digits, 16) if all(digit in "0123456789abcdefABCDEF" for digit in digits) else 0xFFFD
    return "" if 0xD800 <= code < 0xE000 else chr(code)
