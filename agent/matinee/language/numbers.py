"""Numbers, in digits and in words."""

import re
from functools import cache

from matinee.language.lexicon import section

_SPELLED = {str(word): int(value) for word, value in section("numbers").items()}
_ONES, _TEENS, _TENS = (
    "|".join(word for word, value in _SPELLED.items() if low <= value < high)
    for low, high in ((1, 10), (10, 20), (20, 100))
)
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_TEENS}|{_ONES})"
_HUNDRED = rf"(?:(?:an?|one) )?hundred(?:(?: and)? {_BELOW_HUNDRED})?"
NUMBER = rf"(?:\d{{1,3}}(?:[.,]\d{{1,2}})?(?!\d)|{_HUNDRED}|{_BELOW_HUNDRED}|an?)"
"""A piece of a regular expression for a number below a thousand, in small letters."""


@cache
def number(said: str) -> float:
    """Return the value of what `NUMBER` matches."""
    if said[0].isdigit():
        return float(said.replace(",", "."))
    words = re.findall(r"[a-z]+", said)
    rest = words[words.index("hundred") + 1 :] if "hundred" in words else words
    value = sum(_SPELLED.get(word, 0) for word in rest) + 100 * ("hundred" in words)
    return float(value or 1)
