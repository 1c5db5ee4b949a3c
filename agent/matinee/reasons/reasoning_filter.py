"""Takes out of a model's stream what reasoning models write before they answer, between `<think>` and similar tags."""

import re

_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "reflection")
_OPENING = frozenset(
    form.format(name) for name in _NAMES for form in ("<{}>", "[{}]", "\u25c1{}\u25b7", "<|{}|>", "<|begin_of_{}|>")
) | {"<|channel|>analysis<|message|>"}
_CLOSING = frozenset(
    form.format(name) for name in _NAMES for form in ("</{}>", "[/{}]", "\u25c1/{}\u25b7", "<|/{}|>", "<|end_of_{}|>")
) | {"<|channel|>final<|message|>"}
_BEGINNINGS = frozenset(tag[:size] for tag in _OPENING | _CLOSING for size in range(1, len(tag)))
_MAY_BEGIN = re.compile(r"[<\[\u25c1]")


class ReasoningFilter:
    """Passes on what is outside the tags. A tag that is never closed hides the rest."""

    def __init__(self) -> None:
        self._inside = False
        self._tag = ""  # what may become a tag

    def feed(self, text: str) -> list[str | None]:
        """Return the pieces of the text that are no reasoning; None: neither is anything that came before it.

        Some chat templates open the tag in the prompt, so that only the closing one is in the text.
        """
        passed: list[str | None] = []
        start = 0
        while start < len(text):
            if not self._tag:
                begins = _MAY_BEGIN.search(text, start)
                end = begins.start() if begins else len(text)
                if end > start and not self._inside:
                    passed.append(text[start:end])
                if end == len(text):
                    break
                start = end
            self._read(text[start], passed)
            start += 1
        return passed

    def finish(self) -> list[str | None]:
        """Return what was held back because a tag might have begun with it."""
        passed: list[str | None] = []
        self._release(passed)
        return passed

    def _read(self, char: str, passed: list[str | None]) -> None:
        tag = (self._tag + char).casefold()
        if tag in _BEGINNINGS:
            self._tag += char
        elif tag in _OPENING:
            self._inside, self._tag = True, ""
        elif tag in _CLOSING:
            if not self._inside:
                passed.append(None)
            self._inside, self._tag = False, ""
        else:
            self._release(passed)
            if _MAY_BEGIN.match(char):
                self._tag = char
            elif not self._inside:
                passed.append(char)

    def _release(self, passed: list[str | None]) -> None:
        if self._tag and not self._inside:
            passed.append(self._tag)
        self._tag = ""
