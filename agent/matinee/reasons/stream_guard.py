"""Watches an answer while it is written, and says when to stop it because it is no answer any more.

Text is stopped that holds the prompt's own markers, another writing system or language than the request and the films
have, signs instead of words, the same words over and over, a reason without end, or no pick for very long (longer, when
the text names films that were offered: prose of no form is structured afterwards).
"""

import re
import unicodedata
from collections.abc import Sequence

from matinee.language.detection import is_foreign
from matinee.reasons.answer_events import Heading

NO_PICK = 700
"""Characters without a pick, about 170 tokens; six sentences of greeting fit in."""
NO_PICK_BUT_TITLES = 2_500
"""The same where the text names films that were offered."""
ONE_REASON = 1_600
"""Characters of one paragraph: four times what the prompt asks for."""
PASSED_OVER = 3
"""Faulty picks of a second answer that are read past."""

_PERIOD = 40
_REPEATED_WORDS = 18
_UNBROKEN = 120
_EVERY = 80
_WINDOW = 400

# The marks of channels (`<|channel|>final<|message|>`) are no echo: the parser reads what they set apart.
_CHANNELS = r"(?:start|channel|message|constrain|end|return|call)\|>"
_ECHO = re.compile(rf"</?(?:films|preferences|request)>|<\|(?!{_CHANNELS})[^|\n]{{1,40}}\|>|\[/?INST\]|<</?SYS>>")


class StreamGuard:
    """Judges one answer by its text alone; `request` and `offered` texts say which scripts and titles to expect."""

    def __init__(self, request: str, titles: Sequence[str]) -> None:
        self._titles = [title.casefold() for title in titles if len(title) > 3]
        self._scripts = {_script(c) for text in (request, *titles) for c in text if c.isalpha()} | {"LATIN"}
        self._any_language = is_foreign(request)  # a request in another language may well be answered in it
        self.forget()

    def forget(self) -> None:
        """Forget what was read: it was reasoning, whose end alone was marked."""
        self._text, self._checked, self._since_pick, self._in_reason = "", 0, 0, 0

    def read(self, said: str, *, in_pick: bool, begun: bool) -> str | None:
        """Take in more text; return why to stop, or None.

        `in_pick` tells whether it belongs to a pick's paragraph, `begun` whether a pick has begun in it.
        """
        self._text = (self._text + said)[-NO_PICK_BUT_TITLES:]
        self._since_pick = 0 if begun or in_pick else self._since_pick + len(said)
        self._in_reason = len(said) if begun else self._in_reason + len(said) if in_pick else 0
        self._checked += len(said)
        if self._since_pick > NO_PICK and (self._since_pick > NO_PICK_BUT_TITLES or not self._names_a_film()):
            return "it held no pick in the form asked for"
        if self._in_reason > ONE_REASON:
            return "a reason did not come to an end"
        if any(mark in said for mark in "{[<`|") or self._checked >= _EVERY:
            tail = self._text[-_WINDOW:]
            if _ECHO.search(tail):
                return "it repeated its instructions"
        if self._checked < _EVERY:
            return None
        self._checked = 0
        return self._derailed()

    def _derailed(self) -> str | None:
        tail = self._text[-_WINDOW:]
        if _looping(self._text.split()[-3 * _PERIOD :]):
            return "it said the same words over and over"
        if len(tail) > _UNBROKEN and not re.search(r"\s", tail[-_UNBROKEN:]) and _latin(tail[-_UNBROKEN:]):
            return "it ran on without a space"
        signs = sum(not (c.isalnum() or c.isspace() or unicodedata.category(c)[0] == "M") for c in tail[-200:])
        if len(tail) >= 200 and signs > 80:
            return "it was signs instead of words"
        letters = [c for c in tail[-200:] if c.isalpha()]
        foreign = sum(_script(c) not in self._scripts for c in letters)
        if len(letters) >= 40 and foreign > len(letters) / 2:
            return "it ran into another writing system"
        if len(tail) == _WINDOW and not self._any_language and is_foreign(tail):
            return "it ran into another language"
        return None

    def _names_a_film(self) -> bool:
        low = self._text.casefold()
        return any(title in low for title in self._titles)


def is_grave(heading: Heading, offered: int) -> bool:
    """Tell whether a pick that cannot stand is clearly a pick, and no numbered line of prose or slip of the pen."""
    if heading.year is not None or not heading.title:
        return True
    return heading.numbered == "bracket" and not 1 <= (heading.number or 0) <= offered


def _looping(words: Sequence[str]) -> bool:
    """Tell whether the text ends in at least three copies of the same words, at least 18 words in all."""
    for period in range(1, _PERIOD + 1):
        span = period * max(3, -(-_REPEATED_WORDS // period))
        if span > len(words):
            continue
        tail = words[-span:]
        if all(a == b for a, b in zip(tail[period:], tail, strict=False)):
            return True
    return False


def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0]


def _latin(text: str) -> bool:
    return sum(c.isascii() for c in text) > len(text) / 2
