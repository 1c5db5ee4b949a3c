"""Reads picks out of JSON while it is being written, whatever its keys are called and however it is nested."""

import re
from dataclasses import dataclass

from matinee.reasons.headings import Head, plain_title, read_head
from matinee.reasons.labels import Kind, label_kind
from matinee.reasons.pick_builder import PickBuilder
from matinee.reasons.sentence_text import confidence_value, plain_text

BEGUN = re.compile(r"\{\s*(?:(?:\"[^\"\n]{0,80}|'[^'\n]{0,80})[\"']?\s*)?$")
"""What may become an object."""
BEGINS = re.compile(r"\{\s*(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}')\s*:$")
"""The beginning of an object, up to the first colon."""

_VALUE_MAX = 400
_ESCAPED = {"n": " ", "t": " ", "r": " ", "b": "", "f": ""}
_BARE = re.compile(r"[\w.+%-]")
_HEX = re.compile(r"[0-9a-fA-F]")


@dataclass(frozen=True)
class _Level:
    """An open bracket: the key of what it holds, whether a pick began with it, whether nothing in it is read."""

    bracket: str
    key: str
    begins: bool
    ignored: bool


class JsonReader:
    """Takes in one object, character by character, and hands its parts to the builder; `done` when it has ended.

    It is no validator: commas may be missing or too many, and quotes within strings need not be escaped. At a character
    that JSON has no place for outside of strings, or an empty line behind one, it gives up: the rest is read as text.
    """

    def __init__(self, picks: PickBuilder) -> None:
        self.done = False
        self._picks = picks
        self._open: list[_Level] = []
        self._key = ""
        self._expects_key = False
        self._quote = ""
        self._value: list[str] = []
        self._kind: Kind | None = None
        self._escape = ""
        self._high = ""
        self._closing: list[str] = []  # a quote that may close the string, and the space behind it
        self._literal = ""

    def read(self, char: str) -> bool:
        """Take in a character; return whether it was part of the object."""
        if self._closing:
            if char.isspace():
                self._closing.append(char)
                if self._closing.count("\n") < 2:
                    return True
                self._end_string()  # an empty line, and no brace: the object was not finished
                self.done = True
                return False
            self._end_or_go_on(char)
        if self._quote:
            self._in_string(char)
            return True
        return self._structure(char)

    def finish(self) -> None:
        """Take what is there at the end of the text."""
        if self._quote:
            self._end_string()
        self._end_literal()

    def _structure(self, char: str) -> bool:
        if _BARE.match(char):
            self._literal = (self._literal + char)[:_VALUE_MAX]
            return True
        self._end_literal()
        if char in "\"'":
            self._begin_string(char)
        elif char in "{[":
            self._enter(char)
        elif char in "}]":
            self._leave()
        elif char == ",":
            self._expects_key = bool(self._open) and self._open[-1].bracket == "{"
        elif char == ":":
            self._expects_key = False
        elif not char.isspace():
            self.done = True
            return False
        return True

    def _enter(self, bracket: str) -> None:
        kind = label_kind(self._key)
        ignored = self._ignored or kind == "fact"  # "cast": [{"name": ...}]
        begins = bracket == "{" and not ignored and not (self._picks.open and (self._picks.titled or kind == "title"))
        if begins:
            self._picks.begin_record()
            self._name_by_key()
        self._open.append(_Level(bracket, self._key, begins, ignored))
        self._expects_key = bracket == "{"

    def _leave(self) -> None:
        if self._open:
            level = self._open.pop()
            self._key = level.key
            if not level.ignored:
                self._picks.end_sentence()
            if level.begins:
                self._picks.close()
        self._expects_key = False
        self.done = not self._open

    @property
    def _ignored(self) -> bool:
        return bool(self._open) and self._open[-1].ignored

    def _name_by_key(self) -> None:
        # {"Up (2009)": {...}, "2": {...}}
        if self._key.isdecimal() and len(self._key) <= 3:
            self._picks.set(number=int(self._key), numbered="list")
        elif head := _titled(self._key):
            self._picks.set(title=head.heading.title, year=head.heading.year)

    def _begin_string(self, quote: str) -> None:
        self._quote, self._value = quote, []
        self._kind = None if self._expects_key else label_kind(self._key)
        if self._ignored:
            self._kind = "fact"
        if self._expects_key or self._kind is not None:
            return
        if (head := _titled(self._key)) is not None:
            self._picks.begin(head.heading)
            self._kind = "reason"

    def _in_string(self, char: str) -> None:
        if self._escape:
            self._unescape(char)
        elif char == "\\":
            self._escape = char
        elif char == self._quote:
            self._closing = [char]
        else:
            self._add(" " if char == "\n" else char)

    def _end_or_go_on(self, char: str) -> None:
        closing, self._closing = self._closing, []
        if char in ":,}]":
            self._end_string()
        elif char in "\"'" and len(closing) > 1:
            self._end_string()  # the comma is missing
        else:
            for held in closing:
                self._add(" " if held == "\n" else held)

    def _unescape(self, char: str) -> None:
        self._escape += char
        if self._escape[1] != "u":
            self._escape = ""
            self._add(_ESCAPED.get(char, char))
        elif len(self._escape) > 2 and not _HEX.match(char):
            self._escape = ""
            self._add(char)
        elif len(self._escape) == 6:
            unit, self._escape = chr(int(self._escape[2:], 16)), ""
            pair = (self._high + unit).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
            self._high = unit if "\ud800" <= unit <= "\udbff" else ""
            self._add(pair)

    def _add(self, text: str) -> None:
        if self._kind == "reason" and not self._expects_key:
            self._picks.text(text)
        elif len(self._value) < _VALUE_MAX:
            self._value.append(text)

    def _end_string(self) -> None:
        value = "".join(self._value)
        self._quote, self._escape, self._closing = "", "", []
        if self._expects_key:
            self._key = value
        elif self._kind == "reason":
            self._picks.end_sentence()
        else:
            self._take(value)

    def _end_literal(self) -> None:
        literal, self._literal = self._literal, ""
        if literal and literal not in ("null", "None", "true", "false", "True", "False"):
            self._kind = "fact" if self._ignored else label_kind(self._key)
            self._take(literal)

    def _take(self, value: str) -> None:
        if self._kind == "title":
            head = _titled(value)
            self._picks.set(
                title=head.heading.title if head else plain_title(plain_text(value)),
                year=head.heading.year if head else None,
            )
        elif self._kind == "year" and (year := re.search(r"\b(?:18|19|20)\d\d\b", value)):
            self._picks.set(year=int(year[0]))
        elif self._kind in ("number", "rank") and (number := re.fullmatch(r"\D{0,3}(\d{1,3})\D{0,3}", value)):
            self._picks.set(number=int(number[1]), numbered="bracket" if self._kind == "number" else "list")
        elif self._kind == "confidence" and (share := confidence_value(value)) is not None:
            self._picks.set(confidence=share)


def _titled(text: str) -> Head | None:
    """Return the heading that a value holds if it gives title and year in one."""
    head = read_head(text, over=True)
    return head if isinstance(head, Head) and head.heading.title and head.heading.year is not None else None
