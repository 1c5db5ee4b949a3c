"""Turns JSON objects and tables within a text into lines of one form, `Title: Up`, while they are being written."""

import re
from collections.abc import Generator
from functools import cache

from matinee.reasons.sentence_text import Kind, label_kind, label_names

RECORD = "\x1e"
"""What comes up to the next such character is about one pick, in whatever order."""

_OBJECT = re.compile(r"\{\s*(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}')\s*:")
_MAY_BE_OBJECT = re.compile(r"\{\s{0,40}(?:(?:\"[^\"\n]{0,80}|'[^'\n]{0,80})[\"']?\s{0,40})?")
_RULE = re.compile(r"[\s|:-]*")
_YEAR = re.compile(r"\D{0,3}(?:18|19|20)\d\d\D{0,3}")
_TITLE_AND_YEAR = re.compile(r".+\((?:18|19|20)\d\d\)")
_NUMBER = re.compile(r"\D{0,3}\d{1,3}\D{0,3}")
_ROW_MAX = 400
_ESCAPED = {"n": " ", "t": " ", "r": " ", "b": "", "f": ""}


class Structures:
    """Takes in text piece by piece and returns it with lines in place of objects and rows."""

    def __init__(self) -> None:
        self._held = ""  # what may become an object or the head of a table
        self._new_line = True
        self._json: Generator[str, str, tuple[str, str]] | None = None
        self._columns: list[Kind | None] = []
        self._column = -1  # of the row that is read; -1: none is
        self._outer = True  # rows begin with a line

    def feed(self, text: str) -> str:
        """Return the text that came in, but for what may still become something else."""
        return "".join(map(self._read, text))

    def finish(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return self._row(held) if held.startswith("|") else held

    def _read(self, char: str) -> str:
        if self._json is not None:
            return self._in_object(char)
        if self._column >= 0:
            return self._in_row(char)
        held = self._held + char
        if self._new_line and self._columns:
            return self._begin_row(char)
        if _OBJECT.fullmatch(held):
            self._held, self._json = "", _objects()
            next(self._json)
            return "".join(map(self._in_object, held))
        if _MAY_BE_OBJECT.fullmatch(held):
            self._held = held
            return ""
        if self._new_line and _may_be_row(held):
            if char != "\n":
                self._held = held
                return ""
            self._held = ""
            return self._row(held)
        self._held = ""
        if len(held) > 1:
            self._new_line = False
            return held[:-1] + self._read(char)
        self._new_line = char == "\n"
        return char

    def _in_object(self, char: str) -> str:
        assert self._json is not None
        try:
            return self._json.send(char)
        except StopIteration as ended:
            self._json, self._new_line = None, False
            out, rest = ended.value
            return f"{out}{RECORD}" + self.feed(rest)

    def _row(self, line: str) -> str:
        """Return what a whole line of a table stands for."""
        cells = line.strip().strip("|").split("|")
        kinds = [label_kind(cell) for cell in cells]
        if "title" in kinds and len(kinds) > 1:
            self._columns, self._outer = kinds, line.lstrip().startswith("|")
            return "\n"
        if not line.startswith("|") or _RULE.fullmatch(line):
            return line
        return _record(cells)

    def _begin_row(self, char: str) -> str:
        if char == "\n" or (self._outer and char not in "| "):
            self._columns = []
            return RECORD + self._read(char)
        if char == " ":
            return ""
        self._column = 0
        return RECORD + _label(self._columns[0]) + (char if char != "|" else "")

    def _in_row(self, char: str) -> str:
        if char == "\n":
            self._column, self._new_line = -1, True
            return "\n"
        if char != "|":
            return char
        self._column += 1
        return _label(self._columns[self._column] if self._column < len(self._columns) else None)


def _may_be_row(line: str) -> bool:
    first, more, _ = line.partition("|")
    return len(line) <= _ROW_MAX and first.strip(" *").casefold() in _beginnings(whole=bool(more))


@cache
def _beginnings(*, whole: bool) -> frozenset[str]:
    """Return what the first cell of a table's head may hold, or begin with."""
    return frozenset(name[:size] for name in ("", *label_names()) for size in range(len(name) * whole, len(name) + 1))


def _label(kind: Kind | None) -> str:
    return f"\n{(kind or 'fact').capitalize()}: "


def _record(cells: list[str]) -> str:
    """Return the lines of a row whose table has no head: its cells tell what they are."""
    lines, texts = [RECORD], []
    for cell in filter(str.strip, cells):
        if _YEAR.fullmatch(cell):
            lines.append(_label("year") + cell)
        elif _NUMBER.fullmatch(cell):
            lines.append(_label("rank") + cell)
        else:
            texts.append(cell)
    if texts:
        lines += [_label("title"), texts[0], _label("reason"), max(texts[1:], key=len, default="")]
    return "".join([*lines, "\n"])


def _objects() -> Generator[str, str, tuple[str, str]]:
    """Read an object: receive its characters, yield lines; return the rest of them, and a character behind it.

    It is no validator: commas may be missing or too many, and quotes within strings need not be escaped. At a character
    that JSON has no place for outside of strings, or an empty line behind one, it gives up: the rest is text.
    """
    levels: list[tuple[str, str, bool, bool]] = []  # bracket, its key, whether it is a pick, whether it is left out
    key, expects_key, titled, left_out, literal = "", False, False, False, False
    out, char = "", (yield "")
    while True:
        kind = label_kind(key)
        was_literal, literal = literal, False
        if char in "\"'" and expects_key:
            _, key, char = yield from _string(char, out, shown=False)
            out, expects_key = "", False
            continue
        if char in "\"'":
            if kind is None and _TITLE_AND_YEAR.fullmatch(key):
                out += f"{RECORD}Title: {key}"  # {"Up (2009)": "A house flies."}
                kind = "reason"
            titled = titled or (kind == "title" and not left_out)
            out += "" if left_out else _label(kind)
            out, _, char = yield from _string(char, out, shown=not left_out)
            continue
        if char.isdigit() or (was_literal and char in ".%eE+-"):
            out += "" if left_out else char if was_literal else _label(kind) + char
            literal = True
        elif char in "{[":
            left_out = left_out or kind == "fact"  # "cast": [{"name": ...}]
            begins = char == "{" and not left_out and not titled and kind != "title"
            levels.append((char, key, begins, left_out))
            if begins:
                named = f"Rank: {key}" if key.isdecimal() else f"Title: {key}" if _TITLE_AND_YEAR.fullmatch(key) else ""
                out += f"{RECORD}{named}\n"
            expects_key = char == "{"
        elif char in "}]":
            _, key, begins, _ = levels.pop() if levels else ("", "", False, False)
            left_out, expects_key = bool(levels) and levels[-1][3], False
            if begins:
                out, titled = out + RECORD, False
            if not levels:
                return out, ""
        elif char == ",":
            expects_key = levels[-1][0] == "{"
        elif not (char.isalpha() or char.isspace() or char in ":-_"):
            return out, char
        char = yield out
        out = ""


def _string(quote: str, out: str, *, shown: bool) -> Generator[str, str, tuple[str, str, str]]:
    """Read a string behind its quote; return what is still to be yielded, the text, and the character behind it."""
    text, char, out = "", (yield out), ""
    while True:
        if char == quote:
            gap, behind, out = "", (yield out), ""
            while behind.isspace() and gap.count("\n") < 2:
                gap, behind = gap + behind, (yield "")
            if behind in ":,}]" or gap.count("\n") > 1 or (gap and behind in "\"'"):
                return out, text, "\n" * (gap.count("\n") > 1) + behind
            piece, char = quote + gap.replace("\n", " "), behind
            out = piece if shown else ""
        else:
            piece = (yield from _escaped()) if char == "\\" else char.replace("\n", " ")
            char, out = (yield out + piece if shown else ""), ""
        text = (text + piece)[:_ROW_MAX]


def _escaped() -> Generator[str, str, str]:
    char = yield ""
    if char != "u":
        return _ESCAPED.get(char, char)
    digits = ""
    while len(digits) < 4:
        digits += yield ""
    try:
        code = int(digits, 16)
    except ValueError:
        return digits
    return "" if 0xD800 <= code < 0xE000 else chr(code)
