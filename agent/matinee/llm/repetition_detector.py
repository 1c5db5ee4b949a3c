"""Tells when a text has begun to go round in circles, as small models' texts do until their token limit."""

_WINDOW = 2400
"""Characters that are looked back on: a loop of up to a quarter of them is seen."""

_REPEATS = 4
_SPAN = 160
"""Characters that the repetitions must fill at least: "very, very, very, very good" is no loop."""

_STEP = 64
"""Characters between two looks."""

_PROBE = 24


class RepetitionDetector:
    """Reads a text as it comes."""

    def __init__(self) -> None:
        self._tail = ""
        self._unread = 0

    def loops(self, text: str) -> bool:
        """Take in more text; tell whether its end is one passage over and over, four times or more."""
        self._tail += text
        self._unread += len(text)
        if self._unread < _STEP:
            return False
        self._tail, self._unread = self._tail[-_WINDOW:], 0
        # Counting the last few characters is a hundred times cheaper than looking for a period, and enough for most.
        return self._tail.count(self._tail[-_PROBE:]) >= _REPEATS and _ends_in_loop(self._tail)


def _ends_in_loop(text: str) -> bool:
    """Tell whether some end of the text of at least `_SPAN` characters has a period of a fourth of it or less.

    The periods of all ends come from the prefix function of the reversed text (Knuth, Morris and Pratt, 1977).
    """
    turned = text[::-1]
    border = [0] * len(turned)
    for i in range(1, len(turned)):
        k = border[i - 1]
        while k and turned[i] != turned[k]:
            k = border[k - 1]
        border[i] = k + (turned[i] == turned[k])
    return any(n >= _SPAN and n >= _REPEATS * (n - border[n - 1]) for n in range(_SPAN, len(turned) + 1))
