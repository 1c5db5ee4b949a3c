"""Reads numbers and lengths of time in a text, in digits or in words."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from matinee.language.lexicon import section
from matinee.language.tokens import Token, tokens

_SCALES = {"hundred": 100.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_PARTS = {"half": 0.5, "quarter": 0.25, "quarters": 0.25}
_UNITS = r"h|hrs?|hours?|m|mins?|minutes?"
_UNIT = re.compile(rf"(\d*)({_UNITS})(?:(\d+)(?:m|mins?|minutes?)?)?")
_PARTED = re.compile(rf"(\d+[.,]\d+)({_UNITS})(?!\w)", re.IGNORECASE)
"""Parts of hours, written together with the unit: "2.5h"."""
_WITHIN = re.compile(r"\d[.,]$")
"""Before digits that are the end of a number, and not one of their own."""


@cache
def _spelled() -> dict[str, float]:
    said = section("numbers")
    tens = {word: 10.0 * count for count, word in enumerate(said["tens"].split(), 2)}
    return {word: float(count) for count, word in enumerate(said["from_one"].split(), 1)} | tens


def number(said: str) -> float | None:
    """Return the value of a text that is a number, or None."""
    words = tokens(said)
    found = number_at(said, words, 0) if words else None
    return found[0] if found and found[1] == len(words) else None


def number_at(text: str, words: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Return the number that begins at a word, and the index of the word behind it, or None.

    `780,000`, `8.3`, `ninety-eight`, `a hundred and five`, `two million`, `half a million`.
    """
    if words[at].text[0].isdigit():
        value, end = _digits(text, words, at)
        if value is None or _is_within(text, words[at]):
            return None
    else:
        value, end = _spelt(words, at)
    while end < len(words) and words[end].low in _SCALES:
        value, end = (value or 1.0) * _SCALES[words[end].low], end + 1
        if end + 1 < len(words) and words[end].low == "and" and (rest := _spelt(words, end + 1))[0]:
            value, end = value + rest[0], rest[1]
    return (value, end) if value else None


def _digits(text: str, words: Sequence[Token], at: int) -> tuple[float | None, int]:
    found = re.match(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?", text[words[at].start :])
    ends = words[at].start + found.end() if found else 0
    end = next((n for n in range(at, len(words)) if words[n].end >= ends), at)
    return (_float(found[0]), end + 1) if found and words[end].end == ends else (None, at)


def _is_within(text: str, word: Token) -> bool:
    return word.text[0].isdigit() and _WITHIN.search(text[max(0, word.start - 2) : word.start]) is not None


def _float(digits: str) -> float:
    """Return the value of digits, in which a comma is before thousands or, as in much of Europe, before parts."""
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits)
    return float(digits.replace(",", "" if thousands else "."))


def _spelt(words: Sequence[Token], at: int) -> tuple[float, int]:
    value, known = 0.0, _spelled()
    end = at
    while end < len(words) and words[end].low in known and words[end].low not in _SCALES:
        value, end = value + known[words[end].low], end + 1
    if end < len(words) and words[end].low in _PARTS:  # half a million
        value, end = _PARTS[words[end].low] * (value or 1.0), end + 1
    return value, end + (end + 1 < len(words) and words[end].low in ("a", "an") and words[end + 1].low in _SCALES)


def durations(text: str, words: Sequence[Token]) -> Iterator[tuple[int, int, float, bool]]:
    """Yield lengths of time: first word, the word behind the last, minutes, and whether hours tell them roughly."""
    at = 0
    while at < len(words):
        found = _duration(text, words, at)
        if found:
            yield at, *found
        at = found[0] if found else at + 1


def _duration(text: str, words: Sequence[Token], at: int) -> tuple[int, float, bool] | None:
    if _is_within(text, words[at]):
        return None
    if words[at].text[0].isdigit() and (parted := _PARTED.match(text, words[at].start)):
        rough = parted[2][0] in "hH"
        return at + 2, _float(parted[1]) * (60 if rough else 1), rough
    value, end = number_at(text, words, at) or (0.0, at)
    if end < len(words) and words[end].low in ("a", "an"):  # an hour, half an hour
        value, end = value or 1.0, end + 1
    extra, end = _part(words, end)  # two and a half hours
    unit, own, minutes, end = _unit(words, end)
    if unit == "m":
        return (end, own or value, False) if own or value else None
    hours = own or value + extra
    if unit != "h" or not hours:
        return None
    extra, end = _part(words, end)  # an hour and a half
    if not (extra or minutes):
        minutes, end = _minutes(text, words, end)
    return end, 60 * (hours + extra) + minutes, True


def _minutes(text: str, words: Sequence[Token], at: int) -> tuple[float, int]:
    """Return the minutes that follow hours, and the word behind them: "1 hour 30", "two hours and ten minutes"."""
    more = at + (at < len(words) and words[at].low == "and")
    unit, value, _, end = _unit(words, more)
    if not value:
        value, end = (number_at(text, words, more) if more < len(words) else None) or (0.0, at)
        unit, _, _, end = _unit(words, end) if value else ("", 0.0, 0.0, at)
    apart = at < len(words) and text[words[at - 1].end : words[at].start].strip(" -") not in ("", ",")
    stands = unit == "m" or (not unit and (more > at or _closes(text, words, end)))
    return (value, end) if value and stands and not apart and value < 60 else (0.0, at)


def _closes(text: str, words: Sequence[Token], at: int) -> bool:
    """Tell whether no noun follows that a number counts."""
    if at == len(words) or text[words[at - 1].end : words[at].start].strip():
        return True
    return words[at].low in ("or", "and", "max", "tops")


def _unit(words: Sequence[Token], at: int) -> tuple[str, float, float, int]:
    """Return `h` or `m`, the numbers written together with it before and after (`1h45`), and the word behind."""
    found = _UNIT.fullmatch(words[at].low) if at < len(words) else None
    return (found[2][0], float(found[1] or 0), float(found[3] or 0), at + 1) if found else ("", 0.0, 0.0, at)


def _part(words: Sequence[Token], at: int) -> tuple[float, int]:
    """Return the half of `and a half`, and the word behind it."""
    said = [word.low for word in words[at : at + 3]]
    end = 2 + (said[1:2] == ["a"])
    return (
        (_PARTS[said[end - 1]], at + end)
        if said[:1] == ["and"] and {*said[end - 1 : end]} & _PARTS.keys()
        else (0.0, at)
    )
