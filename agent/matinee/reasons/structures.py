"""Turns JSON objects and tables within a text into lines of one form, `Title: Up`, while they are being written."""

import re
from collections.abc import Generator

from matinee.reasons.sentence_text import Kind, label_kind
from matinee.reasons.shown_text import RECORD

_OBJECT = re.compile(r"\{\s*(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}')\s*:")
_MAY_BE_OBJECT = re.compile(r"\{\s{0,40}(?:(?:\"[^\"\n]{0,80}|'[^'\n]{0,80})[\"']?\s{0,40})?")
_MAY_BE_ROW = re.compile(r" {0,20}(?:\|[^\n]{0,400})?")
_NUMBER_CELL = re.compile(r"^\s*\|\s*(\d{1,2})\s*\|")
_TITLE_AND_YEAR = re.compile(r".+\((?:18|19|20)\d\d\)")
_ROW_MAX = 400


class Structures:
    """Takes in text piece by piece and returns it with lines in place of objects and rows."""

    def __init__(self) -> None:
        self._held = ""  # what may become an object or the head of a table
        self._new_line = True
        self._object: Generator[str, str, str] | None = None
        self._columns: list[Kind | None] = []
        self._column = -1  # of the row that is read; -1: none is

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
        if _MAY_BE_OBJECT.fullmatch(held) or (self._new_line and _MAY_BE_ROW.fullmatch(held)):
            return ""
        self._held = ""
        if char == "\n":
            held, self._new_line = self._row(held) if self._new_line else held, True
            return held
        self._new_line = False
        return held[:-1] + (self._read(char) if len(held) > 1 else char)

    def _in_object(self, char: str) -> str:
        assert self._object is not None
        try:
            return self._object.send(char)
        except StopIteration as ended:
            self._object, self._new_line = None, False
            return RECORD + self.feed(ended.value)

    def _row(self, line: str) -> str:
        """Return what a whole line stands for that may be the head of a table, or a row of one that has no head."""
        kinds = [label_kind(cell) for cell in line.strip().strip("|").split("|")]
        if "title" in kinds:
            self._columns = kinds
            return "\n"
        return _NUMBER_CELL.sub(r"\1. ", line)

    def _in_table(self, char: str) -> str:
        begins, self._new_line = self._new_line, char == "\n"
        if begins and char != "|":
            self._columns, self._column = [], -1
            return RECORD + self._read(char)
        if char != "|":
            return char
        self._column = 0 if begins else self._column + 1
        kind = self._columns[self._column] if self._column < len(self._columns) else None
        return RECORD * begins + _label(kind)


def _label(kind: Kind | None) -> str:
    return f"\n{(kind or 'fact').capitalize()}: "


def _read_object() -> Generator[str, str, str]:
    """Read an object: receive its characters, yield lines; return a character behind it.

    It is no validator: commas may be missing or too many, and quotes within strings need not be escaped. At a character
    that JSON has no place for outside of strings, or an empty line behind one, it gives up: the rest is text.
    """
    brackets, key, expects_key, in_number = "", "", False, False
    left_out = 0  # how many brackets are open around what is not read: "cast": [{"name": ...}]
    char, out = (yield ""), ""
    while True:
        kind, names_film = label_kind(key), _TITLE_AND_YEAR.fullmatch(key)
        went_on, in_number = in_number, False
        if char in "\"'":
            if names_film and not expects_key:
                kind, out = "reason", f"{RECORD}Title: {key}"  # {"Up (2009)": "A house flies."}
            shown = not (expects_key or left_out)
            text, char = yield from _read_string(char, out + _label(kind) * shown, shown=shown)
            key, expects_key, out = text if expects_key else key, False, ""
            continue
        if char.isdigit() or (went_on and char in ".%eE+-"):
            out, in_number = "" if left_out else char if went_on else _label(kind) + char, True
        elif char in "{[":
            if char == "{" and not left_out and (brackets[-1:] != "{" or key.isdecimal() or names_film):
                out = RECORD + (_label("rank" if key.isdecimal() else "title") + key if brackets[-1:] == "{" else "")
            brackets += char
            left_out = left_out or len(brackets) * (kind == "fact")
            expects_key = char == "{"
        elif char in "}]":
            brackets, key, expects_key = brackets[:-1], "", False
            left_out = left_out if left_out <= len(brackets) else 0
            if not brackets:
                return ""
        elif char == ",":
            expects_key = brackets[-1] == "{"
        elif not (char.isalpha() or char.isspace() or char in ":-_"):
            return char
        char, out = (yield out), ""


def _read_string(quote: str, out: str, *, shown: bool) -> Generator[str, str, tuple[str, str]]:
    """Read a string behind its quote; return it, and what comes behind it."""
    text, char, out = "", (yield out), ""
    while True:
        if char == quote:
            gap, behind, out = "", (yield out), ""
            while behind.isspace():
                gap, behind = gap + behind, (yield "")
            if gap.count("\n") > 1 or behind in ":,}]" or (gap and behind in "\"'"):
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
        return " " if char in "ntrbf" else char
    digits = ""
    while len(digits) < 4:
        digits += yield ""
    code = int(digits, 16) if all(digit in "0123456789abcdefABCDEF" for digit in digits) else 0xFFFD
    return "" if 0xD800 <= code < 0xE000 else chr(code)
