"""Reads numbers and lengths of time in a text, in digits or in words."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from matinee.language.lexicon import section
from matinee.language.tokens import Token

_SPELLED = {str(word): int(value) for word, value in section("numbers").items()}
_ONES, _TEENS, _TENS = (
    "|".join(word for word, value in _SPELLED.items() if low <= value < high)
    for low, high in ((1, 10), (10, 20), (20, 100))
)
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_TEENS}|{_ONES})"
_HUNDRED = rf"(?:(?:an?|one) )?hundred(?:(?: and)? {_BELOW_HUNDRED})?"
NUMBER = rf"(?:\d{{1,3}}(?:[.,]\d{{1,2}})?(?!\d)|{_HUNDRED}|{_BELOW_HUNDRED}|an?)"
"""A piece of a regular expression for a number below a thousand, in small letters."""

_SCALES = {"hundred": 100.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_PARTS = {"half": 0.5, "quarter": 0.25, "quarters": 0.25}
_UNIT = re.compile(r"(\d*)(h|hrs?|hours?|m|mins?|minutes?)")


def number_at(text: str, words: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Return the number that begins at a word, and the index of the word behind it, or None.

    `780,000`, `8.3`, `ninety-eight`, `a hundred and five`, `two million`, `half a million`.
    """
    if words[at].text[0].isdigit():
        value, end = _digits(text, words, at)
        if value is None:
            return None
    else:
        value, end = _spelt(words, at)
    while end < len(words) and words[end].low in _SCALES:
        value, end = (value or 1.0) * _SCALES[words[end].low], end + 1
        if end + 1 < len(words) and words[end].low == "and" and (rest := _spelt(words, end + 1))[0]:
            value, end = value + rest[0], rest[1]
    return (value, end) if value else None


def _digits(text: str, words: Sequence[Token], at: int) -> tuple[float | None, int]:
    found = re.match(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?", text[words[at].start :])
    ends = words[at].start + found.end() if found else 0
    end = next((n for n in range(at, len(words)) if words[n].end >= ends), at)
    return (float(found[0].replace(",", "")), end + 1) if found and words[end].end == ends else (None, at)


def _spelt(words: Sequence[Token], at: int) -> tuple[float, int]:
    value, known = 0.0, section("numbers")
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
    value, end = number_at(text, words, at) or (0.0, at)
    if not value and words[at].low in ("a", "an"):
        value, end = 1.0, at + 1
    extra, end = _part(words, end)  # two and a half hours
    unit, own, end = _unit(words, end)
    if unit == "m":
        return (end, own or value, False) if own or value else None
    hours = own or value + extra
    if unit != "h" or not hours:
        return None
    extra, end = _part(words, end)  # an hour and a half
    if extra:
        return end, 60 * (hours + extra), True
    more = end + (end < len(words) and words[end].low == "and")
    unit, minutes, behind = _unit(words, more)
    if unit != "m":
        minutes, behind = (number_at(text, words, more) if more < len(words) else None) or (0.0, end)
        unit, _, behind = _unit(words, behind) if minutes else ("", 0.0, end)
    stands = minutes and text[words[end - 1].end : words[end].start].strip(" -") in ("", ",")
    return (
        (behind, 60 * hours + minutes, True)
        if stands and (unit == "m" or more > end) and minutes < 60
        else (end, 60 * hours, True)
    )


def _unit(words: Sequence[Token], at: int) -> tuple[str, float, int]:
    """Return `h` or `m`, the number written together with it, and the word behind."""
    found = _UNIT.fullmatch(words[at].low) if at < len(words) else None
    return (found[2][0], float(found[1] or 0), at + 1) if found else ("", 0.0, at)


def _part(words: Sequence[Token], at: int) -> tuple[float, int]:
    """Return the half of `and a half`, and the word behind it."""
    said = [word.low for word in words[at : at + 3]]
    return (_PARTS[said[2]], at + 3) if len(said) == 3 and said[0] == "and" and said[2] in _PARTS else (0.0, at)


@cache
def number(said: str) -> float:
    """Return the value of what `NUMBER` matches."""
    if said[0].isdigit():
        return float(said.replace(",", "."))
    words = re.findall(r"[a-z]+", said)
    rest = words[words.index("hundred") + 1 :] if "hundred" in words else words
    value = sum(_SPELLED.get(word, 0) for word in rest) + 100 * ("hundred" in words)
    return float(value or 1)
