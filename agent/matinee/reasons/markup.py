"""Turns a stream's HTML into the Markdown that says the same, and its control characters into nothing.

Line feeds and spaces are the only white space that comes out. Reading one kind of markup instead of two keeps
the parser small; what is left of either is taken out of each sentence when it is whole.
"""

import re
import unicodedata
from functools import lru_cache

_TAG_MAX = 300
"""Characters after which `<` or an escape is taken for a character like others."""
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_BLOCKS = {
    **dict.fromkeys("br ul ol div section article table thead tbody tr dl dt dd".split(), "\n"),
    **dict.fromkeys("p hr blockquote".split(), "\n\n"),
    "li": "\n- ",
    "tr": "\n|",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "\n\n### "),
    **dict.fromkeys("b strong".split(), "**"),
    **dict.fromkeys("i em".split(), "*"),
    **dict.fromkeys("td th".split(), " "),
}
_BLOCK_ENDS = {
    **dict.fromkeys("ul ol div section article table tr li h1 h2 h3 h4 h5 h6".split(), "\n"),
    "p": "\n\n",
    **dict.fromkeys("b strong".split(), "**"),
    **dict.fromkeys("i em".split(), "*"),
    **dict.fromkeys("td th".split(), "|"),
}
_UNSHOWN = ("script", "style")


class MarkupReader:
    """Takes in text piece by piece and returns what of it is certain."""

    def __init__(self) -> None:
        self._held = ""  # what may become a tag or a terminal's escape sequence
        self._unshown = ""
        self._return = False

    def feed(self, text: str) -> str:
        """Return the text that came in as Markdown, but for a tag that is not whole yet."""
        read: list[str] = []
        for char in text:
            if self._held:
                self._continue(char, read)
            else:
                self._begin(char, read)
        return "".join(read)

    def finish(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return "" if self._unshown or held.startswith("\x1b") else _not_a_tag(held)

    def _begin(self, char: str, read: list[str]) -> None:
        if char in "<\x1b":
            self._held = char
        elif not self._unshown and (shown := _shown(char)) and not (char == "\n" and self._return):
            read.append(shown)
        self._return = char == "\r"

    def _continue(self, char: str, read: list[str]) -> None:
        if self._held[0] == "\x1b":
            self._held += char
            if _escape_ends(self._held) or len(self._held) > _TAG_MAX:
                self._held = ""
        elif char == ">" and len(self._held) > 1:
            tag, self._held = self._held, ""
            self._tag(tag, read)
        elif self._is_no_tag(char):
            held, self._held = self._held, ""
            if not self._unshown:
                read.extend(_shown(c) for c in _not_a_tag(held))
            self._begin(char, read)
        else:
            self._held += char

    def _is_no_tag(self, char: str) -> bool:
        if char in "<\x1b" or len(self._held) > _TAG_MAX:
            return True
        if char in "\n\r":
            return not self._held.startswith("<!--")
        return len(self._held) == 1 and not _opens_tag(char)

    def _tag(self, tag: str, read: list[str]) -> None:
        found = _NAME.match(tag)
        name = found[2].lower() if found else ""
        ends = bool(found and found[1])
        if self._unshown:
            if ends and name == self._unshown:
                self._unshown = ""
            return
        if name in _UNSHOWN and not ends:
            self._unshown = name
            return
        read.append((_BLOCK_ENDS if ends else _BLOCKS).get(name, ""))


def _opens_tag(char: str) -> bool:
    return char.isalpha() or char in "/!|?"


def _not_a_tag(held: str) -> str:
    # Without its bracket, what looks like a tag cannot become one with what comes after it.
    return held[1:] if len(held) > 1 and held[0] == "<" and _opens_tag(held[1]) else held


def _escape_ends(held: str) -> bool:
    """Tell whether an escape sequence (ECMA-48) is whole."""
    if len(held) < 2:
        return False
    if held[1] == "[":
        return len(held) > 2 and "@" <= held[-1] <= "~"
    if held[1] in "]PX^_":
        return held[-1] == "\x07" or held.endswith("\x1b\\")
    return True


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    if char in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    if char.isspace():
        return " "
    # Joiners stay for the scripts that need them; `plain` judges them by their neighbours.
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in "\u200c\u200d" else char
