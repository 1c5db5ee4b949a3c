"""Turns a model's stream into the text it shows: without reasoning and scripts, and with Markdown in place of HTML.

Line feeds, spaces and `RECORD` are the only white space and control characters that come out.
"""

import re
import unicodedata
from functools import lru_cache

RECORD = "\x1e"
"""What comes up to the next such character is about one pick, in whatever order."""

_REASONING = frozenset("think thinking thought thoughts reasoning reflection channel".split())
_UNSHOWN = _REASONING | {"script", "style"}
_CLOSING = {"<": ">", "[": "]", "\u25c1": "\u25b7"}
_NAME = re.compile(r"(?:<\|?|\W)(/|end_of_)?(?:begin_of_)?([a-z][a-z0-9]*)", re.I)
# `<b>`, `[THINK]`, a terminal's escape sequence
_MAY_BE_TAG = re.compile(r"<(?:[a-z/!|?][^<>\x1b\n]{0,200})?|[\[\u25c1]/?[a-z]{0,12}|\x1b(?:\[[0-?]*)?", re.I)
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*)?[@-Z\\-~]")
_NO_TAG = re.compile(r"<(?=[a-z/!|?])", re.I)
_INSTEAD = {
    **dict.fromkeys("br ul ol div table /li /table /div /ul /ol /h1 /h2 /h3 /h4 /h5 /h6".split(), "\n"),
    **dict.fromkeys("p /p hr blockquote".split(), "\n\n"),
    **dict.fromkeys("h1 h2 h3 h4 h5 h6".split(), "\n\n### "),
    **dict.fromkeys("b strong /b /strong".split(), "**"),
    **dict.fromkeys("i em /i /em".split(), "*"),
    **{"li": "\n- ", "tr": "\n|", "/td": "|", "/th": "|"},
}


class ShownText:
    """Takes in a stream piece by piece and returns what of it is shown. A tag that is never closed hides the rest."""

    def __init__(self) -> None:
        self._held = ""  # what may become a tag
        self._hidden = ""  # the tag within which nothing is shown
        self._last = ""  # the last characters that were not shown

    @property
    def hides(self) -> bool:
        """Whether text that comes now is not shown."""
        return bool(self._hidden)

    def feed(self, text: str) -> str:
        """Return the text that came in, but for a tag that is not whole yet."""
        return "".join(map(self._read, text))

    def finish(self) -> str:
        """Return what was held back because a tag might have begun with it."""
        held, self._held = self._held, ""
        return self._show(_NO_TAG.sub("", held))

    def _read(self, char: str) -> str:
        held = self._held + char
        instead = self._tag(held) if char == _CLOSING.get(held[0]) else None
        if instead is not None or _ESCAPE.fullmatch(held):
            self._held = ""
            return instead or ""
        if _MAY_BE_TAG.fullmatch(held):
            self._held = held
            return ""
        return self.finish() + self._read(char) if self._held else self._show(char)

    def _tag(self, tag: str) -> str | None:
        """Return what a tag stands for; None: it is none."""
        found = _NAME.match(tag)
        ends, name = (bool(found[1]), found[2].lower()) if found else (False, "")
        if name not in _UNSHOWN:
            if self._hidden == "channel" and name == "message" and self._last == "final":
                self._hidden = ""
            shown = "" if self._hidden else _INSTEAD.get("/" * ends + name, "")
            return shown if tag[0] == "<" else None
        if not ends:
            self._hidden = self._hidden or name
        elif name == self._hidden or {name, self._hidden} < _REASONING:
            self._hidden = ""
        elif name in _REASONING and not self._hidden:
            return f"\n{RECORD}"  # some chat templates open the tag in the prompt: what came before was reasoning
        return ""

    def _show(self, text: str) -> str:
        if self._hidden:
            self._last = (self._last + text)[-5:]
            return ""
        return "".join(map(_shown, text))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    # Joiners stay for the scripts that need them; `plain` judges them by their neighbours.
    if char in "\n\u200c\u200d":
        return char
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in "\t\x0b\x0c\x85"
    return "" if hidden else " " if char.isspace() else char
